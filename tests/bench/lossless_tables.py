"""Tables a book brought along, updated by id: the first column where its values are unique."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass

import xlsxwriter
from lossless_pack import MAIN, Pack
from lossless_sheet_defects import box, cells, place, texts

from tierbook.workbook.ours.ownership import put_mark
from tierbook.workbook.package.opc import Package
from tierbook.workbook.refresh import Keyed, OwnedSheet, refresh_book

ARCHIVE, NEW = "archive of ids", "an id nobody had"
MOST_ROWS = 2_000


@dataclass(frozen=True)
class Found:
    """A table that can be updated by id: its sheet, name, titles, and the text of its body, row by row."""

    sheet: str
    part: str
    name: str
    titles: list[str]
    rows: list[list[str]]
    kind: str

    @property
    def keys(self) -> list[str]:
        return [row[0] for row in self.rows]


def tables_with_ids(pack: Pack) -> list[Found]:
    """The tables of a book whose first column names each row once."""
    return [found for name, part in pack.sheets if part for table in pack.linked(part, "table")
            if (found := _found(pack, name, part, table))]  # fmt: skip


def _found(pack: Pack, sheet: str, part: str, table: str) -> Found | None:
    root = pack.tree(table)
    if root is None or root.get("headerRowCount") == "0":
        return None
    top, left, bottom, right = box(root.get("ref", ""))
    bottom -= int(root.get("totalsRowCount", "0"))
    titles = [c.get("name", "") for c in root.findall(f"{MAIN}tableColumns/{MAIN}tableColumn")]
    if not 2 <= bottom - top <= MOST_ROWS or not 2 <= len(titles) == right - left + 1:
        return None
    at = texts(pack, part)
    rows = [[at.get((row, left + n), "") for n in range(len(titles))] for row in range(top + 1, bottom + 1)]
    keys = [row[0] for row in rows]
    if len(set(keys)) < len(keys) or any(key != key.strip() or not key for key in keys):
        return None
    places = {(row, left) for row in range(top + 1, bottom + 1)}
    types = (cell.get("t", "n") for cell in cells(pack, part) if place(cell.get("r", "")) in places)
    kinds = {"text" if kind in {"s", "str", "inlineStr"} else kind for kind in types}
    if len(kinds) != 1 or len({title.casefold() for title in titles}) < len(titles):
        return None
    return Found(sheet, part, root.get("displayName", ""), titles, rows, kinds.pop())


def update(book: bytes, table: Found) -> bytes:
    """The table with its second column rewritten, in the opposite order, the last id gone and a new one on top."""
    package = Package(book)
    put_mark(package, "people", table.sheet)
    keyed = Keyed(table.name, table.titles[0], frozenset(table.titles[:2]), ARCHIVE, "archived", "notes")
    owned = OwnedSheet("people", table.sheet, keyed)
    return refresh_book(package.to_bytes(), _donor(table), [owned], day=dt.date(2026, 11, 20)).data


def _donor(table: Found) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2026, 1, 1)})
    sheet = book.add_worksheet(table.sheet)
    numbers = table.kind == "n"
    keys = [("999999999" if numbers else NEW), *table.keys[:-1][::-1]]
    for row, key in enumerate(keys, start=1):
        if numbers:
            sheet.write_number(row, 0, float(key))
        else:
            sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, f"now {key}")
    sheet.add_table(0, 0, len(keys), len(table.titles) - 1,
                    {"name": table.name, "columns": [{"header": title} for title in table.titles]})  # fmt: skip
    book.close()
    return out.getvalue()


def what_people_lost(before: Found, after: Pack) -> list[str]:
    """Cells of people's columns that are not where their id is now."""
    now = next((t for t in tables_with_ids(after) if t.name == before.name), None)
    if now is None:
        return ["the table is gone or has ids twice"]
    rows = {row[0]: dict(zip(now.titles, row, strict=True)) for row in now.rows}
    lost = [f"the order is {now.keys[:3]}"] if now.keys[1:] != before.keys[:-1][::-1] else []
    for row in before.rows[:-1]:
        found = rows.get(row[0], {})
        lost += [f"{row[0]} {title}: {text!r} is now {found.get(title)!r}" for title, text in
                 list(zip(before.titles, row, strict=True))[2:] if found.get(title) != text]  # fmt: skip
        if found.get(before.titles[1]) != f"now {row[0]}":
            lost.append(f"{row[0]}: {found.get(before.titles[1])!r}")
    return lost
