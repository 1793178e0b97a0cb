"""What workbook.xml says: which sheets there are, in which order, and whether Excel must calculate on opening."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from ...errors import WorkbookError
from .opc import Package
from .xml_parts import MAIN, OFFICE, R_ID, WORKBOOK_ORDER, child_of, children, number_of

WORKSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
LARGEST_SHEET_ID = 65_534
"""Excel calls a book damaged whose tabs have larger ids."""

_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


@dataclass(frozen=True)
class Sheet:
    """One tab. `position` counts from 0.

    `kind` is worksheet, chartsheet, dialogsheet, macrosheet, or partless: old macro books list tabs that
    have no part, and Excel opens them.
    """

    name: str
    position: int
    part: str
    kind: str
    state: str


def sheets(package: Package) -> list[Sheet]:
    """All tabs in their order, hidden ones too.

    Raises:
        WorkbookError: the workbook has no sheets, or not one of them is there.
    """
    links = {link.id: link for link in package.relationships(package.main)}
    found = []
    for position, element in enumerate(_elements(package)):
        link = links.get(element.get(R_ID, ""))
        name, state = element.get("name", ""), element.get("state", "visible")
        if link is None or link.part is None or not package.has(link.part):
            found.append(Sheet(name, position, "", "partless", state))
        else:
            found.append(Sheet(name, position, link.part, link.kind.removeprefix("xl").lower(), state))
    if all(sheet.kind == "partless" for sheet in found):
        raise WorkbookError("workbook.no_sheets")
    return found


def worksheets(package: Package) -> list[Sheet]:
    """The tabs that are plain worksheets."""
    return [sheet for sheet in sheets(package) if sheet.kind == "worksheet"]


def named(tabs: Iterable[Sheet], name: str) -> Sheet | None:
    """The tab of that name; Excel does not tell upper case from lower."""
    return next((sheet for sheet in tabs if sheet.name.casefold() == name.casefold()), None)


def add_sheet(package: Package, name: str, state: str) -> str:
    """Add a tab at the end (positions of others must not move) and give the name of its still missing part."""
    part = package.fresh_name("xl/worksheets/sheet1.xml")
    link = package.relate(package.main, OFFICE + "/worksheet", part)
    _add_tab(package, name, _next_number(package), link, state)
    return part


def _next_number(package: Package) -> str:
    taken = {number_of(element, "sheetId") for element in _elements(package)}
    return str(max(taken) + 1 if max(taken) < LARGEST_SHEET_ID else min(set(range(1, len(taken) + 2)) - taken))


def _add_tab(package: Package, name: str, number: str, link: str, state: str) -> None:
    tabs = _list(package)
    tab = etree.SubElement(tabs, MAIN + "sheet", nsmap=None if OFFICE in tabs.nsmap.values() else {"r": OFFICE})
    tab.set("name", name)
    tab.set("sheetId", number)
    if state != "visible":
        tab.set("state", state)
    tab.set(R_ID, link)


def put_behind(package: Package, sheet: Sheet, successor: str, name: str) -> None:
    """Let another part stand under a tab; the old part gets a tab of its own at the end.

    The old part keeps the id by which slicers know its pivots; name, place and state stay with the old tab.
    """
    tab = _elements(package)[sheet.position]
    number, link = tab.get("sheetId", ""), tab.get(R_ID, "")
    tab.set("sheetId", _next_number(package))
    tab.set(R_ID, package.relate(package.main, OFFICE + "/worksheet", successor))
    _add_tab(package, name, number, link, "visible")


def hide_like(package: Package, sheet: Sheet, state: str) -> None:
    """Hide a tab that should be hidden. A tab a person hid stays hidden."""
    if state != "visible":
        _elements(package)[sheet.position].set("state", state)


def calculate_on_opening(package: Package) -> None:
    """Ask Excel to calculate everything when it opens the book."""
    child_of(package.tree(package.main), "calcPr", WORKBOOK_ORDER).set("fullCalcOnLoad", "1")


def forget_calculation_order(package: Package) -> None:
    """Take out the calculation chain, which names cells that may be gone. Excel builds it anew."""
    chain = package.related(package.main, "calcChain")
    if chain is not None:
        package.unrelate(package.main, chain)
        package.drop(chain)


def has_formula(package: Package, part: str) -> bool:
    """Whether a sheet has a formula in any cell."""
    tail = b""
    for chunk in package.chunks(part):
        seen = tail + chunk
        if (b"<f" in seen or b":f" in seen) and _FORMULA.search(seen):  # looking for letters is five times as quick
            return True
        tail = chunk[-64:]
    return False


def _list(package: Package) -> etree._Element:
    found = package.tree(package.main).find(MAIN + "sheets")
    if found is None:
        raise WorkbookError("workbook.no_sheets")
    return found


def _elements(package: Package) -> list[etree._Element]:
    return children(_list(package))
