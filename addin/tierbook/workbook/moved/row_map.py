"""Where each row of a sheet goes when a table's body is put in a new order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

LAST_ROW = 1_048_576
LAST_COLUMN = 16_383


@dataclass(frozen=True)
class RowMap:
    """The rows of a sheet before and after. Rows count from 1, columns from 0.

    Above the body nothing moves. Body rows travel within the columns first_column..last_column (both
    included); cells of other columns keep their address. Whole rows below the body shift by after - before.

    `new_row` names the body rows that stay on the sheet; a body row it lacks leaves the sheet.
    """

    first: int
    before: int
    after: int
    new_row: Mapping[int, int]
    first_column: int
    last_column: int

    @property
    def last(self) -> int:
        """The last body row before."""
        return self.first + self.before - 1

    @property
    def new_last(self) -> int:
        """The last body row after."""
        return self.first + self.after - 1

    @property
    def shift(self) -> int:
        """By how many rows everything below the body moves down."""
        return self.after - self.before

    @cached_property
    def nothing_moves(self) -> bool:
        """Every row stays where it is."""
        return self.shift == 0 and all(self.new_row.get(row) == row for row in range(self.first, self.last + 1))

    def travels(self, first_column: int, last_column: int) -> bool:
        """Whether one of these columns travels with its row."""
        return first_column <= self.last_column and last_column >= self.first_column

    def shifted(self, row: int) -> int:
        """Where the lower edge of a range below the body goes; the sheet's last row stays its last."""
        return LAST_ROW if row >= LAST_ROW else max(self.first, min(row + self.shift, LAST_ROW))

    def row(self, old: int, column: int) -> int | None:
        """The new row of a cell; None if it left the sheet, or would lie beyond its last row."""
        if old < self.first:
            return old
        if old > self.last:
            return old + self.shift if old + self.shift <= LAST_ROW else None
        return self.new_row.get(old) if self.travels(column, column) else old
