"""Conditional formats, validations and sparklines of a sheet, in the old form and in that of 2010 (x14)."""

from __future__ import annotations

from lxml import etree

from ..package.xml_parts import MAIN, local_name
from .elements import take_out
from .formulas import moved_formula, moved_rule
from .ranges import corner, moved_ranges, parse_range, parse_sqref, print_sqref
from .row_map import RowMap

_XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
_FORMULAS = (MAIN + "formula", MAIN + "formula1", MAIN + "formula2", _XM + "f")


def move_rules(frame: etree._Element, moved: RowMap, sheet: str) -> None:
    """Move the places of rules, and what their formulas say of cells. `sheet` is the sheet's name."""
    for tag in ("conditionalFormatting", "dataValidation"):
        for rule in list(frame.iter(MAIN + tag)):
            _move_rule(rule, rule.get("sqref", ""), moved, sheet)
    for place in list(frame.iter(_XM + "sqref")):
        box = place.getparent()
        if box is not None and local_name(box) == "sparkline":
            _move_sparkline(box, place, moved, sheet)
        elif box is not None:
            _move_rule(box, place.text or "", moved, sheet)
    for group in frame.iter("{*}sparklineGroup"):
        for formula in group.findall(_XM + "f"):
            _move_formula(formula, moved, sheet, 0, 0)


def _move_rule(rule: etree._Element, sqref: str, moved: RowMap, sheet: str) -> None:
    """Move a rule; where it comes to begin elsewhere, its formulas are written for the new first cell.

    The formulas of a rule that has nothing to do with the body name cells, as those of cells do.
    """
    old = parse_sqref(sqref)
    if not old:
        return
    new = moved_ranges(old, moved)
    if not new:
        take_out(rule)
        return
    if new != old:
        _set_place(rule, print_sqref(new))
    (row, column), (new_row, new_column) = corner(old), corner(new)
    in_body = any(cells.top <= moved.last and cells.bottom >= moved.first for cells in old)

    def settled(formula: str) -> str:
        if in_body:
            down, right = new_row - row, new_column - column
            return moved_rule(formula, moved, sheet=sheet, here=True, down=down, right=right)
        return moved_formula(formula, moved, sheet=sheet, here=True, old_row=row, new_row=new_row)

    for element in rule.iter(*_FORMULAS):
        element.text = element.text and settled(element.text)
    for point in rule.iter(MAIN + "cfvo"):
        if point.get("val"):
            point.set("val", settled(point.get("val", "")))


def _set_place(rule: etree._Element, sqref: str) -> None:
    place = rule.find(_XM + "sqref")
    if place is None:
        rule.set("sqref", sqref)
    else:
        place.text = sqref


def _move_formula(element: etree._Element, moved: RowMap, sheet: str, old_row: int, new_row: int) -> None:
    if element.text:
        element.text = moved_formula(element.text, moved, sheet=sheet, here=True, old_row=old_row, new_row=new_row)


def _move_sparkline(line: etree._Element, place: etree._Element, moved: RowMap, sheet: str) -> None:
    cell = parse_range(place.text or "")
    if cell is None:
        return
    row = moved.row(cell.top, cell.left)
    if row is None:
        take_out(line)
        return
    place.text = str(cell._replace(top=row, bottom=row + cell.bottom - cell.top))
    for formula in line.findall(_XM + "f"):
        _move_formula(formula, moved, sheet, cell.top, row)
