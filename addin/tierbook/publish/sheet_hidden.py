"""The three hidden sheets a machine reads: the stamp, every result, the points behind every score.

`_tierbook` is key and value; `_tierbook_results` the columns of `results` by their keys; `_tierbook_why` the points
of the main scorecard below its keys, names, weights and units. Customers are sorted by id, ids are text.
"""

from __future__ import annotations

from ..engine import quoted
from ..labels import Name, text
from ..model.types import Model
from .book import Book
from .records import Report, Stamp
from .sheet_keys import SHEET_KEYS

STAMP, RESULTS, WHY = "_tierbook", "_tierbook_results", "_tierbook_why"
FORMAT = "1"
POINT = 1_000_000
"""Millionths of a point in a point."""


def add_hidden_sheets(book: Book, report: Report) -> None:
    add_stamp_sheet(book, report.model, report.stamp)
    add_results_sheet(book, report)
    add_why_sheet(book, report)


def stamp_rows(model: Model, stamp: Stamp) -> list[tuple[str, str]]:
    """Key and value of everything the stamp sheet says, in order."""
    rows = [
        ("format", FORMAT),
        ("language", stamp.language),
        ("as_of", stamp.as_of.isoformat()),
        ("model", stamp.model),
        ("model_version", stamp.model_version),
        ("model_fingerprint", stamp.model_fingerprint),
        ("data_fingerprint", stamp.data_fingerprint),
        ("tierbook_version", stamp.tierbook_version),
        ("main_card", model.main),
        ("main_scale", model.main_scale),
    ]
    rows += [(f"sheet.{key}", text(f"sheets.{key}", stamp.language)) for key in SHEET_KEYS]
    rows += [(f"name.scale.{scale.key}", _words(scale.name)) for scale in model.scales]
    rows += [(f"name.card.{card.key}", _words(card.name)) for card in model.scorecards]
    rows += [(f"name.indicator.{one.key}", _words(one.name, *one.aliases)) for one in model.indicators]
    return rows


def _words(name: Name, *aliases: str) -> str:
    return "|".join(dict.fromkeys([*name.all(), *aliases]))


def add_stamp_sheet(book: Book, model: Model, stamp: Stamp) -> None:
    sheet = book.hidden_sheet(STAMP)
    for row, (key, value) in enumerate(stamp_rows(model, stamp)):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)


def add_results_sheet(book: Book, report: Report) -> None:
    sheet = book.hidden_sheet(RESULTS)
    kinds = report.engine.columns("results")
    told = ", ".join(
        f"CAST({quoted(key)} AS DOUBLE) AS {quoted(key)}" if kind.startswith("DECIMAL") else quoted(key)
        for key, kind in kinds.items()
    )
    rows = report.engine.rows(f"SELECT {told} FROM results ORDER BY customer_id")
    for column, key in enumerate(kinds):
        sheet.write_string(0, column, key)
    day = book.formats.get(num_format="yyyy-mm-dd")
    looks = [day if kind == "DATE" else None for kind in kinds.values()]
    book.long_rows(sheet, 2, looks, looks, rows, blank_row=False)


def add_why_sheet(book: Book, report: Report) -> None:
    """Rows 1-4 say what the columns are; from row 5 on points, blank where an indicator did not count."""
    sheet = book.hidden_sheet(WHY)
    lines = report.model.main_card.lines
    sheet.write_string(0, 0, "customer_id")
    for column, line in enumerate(lines, start=1):
        indicator = report.model.indicator(line.indicator)
        sheet.write_string(0, column, line.indicator)
        sheet.write_string(1, column, indicator.name.of(report.language))
        sheet.write_number(2, column, line.weight)
        sheet.write_string(3, column, indicator.unit.of(report.language))
    points = ", ".join(
        f"CAST({quoted(line.indicator)} AS DOUBLE) / {POINT} AS {quoted(line.indicator)}" for line in lines
    )
    rows = report.engine.rows(f"SELECT customer_id, {points} FROM why_points ORDER BY customer_id")
    looks = [None] * (len(lines) + 1)
    book.long_rows(sheet, 5, looks, looks, rows, blank_row=False)
