"""What a person does to a task sheet between two nights, and whether it is still there after the second."""

from __future__ import annotations

import copy

from lossless_pack import MAIN, OFFICE, Pack
from lossless_sheet_defects import box, place, texts
from lxml import etree

from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import named, sheets

COLUMN = "跟进人"
_REL = OFFICE[1:-1]
_NOTES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_NOTES = (
    '<comments xmlns="{main}"><authors><author>王</author></authors><commentList><comment ref="B{row}" authorId="0">'
    "<text><t>只找李总</t></text></comment></commentList></comments>"
)
_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" coordsize="21600,21600" '
    'o:spt="202" path="m,l,21600r21600,l21600,xe"/><v:shape id="_x0000_s9001" type="#_x0000_t202" '
    'style="visibility:hidden"><x:ClientData ObjectType="Note"><x:Anchor>1,15,{row},2,3,15,{last},5</x:Anchor>'
    "<x:Row>{row}</x:Row><x:Column>1</x:Column></x:ClientData></v:shape></xml>"
)


def person_writes(book: bytes, name: str) -> bytes:
    """A column at the table's end, a note, a row height, a hidden row and a state, as Excel would save them."""
    package = Package(book)
    sheet = named(sheets(package), name)
    assert sheet is not None
    root = package.tree(sheet.part)
    table = package.tree(next(r.part for r in package.relationships(sheet.part) if r.kind == "table" and r.part))
    top, _, bottom, _ = box(table.get("ref", ""))
    table.set("ref", f"A{top}:F{bottom}")
    table[0].set("ref", f"A{top}:F{bottom}")
    columns = table.find(MAIN + "tableColumns")
    column = copy.deepcopy(columns[-1])
    column.set("id", str(1 + max(int(c.get("id", "0")) for c in columns)))
    column.set("name", COLUMN)
    columns.append(column)
    columns.set("count", str(len(columns)))
    for row in root.iter(MAIN + "row"):
        number = int(row.get("r", "0"))
        if top <= number <= bottom:
            _add_text(row, f"F{number}", COLUMN if number == top else f"王{number - top}")
            row.attrib.pop("spans", None)
    _touch_rows(root, top)
    _add_note(package, sheet.part, root, top + 5)
    return package.to_bytes()


def _touch_rows(root: etree._Element, top: int) -> None:
    for row in root.iter(MAIN + "row"):
        if row.get("r") == str(top + 4):
            row.set("ht", "33")
            row.set("customHeight", "1")
        if row.get("r") == str(top + 7):
            row.set("hidden", "1")


def _add_text(row: etree._Element, address: str, text: str) -> None:
    cell = etree.SubElement(row, MAIN + "c", r=address, t="inlineStr")
    etree.SubElement(etree.SubElement(cell, MAIN + "is"), MAIN + "t").text = text


def _add_note(package: Package, part: str, root: etree._Element, row: int) -> None:
    notes = package.fresh_name("xl/comments1.xml")
    package.put(notes, _NOTES.format(main=MAIN[1:-1], row=row).encode(), _NOTES_TYPE)
    package.relate(part, _REL + "/comments", notes)
    shapes = package.fresh_name("xl/drawings/vmlDrawing1.vml")
    package.put(shapes, _VML.format(row=row - 1, last=row + 3).encode(), _VML_TYPE)
    link = package.relate(part, _REL + "/vmlDrawing", shapes)
    legacy = etree.Element(MAIN + "legacyDrawing", {OFFICE + "id": link}, nsmap={"r": _REL})
    parts = root.find(MAIN + "tableParts")
    parts.addprevious(legacy)


def what_people_lost(before: Pack, after: Pack, name: str, archive: str) -> list[str]:
    """What a person wrote on the sheet and can no longer be found where its customer is. Empty: nothing."""
    old, new = _rows(before, name), _rows(after, name)
    lost = [f"{key}: {old[key]} is now {new[key]}" for key in old.keys() & new.keys() if old[key] != new[key]]
    archived = set(texts(after, after.sheet(archive)).values()) if after.sheet(archive) else set()
    gone = old.keys() - new.keys()
    lost += [f"{key} is not in the archive" for key in gone if not archived.issuperset({key, *filter(None, old[key])})]
    lost += [] if gone else ["no id is gone"]
    return lost + [f"note {n}" for n in _notes(before, name) - _notes(after, name) if n[0] in new]


def _rows(pack: Pack, name: str) -> dict[str, list[str]]:
    """Id -> state, remark, the person's column, height, hidden."""
    part = pack.sheet(name)
    found, sizes = texts(pack, part), {}
    for row in pack.elements(part, "sheetData/row"):
        sizes[int(row.get("r", "0"))] = [row.get("ht", "") if row.get("customHeight") == "1" else "",
                                         row.get("hidden", "")]  # fmt: skip
    head = {text: at for at, text in found.items() if text in {"编号", "状态", "备注", COLUMN}}
    keys = {at[0]: text for at, text in found.items() if at[1] == head["编号"][1] and text.startswith("K")}
    wanted = [head[title][1] for title in ("状态", "备注", COLUMN) if title in head]
    return {key: [found.get((row, column), "") for column in wanted] + sizes[row] for row, key in keys.items()}


def _notes(pack: Pack, name: str) -> set[tuple[str, int, str]]:
    """(id of the row, column, text) of each note, where the note's shape stands at its cell."""
    part = pack.sheet(name)
    found = texts(pack, part)
    shapes = b"".join(pack.parts[p] for p in pack.linked(part, "vmlDrawing")).decode()
    notes = set()
    for comments in pack.linked(part, "comments"):
        for note in pack.elements(comments, "commentList/comment"):
            row, column = place(note.get("ref", ""))
            drawn = f"<x:Row>{row - 1}</x:Row>" in shapes
            notes.add((found.get((row, 1), "") if drawn else "no shape", column, "".join(note.itertext())))
    return notes
