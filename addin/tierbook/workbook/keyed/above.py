"""What the donor writes above its table: title and hint, refreshed where they still are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .layout import Layout, letters_of
from .looks import Looks
from .rows import Cells, Row, cells_of, index_of, one_cell
from .values import has_formula, style_of, value_of, with_style

_ALIKE = 2
"""Letters two texts begin with alike for one to be taken as an earlier version of the other."""


def refreshed_above(layout: Layout, mine: Mapping[int, Row], theirs: Mapping[int, Row], looks: Looks,
                    strings: Sequence[str | None]) -> dict[int, Cells]:  # fmt: skip
    """Row -> cells to be put above the header.

    Where the header stands at its place, the donor's cells go to theirs. Where people put rows or columns before
    it, a text of the donor's only follows a text like it that moved along or stayed; nothing else is touched.
    """
    down, right = layout.mine.header - layout.theirs.header, layout.mine.first_column - layout.theirs.first_column
    found: dict[int, Cells] = {}
    for number in sorted(theirs):
        if number >= layout.theirs.header:
            break
        for letters, new in cells_of(theirs[number]).items():
            place = (number, letters)
            if down or right:
                moved = (number + down, letters_of(max(index_of(letters) + right, 0)))
                place = next((one for one in (moved, place) if _is_alike(mine, one, new, strings)), (0, b""))
            if place[0]:
                _put(found, mine, place, new, looks, strings)
    return found


def _put(found: dict[int, Cells], mine: Mapping[int, Row], place: tuple[int, bytes], new: bytes, looks: Looks,
         strings: Sequence[str | None]) -> None:  # fmt: skip
    old = _cell(mine, place)
    if old is not None:
        if value_of(new, ()) is None or (not has_formula(old) and value_of(old, strings) == value_of(new, ())):
            return
        new = with_style(new, looks.kept(style_of(old), style_of(new)))
    found.setdefault(place[0], {})[place[1]] = new


def _is_alike(mine: Mapping[int, Row], place: tuple[int, bytes], new: bytes, strings: Sequence[str | None]) -> bool:
    old = _cell(mine, place)
    if old is None or has_formula(old):
        return False
    before, after = value_of(old, strings), value_of(new, ())
    return isinstance(before, str) and isinstance(after, str) and before[:_ALIKE] == after[:_ALIKE]


def _cell(mine: Mapping[int, Row], place: tuple[int, bytes]) -> bytes | None:
    row = mine.get(place[0])
    return one_cell(row, place[1]) if row is not None else None
