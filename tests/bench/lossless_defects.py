"""Faults of a package that make Excel offer a repair, or worse: each check yields a line per fault.

A book may come with faults of its own: what counts is what is new, see `new_defects`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from lossless_pack import MAIN, OFFICE, TYPES, Pack, links_of
from lossless_sheet_defects import SHEET_CHECKS
from lxml import etree

_IGNORABLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"
Check = Callable[[Pack], Iterator[str]]


def new_defects(before: Pack, after: Pack) -> list[str]:
    """Faults the second state has and the first has not. Sheets that kept their bytes are not read again."""
    same = {part for part in after.parts if before.parts.get(part) == after.parts[part]}
    old = Counter(defect for check in CHECKS for defect in check(before))
    new = Counter(defect for check in CHECKS for defect in check(after))
    for pack, found in ((before, old), (after, new)):
        for _, part in pack.sheets:
            if part and part not in same:
                found.update(defect for check in SHEET_CHECKS for defect in check(pack, part))
    return [*sorted((new - old).elements()), *_moved(before, after)]


def _twins(what: str, values: Iterable[str]) -> Iterator[str]:
    yield from (f"{what} twice: {value}" for value, number in Counter(values).items() if number > 1)


def names_in_zip(pack: Pack) -> Iterator[str]:
    yield from _twins("part", (name.lower() for name in pack.names))


def xml(pack: Pack) -> Iterator[str]:
    """Parts of an XML type are well formed; prefixes that may be ignored are declared."""
    for part in pack.parts:
        if not (pack.content_type(part) or "").endswith("xml") and part != TYPES:
            continue
        root = pack.tree(part)
        if root is None:
            yield f"not XML: {part}"
            continue
        for element in root.iter(etree.Element):
            for prefix in element.get(_IGNORABLE, "").split():
                if prefix not in element.nsmap:
                    yield f"undeclared prefix {prefix}: {part}"


def types(pack: Pack) -> Iterator[str]:
    root = pack.tree(TYPES)
    elements = [] if root is None else [e for e in root if isinstance(e.tag, str)]
    yield from _twins("type", (e.get("PartName", e.get("Extension", "")).lower() for e in elements))
    yield from (f"type of nothing: {part}" for part in pack.overrides if part not in pack.parts)
    yield from (f"no type: {part}" for part in pack.parts if part != TYPES and pack.content_type(part) is None)


def links(pack: Pack) -> Iterator[str]:
    """Relationships lead somewhere, ids are used once, and every id in a part has its relationship."""
    for part in ["", *pack.parts]:
        found = pack.links(part)
        yield from _twins(f"relationship of {part}", (link.id for link in found))
        yield from (f"{part} leads to nothing: {x.part}" for x in found if x.part and x.part not in pack.parts)
    for part in pack.parts:
        if part.endswith(".rels") or b"officeDocument/2006/relationships" not in pack.parts[part]:
            continue
        root, ids = pack.tree(part), {link.id for link in pack.links(part)}
        for element in [] if root is None else root.iter(etree.Element):
            values = [str(value) for name, value in element.attrib.items() if str(name).startswith(OFFICE)]
            yield from (f"{part}: no relationship {value}" for value in values if value and value not in ids)


def orphans(pack: Pack) -> Iterator[str]:
    reached = {TYPES, links_of("")} | pack.reachable("")
    reached |= {links_of(part) for part in reached}
    yield from (f"nobody leads to: {part}" for part in pack.parts if part not in reached)


def tabs(pack: Pack) -> Iterator[str]:
    elements = pack.elements(pack.main, "sheets/sheet")
    yield from _twins("sheet", (e.get("name", "").casefold() for e in elements))
    yield from _twins("sheetId", (e.get("sheetId", "") for e in elements))
    yield from _twins("sheet's relationship", (e.get(OFFICE + "id", "") for e in elements))
    yield from (f"sheet name: {name}" for name, _ in pack.sheets if len(name) > 31 or re.search(r"[\[\]:*?/\\]", name))
    active = [int(view.get("activeTab", "0")) for view in pack.elements(pack.main, "bookViews/workbookView")]
    yield from (f"active tab {number} is none" for number in active if number >= len(elements))


def names(pack: Pack) -> Iterator[str]:
    found = pack.elements(pack.main, "definedNames/definedName")
    yield from _twins("name", (f"{e.get('name', '').casefold()} {e.get('localSheetId')}" for e in found))
    for element in found:
        if int(element.get("localSheetId", "0")) >= max(len(pack.sheets), 1):
            yield f"name of no sheet: {element.get('name')}"


def tables(pack: Pack) -> Iterator[str]:
    """Ids and names of tables, and column ids and names inside each, are there once."""
    roots = [root for part in pack.parts if _is_table(pack, part) and (root := pack.tree(part)) is not None]
    yield from _twins("table id", (root.get("id", "") for root in roots))
    elements = pack.elements(pack.main, "definedNames/definedName")
    ranges = {e.get("name", "").casefold() for e in elements if e.get("localSheetId") is None}
    yield from _twins("table or range", [*(root.get("displayName", "").casefold() for root in roots), *ranges])
    for root in roots:
        columns = root.findall(f"{MAIN}tableColumns/{MAIN}tableColumn")
        name = root.get("displayName", "")
        yield from _twins(f"column of {name}", (c.get("name", "").casefold() for c in columns))
        yield from _twins(f"column id of {name}", (c.get("id", "") for c in columns))


def _is_table(pack: Pack, part: str) -> bool:
    return (pack.content_type(part) or "").endswith(".table+xml")


def drawings(pack: Pack) -> Iterator[str]:
    for part in pack.parts:
        if "drawing+xml" in (pack.content_type(part) or ""):
            root = pack.tree(part)
            shapes = [] if root is None else list(root.iter("{*}cNvPr"))
            yield from _twins(f"shape id in {part}", (e.get("id", "") for e in shapes))


def chain(pack: Pack) -> Iterator[str]:
    """The calculation chain names formulas of sheets there are."""
    ids = {e.get("sheetId", ""): part for e, (_, part) in
           zip(pack.elements(pack.main, "sheets/sheet"), pack.sheets, strict=True)}  # fmt: skip
    for part in pack.linked(pack.main, "calcChain"):
        sheet, formulas = "", dict[str, set[str]]()
        for cell in pack.elements(part, "c"):
            sheet = cell.get("i", sheet)
            if sheet not in formulas:
                formulas[sheet] = _formulas(pack, ids.get(sheet, ""))
            if cell.get("r", "") not in formulas[sheet]:
                yield f"chain names {sheet}!{cell.get('r')}, no formula"


def _formulas(pack: Pack, part: str) -> set[str]:
    cells = pack.elements(part, "sheetData/row/c") if part else []
    return {cell.get("r", "") for cell in cells if cell.find(MAIN + "f") is not None}


def selected(pack: Pack) -> Iterator[str]:
    """Two selected tabs are a group: what is typed into one lands in both."""
    views = [view for _, part in pack.sheets if part for view in pack.elements(part, "sheetViews/sheetView")]
    number = sum(view.get("tabSelected") in {"1", "true"} for view in views)
    yield from ["tabs are grouped"] if number > 1 else []


def styles(pack: Pack) -> Iterator[str]:
    """Formats name fonts, fills, borders that are there; counts are true."""
    boxes = {name: pack.elements(pack.styles, name) for name in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs",
                                                                 "dxfs", "numFmts")}  # fmt: skip
    size = {name: len(box[0]) if box else 0 for name, box in boxes.items()}
    for name, box in boxes.items():
        if box and box[0].get("count", str(len(box[0]))) != str(len(box[0])):
            yield f"count of {name}"
    of = {"fontId": "fonts", "fillId": "fills", "borderId": "borders", "xfId": "cellStyleXfs"}
    for xf in boxes["cellXfs"][0] if boxes["cellXfs"] else []:
        if isinstance(xf.tag, str):
            yield from (f"format without {a}" for a, g in of.items() if int(xf.get(a, "0")) >= max(size[g], 1))
    yield from _twins("number format", (e.get("numFmtId", "") for e in pack.elements(pack.styles, "numFmts/numFmt")))


CHECKS: Sequence[Check] = (
    names_in_zip, xml, types, links, orphans, tabs, names, tables, drawings, chain, selected, styles,
)  # fmt: skip


def _moved(before: Pack, after: Pack) -> Iterator[str]:
    """Positions that other parts rely on: of formats (where any sheet kept its bytes), and of tabs."""
    if not any(before.parts[part] == after.parts.get(part) for _, part in before.sheets if part):
        return
    for group in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
        old, new = ([e for box in pack.elements(pack.styles, group) for e in box] for pack in (before, after))
        if len(new) < len(old) or not all(map(_same, old, new)):
            yield f"{group} moved"
    old_tabs = [name for name, _ in before.sheets]
    if [name for name, _ in after.sheets][: len(old_tabs)] != old_tabs:
        yield "tabs moved"


def _same(one: etree._Element, other: etree._Element) -> bool:
    return etree.tostring(one) == etree.tostring(other) or _look(one) == _look(other)


def _look(element: etree._Element) -> object:
    inside = [_look(child) for child in element if isinstance(child.tag, str)]
    return element.tag, sorted(element.attrib.items()), (element.text or "").strip(), inside
