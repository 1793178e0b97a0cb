"""Cells of long tables: text stays text, numbers keep their digits, nothing breaks the XML."""

from __future__ import annotations

import datetime as dt
import io
import math
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook import publish
from tierbook.publish.blocks import Blocks
from tierbook.publish.book import Book
from tierbook.publish.cell_rows import column_maker, rows_xml
from tierbook.publish.cells import EXACT_WHOLE, LONGEST_TEXT, Formula, column_letters, rest_maker, text_xml
from tierbook.publish.columns import Column
from tierbook.publish.tables import HEADER_ROW
from tierbook.publish.titled import long_sheet, titled_sheet

COLUMNS = [
    Column("id", "编号", "id"), Column("text", "文字", "text"), Column("money", "金额", "money"),
    Column("day", "日期", "date"), Column("count", "数量", "count"),
]  # fmt: skip
ROWS: list[list[object]] = [
    ["0012", "=1+1", 1234.5, dt.date(2026, 2, 28), 7],
    ["A&B<C>", " two  spaces ", Decimal("0.10"), None, None],
    ["x41", "line\nbreak", -3, dt.date(1900, 3, 1), 0],
    ["", "-5", None, dt.date(2026, 12, 31), 10**16],
]


def written(values: list[object]) -> list[Any]:
    """Values written as one column of a long table, as another program reads them."""
    book = Book("zh-CN", title="t")
    sheet = book.hidden_sheet("x")
    sheet.write_string(0, 0, "head")
    book.long_rows(sheet, 2, [None], [None], [[value] for value in values], blank_row=False)
    rows = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["x"]
    return [rows.cell(row, 1).value for row in range(2, len(values) + 2)]


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_excel_names_them(index: int, letters: str) -> None:
    assert column_letters(index) == letters


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert written([text]) == [text or None]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "=1+1", "1001", "1e5", "TRUE", "2026-01-01"]
)
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    assert written([text]) == [text]


def test_letters_a_workbook_cannot_hold_are_escaped() -> None:
    assert text_xml("a\x01b\r") == '<is><t xml:space="preserve">a_x0001_b_x000D_</t></is>'
    assert text_xml("\ud800") == '<is><t xml:space="preserve">_xD800_</t></is>'
    assert text_xml("_x0041_") == '<is><t xml:space="preserve">_x005F_x0041_</t></is>'


def test_a_text_longer_than_a_cell_is_cut() -> None:
    assert written(["长" * (LONGEST_TEXT + 5)]) == ["长" * LONGEST_TEXT]


def test_numbers_keep_their_digits_or_become_text() -> None:
    assert written([0.1, Decimal("12.30"), EXACT_WHOLE, EXACT_WHOLE + 1, True]) == [
        0.1, 12.3, EXACT_WHOLE, str(EXACT_WHOLE + 1), True]  # fmt: skip


@pytest.mark.parametrize("value", [None, math.nan, ""])
def test_nothing_is_a_blank_cell_that_keeps_its_style(value: object) -> None:
    assert column_maker(2, "4", "5")(["9"], [value]) == ['<c r="C9" s="4"/>']
    assert column_maker(2, "", "")(["9"], [value]) == [""]


def test_text_that_looks_like_a_formula_gets_the_quoted_style() -> None:
    make = column_maker(0, "4", "5")
    assert make(["1"], ["=A1"]) == ['<c r="A1" s="5" t="inlineStr"><is><t>=A1</t></is></c>']
    assert make(["1"], ["A1"]) == ['<c r="A1" s="4" t="inlineStr"><is><t>A1</t></is></c>']


@pytest.mark.parametrize(
    ("value", "xml"),
    [
        (None, '<c r="A1" s="4"><f>SUM(B1:B9)&amp;"&lt;"</f></c>'),
        (1.5, '<c r="A1" s="4"><f>SUM(B1:B9)&amp;"&lt;"</f><v>1.5</v></c>'),
        (True, '<c r="A1" s="4" t="b"><f>SUM(B1:B9)&amp;"&lt;"</f><v>1</v></c>'),
        ("a<b", '<c r="A1" s="4" t="str"><f>SUM(B1:B9)&amp;"&lt;"</f><v>a&lt;b</v></c>'),
    ],
)
def test_a_formula_is_written_as_one(value: str | float | None, xml: str) -> None:
    assert column_maker(0, "4", "5")(["1"], [Formula('SUM(B1:B9)&"<"', value)]) == [xml]


@given(st.lists(st.text(st.characters(codec="utf-8")) | st.sampled_from(["=1+1", "=", "-2", "@a", "<f>1</f>"])))
@settings(deadline=None)
def test_no_text_ever_becomes_a_formula(texts: list[str]) -> None:
    cells = column_maker(0, "4", "5")([str(row) for row in range(1, len(texts) + 1)], texts)
    assert not any("<f" in cell for cell in cells)


def test_a_short_table_holds_formulas_only_where_one_is_meant() -> None:
    book = Book("zh-CN", title="t")
    sheet = titled_sheet(book, "tiers", "hint")
    columns = [Column("a", "甲", "text"), Column("b", "乙", "number")]
    Blocks(book, sheet, [20.0] * 2, HEADER_ROW).table("T", columns, [["=1+1", Formula("1+1", 2)]])
    found = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["分层"]
    assert [(cell.value, cell.data_type) for cell in found[5]] == [("=1+1", "s"), ("=1+1", "f")]


def test_formulas_leave_this_room_by_one_door() -> None:
    rooms = sorted(Path(publish.__file__).parent.glob("*.py"))
    assert [path.name for path in rooms if "write_formula" in path.read_text(encoding="utf-8")] == ["tables.py"]


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(), st.datetimes(), st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(["", "=1", "|", "a|", " |x", "x ", "_x0041_", "\u3000", "甲", "甲&乙", "\ud800", 2**53, -(2**53)]),
)  # fmt: skip
KINDS = [
    st.text("|=ab 甲&_x", max_size=6), st.text("ab 甲", max_size=6), st.integers(), st.floats(), st.dates(),
    st.one_of(st.integers(-9, 9), st.floats(-1, 1)), st.sampled_from(["甲", "乙", ""]),
]  # fmt: skip
COLUMN = st.one_of(
    st.lists(VALUES, max_size=9), *(st.lists(one, max_size=40) for kind in KINDS for one in (kind, st.none() | kind))
)


@given(COLUMN, st.sampled_from(["", "4"]))
@settings(max_examples=400, deadline=None)
def test_a_column_is_written_as_its_cells_would_be_one_by_one(values: list[object], style: str) -> None:
    names = [str(row) for row in range(1, len(values) + 1)]
    rest = rest_maker(style, "5")
    expected = [f'<c r="C{name}{rest(value)}' if rest(value) else "" for name, value in zip(names, values, strict=True)]
    assert column_maker(2, style, "5")(names, values) == expected


def test_rows_are_the_same_however_many_are_made_at_once() -> None:
    makers = [column_maker(place, "4", "5") for place in range(len(COLUMNS))]
    rows, heights = ROWS * 5, [0, 30.5] * 10
    whole = b"".join(rows_xml(rows, 7, makers, heights=heights))
    assert whole.startswith(b'<row r="7"><c r="A7" s="4"')
    assert whole.count(b' ht="30.5" customHeight="1"') == 10
    assert all(b"".join(rows_xml(rows, 7, makers, heights=heights, chunk=size)) == whole for size in (1, 3, 20))


def test_a_long_table_reads_like_a_short_one() -> None:
    """Both ways of writing a table give the same values, number formats and quote marks."""

    def read(long: bool) -> list[list[tuple[Any, str, bool]]]:
        book = Book("zh-CN", title="t")
        sheet = titled_sheet(book, "tiers", "hint")
        if long:
            long_sheet(book, sheet, COLUMNS, ROWS, table="Tiers")
        else:
            Blocks(book, sheet, [20.0] * len(COLUMNS), HEADER_ROW).table("Tiers", COLUMNS, ROWS)
        found = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["分层"]
        assert found.tables["Tiers"].ref == "A4:E8"
        return [[(c.value, c.number_format, c.quotePrefix) for c in row] for row in found.iter_rows(min_row=4)]

    told, short = read(long=True), read(long=False)
    assert short[4][4][0] == 10**16  # a short table leaves it to the reader; a long one writes it as text
    assert told[4][4][0] == str(10**16)
    told[4][4] = short[4][4]
    assert told == short
    assert [cell[2] for cell in told[1]] == [False, True, False, False, False]


def test_a_table_without_rows_still_has_one_blank_row() -> None:
    book = Book("en", title="t")
    long_sheet(book, titled_sheet(book, "tiers", "hint"), COLUMNS, [], table="Tiers")
    sheet = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["Tiers"]
    assert sheet.tables["Tiers"].ref == "A4:E5"
    assert [cell.value for cell in sheet[5]] == [None] * 5


def test_rows_grow_with_their_long_text() -> None:
    book = Book("zh-CN", title="t")
    columns = [Column("id", "编号", "id"), Column("why", "原因", "long", width=20.0)]
    rows: list[list[object]] = [["1", "短"], ["2", "很长的原因" * 9], ["3", None]]
    long_sheet(book, titled_sheet(book, "tasks", "hint"), columns, rows, table="Tasks")
    sheet = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["任务"]
    heights = [sheet.row_dimensions[row].height for row in (5, 6, 7)]
    assert heights == [None, 15 * 5 + 5, None]


def test_a_donor_has_the_parts_of_the_finished_book() -> None:
    def parts(finish: Callable[[Book], bytes]) -> dict[str, bytes]:
        book = Book("zh-CN", title="t")
        long_sheet(book, titled_sheet(book, "tiers", "hint"), COLUMNS, ROWS, table="Tiers")
        with zipfile.ZipFile(io.BytesIO(finish(book))) as made:
            return {name: made.read(name) for name in made.namelist()}

    assert parts(lambda book: bytes(book.to_donor())) == parts(Book.to_bytes)
