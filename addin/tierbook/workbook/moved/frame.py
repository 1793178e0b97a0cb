"""The addresses in a sheet's own XML, outside its cells."""

from __future__ import annotations

import copy
import re

from lxml import etree

from ..package.xml_parts import MAIN, children, local_name, number_of
from .elements import recount, take_out
from .formulas import moved_formula
from .ranges import Range, image, moved_block, moved_ranges, parse_range, parse_sqref, print_sqref
from .row_map import LAST_ROW, RowMap
from .rules import move_rules

_UID = "{http://schemas.microsoft.com/office/spreadsheetml/2014/revision}uid"
_LISTS = ("protectedRange", "ignoredError", "scenarios")
_CELLS = ("inputCells", "cellWatch", "cellSmartTags")
_BLOCKS = ("sortCondition", "sortState", "autoFilter")
_ANCHORED = ("controls", "oleObjects")


def move_frame(frame: etree._Element, moved: RowMap, sheet: str) -> None:
    """Move every address in a sheet's XML, in place. Cells, panes and selections are not looked at."""
    if moved.nothing_moves:
        return
    move_rules(frame, moved, sheet)
    _move_merges(frame, moved)
    _move_links(frame, moved, sheet)
    _move_lists(frame, moved)
    _move_cells(frame, moved)
    for tag in _BLOCKS:
        for element in list(frame.iter(MAIN + tag)):
            move_block(element, moved)
    for breaks in list(frame.iter(MAIN + "rowBreaks")):
        _move_breaks(breaks, moved)
    for tag in _ANCHORED:
        for box in frame.iter(MAIN + tag):
            _move_anchors(box, moved)


def move_block(element: etree._Element, moved: RowMap) -> None:
    """Move the one range of an element (`ref`). One that is gone keeps its address."""
    old = parse_range(element.get("ref", ""))
    new = None if old is None else moved_block(old, moved)
    if new is not None:
        element.set("ref", str(new))


def move_cell(element: etree._Element, moved: RowMap) -> bool:
    """Move the one cell of an element (`r`). False: it left, and the element keeps its address."""
    cell = parse_range(element.get("r", ""))
    if cell is None:
        return True
    row = moved.row(cell.top, cell.left)
    if row is not None:
        element.set("r", str(cell._replace(top=row, bottom=row)))
    return row is not None


# --- merged cells


def _move_merges(frame: etree._Element, moved: RowMap) -> None:
    """Merged cells go with their rows; those whose rows were parted are no longer merged.

    Where rows move up, they may come to lie over merged cells beside the body: of two that meet, one stays merged.
    """
    in_the_gap: list[Range] = []
    for merge in list(frame.iter(MAIN + "mergeCell")):
        old = parse_range(merge.get("ref", ""))
        if old is None:
            continue
        new = _moved_merge(old, moved)
        gap = new is not None and moved.new_last < new.bottom and new.top <= moved.last
        if new is None or (gap and any(map(new.touches, in_the_gap))):
            take_out(merge)
            continue
        merge.set("ref", str(new))
        if gap:
            in_the_gap.append(new)


def _moved_merge(old: Range, moved: RowMap) -> Range | None:
    if old.top > moved.last:
        new = old._replace(top=old.top + moved.shift, bottom=old.bottom + moved.shift)
        return new if new.bottom <= LAST_ROW else None
    if old.bottom < moved.first or not moved.travels(old.left, old.right):
        return old if old.bottom <= moved.last or not moved.shift else None
    travels_whole = moved.first_column <= old.left and old.right <= moved.last_column
    if travels_whole and moved.first <= old.top and old.bottom <= moved.last:
        rows = image(old, moved)
        return old._replace(top=rows[0], bottom=rows[1]) if rows else None
    stays = all(moved.row(row, moved.first_column) == row for row in range(old.top, old.bottom + 1))
    return old if stays else None


# --- links, lists of ranges, single cells


def _move_links(frame: etree._Element, moved: RowMap, sheet: str) -> None:
    """Links go with their cells; what they lead to on this sheet is found at its new place."""
    for link in list(frame.iter(MAIN + "hyperlink")):
        old = parse_range(link.get("ref", ""))
        if old is None:
            continue
        new = moved_ranges([old], moved)
        if not new:
            take_out(link)
            continue
        target = link.get("location")
        if target:
            there = moved_formula(target, moved, sheet=sheet, here=True, old_row=0, new_row=0)
            link.set("location", target if "#REF!" in there else there)
        link.set("ref", str(new[0]))
        for piece in reversed(new[1:]):
            twin = copy.copy(link)
            twin.set("ref", str(piece))
            twin.attrib.pop(_UID, "")
            link.addnext(twin)


def _move_lists(frame: etree._Element, moved: RowMap) -> None:
    for tag in _LISTS:
        for element in list(frame.iter("{*}" + tag)):
            old = parse_sqref(element.get("sqref", ""))
            if not old:
                continue
            new = moved_ranges(old, moved)
            if new:
                element.set("sqref", print_sqref(new))
            else:
                take_out(element)


def _move_cells(frame: etree._Element, moved: RowMap) -> None:
    for tag in _CELLS:
        for element in list(frame.iter(MAIN + tag)):
            if not move_cell(element, moved):
                take_out(element)


# --- page breaks, anchors


def _move_breaks(breaks: etree._Element, moved: RowMap) -> None:
    """Page breaks in the body stay: they are the paper's, not the rows'. Those at its end and below shift."""
    taken: set[int] = set()
    for element in children(breaks):
        row = number_of(element, "id")
        row = row + moved.shift if row >= moved.last else min(row, moved.new_last)
        if row in taken or not 1 <= row <= LAST_ROW:
            breaks.remove(element)
            continue
        taken.add(row)
        element.set("id", str(row))
    left = children(breaks)
    if not left:
        take_out(breaks)
        return
    recount(breaks)
    if breaks.get("manualBreakCount") is not None:
        breaks.set("manualBreakCount", str(sum(element.get("man") in {"1", "true"} for element in left)))


def _move_anchors(box: etree._Element, moved: RowMap) -> None:
    """Controls and embedded objects that begin below the body shift."""
    for anchor in box.iter(MAIN + "anchor"):
        rows = [element for element in anchor.iter() if isinstance(element.tag, str) and local_name(element) == "row"]
        if rows and _number(rows[0]) + 1 > moved.last:
            for element in rows:
                element.text = str(_number(element) + moved.shift)


def _number(element: etree._Element) -> int:
    found = re.search(r"[0-9]+", element.text or "")
    return int(found[0]) if found else 0
