"""Tables, pivot tables and saved views that share a sheet with the table whose rows moved."""

from __future__ import annotations

from lxml import etree

from ..package.opc import Package
from ..package.sheet_list import Sheet
from ..package.xml_parts import MAIN
from .formulas import moved_rule
from .frame import move_block, move_cell
from .ranges import parse_range
from .row_map import RowMap

_FORMULAS = (MAIN + "calculatedColumnFormula", MAIN + "totalsRowFormula")
_PLACES = (MAIN + "table", MAIN + "location", MAIN + "autoFilter", MAIN + "sortState", MAIN + "sortCondition")


def move_tables(package: Package, sheet: Sheet, moved: RowMap) -> None:
    """Shift the tables and pivot tables that begin below the body, and what columns' formulas name by address.

    Where the moved table itself ends is for its own update to say. Views of the sheet that people saved, with
    filters of their own, stretch with it.
    """
    for link in package.relationships(sheet.part):
        if not link.part or not package.has(link.part):
            continue
        if link.kind in {"table", "pivotTable"}:
            _move_table(package.tree(link.part), moved, sheet.name)
        elif link.kind == "namedSheetView":
            for view in package.tree(link.part).iter("{*}nsvFilter", "{*}sortCondition"):
                move_block(view, moved)
        elif link.kind == "tableSingleCells":
            for cell in package.tree(link.part).iter(MAIN + "singleXmlCell"):
                move_cell(cell, moved)


def _move_table(root: etree._Element, moved: RowMap, sheet: str) -> None:
    for element in root.iter(*_FORMULAS):
        if element.text:
            element.text = moved_rule(element.text, moved, sheet=sheet, here=True)
    place = root if root.get("ref") else root.find(MAIN + "location")
    cells = None if place is None else parse_range(place.get("ref", ""))
    if cells is not None and cells.top > moved.last:
        for element in root.iter(*_PLACES):
            move_block(element, moved)
