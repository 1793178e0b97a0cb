"""Rows in the usual form, updated straight: as pieces of bytes, with no look at cells that stay as they are.

A row whose cells stand in the donor's order, with no formula among them, is most of every table. What is otherwise is
left to the general way, which comes to the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from .rows import Row

_CELL = b'<c r="'
_TEXT, _NUMBER, _NUMBER_END = b"<is><t>", b"<v>", b"</v></c>"
_MARKS = (b"&", b"_x", b"\r", b"<r")
"""What makes a text read otherwise than it stands there."""

Settle = Callable[[bytes, bytes | None, bytes | None], tuple[bytes | None, bool]]
"""(letters, old rest, new rest) -> what stands in a cell of ours, and whether its value changed."""


class Straight:
    """How the cells of kept rows are brought up to date.

    Args:
        places: letters in the donor -> letters in the book, of all columns both have.
        ours: letters in the book of the columns that are rewritten.
        formulas: whether any row of the book's sheet has one.
        settle: the general way for one cell.
    """

    def __init__(self, places: dict[bytes, bytes], ours: Collection[bytes], settle: Settle, *, formulas: bool) -> None:
        self._formulas = formulas
        self._places = places
        self._known = frozenset(places.values())
        self._ours = frozenset(ours)
        self._settle = settle
        self._same_places = all(there == here for there, here in places.items())

    def body(self, row: Row, theirs: Row, number: int) -> tuple[bytes, bool] | None:
        """The cells of a row for its new place, and whether a value changed; None: by the general way."""
        if not row.body or (self._formulas and b"<f" in row.body):
            return None
        old, new = _pieces_at(row, number), self._pieces_of(theirs, number)
        if old is None or new is None or len(old) < len(new) or not self._are_peoples(old[len(new) :], number):
            return None
        name, renewed = b'%d"' % number, False
        for place in [place for place, piece in enumerate(new) if piece != old[place]]:
            mine, their = old[place], new[place]
            letters = their[: their.index(name)]
            if not mine.startswith(letters + name):
                return None
            if letters not in self._ours:
                continue
            changed = _changed(mine, their)
            if changed is None:
                end = len(letters) + len(name)
                rest, changed = self._settle(letters, mine[end:], their[end:])
                if rest is None:
                    return None
                old[place] = letters + name + rest
            elif changed:
                old[place] = their
            renewed = renewed or changed
        return _CELL.join([b"", *old]), renewed

    def _are_peoples(self, pieces: list[bytes], number: int) -> bool:
        """Whether these cells are in columns the donor does not have, each in its own."""
        if not pieces:
            return True
        letters = {piece.partition(b'%d"' % number)[0] for piece in pieces}
        return len(letters) == len(pieces) and not letters & self._known and all(map(bytes.isalpha, letters))

    def _pieces_of(self, theirs: Row, number: int) -> list[bytes] | None:
        """The donor's cells in the book's columns."""
        pieces = _pieces_at(theirs, number)
        if pieces is None or self._same_places:
            return pieces
        told = [piece.partition(b'%d"' % number) for piece in pieces]
        if not all(letters in self._places for letters, _, _ in told):
            return None
        return [self._places[letters] + name + rest for letters, name, rest in told]


def _pieces_at(row: Row, number: int) -> list[bytes] | None:
    """The cells as they read in a row of that number, each from behind `<c r="`.

    None where a text has the row's number too, so that counting does not tell them apart.
    """
    between = row.body.split(b'%d"' % row.number)
    pieces = (b'%d"' % number).join(between).split(_CELL)
    return pieces[1:] if len(between) == len(pieces) else None


def _changed(mine: bytes, their: bytes) -> bool | None:
    """Whether two cells that look alike differ in their number or text; None where that is not plain to see."""
    head, _, old = mine.partition(b">")
    if not their.startswith(head + b">"):
        return None
    new = their[len(head) + 1 :]
    if old.startswith(_TEXT) and new.startswith(_TEXT):
        return None if any(mark in one for mark in _MARKS for one in (old, new)) else old != new
    if b' t="' in head or not (old.startswith(_NUMBER) and new.startswith(_NUMBER)):
        return None
    try:
        return float(old[len(_NUMBER) : -len(_NUMBER_END)]) != float(new[len(_NUMBER) : -len(_NUMBER_END)])
    except ValueError:
        return None
