"""Cells with impossible places or values: read where that can be done, else refused, and never at any cost."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from tierbook.errors import WorkbookError
from tierbook.workbook import read_rows, refresh_book
from tierbook.workbook.refresh import OwnedSheet

DAY = dt.date(2026, 11, 20)
OWNED = [OwnedSheet("tiers", "分层"), OwnedSheet("stamp", "_tierbook")]
ODD = [
    ('r="A2"', 'r="你"'),
    ('r="A2"', 'r="2"'),
    ('r="A2"', 'r="A1:XFD1048576"'),
    ('<row r="2"(.*?)r="A2"', r'<row r="9999999"\1r="A9999999"'),
    ('<row r="2"(.*?)r="A2"', r'<row r="0"\1r="A0"'),
    ("<v>[0-9.]+</v>", "<v>viel</v>"),
    ("<v>[0-9.]+</v>", '<v>9</v></c><c r="XFE1" t="s"><v>99999</v>'),
]


@pytest.mark.parametrize(("old", "new"), ODD)
def test_an_odd_cell_on_our_sheet_stops_a_refresh_with_a_reason(
    foreign: bytes, donor: bytes, donor_of, changed, old: str, new: str
) -> None:
    once = refresh_book(foreign, donor, OWNED, day=DAY).data

    def change(name: str, data: bytes) -> bytes:
        return re.sub(old, new, data.decode(), count=1).encode() if name == "xl/worksheets/sheet5.xml" else data

    with pytest.raises(WorkbookError) as refused:
        refresh_book(changed(once, change), donor_of([("b", 2)]), OWNED, day=DAY)
    assert refused.value.words("en").startswith("the file is damaged (xl/worksheets/sheet5.xml); let Excel repair it")


@pytest.mark.parametrize(("old", "new"), ODD)
def test_and_stops_a_reader(book_of, changed, tmp_path: Path, old: str, new: str) -> None:
    def change(name: str, data: bytes) -> bytes:
        return re.sub(old, new, data.decode(), count=1).encode() if name.endswith("sheet1.xml") else data

    path = tmp_path / "book.xlsx"
    path.write_bytes(changed(book_of({"甲": [["a", 1], ["b", 2]]}), change))
    with pytest.raises(WorkbookError) as refused:
        read_rows(path, "甲")
    assert "the file is damaged (xl/worksheets/sheet1.xml)" in refused.value.words("en")


def test_a_few_cells_cannot_ask_for_all_memory(book_of, changed, tmp_path: Path) -> None:
    """Ten thousand cells in the last column would be 164 million cells of a table."""
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 10_001))

    def change(name: str, data: bytes) -> bytes:
        body = f"<sheetData>{rows}</sheetData>".encode()
        return re.sub(rb"<sheetData>.*</sheetData>", body, data) if name.endswith("sheet1.xml") else data

    path = tmp_path / "book.xlsx"
    path.write_bytes(changed(book_of({"甲": [["a"]]}), change))
    with pytest.raises(WorkbookError):
        read_rows(path, "甲")
