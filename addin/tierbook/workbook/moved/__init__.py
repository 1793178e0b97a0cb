"""Rows of a sheet moved: everything that hangs on their addresses goes along."""

from .follow import follow
from .formulas import moved_formula
from .notes import notes_of
from .row_map import RowMap

__all__ = ["RowMap", "follow", "moved_formula", "notes_of"]
