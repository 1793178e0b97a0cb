from __future__ import annotations

from ..opc import Package
from ..sheet_list import Sheet


def notes_of(package: Package, sheet: Sheet) -> dict[tuple[int, int], str]:
    """The text of each cell's note or threaded comments, by (row from 1, column from 0)."""
    return {}
