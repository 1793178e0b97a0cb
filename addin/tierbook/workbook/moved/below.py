"""Tables and pivot tables that share a sheet with the table whose rows moved."""

from __future__ import annotations

from lxml import etree

from ..opc import Package
from ..sheet_list import Sheet
from ..xml_parts import MAIN
from .formulas import moved_rule
from .frame import move_block
from .ranges import parse_range
from .row_map import RowMap


def move_tables(package: Package, sheet: Sheet, moved: RowMap) -> None:
    """Shift the tables and pivot tables that begin below the body, and what columns' formulas name by address.

    Where the moved table itself ends is for its own update to say.
    """
    for link in package.relationships(sheet.part):
        if link.kind not in {"table", "pivotTable"} or not link.part or not package.has(link.part):
            continue
        root = package.tree(link.part)
        for element in root.iter(MAIN + "calculatedColumnFormula", MAIN + "totalsRowFormula"):
            if element.text:
                element.text = moved_rule(element.text, moved, sheet=sheet.name, here=True)
        for element in root.iter(MAIN + "table", MAIN + "location"):
            if _is_below(element, moved):
                for part in element.iter(MAIN + "table", MAIN + "location", *_WITHIN):
                    move_block(part, moved)


_WITHIN = (MAIN + "autoFilter", MAIN + "sortState", MAIN + "sortCondition")


def _is_below(element: etree._Element, moved: RowMap) -> bool:
    place = parse_range(element.get("ref", ""))
    return place is not None and place.top > moved.last
