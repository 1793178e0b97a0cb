"""Which old row belongs to which donor row, which rows leave, and where every row goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...errors import WorkbookError


class Pair(NamedTuple):
    """A row of the new body: the numbers of its donor row and of its old row. Both None: a blank row."""

    theirs: int | None
    mine: int | None


@dataclass(frozen=True)
class Order:
    """The new body from its first row on, and the old rows whose id is gone."""

    pairs: tuple[Pair, ...]
    gone: tuple[int, ...]

    def new_row(self, first: int) -> dict[int, int]:
        """Old body row -> new body row."""
        return {pair.mine: row for row, pair in enumerate(self.pairs, first) if pair.mine is not None}


def in_new_order(
    theirs: Sequence[tuple[int, str]], mine: Mapping[int, str], rows: Sequence[int], blank: Callable[[int], bool],
    least: int,
) -> Order:  # fmt: skip
    """The donor's rows with the old rows of the same id; then what people typed, in the order it stood.

    Of old rows with the same id the first keeps it; the others count as typed by a person. Rows of an id the
    donor no longer has leave together.

    Args:
        theirs: number and id of the donor's rows, in their order.
        mine: old row -> id, from the top; rows without one are left out.
        rows: all old rows, from the top.
        blank: whether an old row without an id has nothing in it; such rows only fill up.
        least: rows the new body must have at least.

    Raises:
        WorkbookError: the donor has an id twice.
    """
    wanted = {key for _, key in theirs}
    if len(wanted) != len(theirs):
        raise WorkbookError("workbook.donor_form", part="id")
    at: dict[str, int] = {}
    for row, key in mine.items():
        at.setdefault(key, row)
    pairs = [Pair(row, at.get(key)) for row, key in theirs]
    gone = tuple(row for row, key in mine.items() if key not in wanted)
    placed = {*gone, *(at[key] for key in wanted if key in at)}
    blanks = [row for row in rows if row not in mine and blank(row)]
    unused = frozenset(blanks)
    pairs += [Pair(None, row) for row in rows if row not in placed and row not in unused]
    while len(pairs) < max(least, 1):
        pairs.append(Pair(None, blanks.pop(0) if blanks else None))
    return Order(tuple(pairs), gone)
