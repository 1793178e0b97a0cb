"""A list of customers as a workbook of its own."""

from __future__ import annotations

from collections.abc import Sequence

from ..labels import Language
from .book import Book
from .columns import Column
from .tables import HEADER_ROW, put_heading
from .titled import Table, long_sheet


def customer_list(title: str, hint: str, columns: Sequence[Column], rows: Table, language: Language) -> bytes:
    """A book with one sheet: heading, and the rows as a table people can filter."""
    book = Book(language, title=title)
    sheet = book.sheet(book.title_of("customers"), "ours")
    put_heading(book, sheet, title, hint)
    sheet.set_row(HEADER_ROW - 1, 8)
    long_sheet(book, sheet, columns, rows, table="Customers")
    return book.to_bytes()
