"""Notes and threaded comments: their text, and how they go along with their cells.

A note is two things that must agree: a text in the comments part and a shape in the VML drawing. VML is often
not well-formed XML, so its shapes are found and changed in the bytes; what is not changed keeps its bytes.
"""

from __future__ import annotations

import codecs
import re
from collections import defaultdict
from collections.abc import Callable

from lxml import etree

from ..package.opc import Package
from ..package.sheet_list import Sheet
from ..package.xml_parts import MAIN, children, local_name
from .ranges import Range, parse_range
from .row_map import RowMap

_SHAPE = re.compile(r"<((?:\w+:)?)shape(?=[\s>])(?:[^>]*[^/>])?>.*?</\1shape\s*>", re.DOTALL)
_NOTE = re.compile(r"<(?:\w+:)?ClientData\s[^>]*ObjectType\s*=\s*[\"']Note[\"']")
_ROW = re.compile(r"(<(?:\w+:)?Row\s*>\s*)([0-9]+)(?=\s*<)")
_COLUMN = re.compile(r"(<(?:\w+:)?Column\s*>\s*)([0-9]+)(?=\s*<)")
_ANCHOR = re.compile(r"(<(?:\w+:)?Anchor\s*>)([^<]*)(?=<)")
_TOP, _BOTTOM = 2, 6
"""Where an anchor's eight numbers name its rows, from 0."""


def notes_of(package: Package, sheet: Sheet) -> dict[tuple[int, int], str]:
    """The text of the note or the threaded comments of each cell that has some.

    Of threaded comments each is one line or more, with the name of who wrote it before it.

    Returns:
        (row from 1, column from 0) -> text.
    """
    notes: dict[tuple[int, int], str] = {}
    for root in _roots(package, sheet, "comments"):
        for comment in root.iter(MAIN + "comment"):
            place = _place(comment)
            if place is not None:
                notes[place] = _text(comment)
    return notes | _threads(package, sheet)


def move_notes(package: Package, sheet: Sheet, moved: RowMap) -> None:
    """Move notes with their cells. Those of rows that left go, text and shape."""
    for kind in ("comments", "threadedComment"):
        for root in _roots(package, sheet, kind):
            _move_texts(root, moved)
    for link in package.relationships(sheet.part):
        if link.kind == "vmlDrawing" and link.part and package.has(link.part):
            before = package.read(link.part)
            after = _recoded(before, lambda text: moved_shapes(text, moved))
            if after != before:
                package.put(link.part, after, package.content_type(link.part) or "")


def moved_shapes(vml: str, moved: RowMap) -> str:
    """A VML drawing after the move: notes go with their cell, other shapes shift if they begin below the body."""
    return _SHAPE.sub(lambda shape: _moved_shape(shape[0], moved), vml)


def _move_texts(root: etree._Element, moved: RowMap) -> None:
    for comment in [element for element in root.iter() if isinstance(element.tag, str)]:
        old = parse_range(comment.get("ref", "")) if local_name(comment) in {"comment", "threadedComment"} else None
        if old is None:
            continue
        row = moved.row(old.top, old.left)
        if row is None:
            box = comment.getparent()
            if box is not None:
                box.remove(comment)
        else:
            comment.set("ref", str(Range(row, old.left, row, old.left)))


def _moved_shape(shape: str, moved: RowMap) -> str:
    if not _NOTE.search(shape):
        return _shifted_shape(shape, moved)
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    if row is None or column is None:
        return shape
    old = int(row[2]) + 1
    new = moved.row(old, int(column[2]))
    if new is None:
        return ""
    if new == old:
        return shape
    shape = _ROW.sub(lambda found: f"{found[1]}{new - 1}", shape, count=1)
    return _ANCHOR.sub(lambda found: found[1] + _anchored(found[2], new - old), shape, count=1)


def _shifted_shape(shape: str, moved: RowMap) -> str:
    anchor = _ANCHOR.search(shape)
    numbers = anchor[2].split(",") if anchor else []
    if anchor is None or len(numbers) != 8 or not numbers[_TOP].strip().isdigit():
        return shape
    if int(numbers[_TOP]) + 1 <= moved.last:
        return shape
    return _ANCHOR.sub(lambda found: found[1] + _anchored(found[2], moved.shift), shape, count=1)


def _anchored(anchor: str, down: int) -> str:
    """An anchor that many rows further down; blanks stay."""
    numbers = anchor.split(",")
    if len(numbers) != 8:
        return anchor
    for place in (_TOP, _BOTTOM):
        numbers[place] = re.sub(r"[0-9]+", lambda found: str(max(int(found[0]) + down, 0)), numbers[place])
    return ",".join(numbers)


def _recoded(data: bytes, change: Callable[[str], str]) -> bytes:
    """Bytes with a change made to them as text. All of it is markup and digits, so any ASCII-like code will do."""
    code = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "latin-1"
    text = data.decode(code)
    changed = change(text)
    return data if changed == text else changed.encode(code)


# --- texts


def _roots(package: Package, sheet: Sheet, kind: str) -> list[etree._Element]:
    links = [link for link in package.relationships(sheet.part) if link.kind == kind]
    return [package.tree(link.part) for link in links if link.part and package.has(link.part)]


def _threads(package: Package, sheet: Sheet) -> dict[tuple[int, int], str]:
    lines: dict[tuple[int, int], list[str]] = defaultdict(list)
    names = _people(package)
    for root in _roots(package, sheet, "threadedComment"):
        for comment in root.iter("{*}threadedComment"):
            place = _place(comment)
            if place is not None:
                name = names.get(comment.get("personId", ""), "")
                text = "".join(element.text or "" for element in comment.iterfind("{*}text")).strip()
                lines[place].append(f"{name}: {text}" if name else text)
    return {place: "\n".join(texts) for place, texts in lines.items()}


def _people(package: Package) -> dict[str, str]:
    parts = [link.part for link in package.relationships(package.main) if link.kind == "person"]
    people = [person for part in parts if part and package.has(part) for person in children(package.tree(part))]
    return {person.get("id", ""): person.get("displayName", "") for person in people}


def _place(comment: etree._Element) -> tuple[int, int] | None:
    cell = parse_range(comment.get("ref", ""))
    return None if cell is None else (cell.top, cell.left)


def _text(comment: etree._Element) -> str:
    """The text of a note, without the phonetic marks of Japanese ones."""
    found = comment.iterfind(f"{MAIN}text/{MAIN}t"), comment.iterfind(f"{MAIN}text/{MAIN}r/{MAIN}t")
    text = "".join(element.text or "" for elements in found for element in elements)
    if "_x" not in text:
        return text
    from openpyxl.utils.escape import unescape

    return str(unescape(text))
