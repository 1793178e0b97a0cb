"""Laws of the graft that hold whatever stands in the cells."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tierbook.workbook import read_rows, replace_sheets
from tierbook.workbook.package.zip_records import Records

OWNED, STAMP = "分层", "_tierbook"
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.sampled_from(["_x0041_", "_x005F_", '=HYPERLINK("http://x")', "+1", "@a", " 空 格 ", "a\nb", "\x01\x7f", "]]>"]),
)
CELLS = st.one_of(TEXTS, st.booleans(), st.integers(-(2**53), 2**53), st.floats(-1e15, 1e15))
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laws") / "book.xlsm"


def seen(value: object) -> object:
    return None if value == "" else value


@settings(max_examples=80, deadline=None)
@given(TABLES)
@example([["x" * 32_767], ["_x000D_"], ["\ufffe\uffff"], ["a\r\nb"]])
def test_what_goes_in_comes_out_and_twice_is_once(
    foreign: bytes, book_of, place: Path, table: list[list[object]]
) -> None:
    donor = book_of({STAMP: table})
    once = replace_sheets(foreign, donor, [STAMP])
    assert replace_sheets(once, donor, [STAMP]) is once
    place.write_bytes(once)
    rows = read_rows(place, STAMP)
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            found = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
            if isinstance(value, float):
                assert found == pytest.approx(value, rel=1e-15)
            else:
                assert found == seen(value)
                assert type(found) is type(seen(value))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.floats(-1e9, 1e9)), min_size=1, max_size=8))
def test_whatever_the_rows_the_rest_of_the_book_keeps_its_bytes(
    foreign: bytes, donor_of, rows: list[tuple[str, float]]
) -> None:
    """Also after many different refreshes one after the other, and the zip stays sound."""
    book = foreign
    for part in (rows, rows[::-1], rows[:1]):
        book = replace_sheets(book, donor_of(part), [OWNED, STAMP])
    before, after = Records(foreign), Records(book)
    for name in ("xl/vbaProject.bin", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/media/image1.png",
                 "xl/worksheets/sheet4.xml", "xl/sharedStrings.xml", "xl/notes/mine.xml"):  # fmt: skip
        old, new = before._by_key[name.lower()], after._by_key[name.lower()]
        assert book[new.start : new.end] == foreign[old.start : old.end]
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        assert package.testzip() is None


def test_many_refreshes_do_not_make_the_book_grow(foreign: bytes, donor_of) -> None:
    small, large = donor_of([("a", 1)]), donor_of([(f"客户{n}", n) for n in range(50)])
    first = replace_sheets(replace_sheets(foreign, large, [OWNED, STAMP]), small, [OWNED, STAMP])
    book = first
    for _ in range(5):
        book = replace_sheets(replace_sheets(book, large, [OWNED, STAMP]), small, [OWNED, STAMP])
    assert book == first
