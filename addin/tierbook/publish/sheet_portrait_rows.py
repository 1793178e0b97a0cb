"""`_tierbook_portraits`: the portrait of every customer in words, a row each; 客户画像 and CUST_PROFILE read it."""

from __future__ import annotations

from collections.abc import Iterator

from ..scoring.portrait_texts import LINES, teller
from .book import Book
from .cell_rows import LateRows
from .records import Report

PORTRAITS = "_tierbook_portraits"
NUMBERS = ("next_lift", "next_support", "next_confidence")
"""Columns behind the lines: the rule behind `next` in numbers."""


def add_portrait_rows_sheet(book: Book, report: Report) -> None:
    sheet = book.hidden_sheet(PORTRAITS)
    for column, key in enumerate(["customer_id", *LINES, *NUMBERS]):
        sheet.write_string(0, column, key)
    count = report.engine.value("SELECT COUNT(*) AS customers FROM results")
    looks = [None] * (1 + len(LINES) + len(NUMBERS))
    book.long_rows(sheet, 2, looks, looks, LateRows(count, lambda: portrait_rows(report)), blank_row=False)


def portrait_rows(report: Report) -> Iterator[list[object]]:
    """Customer, the lines of its portrait, and the numbers of the rule."""
    told = teller(report.model, report.language)
    for customer, one in report.portraits():
        yield [customer, *told(one).values(), one.offer.lift, one.offer.support, one.offer.confidence]
