"""What tierbook wrote on a sheet, remembered in the book: a hidden name that holds a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..package.opc import Package
from ..package.sheet_list import named, sheets
from .drawings import our_places
from .meaning import meaning_of
from .names import defined_names, drop_book_name, put_book_name
from .ownership import PREFIX, put_mark

_LONGEST = 250
"""Letters of a text constant in a formula: Excel allows 255."""


@dataclass(frozen=True)
class Remembered:
    """The meaning of a sheet's cells, and where our charts and pictures stood on it."""

    meaning: str
    places: Sequence[str]


def remembered(package: Package, mark: str) -> Remembered | None:
    """What was written under a mark; None where that was never remembered."""
    wanted = _name(mark).casefold()
    for name, local, formula in defined_names(package):
        if name == wanted and local is None:
            meaning, *places = formula.strip('="').split()
            return Remembered(meaning, places)
    return None


def remember(package: Package, mark: str, part: str) -> None:
    """Remember what stands on a sheet now."""
    words = " ".join([meaning_of(package, part), *our_places(package, part)])[:_LONGEST]
    put_book_name(package, _name(mark), f'"{words}"', hidden=True)


def forget(package: Package, mark: str) -> None:
    """Forget what stood on a sheet."""
    drop_book_name(package, _name(mark))


def marked(book: bytes, names: Mapping[str, str]) -> bytes:
    """A new book whose sheets bear their marks and are remembered as they stand.

    Args:
        names: mark -> name of the sheet.
    """
    package = Package(book)
    tabs = sheets(package)
    for mark, name in names.items():
        sheet = named(tabs, name)
        if sheet is not None:
            put_mark(package, mark, name)
            remember(package, mark, sheet.part)
    return package.to_bytes()


def _name(mark: str) -> str:
    return f"{PREFIX}.{mark}.meaning"
