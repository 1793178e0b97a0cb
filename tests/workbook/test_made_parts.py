"""A donor that was never a file: its long rows are written in the formats of the book they go into."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence

import pytest

from tierbook.errors import WorkbookError
from tierbook.workbook import LongPart, MadeParts, OwnedSheet, refresh_book
from tierbook.workbook.package.opc import Package

DAY = dt.date(2026, 11, 21)
PART = "xl/worksheets/sheet1.xml"
ROW = '<row r="{0}"><c r="A{0}" s="{1}"><v>5</v></c><c r="B{0}" t="inlineStr"><is><t>s="2"</t></is></c></row>'


def with_long_rows(donor: bytes, first: int, asked: list[Sequence[int] | None]) -> MadeParts:
    """The donor in parts, its first sheet with three rows more at its end."""
    with zipfile.ZipFile(io.BytesIO(donor)) as package:
        parts: dict[str, bytes | LongPart] = {name: package.read(name) for name in package.namelist()}
    data = parts[PART]
    assert isinstance(data, bytes)
    head, close, tail = data.partition(b"</sheetData>")

    def rows(places: Sequence[int] | None) -> Iterator[bytes]:
        asked.append(places)
        return (ROW.format(row, 2 if places is None else places[2]).encode() for row in range(first, first + 3))

    parts[PART] = LongPart(head, rows, close + tail)
    return MadeParts(parts)


@pytest.fixture
def asked() -> list[Sequence[int] | None]:
    return []


def test_rows_written_on_the_way_are_those_of_the_file(
    foreign: bytes, donor: bytes, asked: list[Sequence[int] | None]
) -> None:
    made, owned = with_long_rows(donor, 200, asked), [OwnedSheet("tiers", "分层")]
    by_file = refresh_book(foreign, bytes(made), owned, day=DAY).data
    asked.clear()
    by_parts = refresh_book(foreign, made, owned, day=DAY).data
    assert asked
    assert None not in asked
    assert contents(by_parts) == contents(by_file)
    again = refresh_book(by_parts, made, owned, day=DAY)
    assert again.data is by_parts


def contents(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_parts_are_read_like_those_of_a_file(donor: bytes, asked: list[Sequence[int] | None]) -> None:
    made = with_long_rows(donor, 200, asked)
    package, file = Package(made), Package(bytes(made))
    assert package.main == file.main
    assert package.read("/XL/Worksheets/Sheet1.xml") == file.read(PART)
    assert made.spelling("XL/worksheets/SHEET1.xml") == PART
    assert package.to_bytes() == bytes(made)
    with pytest.raises(WorkbookError) as refusal:
        made.read("xl/none.xml")
    assert refusal.value.key == "workbook.part_missing"


def test_an_edited_part_is_no_longer_one_to_be_written(donor: bytes, asked: list[Sequence[int] | None]) -> None:
    package = Package(with_long_rows(donor, 200, asked))
    package.put(PART, b"<worksheet/>", "application/xml")
    assert package.long(PART) is None
    assert Package(package.to_bytes()).read(PART) == b"<worksheet/>"


def test_a_sheet_without_a_place_for_its_rows_is_refused(foreign: bytes, donor: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(donor)) as package:
        parts: dict[str, bytes | LongPart] = {name: package.read(name) for name in package.namelist()}
    parts[PART] = LongPart(b"<worksheet>", lambda _: iter(()), b"</worksheet>")
    with pytest.raises(WorkbookError) as refusal:
        refresh_book(foreign, MadeParts(parts), [OwnedSheet("tiers", "分层")], day=DAY)
    assert refusal.value.key == "workbook.donor_form"
