"""Bring a sheet or two of a book up to date, where the rest of it has no part in the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .request import Note

if TYPE_CHECKING:
    from ..publish import Report
    from ..publish.some_sheets import Builder
    from ..workbook import Book


@dataclass(frozen=True)
class Brought:
    """A book's new bytes, the names of the sheets brought up to date, and what a person should know."""

    data: bytes
    sheets: list[str]
    notes: Sequence[Note]


def with_sheets(before: Book, report: Report, builders: Mapping[str, Builder]) -> Brought:
    """The book with the sheets of these marks made anew; all others keep their bytes."""
    from ..publish import born_with, some_sheets
    from ..workbook import refresh_book, titles_for

    titles = titles_for(before.data, born_with(report.language))
    donor, owned = some_sheets(report, builders, titles)
    refreshed = refresh_book(before.data, donor, owned, day=report.stamp.as_of)
    notes = [(one.key, one.values) for one in refreshed.notices]
    return Brought(refreshed.data, [one.name for one in owned if not one.name.startswith("_tierbook")], notes)
