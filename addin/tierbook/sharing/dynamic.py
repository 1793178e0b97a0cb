"""The part by which Excel 365 knows a formula that may spill: a cell with `cm` shows no @ and no braces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..workbook.package.opc import Package
from ..workbook.package.xml_parts import MAIN, OFFICE, children, make_child

if TYPE_CHECKING:
    from lxml import etree

PART = "xl/metadata.xml"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
KIND = "XLDAPR"
_DYNAMIC = "http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"
_FLAGS = (
    "minSupportedVersion", "copy", "pasteAll", "pasteValues", "merge", "splitFirst", "rowColShift", "clearFormats",
    "clearComments", "assign", "coerce", "cellMeta",
)  # fmt: skip
_EMPTY = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<metadata xmlns="{MAIN[1:-1]}"/>'.encode()
_ORDER = (
    "metadataTypes",
    "metadataStrings",
    "mdxMetadata",
    "futureMetadata",
    "cellMetadata",
    "valueMetadata",
    "extLst",
)


def dynamic_mark(package: Package) -> int:
    """The number cells of spilling formulas bear as `cm`; the part is made, or enlarged, where it lacks it."""
    part = package.related(package.main, "sheetMetadata")
    if part is None:
        part = PART if not package.has(PART) else package.fresh_name(PART)
        package.put(part, _EMPTY, TYPE)
        package.relate(package.main, OFFICE + "/sheetMetadata", part)
    root = package.tree(part)
    kind, record = _kind(root), _record(root)
    box = _box(root, "cellMetadata")
    for place, block in enumerate(children(box), start=1):
        marks = [(one.get("t"), one.get("v")) for one in children(block)]
        if marks == [(str(kind), str(record))]:
            return place
    make_child(make_child(box, MAIN + "bk", []), MAIN + "rc", [("t", str(kind)), ("v", str(record))])
    return _counted(box)


def _kind(root: etree._Element) -> int:
    """The number of the metadata's type, from 1."""
    box = _box(root, "metadataTypes")
    for place, one in enumerate(children(box), start=1):
        if one.get("name") == KIND:
            return place
    make_child(box, MAIN + "metadataType", [("name", KIND), ("minSupportedVersion", "120000"),
                                            *((flag, "1") for flag in _FLAGS[1:])])  # fmt: skip
    return _counted(box)


def _record(root: etree._Element) -> int:
    """The number, from 0, of the record that says: dynamic."""
    from lxml import etree

    box = next((one for one in root.iterfind(MAIN + "futureMetadata") if one.get("name") == KIND), None)
    if box is None:
        box = _placed(root, etree.Element(MAIN + "futureMetadata", name=KIND, count="0"))
    for place, block in enumerate(children(box)):
        told = next(block.iter(f"{{{_DYNAMIC}}}dynamicArrayProperties"), None)
        if told is not None and told.get("fDynamic") in {"1", "true"}:
            return place
    extension = make_child(make_child(make_child(box, MAIN + "bk", []), MAIN + "extLst", []), MAIN + "ext",
                           [("uri", "{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}")])  # fmt: skip
    told = etree.SubElement(extension, f"{{{_DYNAMIC}}}dynamicArrayProperties", nsmap={"xda": _DYNAMIC})
    told.set("fDynamic", "1")
    told.set("fCollapsed", "0")
    return _counted(box) - 1


def _box(root: etree._Element, name: str) -> etree._Element:
    from lxml import etree

    found = root.find(MAIN + name)
    return found if found is not None else _placed(root, etree.Element(MAIN + name, count="0"))


def _placed(root: etree._Element, made: etree._Element) -> etree._Element:
    """Put a child where the schema wants it."""
    after = {MAIN + name for name in _ORDER[_ORDER.index(str(made.tag).removeprefix(MAIN)) + 1 :]}
    later = next((child for child in children(root) if child.tag in after), None)
    if later is None:
        root.append(made)
    else:
        later.addprevious(made)
    return made


def _counted(box: etree._Element) -> int:
    count = len(children(box))
    box.set("count", str(count))
    return count
