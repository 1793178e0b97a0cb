"""Cells of a donor in the book's terms, and whose look a cell of ours keeps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ..ours.styles import StyleMap
from ..package.opc import Package
from ..package.xml_parts import MAIN, children
from .rows import Row
from .values import head_of

_SHARED = re.compile(rb'\st="s"')
_STYLE = re.compile(rb'\ss="([0-9]+)"')
_BEGINNING = re.compile(rb'<c r="([A-Z]+)[0-9]+"([^>]*)')
_SEEN = 500
"""Rows at either end of a table whose styles stand for the whole column."""


class Donor:
    """Cells and rows of a donor's sheet as they go into the book: styles mapped, texts inside the cells."""

    def __init__(self, styles: StyleMap, strings: Sequence[bytes]) -> None:
        self._styles = styles
        self._strings = strings
        self._heads: dict[bytes, tuple[bytes, bool]] = {}

    def cell(self, rest: bytes) -> bytes:
        head, _, tail = rest.partition(b">")
        known = self._heads.get(head)
        if known is None:
            known = self._heads[head] = self._adapted(head)
        if known[1]:
            text = self._strings[int(tail[3 : tail.index(b"<", 3)])]
            return known[0] + b"><is>" + text + b"</is></c>"
        return known[0] + b">" + tail

    def head(self, head: bytes) -> bytes | None:
        """What stands before a cell's first `>`, in the book's terms; None where its text is a shared one."""
        made, shared = self._adapted(head)
        return None if shared else made

    def style(self, head: bytes) -> int:
        """The book's format of a cell that begins so."""
        return head_of(self._adapted(head)[0]).style

    def attributes(self, row: Row) -> bytes:
        return _STYLE.sub(self._style, row.attributes())

    def _adapted(self, head: bytes) -> tuple[bytes, bool]:
        head = _STYLE.sub(self._style, head)
        return _SHARED.sub(b' t="inlineStr"', head), head_of(head).kind == b"s"

    def _style(self, found: re.Match[bytes]) -> bytes:
        return b' s="%d"' % self._styles.cells[int(found[1])]


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
