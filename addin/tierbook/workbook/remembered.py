"""What tierbook wrote on a sheet, remembered in the book: a hidden name that holds a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .drawings import our_places
from .meaning import meaning_of
from .names import defined_names, drop_book_name, put_book_name
from .opc import Package
from .ownership import PREFIX

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


def _name(mark: str) -> str:
    return f"{PREFIX}.{mark}.meaning"
