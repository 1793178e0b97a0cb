"""CUST_WHY: every point of a score explained; and where another function shows an error, the reason in words."""

from __future__ import annotations

from typing import Any

from ...labels import text
from ...typed import CELL_ERRORS, RANGE, UNKNOWN, id_text
from ..scored.book import Cells, Grid, ScoredBook, WhyLine
from .arguments import Refused, word
from .customers import indicator_values
from .near import near_ids
from .profile import by_hand
from .stamp import stamped
from .word import explained


def why(book: ScoredBook, cells: Cells, asked: Any) -> Grid:
    """Why one customer has the score; with a word, what that word is and what it says of the customer.

    A blank id stays blank, unless a word is asked; an error in a cell is handed on.
    """
    if len(cells) != 1 or len(cells[0]) != 1:
        return [[text("excel.why_one_customer", book.language)]]
    if book.is_missing:
        return [[stamped(book)]]
    cell = cells[0][0]
    key, place = id_text(cell), book.results.place(cell)
    if isinstance(place, str) and key:
        return [[cell if isinstance(cell, str) and cell in CELL_ERRORS else _no_such_customer(book, place, key)]]
    try:
        typed = word(asked)
    except Refused as refused:
        several = isinstance(asked, list | tuple)
        return [[text("excel.why_one_word", book.language) if several else refused.shown]]
    if typed:
        return explained(book, typed, None if isinstance(place, str) else place)
    return [[""]] if isinstance(place, str) else why_table(book, place)


def _no_such_customer(book: ScoredBook, shown: str, key: str) -> str:
    """Why a cell holds no customer of this book, and which ids are near."""
    if shown == RANGE:
        return text("excel.why_long_id", book.language)
    if shown != UNKNOWN:
        return text("excel.why_no_id", book.language)
    near = near_ids(book, key)
    if not near:
        return text("excel.why_unknown", book.language, customer=key)
    between = text("excel.between_tags", book.language)
    return text("excel.why_unknown_near", book.language, customer=key, near=between.join(near))


def why_table(book: ScoredBook, place: int) -> Grid:
    """A head, a row per indicator, a total that equals the score; below it what people decided by hand."""
    customer = book.columns["customer_id"][place]
    counted = sum(line.weight for line in book.why if line.points.get(customer) is not None)
    rows = [_why_row(book, line, line.points.get(customer), place, counted) for line in book.why]
    head = [text(f"excel.why_{column}", book.language) for column in ("indicator", "value", "points", "of")]
    total = [text("excel.why_total", book.language), "", book.columns["score"][place], 100.0 if counted else ""]
    return [head, *rows, total, *([*row, "", ""] for row in by_hand(book, place))]


def _why_row(book: ScoredBook, line: WhyLine, points: float | None, place: int, counted: float) -> list[Any]:
    """An indicator that did not count keeps its row: its points and its share of 100 stay blank."""
    unitless = line.unit in ("", "%")  # a rate is shown as the share it is, 0.75, for Excel's own percent format
    name = line.name if unitless else text("excel.why_unit", book.language, name=line.name, unit=line.unit)
    value = indicator_values(book, line.indicator)[place] if line.indicator in book.columns else ""
    return [name, value, *(("", "") if points is None else (points, 100 * line.weight / counted))]
