"""Reading and writing the XML of parts, safely and without losing a namespace.

lxml, never ElementTree: a prefix that only `mc:Ignorable` mentions must stay declared, or Excel calls the
file damaged. Elements made here take the prefix the part itself uses (`x:worksheet` exists in the wild).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lxml import etree

from ...errors import WorkbookError

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
R_ID = f"{{{OFFICE}}}id"

# fmt: off
WORKBOOK_ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "absPath", "workbookProtection",
    "bookViews", "sheets", "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize",
    "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr",
    "webPublishObjects", "extLst",
)
STYLES_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)
# fmt: on
"""Children in the order the schema wants them."""

_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_LONG = 9_000_000
_WHOLE = re.compile("[0-9]{1,18}")
_FED = 1 << 12
_WIDE_LETTERS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_ELEMENT = re.compile(rb"<[^!?]")


def parse(data: bytes, part: str) -> etree._Element:
    """The root of a part's XML.

    Raises:
        WorkbookError: not well formed, or with a DOCTYPE (which no office program writes, and attackers do).
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=len(data) > _LONG)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as problem:
        kind = "doctype" if b"<!DOCTYPE" in data else "part_damaged"
        raise WorkbookError(f"workbook.{kind}", part=part) from problem
    about: Any = root.getroottree().docinfo
    if about.doctype:
        raise WorkbookError("workbook.doctype", part=part)
    return root


def refuse_doctype(head: bytes, part: str) -> None:
    """Refuse a part whose XML has a DOCTYPE before its first element, without parsing it.

    Args:
        head: the beginning of the part.

    Raises:
        WorkbookError: it has one.
    """
    if head.startswith(_WIDE_LETTERS):
        head = head.replace(b"\0", b"")
    first = _ELEMENT.search(head)
    if b"<!DOCTYPE" in head[: first.start() if first else len(head)]:
        raise WorkbookError("workbook.doctype", part=part)


def elements_before(chunks: Iterable[bytes], part: str, stop: str) -> Iterator[etree._Element]:
    """The elements of a part up to one of that tag, attributes only; what follows is not even asked for.

    Raises:
        WorkbookError: not well formed up to there.
    """
    parser: Any = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True, load_dtd=False)
    try:
        for chunk in chunks:
            for place in range(0, len(chunk), _FED):
                parser.feed(chunk[place : place + _FED])
                for _, element in parser.read_events():
                    if element.tag == stop:
                        return
                    yield element
        parser.close()
    except etree.XMLSyntaxError as problem:
        raise WorkbookError("workbook.part_damaged", part=part) from problem


def dump(root: etree._Element) -> bytes:
    """The bytes of a part: declaration, then the tree with what stood around its root."""
    return _HEAD + etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)


def children(element: etree._Element | None) -> list[etree._Element]:
    """The elements below an element (no comments); none for None."""
    return [] if element is None else [child for child in element if isinstance(child.tag, str)]


def number_of(element: etree._Element, name: str) -> int:
    """The whole number in an attribute; 0 where there is none."""
    text = element.get(name, "").strip()
    return int(text) if _WHOLE.fullmatch(text) else 0


def local_name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def child_of(parent: etree._Element, name: str, order: Sequence[str]) -> etree._Element:
    """The child of that local name in the main namespace, made where the schema wants it if it is missing."""
    found = parent.find(MAIN + name)
    if found is None:
        found = etree.SubElement(parent, MAIN + name)
        after = order[order.index(name) + 1 :]
        later = next((child for child in children(parent) if local_name(child) in after), None)
        if later is not None:
            later.addprevious(found)
    return found


def make_child(parent: etree._Element, tag: str, attributes: Iterable[tuple[str, str]]) -> etree._Element:
    """Append an element, in the prefix the parent uses, with attributes in the order given."""
    made = etree.SubElement(parent, tag)
    for name, value in attributes:
        made.set(name, value)
    return made
