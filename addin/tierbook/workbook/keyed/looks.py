"""Whose look a cell of ours keeps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ..package.opc import Package
from ..package.xml_parts import MAIN, children
from .rows import Row

_BEGINNING = re.compile(rb'<c r="([A-Z]+)[0-9]+"([^>]*)')
_SEEN = 500
"""Rows at either end of a table whose styles stand for the whole column."""


class Looks:
    """The styles of each column, in the book and in the donor.

    A cell of ours takes the donor's style, unless a person gave it one of its own: one that the donor does not
    use in that column, and that is not the column's most common one where the whole column looks otherwise
    than the donor's (an earlier version's look, or the same one as Excel numbers it after a save). A style that
    keeps text from turning into a formula always comes with its text.
    """

    def __init__(self, package: Package) -> None:
        self._theirs: dict[bytes, Counter[int]] = {}
        self._mine: dict[bytes, Counter[int]] = {}
        self._replaced: dict[bytes, frozenset[int]] = {}
        self._quoted = _quoted(package)

    def see_theirs(self, letters: bytes, style: int, times: int) -> None:
        self._theirs.setdefault(letters, Counter())[style] += times

    def see_mine(self, letters: bytes, style: int, times: int) -> None:
        self._mine.setdefault(letters, Counter())[style] += times

    def settle(self) -> None:
        """To be called when everything was seen."""
        for letters, theirs in self._theirs.items():
            mine = self._mine.get(letters, Counter())
            common = () if theirs.keys() & mine.keys() else [style for style, _ in mine.most_common(1)]
            self._replaced[letters] = frozenset([*theirs, *common])

    def of_ours(self, letters: bytes, old: int, new: int) -> int:
        """The style of a cell of ours that was there before."""
        return new if old == new or new in self._quoted or old in self._replaced.get(letters, ()) else old

    def kept(self, old: int, new: int) -> int:
        """The style of a cell above the table: people's, unless it would let text turn into a formula."""
        return new if new in self._quoted else old

    def usual(self, letters: bytes) -> int:
        """The most common style of people's column, or of the donor's where people have no cell there."""
        seen = self._mine.get(letters) or self._theirs.get(letters)
        return seen.most_common(1)[0][0] if seen else 0


def at_both_ends(rows: Sequence[int]) -> Iterable[int]:
    """The rows whose styles are looked at."""
    return rows if len(rows) <= 2 * _SEEN else [*rows[:_SEEN], *rows[-_SEEN:]]


def beginnings(rows: Iterable[Row]) -> Counter[tuple[bytes, bytes]]:
    """How often each column's cells begin with which attributes, in the order in which they are first seen."""
    seen: Counter[tuple[bytes, bytes]] = Counter()
    for row in rows:
        seen.update(_BEGINNING.findall(row.body))
    return seen


def _quoted(package: Package) -> frozenset[int]:
    """Cell formats whose text stays text when a person edits it."""
    part = package.related(package.main, "styles")
    if part is None:
        return frozenset()
    formats = children(package.tree(part).find(MAIN + "cellXfs"))
    return frozenset(place for place, one in enumerate(formats) if one.get("quotePrefix") in {"1", "true"})
