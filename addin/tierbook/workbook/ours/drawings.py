"""Charts, pictures, shapes and notes people put on a sheet that is replaced: they go over to the new one.

Ours bear a mark in their name. Programs that forget names (openpyxl does, for charts) keep places, so places
are remembered too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from lxml import etree

from ..cells.sheet_bytes import SheetBytes, parted
from ..package.opc import Package, Relationship
from ..package.xml_parts import MAIN, OFFICE, R_ID, children, dump, local_name, number_of

OUR_MARK = "tierbook "
"""What the names of our charts and pictures begin with."""
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_MAIN_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_KINDS = {"graphicFrame", "pic", "sp", "cxnSp", "grpSp", "contentPart"}
_NAME = re.compile(rb'(<xdr:cNvPr id="[0-9]+" name=")(?!tierbook )')


@dataclass(frozen=True)
class Carried:
    """What goes over: anchors with the relationships they need, and the parts of people's notes."""

    anchors: Sequence[etree._Element] = ()
    links: Sequence[Relationship] = ()
    notes: Sequence[Relationship] = field(default_factory=tuple)

    def parts(self) -> list[str]:
        """The parts that must stay in the book."""
        return [link.part for link in [*self.links, *self.notes] if link.part]


def marked(drawing: bytes) -> bytes:
    """A donor's drawing with our mark in the name of each object."""
    return _NAME.sub(lambda found: found[1] + OUR_MARK.encode(), drawing)


def our_places(package: Package, part: str) -> list[str]:
    """Where our objects stand on a sheet, as `column.row` of their upper left cells, counted from 0."""
    drawing = package.related(part, "drawing")
    if drawing is None:
        return []
    return [_place(unit) for unit in children(package.tree(drawing)) if _name(unit).startswith(OUR_MARK)]


def peoples_objects(package: Package, part: str, places: Collection[str]) -> Carried:
    """What people put on a sheet of ours.

    Args:
        places: where our objects stood when the sheet was written, as from `our_places`.
    """
    notes = _notes(package, part)
    drawing = package.related(part, "drawing")
    if drawing is None or not package.has(drawing):
        return Carried(notes=notes)
    units = [unit for unit in children(package.tree(drawing)) if _kind(unit)]
    anchors = [_alone(unit) for unit in _not_ours(units, places)]
    wanted = {rid for anchor in anchors for rid in _link_ids(anchor)}
    links = [link for link in package.relationships(drawing) if link.id in wanted]
    return Carried(anchors, links, notes)


def put_objects(package: Package, part: str, carried: Carried) -> None:
    """Put people's objects on the sheet that replaces theirs."""
    if not carried.anchors and not carried.notes:
        return
    sheet = parted(package.read(part), part)
    if carried.anchors:
        _put_anchors(package, _drawing_of(package, part, sheet), carried)
    for link in carried.notes:
        rid = package.relate(part, link.type, link.part or "")
        if link.kind == "vmlDrawing":
            sheet.child("legacyDrawing").set(R_ID, rid)
    package.put(part, sheet.to_bytes(), package.content_type(part) or "")


def _notes(package: Package, part: str) -> list[Relationship]:
    """The parts of a sheet's notes: their texts and their shapes."""
    frame = parted(package.read(part), part).frame
    shapes = frame.find(MAIN + "legacyDrawing")
    rid = None if shapes is None else shapes.get(R_ID)
    links = [link for link in package.relationships(part) if link.part and package.has(link.part)]
    if not any(link.kind == "comments" for link in links):
        return []
    return [link for link in links if link.kind == "comments" or (link.kind == "vmlDrawing" and link.id == rid)]


def _not_ours(units: Sequence[etree._Element], places: Collection[str]) -> list[etree._Element]:
    """Those without our mark, and second ones with the same name, which people copied.

    Where no object of a kind bears a mark any more, those in our places are ours.
    """
    seen: set[str] = set()
    theirs = []
    marked_kinds = {_kind(unit) for unit in units if _name(unit).startswith(OUR_MARK)}
    for unit in units:
        name = _name(unit)
        if name.startswith(OUR_MARK):
            ours = name not in seen
            seen.add(name)
        else:
            ours = _kind(unit) not in marked_kinds and _place(unit) in places
        if not ours:
            theirs.append(unit)
    return theirs


def _put_anchors(package: Package, drawing: str, carried: Carried) -> None:
    root = package.tree(drawing)
    theirs = {number_of(about, "id") for anchor in carried.anchors for about in _abouts(anchor)}
    following = max(theirs, default=0) + 1
    for number, about in enumerate(_abouts(root), start=following):
        about.set("id", str(number))
    ids = {link.id: _relate(package, drawing, link) for link in carried.links}
    for anchor in carried.anchors:
        for element in anchor.iter(etree.Element):
            for name, value in element.attrib.items():
                if str(name).startswith(f"{{{OFFICE}}}") and value in ids:
                    element.set(name, ids[str(value)])
        for about in _abouts(anchor):
            about.set("name", about.get("name", "").removeprefix(OUR_MARK))
        root.append(anchor)
    package.put(drawing, dump(root), DRAWING_TYPE)


def _relate(package: Package, drawing: str, link: Relationship) -> str:
    """The id of a relationship like an old one, in a new drawing."""
    links = package.relationships(drawing)
    taken = {other.id for other in links}
    rid = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
    package.put_relationships(drawing, [*links, Relationship(rid, link.type, link.target, link.external, link.part)])
    return rid


def _drawing_of(package: Package, part: str, sheet: SheetBytes) -> str:
    """The sheet's drawing, made if it has none."""
    drawing = package.related(part, "drawing")
    if drawing is None:
        drawing = package.fresh_name("xl/drawings/drawing1.xml")
        root = etree.Element(_DRAWING + "wsDr", nsmap={"xdr": _DRAWING[1:-1], "a": _MAIN_DRAWING})
        package.put(drawing, dump(root), DRAWING_TYPE)
        sheet.child("drawing").set(R_ID, package.relate(part, OFFICE + "/drawing", drawing))
    return drawing


def _alone(unit: etree._Element) -> etree._Element:
    """A copy that carries every prefix in scope: an attribute's text may speak of one."""
    return etree.fromstring(etree.tostring(unit, with_tail=False))


def _abouts(root: etree._Element) -> list[etree._Element]:
    return list(root.iter(_DRAWING + "cNvPr"))


def _name(unit: etree._Element) -> str:
    about = _abouts(unit)
    return about[0].get("name", "") if about else ""


def _kind(unit: etree._Element) -> str:
    """chart or the like, picture, shape ...; empty for what stands in no cell."""
    return next((local_name(e) for e in unit.iter(etree.Element) if local_name(e) in _KINDS), "")


def _place(unit: etree._Element) -> str:
    corner = next(unit.iter(_DRAWING + "from"), None)
    if corner is None:
        return ""
    return f"{corner.findtext(_DRAWING + 'col')}.{corner.findtext(_DRAWING + 'row')}"


def _link_ids(anchor: etree._Element) -> list[str]:
    return [
        str(value)
        for element in anchor.iter(etree.Element)
        for name, value in element.attrib.items()
        if str(name).startswith(f"{{{OFFICE}}}")
    ]
