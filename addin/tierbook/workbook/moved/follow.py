"""Everything at once."""

from __future__ import annotations

from lxml import etree

from ..opc import Package
from ..sheet_list import Sheet
from .frame import move_frame
from .row_map import RowMap


def follow(package: Package, sheet: Sheet, frame: etree._Element, moved: RowMap) -> None:
    """Let everything that names addresses of a sheet go along when rows of a table were put in a new order."""
    move_frame(frame, moved, sheet.name)
