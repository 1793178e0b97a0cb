"""A donor's sheet made fit for another book: its formats renumbered, its texts carried inside the cells.

The cells are rewritten as bytes and never become a tree: a hidden sheet with a hundred thousand customers
would cost gigabytes. That is safe because donors are ours: XlsxWriter's one way of writing a cell is known,
and a sheet with any cell written otherwise is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from ..errors import WorkbookError
from .opc import Package
from .styles import StyleMap
from .xml_parts import MAIN, dump, elements_before, parse

_CELL = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?: s="([0-9]+)")?( t="s"><v>([0-9]+)</v>)?')
_STYLED_ROW = re.compile(rb'(<row [^>]*? s=")([0-9]+)"')
_STRING = re.compile(rb"<si>(.*?)</si>", re.DOTALL)
_OPEN, _CLOSE, _EMPTY = b"<sheetData>", b"</sheetData>", b"<sheetData/>"

_KNOWN_KINDS = {"worksheet", "chartsheet", "styles", "theme", "sharedStrings", "calcChain", "vbaProject"}
"""What a donor's workbook may point to; anything else (images in cells, spilling formulas) its sheets depend on."""


@dataclass(frozen=True)
class Identity:
    """What of an old sheet its successor takes over: the name VBA knows it by, and whether it is in front."""

    code_name: str | None = None
    selected: bool = False


def refuse_unknown_donor(donor: Package) -> None:
    """Refuse donors whose sheets lean on workbook parts that are not carried over.

    Raises:
        WorkbookError: such a part is there; its kind is named.
    """
    for link in donor.relationships(donor.main):
        if link.kind not in _KNOWN_KINDS:
            raise WorkbookError("workbook.donor_needs", kind=link.kind)


def shared_strings(donor: Package) -> list[bytes]:
    """The donor's shared texts as the XML inside `<si>`, ready to stand in a cell.

    Raises:
        WorkbookError: not in XlsxWriter's form.
    """
    part = donor.related(donor.main, "sharedStrings")
    if part is None:
        return []
    data = donor.read(part)
    found = _STRING.findall(data)
    if len(found) != data.count(b"<si"):
        raise WorkbookError("workbook.donor_form", part=part)
    return found


def adapted_sheet(donor: Package, part: str, styles: StyleMap, strings: list[bytes], identity: Identity) -> bytes:
    """The bytes of a donor's sheet for the book its styles were merged into.

    Raises:
        WorkbookError: the sheet is not in XlsxWriter's form.
    """
    head, cells, tail = _split(donor.read(part), part)
    frame = parse(head + _EMPTY + tail, part)
    _adapt_frame(frame, styles)
    _take_over(frame, identity)
    head, _, tail = dump(frame).partition(_EMPTY)
    return b"".join([head, _OPEN, _adapted_cells(cells, part, styles, strings), _CLOSE, tail])


def identity_of(package: Package, part: str) -> Identity:
    """What a sheet's successor should take over."""
    code_name, selected = None, False
    for element in elements_before(package.read(part), part, MAIN + "sheetData"):
        if element.tag == MAIN + "sheetPr":
            code_name = element.get("codeName")
        elif element.tag == MAIN + "sheetView":
            selected = selected or element.get("tabSelected") in {"1", "true"}
    return Identity(code_name, selected)


def _split(data: bytes, part: str) -> tuple[bytes, bytes, bytes]:
    """What stands before, between and after the sheetData tags."""
    head, found, rest = data.partition(_OPEN)
    if found:
        cells, found, tail = rest.rpartition(_CLOSE)
    else:
        head, found, tail = data.partition(_EMPTY)
        cells = b""
    if not found:
        raise WorkbookError("workbook.donor_form", part=part)
    return head, cells, tail


def _adapt_frame(frame: etree._Element, styles: StyleMap) -> None:
    """Renumber the formats of columns, conditions and filters."""
    for column in frame.iter(MAIN + "col"):
        if column.get("style"):
            column.set("style", str(styles.cells[int(column.get("style", "0"))]))
    renumber_differences(frame, styles)


def renumber_differences(root: etree._Element, styles: StyleMap) -> None:
    """Renumber every differential format below an element: conditions, filters, sort orders, table parts."""
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if str(name).lower().endswith("dxfid"):
                element.set(name, str(styles.differences[int(value)]))


def _take_over(frame: etree._Element, identity: Identity) -> None:
    """Give the sheet the old one's code name and place in front; a new sheet has neither.

    Two selected tabs would be a group, and what a person types into one lands in both.
    """
    for view in frame.iter(MAIN + "sheetView"):
        view.attrib.pop("tabSelected", "")
        if identity.selected:
            view.set("tabSelected", "1")
    properties = frame.find(MAIN + "sheetPr")
    if properties is not None:
        properties.attrib.pop("codeName", "")
    if identity.code_name is not None:
        if properties is None:
            properties = etree.SubElement(frame, MAIN + "sheetPr")
            frame.insert(0, properties)
        properties.set("codeName", identity.code_name)


def _adapted_cells(cells: bytes, part: str, styles: StyleMap, strings: list[bytes]) -> bytes:
    if b' s="' not in cells and b' t="s"' not in cells:  # machine-readable sheets: no formats, texts in the cells
        return cells
    adapted, count = _CELL.subn(_cell_rewriter(styles, strings), cells)
    if count != cells.count(b"<c ") or b"<c>" in cells:
        raise WorkbookError("workbook.donor_form", part=part)
    if b' customFormat="' in cells:
        adapted = _STYLED_ROW.sub(lambda row: b'%s%d"' % (row[1], styles.cells[int(row[2])]), adapted)
    return adapted


def _cell_rewriter(styles: StyleMap, strings: list[bytes]) -> Callable[[re.Match[bytes]], bytes]:
    """The start of a cell as XlsxWriter wrote it -> as it goes into the book."""
    looks = {b"%d" % index: b' s="%d"' % place for index, place in enumerate(styles.cells)}

    def rewritten(cell: re.Match[bytes]) -> bytes:
        address, style, shared, string = cell.groups()
        look = looks[style] if style else b""
        if shared:
            return b'<c r="%s"%s t="inlineStr"><is>%s</is>' % (address, look, strings[int(string)])
        return b'<c r="%s"%s' % (address, look)

    return rewritten
