"""`_tierbook_versions`: every version of the rules a book has been scored by, with its whole text."""

from __future__ import annotations

from ..model.versions import version_rows
from .book import Book
from .records import Report

VERSIONS = "_tierbook_versions"


def add_versions_sheet(book: Book, report: Report) -> None:
    sheet = book.hidden_sheet(VERSIONS)
    rows = version_rows(report.kept.versions)
    looks = [None] * len(rows[0])
    book.long_rows(sheet, 1, looks, looks, rows, blank_row=False)
