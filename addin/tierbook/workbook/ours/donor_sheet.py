"""A donor's sheet made fit for another book: its formats renumbered, its texts carried inside the cells.

The cells are rewritten as bytes, some rows at a time, and never become a tree: a hidden sheet with a hundred
thousand customers would cost gigabytes. That is safe because donors are ours: XlsxWriter's one way of writing a
cell is known, and a sheet with any cell written otherwise is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from lxml import etree

from ...errors import WorkbookError
from ..cells.pieces import ROW_END, PassingSheet
from ..cells.scan import NotPlain
from ..package.deflate import Packed, packed
from ..package.opc import Package
from ..package.xml_parts import MAIN, dump, elements_before, parse
from .styles import StyleMap

_CELL = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?: s="([0-9]+)")?( t="s"><v>([0-9]+)</v>)?')
_STYLE = b'" s="'
_ADDRESS_AT_END = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}\Z')
_LONGEST_ADDRESS = len('<c r="XFD1048576')
_STYLED_ROW = re.compile(rb'(<row [^>]*? s=")([0-9]+)"')
_STRING = re.compile(rb"<si>(.*?)</si>", re.DOTALL)
_OPEN, _CLOSE, _EMPTY = b"<sheetData>", b"</sheetData>", b"<sheetData/>"

_KNOWN_KINDS = {"worksheet", "chartsheet", "styles", "theme", "sharedStrings", "calcChain", "vbaProject"}
"""What a donor's workbook may point to; anything else (images in cells, spilling formulas) its sheets depend on."""

_ALLOWED_LINKS = ("http://", "https://", "mailto:", "#")
"""How a link may begin. Others start programs, or open files on the reader's machine and network."""


@dataclass(frozen=True)
class Identity:
    """What of an old sheet its successor takes over: the name VBA knows it by, and whether it is in front."""

    code_name: str | None = None
    selected: bool = False


def refuse_unknown_donor(donor: Package) -> None:
    """Refuse donors whose sheets lean on workbook parts that are not carried over, or that link to risky places.

    Raises:
        WorkbookError: such a part is there, its kind is named; or such a link, its address is named.
    """
    for link in donor.relationships(donor.main):
        if link.kind not in _KNOWN_KINDS:
            raise WorkbookError("workbook.donor_needs", kind=link.kind)
    for part in donor.reachable(donor.main).values():
        for link in donor.relationships(part):
            if link.external and not link.target.lower().startswith(_ALLOWED_LINKS):
                raise WorkbookError("workbook.donor_link", target=link.target)


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


def adapted_sheet(donor: Package, part: str, styles: StyleMap, strings: list[bytes], identity: Identity) -> Packed:
    """A donor's sheet for the book its styles were merged into.

    Raises:
        WorkbookError: the sheet is not in XlsxWriter's form.
    """
    long = donor.long(part)
    sheet = _passing(donor.chunks(part) if long is None else [long.head, long.tail], part)
    for _ in _rows_of(sheet, part):  # the tail comes last
        pass
    frame = parse(sheet.head + _EMPTY + sheet.tail, part)
    _adapt_frame(frame, styles)
    _take_over(frame, identity)
    head, _, tail = dump(frame).partition(_EMPTY)
    return packed(chain([head, _OPEN], adapted_rows(donor, part, styles, strings), [_CLOSE, tail]))


def adapted_rows(donor: Package, part: str, styles: StyleMap, strings: list[bytes]) -> Iterator[bytes]:
    """The rows of a donor's sheet for that book, in pieces of whole rows.

    Raises:
        WorkbookError: a cell is not in XlsxWriter's form.
    """
    cells = _CellsOf(part, styles, strings)
    long = donor.long(part)
    chunks = donor.chunks(part) if long is None else [long.head, long.tail]
    yield from map(cells.adapted, _rows_of(_passing(chunks, part), part))
    if long is not None:
        yield from long.rows(styles.cells)


def _passing(chunks: Iterable[bytes], part: str) -> PassingSheet:
    try:
        return PassingSheet(chunks)
    except NotPlain as problem:
        raise WorkbookError("workbook.donor_form", part=part) from problem


def _rows_of(sheet: PassingSheet, part: str) -> Iterator[bytes]:
    try:
        yield from sheet
    except NotPlain as problem:
        raise WorkbookError("workbook.donor_form", part=part) from problem


def identity_of(package: Package, part: str) -> Identity:
    """What a sheet's successor should take over."""
    code_name, selected = None, False
    for element in elements_before(package.chunks(part), part, MAIN + "sheetData"):
        if element.tag == MAIN + "sheetPr":
            code_name = element.get("codeName")
        elif element.tag == MAIN + "sheetView":
            selected = selected or element.get("tabSelected") in {"1", "true"}
    return Identity(code_name, selected)


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


class _CellsOf:
    """Rewrites the cells of one sheet."""

    def __init__(self, part: str, styles: StyleMap, strings: list[bytes]) -> None:
        self._part = part
        self._places = {b"%d" % index: b"%d" % place for index, place in enumerate(styles.cells)}
        self._rewritten = _cell_rewriter(self._places, strings)

    def adapted(self, rows: bytes) -> bytes:
        """Whole rows for the book.

        Raises:
            WorkbookError: a cell is not in XlsxWriter's form.
        """
        last = rows.rfind(b' t="s"')
        if last < 0 and b' s="' not in rows:  # machine-readable sheets: no formats, texts in the cells
            return rows
        if b"<c>" in rows or rows.count(b"<c ") != rows.count(b'<c r="'):
            raise WorkbookError("workbook.donor_form", part=self._part)
        if b' customFormat="' in rows:
            adapted = self._rewritten_all(rows)
            return _STYLED_ROW.sub(lambda row: b'%s%s"' % (row[1], self._places[row[2]]), adapted)
        cut = 0 if last < 0 else rows.find(ROW_END, last) + len(ROW_END)  # of long sheets only titles are shared
        restyled = self._restyled(rows[cut:] if cut else rows)
        if restyled is None:
            return self._rewritten_all(rows)
        return self._rewritten_all(rows[:cut]) + restyled if cut else restyled

    def _rewritten_all(self, rows: bytes) -> bytes:
        """Every cell by itself: its format, and its text where that is a shared one."""
        adapted, found = _CELL.subn(self._rewritten, rows)
        if found != rows.count(b"<c "):
            raise WorkbookError("workbook.donor_form", part=self._part)
        return adapted

    def _restyled(self, rows: bytes) -> bytes | None:
        """The quick way where cells have their own texts: only formats are touched.

        None where something looks like a format and is none, such as a text that says so.
        """
        pieces = rows.split(_STYLE)
        for place, piece in enumerate(pieces[:-1]):
            if not _ADDRESS_AT_END.search(piece[-_LONGEST_ADDRESS:]):
                return None
            style, quote, rest = pieces[place + 1].partition(b'"')
            pieces[place + 1] = self._places[style] + quote + rest
        return _STYLE.join(pieces)


def _cell_rewriter(places: dict[bytes, bytes], strings: list[bytes]) -> Callable[[re.Match[bytes]], bytes]:
    """The start of a cell as XlsxWriter wrote it -> as it goes into the book."""

    def rewritten(cell: re.Match[bytes]) -> bytes:
        address, style, shared, string = cell.groups()
        look = b' s="%s"' % places[style] if style else b""
        if shared:
            return b'<c r="%s"%s t="inlineStr"><is>%s</is>' % (address, look, strings[int(string)])
        return b'<c r="%s"%s' % (address, look)

    return rewritten
