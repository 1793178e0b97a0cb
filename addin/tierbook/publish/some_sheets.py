"""A donor with a few sheets of ours instead of all of them, for work that brings only these up to date."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..labels import text
from ..workbook import MadeParts, OwnedSheet
from .book import Book
from .marks import owned_list
from .records import Report

Builder = Callable[[Book, Report], object]
"""Adds one sheet to a donor."""


def some_sheets(
    report: Report, builders: Mapping[str, Builder], titles: Mapping[str, str] | None = None
) -> tuple[MadeParts, list[OwnedSheet]]:
    """The donor and what to know of each of its sheets, as `owned_sheets` gives them for all.

    Args:
        builders: mark -> what makes its sheet; only what these read need be in the report.
        titles: mark -> name the sheet has in the book or will have, from `workbook.titles_for`.
    """
    book = Book(report.language, title=text("publish.book_title", report.language), titles=titles)
    for build in builders.values():
        build(book, report)
    return book.to_donor(), owned_list(report, dict(zip(builders, book.names, strict=True)))
