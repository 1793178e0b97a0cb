"""Defined names: print areas, filter ranges and lists of the grafted sheets come along; people's names stay."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping

from lxml import etree

from ..package.opc import Package
from ..package.sheet_list import sheets
from ..package.xml_parts import MAIN, WORKBOOK_ORDER, child_of, children, make_child
from .renaming import Renaming

_SHEET_REFERENCE = re.compile(r"'((?:[^']|'')+)'!|([^\s'!()*+,/:;<=>^&\"{}-]+)!")
_BUILT_IN = "_xlnm."

_Scope = tuple[str, str | None]
"""Lower-case name and position of the sheet it is local to, as text (None: the whole book)."""


def carry_names(target: Package, donor: Package, positions: Mapping[int, int], renaming: Renaming) -> None:
    """Bring over the names that belong to grafted sheets.

    Local names come along, and names of the whole book that speak of a grafted sheet; both replace names of
    the same scope. Print areas and the like that a grafted sheet no longer has go.

    Args:
        positions: donor position -> book position of each grafted sheet.
        renaming: what bears another name in the book than in the donor.
    """
    wanted = _wanted(donor, positions, renaming)
    own_places = {str(position) for position in positions.values()}
    kept: dict[_Scope, etree._Element] = {}
    for element in _defined(target):
        scope = _scope(element)
        stale = scope[0].startswith(_BUILT_IN) and scope[1] in own_places and scope not in wanted
        if stale or scope in kept:  # LibreOffice writes filter ranges twice at times
            _remove(element)
        else:
            kept[scope] = element
    for scope, element in wanted.items():
        _put(target, scope, element, kept.get(scope))


def copy_local_names(package: Package, place: int, copy_place: int, renaming: Renaming) -> None:
    """Give a copy of a sheet the names that hold on the sheet only, as Excel does: print areas, titles, people's."""
    for element in _defined(package):
        if element.get("localSheetId") == str(place):
            twin = copy.copy(element)
            twin.set("localSheetId", str(copy_place))
            twin.text = renaming.formula(element.text or "")
            box = element.getparent()
            if box is not None:
                box.append(twin)


def names_in_the_way(
    target: Package, donor: Package, grafted: Mapping[str, str], tables: Collection[str]
) -> dict[str, str]:
    """New names for a donor's names that a table of the book bears, or a name people gave to something else.

    Args:
        grafted: donor's name -> book's name of each grafted sheet.
        tables: lower-case names of all tables in the book to be.
    """
    theirs = {name.casefold() for name in grafted}
    ours = {name.casefold() for name in grafted.values()}
    in_book = {name: formula for name, local, formula in defined_names(target) if local is None}
    peoples = {name for name, formula in in_book.items() if not sheets_in(formula) or sheets_in(formula) - ours}
    renamed = {}
    for element in _defined(donor):
        name, local = _scope(element)
        if local is None and sheets_in(element.text or "") & theirs and (name in peoples or name in tables):
            word = element.get("name", "")
            renamed[word] = free_word(word, {*peoples, *tables})
    return renamed


def free_word(wanted: str, taken: Collection[str]) -> str:
    """A name for a table or a range that nobody has: the wanted one, else with `_tb` and a number behind it."""
    name, number = wanted, 1
    while name.casefold() in taken:
        name = f"{wanted}_tb{number if number > 1 else ''}"
        number += 1
    return name


def defined_names(package: Package) -> list[tuple[str, str | None, str]]:
    """Lower-case name, position of the sheet it is local to (None: the whole book) and formula of every name."""
    return [(*_scope(element), element.text or "") for element in _defined(package)]


def put_book_name(package: Package, name: str, formula: str, *, hidden: bool = False) -> None:
    """Set a name of the whole book, or add it. One that says this already is not touched."""
    scope = name.casefold(), None
    old = next((element for element in _defined(package) if _scope(element) == scope), None)
    if old is None:
        box = child_of(package.tree(package.main), "definedNames", WORKBOOK_ORDER)
        old = make_child(box, MAIN + "definedName", [("name", name)])
        if hidden:
            old.set("hidden", "1")
    if old.text != formula:
        old.text = formula


def first_sheet_in(formula: str) -> str:
    """The name of the first sheet a formula speaks of; empty where it speaks of none."""
    found = _SHEET_REFERENCE.search(formula)
    return _sheet_name(found) if found else ""


def quoted_sheet(name: str) -> str:
    """A sheet's name as formulas write it, always in quotes."""
    return "'" + name.replace("'", "''") + "'"


def book_names(package: Package) -> set[str]:
    """Lower-case names that hold for the whole book."""
    return {name for name, position in map(_scope, _defined(package)) if position is None}


def sheets_in(formula: str) -> set[str]:
    """Case-folded names of the sheets a formula refers to."""
    return {_sheet_name(found).casefold() for found in _SHEET_REFERENCE.finditer(formula)}


def _sheet_name(found: re.Match[str]) -> str:
    return found[1].replace("''", "'") if found[1] else found[2]


def _wanted(donor: Package, positions: Mapping[int, int], renaming: Renaming) -> dict[_Scope, etree._Element]:
    grafted = {sheet.name.casefold() for sheet in sheets(donor) if sheet.position in positions}
    wanted: dict[_Scope, etree._Element] = {}
    for element in map(copy.copy, _defined(donor)):
        name, local = _scope(element)
        speaks_of = sheets_in(element.text or "")
        if renaming:
            element.text = renaming.formula(element.text or "")
        if local is None:
            if speaks_of & grafted:
                element.set("name", renaming.words.get(element.get("name", ""), element.get("name", "")))
                wanted[_scope(element)] = element
        elif int(local) in positions:
            wanted[name, str(positions[int(local)])] = element
    return wanted


def _put(target: Package, scope: _Scope, element: etree._Element, old: etree._Element | None) -> None:
    attributes = [(str(k), str(v)) for k, v in element.attrib.items() if k != "localSheetId"]
    if scope[1] is not None:
        attributes.insert(1, ("localSheetId", scope[1]))
    if old is None:
        box = child_of(target.tree(target.main), "definedNames", WORKBOOK_ORDER)
        old = make_child(box, MAIN + "definedName", attributes)
    elif sorted(attributes) != sorted(old.attrib.items()):
        old.attrib.clear()
        for name, value in attributes:
            old.set(name, value)
    old.text = element.text


def drop_book_name(package: Package, name: str) -> None:
    """Take a name of the whole book out, if it is there."""
    for element in _defined(package):
        if _scope(element) == (name.casefold(), None):
            _remove(element)


def _remove(element: etree._Element) -> None:
    box = element.getparent()
    if box is None:
        return
    box.remove(element)
    if not children(box) and (parent := box.getparent()) is not None:
        parent.remove(box)


def _defined(package: Package) -> list[etree._Element]:
    return children(package.tree(package.main).find(MAIN + "definedNames"))


def _scope(element: etree._Element) -> _Scope:
    return element.get("name", "").casefold(), element.get("localSheetId")
