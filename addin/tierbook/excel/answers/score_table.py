"""CUST_SCORE_TABLE: any table whose headers are indicators, scored by the book's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...errors import TierbookError
from ...labels import text
from ...typed import CELL_ERRORS, NO_BOOK, RANGE, WRONG, folded
from ..scored.book import Cells, Grid, ScoredBook
from .arguments import Refused, is_blank, word

if TYPE_CHECKING:
    from ...model.types import Indicator, Model

LARGEST = 2**53
"""Beyond it Excel's own numbers are not exact any more."""


def score_table(book: ScoredBook, table: Cells, card: Any) -> Grid:
    """A head, then score, tier and coverage of each row.

    Percentiles are taken over the book's customers and the rows together. A blank row stays blank; a row with a cell
    that is no number is #VALUE!, with an error that error.
    """
    if book.is_missing:
        return [[NO_BOOK]]
    try:
        key = _card(book, card)
        model = _rules(book)
        columns = _columns(book, model, table[0])
        rows = [_row(columns, row) for row in table[1:]]
        good = [row for row in rows if not isinstance(row, str)]
        answered = iter(_scored(book, model, key, [one.key for one in columns.values()], good))
    except Refused as refused:
        return [[refused.shown]]
    except TierbookError:
        return [[NO_BOOK]]
    head = [text(f"publish.{title}", book.language) for title in ("score", "tier", "coverage")]
    return [head, *([row] * 3 if isinstance(row, str) else list(next(answered)) for row in rows)]


def _rules(book: ScoredBook) -> Model:
    """The rules of the refresh.

    Raises:
        Refused: #REF! where the book does not keep them and those that are shipped are not the same.
        TierbookError: as `ScoredBook.model`.
    """
    from ...model.version import fingerprint

    model = book.model
    if not book.rules and fingerprint(model) != book.stamp.get("model_fingerprint"):
        raise Refused(NO_BOOK)
    return model


def _card(book: ScoredBook, card: Any) -> str:
    typed = word(card)
    key = book.names.get("card", {}).get(folded(typed), "") if typed else book.stamp.get("main_card", "")
    if not key:
        raise Refused(WRONG)
    return key


def _columns(book: ScoredBook, model: Model, head: Sequence[Any]) -> dict[int, Indicator]:
    """Place -> indicator. Columns that say who a row is (id, name, owner and so on) are let be.

    Raises:
        Refused: #VALUE! for a header that means nothing, an indicator that stands twice, or no indicator at all.
    """
    known = {indicator.key: indicator for indicator in model.indicators}
    found: dict[int, Indicator] = {}
    for place, cell in enumerate(head):
        typed = word(cell)
        indicator = known.get(book.names.get("indicator", {}).get(folded(typed), ""))
        if indicator is None:
            if typed and folded(typed) not in _of_customers():
                raise Refused(WRONG)
        elif indicator in found.values() or indicator.kind in ("text", "date"):
            raise Refused(WRONG)
        else:
            found[place] = indicator
    if not found:
        raise Refused(WRONG)
    return found


def _of_customers() -> set[str]:
    """The headers of the columns of a customer table."""
    from ...schema import CUSTOMERS

    columns = CUSTOMERS.columns
    return {folded(each) for column in columns for each in (column.key, *column.name.all(), *column.words)}


def _row(columns: Mapping[int, Indicator], row: Sequence[Any]) -> list[float | None] | str:
    """The values of a row, None where there is none; or what the row shows instead of an answer."""
    cells = [row[place] for place in columns]
    if all(is_blank(cell) for cell in cells):
        return ""
    values: list[float | None] = []
    for cell, indicator in zip(cells, columns.values(), strict=True):
        if isinstance(cell, str) and cell in CELL_ERRORS:
            return cell
        number = _number(cell, indicator)
        if isinstance(number, str):
            return number
        values.append(number)
    return values


def _number(cell: Any, indicator: Indicator) -> float | str | None:
    """A cell's number; None for a blank cell, an error's text for what is no number or too large a one."""
    from ...model.cells import number_of

    if is_blank(cell):
        return None
    number = Decimal(int(cell)) if isinstance(cell, bool) else number_of(cell)
    if number is None:
        return WRONG
    return float(number) if abs(number) * indicator.scale <= LARGEST else RANGE


def _scored(
    book: ScoredBook, model: Model, card: str, keys: Sequence[str], rows: Sequence[Sequence[float | None]]
) -> list[list[Any]]:
    """Score, name of the tier and coverage of each row; the same steps as a refresh, in an engine of its own."""
    from ... import scoring
    from ...engine import Engine

    if not rows:
        return []
    table = dict(zip(keys, zip(*rows, strict=True), strict=True))
    known = {one.key: book.columns[one.key] for one in model.indicators if one.key in book.columns}
    with Engine() as engine:
        found = scoring.score_table(engine, model, table, known, card, book.language)
    return [["" if score is None else score, tier, coverage] for score, tier, coverage in found]
