"""Everything that names addresses of a sheet, when rows of a table on it were put in a new order."""

from __future__ import annotations

from lxml import etree

from ..package.opc import Package
from ..package.sheet_list import Sheet
from .below import move_tables
from .frame import move_frame
from .names import move_names
from .notes import move_notes
from .others import move_others, rows_below_move
from .row_map import RowMap
from .shapes import move_shapes


def follow(package: Package, sheet: Sheet, frame: etree._Element, moved: RowMap) -> None:
    """Let everything go along that names addresses of a sheet.

    Call it while the sheet's part is still the old one; cells are the caller's. Other sheets and charts are
    touched only where rows below the body move. Where nothing moves, nothing is edited.

    Args:
        sheet: the sheet whose rows move.
        frame: its XML, without cells; edited in place.
        moved: where its rows go.
    """
    if moved.nothing_moves:
        return
    if rows_below_move(package, sheet, moved):
        move_others(package, sheet, moved)
    move_names(package, sheet, moved)
    move_tables(package, sheet, moved)
    move_notes(package, sheet, moved)
    move_shapes(package, sheet, frame, moved)
    move_frame(frame, moved, sheet.name)
