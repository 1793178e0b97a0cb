"""Keep an owned sheet that people changed: it becomes a new tab at the end, and ours is written where it stood.

The old part itself is kept, under the new tab: its charts, pivots, slicers, notes and pictures stay as they are
and need no copying. Only what cannot be there twice goes: the tables the new sheet brings back (they turn into
plain cells), the name VBA knows the sheet by, the place in front.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from html import unescape

from lxml import etree

from ..cells.sheet_bytes import SheetBytes, drop_children, parted
from ..package.opc import Package, Relationship
from ..package.sheet_list import WORKSHEET_TYPE, Sheet, put_behind, sheets
from ..package.xml_parts import MAIN, R_ID, children
from .donor_sheet import identity_of
from .names import copy_local_names
from .ownership import free_name
from .renaming import Renaming, rename_below
from .tables import name_of

_CELL_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s([^<>]*?))?(?:/>|>([^<]*)</(?:\w+:)?f>)")
_SHARED = re.compile(rb'\bsi="([0-9]+)"')


def keep_copy(package: Package, sheet: Sheet, day: dt.date, tables: Collection[str]) -> str:
    """Set a sheet aside as a tab at the end and give the copy's name; a blank sheet stands in its place.

    Args:
        tables: lower-case names of its tables that the new sheet brings back; the blank one holds them.
    """
    name = free_name(sheet.name, [tab.name for tab in sheets(package)], day.isoformat())
    blank = package.fresh_name("xl/worksheets/sheet1.xml")
    package.put(blank, _blank(package, sheet.part), WORKSHEET_TYPE)
    moving = [link for link in package.relationships(sheet.part) if _table_of(package, link) in tables]
    if moving:
        package.put_relationships(blank, moving)
        for link in moving:
            package.unrelate(sheet.part, link.part or "")
    put_behind(package, sheet, blank, name)
    renaming = Renaming(sheets={sheet.name: name})
    copy_local_names(package, sheet.position, len(sheets(package)) - 1, renaming)
    _make_plain(package, sheet.part, renaming, tables, {link.id for link in moving})
    rename_below(package, sheet.part, renaming)
    return name


def _table_of(package: Package, link: Relationship) -> str | None:
    return name_of(package.tree(link.part)).casefold() if link.kind == "table" and link.part else None


def _blank(package: Package, part: str) -> bytes:
    """A sheet without cells that VBA knows by the old one's name, in front if that was."""
    identity = identity_of(package, part)
    root = etree.Element(MAIN + "worksheet", nsmap={None: MAIN[1:-1]})  # type: ignore[dict-item]
    if identity.code_name:
        etree.SubElement(root, MAIN + "sheetPr").set("codeName", identity.code_name)
    view = etree.SubElement(etree.SubElement(root, MAIN + "sheetViews"), MAIN + "sheetView")
    view.set("workbookViewId", "0")
    if identity.selected:
        view.set("tabSelected", "1")
    etree.SubElement(root, MAIN + "sheetData")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def _make_plain(
    package: Package, part: str, renaming: Renaming, tables: Collection[str], links: Collection[str]
) -> None:
    """Take out of the old part what is the new sheet's now, and let it speak of itself by its new name."""
    kept = parted(package.read(part), part)
    properties = kept.frame.find(MAIN + "sheetPr")
    if properties is not None:
        properties.attrib.pop("codeName", "")
    for view in kept.frame.iter(MAIN + "sheetView"):
        view.attrib.pop("tabSelected", "")
    _drop_tables(kept, links)
    renaming.frame(kept.frame)
    kept.cells = renaming.part(_without_formulas_of(kept.cells, tables))
    package.put(part, kept.to_bytes(), WORKSHEET_TYPE)


def _drop_tables(sheet: SheetBytes, links: Collection[str]) -> None:
    box = sheet.frame.find(MAIN + "tableParts")
    for table in children(box):
        if table.get(R_ID) in links and box is not None:
            box.remove(table)
    if box is not None and children(box):
        box.set("count", str(len(children(box))))
    else:
        drop_children(sheet.frame, "tableParts")


def _without_formulas_of(cells: bytes, tables: Collection[str]) -> bytes:
    """Cells whose formulas speak of a table that is no longer around them keep their values only."""
    if not tables:
        return cells
    words = re.compile("|".join(rf"(?<![\w.]){re.escape(name)}(?![\w.(!])" for name in tables), re.IGNORECASE)
    groups: set[bytes] = set()

    def plain(found: re.Match[bytes]) -> bytes:
        attributes, text = found.groups()
        group = _SHARED.search(attributes or b"")
        gone = bool(words.search(unescape((text or b"").decode("utf-8")))) or (group and group[1] in groups)
        if gone and group:
            groups.add(group[1])
        return b"" if gone else found[0]

    return _CELL_FORMULA.sub(plain, cells)
