"""The hidden sheets about merged customers: `_tierbook_merged` and `_tierbook_pairs`.

`_tierbook_merged` names every id that counts under another one, so that a function asked for it answers for the one
kept; `_tierbook_pairs` keeps what people decided, should 疑似重复 be lost.
"""

from __future__ import annotations

from collections.abc import Sequence

from .book import Book
from .records import Report

MERGED, PAIRS = "_tierbook_merged", "_tierbook_pairs"
MERGED_FIELDS = ("customer_id", "kept_id", "evidence")
PAIR_FIELDS = ("left_id", "right_id", "word", "by_whom", "note")


def add_merged_sheet(book: Book, report: Report) -> None:
    _listed(book, report, MERGED, "merged_ids", MERGED_FIELDS)


def add_pairs_sheet(book: Book, report: Report) -> None:
    _listed(book, report, PAIRS, "pair_decisions", PAIR_FIELDS)


def _listed(book: Book, report: Report, name: str, relation: str, fields: Sequence[str]) -> None:
    """A sheet with a relation's columns, as text, sorted; empty where cleaning did not make it."""
    sheet = book.hidden_sheet(name)
    for column, field in enumerate(fields):
        sheet.write_string(0, column, field)
    told = ", ".join(fields)
    rows = report.engine.rows(f"SELECT {told} FROM {relation} ORDER BY {told}") if report.engine.has(relation) else []
    looks = [None] * len(fields)
    book.long_rows(sheet, 2, looks, looks, rows, blank_row=False)
