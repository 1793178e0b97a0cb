"""Defined names that mean cells of a sheet whose rows moved: print areas, filter ranges, people's own."""

from __future__ import annotations

from ..package.opc import Package
from ..package.sheet_list import Sheet
from ..package.xml_parts import MAIN, children
from .formulas import moved_rule
from .row_map import RowMap


def move_names(package: Package, sheet: Sheet, moved: RowMap) -> None:
    """Let names go along. A row without $ in a name means "from the cell that uses it" and stays."""
    for name in children(package.tree(package.main).find(MAIN + "definedNames")):
        if name.text:
            name.text = moved_rule(name.text, moved, sheet=sheet.name, here=False)
