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


def ids_of(rows: Sequence[int], told: Callable[[int], str], instead: Mapping[int, str]) -> dict[int, str]:
    """Old row -> its id. Of rows with the same id the first keeps it; the others have none."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for row in rows:
        key = instead.get(row) or told(row)
        if key and key not in taken:
            taken.add(key)
            found[row] = key
    return found


def in_new_order(
    theirs: Sequence[tuple[int, str]], mine: Mapping[int, str], rows: Sequence[int], blank: Callable[[int], bool],
    least: int,
) -> Order:  # fmt: skip
    """The donor's rows with the old rows of the same id; then what people typed, in the order it stood.

    Args:
        theirs: number and id of the donor's rows, in their order.
        mine: old row -> id.
        rows: all old rows, from the top.
        blank: whether an old row has nothing in it; such rows only fill up.
        least: rows the new body must have at least.

    Raises:
        WorkbookError: the donor has an id twice.
    """
    wanted = {key for _, key in theirs}
    if len(wanted) != len(theirs):
        raise WorkbookError("workbook.donor_form", part="id")
    at = {key: row for row, key in mine.items()}
    pairs = [Pair(row, at.get(key)) for row, key in theirs]
    gone = tuple(row for row, key in mine.items() if key not in wanted)
    rest = [row for row in rows if row not in mine]
    blanks = [row for row in rest if blank(row)]
    unused = frozenset(blanks)
    pairs += [Pair(None, row) for row in rest if row not in unused]
    while len(pairs) < max(least, 1):
        pairs.append(Pair(None, blanks.pop(0) if blanks else None))
    return Order(tuple(pairs), gone)
