"""`_tierbook_portraits`: the portrait of every customer in words, a row each; 客户画像 and CUST_PROFILE read it."""

from __future__ import annotations

from ..scoring.portrait_texts import LINES, told
from .book import Book
from .records import Report

PORTRAITS = "_tierbook_portraits"
NUMBERS = ("next_lift", "next_support", "next_confidence")
"""Columns behind the lines: the rule behind `next` in numbers."""


def add_portrait_rows_sheet(book: Book, report: Report) -> None:
    sheet = book.hidden_sheet(PORTRAITS)
    for column, key in enumerate(["customer_id", *LINES, *NUMBERS]):
        sheet.write_string(0, column, key)
    rows = [
        [customer, *told(one, report.model, report.language).values(),
         one.offer.lift, one.offer.support, one.offer.confidence]
        for customer, one in report.portraits.items()
    ]  # fmt: skip
    looks = [None] * (1 + len(LINES) + len(NUMBERS))
    book.long_rows(sheet, 2, looks, looks, rows, blank_row=False)
