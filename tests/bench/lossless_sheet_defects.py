"""Faults inside a worksheet: cells out of order, indexes that point nowhere, tables that disagree with their cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from lossless_pack import MAIN, Pack
from lxml import etree

SheetCheck = Callable[[Pack, str], Iterator[str]]
Box = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 1."""

_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")


def place(address: str) -> tuple[int, int]:
    """A1 -> (1, 1): row and column."""
    match = _ADDRESS.fullmatch(address.replace("$", ""))
    if match is None:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def box(reference: str) -> Box:
    first, _, last = reference.partition(":")
    return *place(first), *place(last or first)


def cells(pack: Pack, part: str) -> list[etree._Element]:
    return pack.elements(part, "sheetData/row/c")


def texts(pack: Pack, part: str) -> dict[tuple[int, int], str]:
    """What stands in the cells of a sheet, as text."""
    shared = [_text(item) for p in pack.linked(pack.main, "sharedStrings") for item in pack.elements(p, "si")]
    found = {}
    for cell in cells(pack, part):
        value = cell.findtext(MAIN + "v") or ""
        if cell.get("t") == "s" and value.strip().isdigit() and int(value) < len(shared):
            value = shared[int(value)]
        elif cell.get("t") == "inlineStr":
            value = _text(cell)
        found[place(cell.get("r", ""))] = value
    return found


def _text(item: etree._Element) -> str:
    found = [t for t in item.iter(MAIN + "t") if all(up.tag != MAIN + "rPh" for up in t.iterancestors())]
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), "".join(t.text or "" for t in found))


def order(pack: Pack, part: str) -> Iterator[str]:
    """Rows rise, and cells rise in their row."""
    rows = [int(row.get("r", "0")) for row in pack.elements(part, "sheetData/row") if row.get("r")]
    if any(b <= a for a, b in pairwise(rows)):
        yield f"{part}: rows out of order"
    for row in pack.elements(part, "sheetData/row"):
        places = [place(c.get("r", "")) for c in row.findall(MAIN + "c") if c.get("r")]
        if any(b[1] <= a[1] or b[0] != a[0] for a, b in pairwise(places)):
            yield f"{part}: cells of row {row.get('r')} out of order"
        if places and row.get("r") and places[0][0] != int(row.get("r", "0")):
            yield f"{part}: row {row.get('r')} holds cells of another"


def indexes(pack: Pack, part: str) -> Iterator[str]:
    """Formats and shared texts a sheet names are there."""
    formats = [len(group) for group in pack.elements(pack.styles, "cellXfs")] or [1]
    shared = [len(pack.elements(p, "si")) for p in pack.linked(pack.main, "sharedStrings")] or [0]
    found = cells(pack, part)
    if any(int(c.get("s", "0")) >= formats[0] for c in found):
        yield f"{part}: cell of no format"
    if any(c.get("t") == "s" and int(c.findtext(MAIN + "v") or "0") >= shared[0] for c in found):
        yield f"{part}: text of no index"
    differences = [len(group) for group in pack.elements(pack.styles, "dxfs")] or [0]
    root = pack.tree(part)
    for element in [] if root is None else root.iter(etree.Element):
        if any(str(a).endswith("dxfId") and int(v) >= differences[0] for a, v in element.attrib.items()):
            yield f"{part}: condition of no format"


def merges(pack: Pack, part: str) -> Iterator[str]:
    taken: Counter[tuple[int, int]] = Counter()
    for merged in pack.elements(part, "mergeCells/mergeCell"):
        top, left, bottom, right = box(merged.get("ref", ""))
        if (bottom - top) * (right - left) < 100_000:
            taken.update((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
    if any(number > 1 for number in taken.values()):
        yield f"{part}: merged cells overlap"


def tables(pack: Pack, part: str) -> Iterator[str]:
    """A table's columns are as many as its range is wide, and the header cells say their names."""
    areas: list[tuple[str, Box]] = []
    found = texts(pack, part) if pack.linked(part, "table") else {}
    for table in pack.linked(part, "table"):
        root = pack.tree(table)
        if root is None:
            continue
        top, left, bottom, right = area = box(root.get("ref", ""))
        areas.append((table, area))
        titles = [c.get("name", "") for c in root.findall(f"{MAIN}tableColumns/{MAIN}tableColumn")]
        if len(titles) != right - left + 1 or bottom <= top - (root.get("headerRowCount") == "0"):
            yield f"{table}: range and columns disagree"
        if root.get("headerRowCount", "1") != "0":
            heads = [found.get((top, left + n), "") for n in range(len(titles))]
            yield from (f"{table}: header says {h!r}, table {t!r}" for h, t in zip(heads, titles, strict=True)
                        if _plain(h) != _plain(t))  # fmt: skip
        for filtered in root.findall(MAIN + "autoFilter"):
            inner = box(filtered.get("ref", ""))
            if inner[:2] != (top, left) or inner[3] != right or inner[2] > bottom:
                yield f"{table}: filter leaves the table"
    for n, (one, (top, left, bottom, right)) in enumerate(areas):
        for other, (first, start, last, end) in areas[n + 1 :]:
            if first <= bottom and last >= top and start <= right and end >= left:
                yield f"{one} overlaps {other}"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"_x000[aAdD9]_", " ", text)).strip().casefold()


def notes(pack: Pack, part: str) -> Iterator[str]:
    """One note a cell, each with its shape."""
    for comments in pack.linked(part, "comments"):
        found = pack.elements(comments, "commentList/comment")
        if len({c.get("ref") for c in found}) != len(found):
            yield f"{comments}: two notes in a cell"
        drawings = [pack.parts[p] for p in pack.linked(part, "vmlDrawing")]
        shapes = sum(len(re.findall(rb'ObjectType="Note"', drawing)) for drawing in drawings)
        if shapes < len(found):
            yield f"{comments}: notes without shape"


def twins(pack: Pack, part: str) -> Iterator[str]:
    """Formulas shared or spilling cover cells that name them; a group id is defined once."""
    groups = [f.get("si") for c in cells(pack, part) for f in c.findall(MAIN + "f") if f.get("t") == "shared"]
    masters = [
        f.get("si") for c in cells(pack, part) for f in c.findall(MAIN + "f") if f.get("t") == "shared" and f.text
    ]
    yield from (f"{part}: shared formula {group} has no master" for group in set(groups) - set(masters))


SHEET_CHECKS: Sequence[SheetCheck] = (order, indexes, merges, tables, notes, twins)
