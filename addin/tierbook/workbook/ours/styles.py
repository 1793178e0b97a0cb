"""Formats: those of a donor are appended to a book's own, whose indexes never move.

A format that is already there is used again, so grafting the same sheet every night adds nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from ...errors import WorkbookError
from ..package.file_kinds import SPREADSHEET
from ..package.opc import Package
from ..package.xml_parts import MAIN, OFFICE, STYLES_ORDER, child_of, children, make_child, number_of

MOST_FORMATS = 64_000
"""Cell formats Excel can hold, less a reserve for what people add."""
_FIRST_OWN_NUMBER_FORMAT = 164
_STYLES = "xl/styles.xml"
_EMPTY = f'<styleSheet xmlns="{MAIN[1:-1]}"/>'.encode()
_PARTS_OF_A_FORMAT = (
    ("fontId", "fonts", "applyFont"),
    ("fillId", "fills", "applyFill"),
    ("borderId", "borders", "applyBorder"),
)

_Look = tuple[object, tuple[tuple[object, object], ...], str, tuple[object, ...]]


@dataclass(frozen=True)
class StyleMap:
    """Donor index -> book index, for cell formats and for the formats of conditions and tables."""

    cells: list[int]
    differences: list[int]


def merge_styles(target: Package, donor: Package) -> StyleMap:
    """Append a donor's formats to a book's.

    The donor's default format and default font become the book's own defaults, so that a grafted sheet
    speaks the book's typeface.

    Raises:
        WorkbookError: the book has no room for more formats.
    """
    theirs = donor.related(donor.main, "styles")
    if theirs is None:
        raise WorkbookError("workbook.donor_form", part=donor.main)
    merge = _Merge(_styles_of(target), donor.tree(theirs))
    return StyleMap(merge.cell_formats(), merge.differences())


def _styles_of(package: Package) -> etree._Element:
    part = package.related(package.main, "styles")
    if part is None:
        part = _STYLES if not package.has(_STYLES) else package.fresh_name(_STYLES)
        package.put(part, _EMPTY, SPREADSHEET + "styles+xml")
        package.relate(package.main, OFFICE + "/styles", part)
    return package.tree(part)


class _Merge:
    def __init__(self, book: etree._Element, donor: etree._Element) -> None:
        self._book = book
        self._donor = donor
        self._places: dict[str, dict[_Look, int]] = {}
        for group in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs"):
            self._give_defaults(group)

    def cell_formats(self) -> list[int]:
        """Book index of each of the donor's cell formats."""
        codes = {e.get("numFmtId"): e.get("formatCode", "") for e in self._theirs("numFmts")}
        looks = {group: self._theirs(group) for _, group, _ in _PARTS_OF_A_FORMAT}
        places = [0]
        for theirs in self._theirs("cellXfs")[1:]:
            mine = copy.deepcopy(theirs)
            mine.set("xfId", "0")
            if mine.get("numFmtId") in codes:
                mine.set("numFmtId", self._number_format(codes[mine.get("numFmtId")]))
                mine.set("applyNumberFormat", "1")
            for attribute, group, applies in _PARTS_OF_A_FORMAT:
                index = int(mine.get(attribute, "0"))
                if index:
                    mine.set(attribute, str(self._place(group, looks[group][index])))
                    mine.set(applies, "1")
            places.append(self._place("cellXfs", mine))
        if len(children(self._group("cellXfs"))) > MOST_FORMATS:
            raise WorkbookError("workbook.too_many_formats", most=MOST_FORMATS)
        return places

    def differences(self) -> list[int]:
        """Book index of each of the donor's differential formats."""
        return [self._place("dxfs", theirs) for theirs in self._theirs("dxfs")]

    def _theirs(self, group: str) -> list[etree._Element]:
        return children(self._donor.find(MAIN + group))

    def _group(self, group: str) -> etree._Element:
        return child_of(self._book, group, STYLES_ORDER)

    def _give_defaults(self, group: str) -> None:
        """Where a book has no formats of a kind at all, index 0 must still be the default: the donor's."""
        box = self._group(group)
        if not children(box):
            defaults = self._theirs(group)[: 2 if group == "fills" else 1]
            box.extend([copy.deepcopy(default) for default in defaults])
            box.set("count", str(len(defaults)))

    def _place(self, group: str, element: etree._Element) -> int:
        """Index of an equal element in a group, appended if there is none."""
        box = self._group(group)
        if group not in self._places:
            self._places[group] = _first_places(children(box), look_of)
        places = self._places[group]
        look = look_of(element)
        if look not in places:
            places[look] = len(children(box))
            box.append(copy.deepcopy(element))
            box.set("count", str(places[look] + 1))
        return places[look]

    def _number_format(self, code: str) -> str:
        """Id of a number format of the book's own, added if it is new."""
        box = self._book.find(MAIN + "numFmts")
        for element in children(box):
            if element.get("formatCode") == code:
                return element.get("numFmtId", "")
        taken = [number_of(element, "numFmtId") for element in children(box)]
        number = str(max([_FIRST_OWN_NUMBER_FORMAT - 1, *taken]) + 1)
        box = self._group("numFmts")
        make_child(box, MAIN + "numFmt", [("numFmtId", number), ("formatCode", code)])
        box.set("count", str(len(children(box))))
        return number


def look_of(element: etree._Element) -> _Look:
    """What makes two formats the same: names, attributes in any order, text, and what is inside."""
    inside = tuple([look_of(child) for child in element if isinstance(child.tag, str)]) if len(element) else ()
    return element.tag, tuple(sorted(element.items())), (element.text or "").strip(), inside


def _first_places(elements: list[etree._Element], look: Callable[[etree._Element], _Look]) -> dict[_Look, int]:
    places: dict[_Look, int] = {}
    for place, element in enumerate(elements):
        places.setdefault(look(element), place)
    return places
