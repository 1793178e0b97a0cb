"""Pictures and other drawings on a sheet whose rows move."""

from __future__ import annotations

import re

from lxml import etree

from ..package.opc import Package
from ..package.sheet_list import Sheet
from ..package.xml_parts import MAIN, number_of
from .row_map import RowMap

_XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_POINT = 12_700
"""English metric units, in which drawings are measured, of one point."""
_HEIGHT = 15.0
"""Points of a row for which nothing else is said."""


def move_shapes(package: Package, sheet: Sheet, frame: etree._Element, moved: RowMap) -> None:
    """Move pictures that stand in one row of the body with it, and shift what begins below the body.

    A picture of a row that left stays where it is: nothing else would keep it. So do charts and shapes
    beside the body, and everything that is told not to move with cells.
    """
    part = package.related(sheet.part, "drawing")
    if part is None or not package.has(part):
        return
    anchors = list(package.tree(part).iter(_XDR + "twoCellAnchor", _XDR + "oneCellAnchor"))
    heights: dict[int, float] | None = None
    for anchor in anchors:
        start = anchor.find(_XDR + "from")
        if start is None or anchor.get("editAs") == "absolute":
            continue
        row = _number(start, "row") + 1
        if row > moved.last:
            _shift(anchor, moved.shift)
        elif row >= moved.first and anchor.find(_XDR + "pic") is not None:
            if heights is None and anchor.tag == _XDR + "oneCellAnchor":
                heights = _heights(package, sheet, frame)
            if _in_one_row(anchor, start, moved, heights or {}):
                _shift(anchor, moved.new_row.get(row, row) - row)


def _in_one_row(anchor: etree._Element, start: etree._Element, moved: RowMap, heights: dict[int, float]) -> bool:
    """Whether a picture reaches beyond neither its row nor the columns that travel."""
    row, column = _number(start, "row"), _number(start, "col")
    if not moved.travels(column, column):
        return False
    end = anchor.find(_XDR + "to")
    if end is not None:
        last_row = _number(end, "row") - (_number(end, "rowOff") == 0)
        last_column = _number(end, "col") - (_number(end, "colOff") == 0)
        return last_row <= row and last_column <= moved.last_column
    size = anchor.find(_XDR + "ext")
    tall = 0 if size is None else number_of(size, "cy")
    room = heights.get(row + 1, heights.get(0, _HEIGHT)) * _POINT
    return _number(start, "rowOff") + tall <= room


def _heights(package: Package, sheet: Sheet, frame: etree._Element) -> dict[int, float]:
    """Row -> height in points, of rows that have one of their own; 0 -> that of all others."""
    usual = frame.find(MAIN + "sheetFormatPr")
    found = {0: float((usual.get("defaultRowHeight") if usual is not None else None) or _HEIGHT)}
    for tag in re.findall(rb"<(?:\w+:)?row\s([^>]*)>", package.read(sheet.part)):
        row, height = re.search(rb'\br="([0-9]+)"', tag), re.search(rb'\bht="([0-9.]+)"', tag)
        if row and height:
            found[int(row[1])] = float(height[1])
    return found


def _shift(anchor: etree._Element, down: int) -> None:
    for corner in ("from", "to"):
        row = anchor.find(f"{_XDR}{corner}/{_XDR}row")
        if row is not None and down:
            row.text = str(max(_number(anchor, f"{corner}/{_XDR}row") + down, 0))


def _number(corner: etree._Element, name: str) -> int:
    text = corner.findtext(_XDR + name, "0").strip()
    return int(text) if text.lstrip("-").isdigit() else 0
