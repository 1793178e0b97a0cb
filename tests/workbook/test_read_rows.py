"""Values come out of a sheet as they stand in it, from A1, fast where the form is plain and right where it is not."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.errors import WorkbookError
from tierbook.workbook import read_rows, read_sheets, sheet_names
from tierbook.workbook.cells.careful import column_letters, strings_of
from tierbook.workbook.cells.scan import column_index, scan_strings, unescaped

NS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """One sheet with every kind of cell."""
    path = tmp_path / "混合.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("混合")
    day, moment, hours = (book.add_format({"num_format": code}) for code in ("yyyy-mm-dd", 22, "[h]:mm"))
    money = book.add_format({"num_format": '#,##0.00"元"'})
    sheet.write_row(1, 1, ["客户", 3, 2.5, -7, 1e300])
    sheet.write_datetime(2, 1, dt.date(2026, 2, 28), day)
    sheet.write_datetime(2, 2, dt.datetime(2026, 2, 28, 13, 45, 30), moment)
    sheet.write_number(2, 3, 0.5, book.add_format({"num_format": "hh:mm"}))
    sheet.write_number(2, 4, 1.25, hours)
    sheet.write_number(2, 5, 12.5, money)
    sheet.write_number(2, 6, -1, day)
    sheet.write_boolean(3, 1, True)
    sheet.write_boolean(3, 2, False)
    sheet.write_formula(3, 3, "=1+1", None, 2)
    sheet.write_formula(3, 4, '="a"&"b"', None, "ab")
    sheet.write_formula(3, 5, "=NA()", None, "#N/A")
    sheet.write_formula(3, 6, '=""', None, "")
    sheet.write_blank(9, 9, None, day)
    sheet.write_rich_string("B5", "半", book.add_format({"bold": True}), "粗 & <细>")
    book.add_worksheet("空")
    book.add_worksheet("隐").very_hidden()
    book.close()
    return path


EXPECTED = [
    [None] * 7,
    [None, "客户", 3, 2.5, -7, 1e300, None],
    [
        None,
        dt.datetime(2026, 2, 28),
        dt.datetime(2026, 2, 28, 13, 45, 30),
        dt.time(12),
        dt.timedelta(hours=30),
        12.5,
        -1,
    ],
    [None, True, False, 2, "ab", "#N/A", None],
    [None, "半粗 & <细>", None, None, None, None, None],
]


def test_every_kind_of_cell_reads_as_what_it_is(mixed: Path) -> None:
    rows = read_rows(mixed, "混合")
    assert rows == EXPECTED
    assert [type(value) for value in rows[1][1:6]] == [str, int, float, int, float]
    assert type(rows[3][1]) is bool


def test_hidden_sheets_are_named_and_read_too(mixed: Path) -> None:
    assert sheet_names(mixed) == ["混合", "空", "隐"]
    assert read_sheets(mixed, ["空", "隐"]) == {"空": [], "隐": []}


def in_sheet(changed, path: Path, change) -> None:
    path.write_bytes(
        changed(path.read_bytes(), lambda name, data: change(data) if name == "xl/worksheets/sheet1.xml" else data)
    )


def prefixed(data: bytes) -> bytes:
    tags = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", data.split(b"?>\n", 1)[1])
    return tags.replace(b"xmlns=", b"xmlns:x=", 1)


ODD_FORMS = {
    "a namespace prefix": prefixed,
    "a comment": lambda data: data.replace(b"<sheetData>", b"<sheetData><!-- <c r='A1'/> -->"),
    "single quotes": lambda data: re.sub(rb'<c r="(\w+)"', rb"<c r='\1'", data),
    "another order": lambda data: re.sub(rb'<c (r="\w+") (s="\d+")', rb"<c \2 \1", data),
    "UTF-16": lambda data: data.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "character data": lambda data: re.sub(rb"<v>(\d+)</v>", rb"<v><![CDATA[\1]]></v>", data),
    "line breaks in tags": lambda data: data.replace(b"<c r=", b"<c\r\n\tr="),
}  # fmt: skip


@pytest.mark.parametrize("form", ODD_FORMS)
def test_odd_forms_of_the_same_sheet_read_the_same(mixed: Path, changed, form: str) -> None:
    before = mixed.read_bytes()
    in_sheet(changed, mixed, ODD_FORMS[form])
    assert mixed.read_bytes() != before
    assert read_rows(mixed, "混合") == EXPECTED


def test_shared_texts_under_a_prefix_read_the_same(mixed: Path, changed) -> None:
    def prefix(name: str, data: bytes) -> bytes:
        return prefixed(data) if name == "xl/sharedStrings.xml" else data

    mixed.write_bytes(changed(mixed.read_bytes(), prefix))
    assert read_rows(mixed, "混合") == EXPECTED


def sheet_of(cells: bytes) -> bytes:
    return b"<worksheet " + NS + b"><sheetData>" + cells + b"</sheetData></worksheet>"


def put(path: Path, changed, cells: bytes) -> list[list[object]]:
    in_sheet(changed, path, lambda _: sheet_of(cells))
    return read_rows(path, "混合")


KANJI = '<row><c r="A1" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="1"><t>とう</t></rPh></is></c></row>'.encode()


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        (b"<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>3</v></c></row>", [[1, 2], [None, 3]]),
        (b'<row r="2"><c r="B2"><v>1</v></c><c><v>2</v></c></row>', [[None] * 3, [None, 1, 2]]),
        (b'<row r="2"><c r="A2"><v>2</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>', [[1], [2]]),
        (b'<row r="1"><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c></row>', [[1, 2]]),
        (b'<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t> b</t></r></is></c></row>', [["a b"]]),
        (KANJI, [["東京"]]),
        (b'<row r="1"><c r="A1" t="inlineStr"><is/></c><c r="B1" t="inlineStr"><is><t/></is></c></row>', []),
        (b'<row r="1"><c r="A1" t="str"><f>"x"</f><v>a&#10;b&#x41;&amp;lt;</v></c></row>', [["a\nbA&lt;"]]),
        (b'<row r="1"><c r="A1" t="d"><v>2026-02-28T00:00:00</v></c></row>', [[dt.datetime(2026, 2, 28)]]),
        (b'<row r="1"><c r="A1" cm="1" vm="2"><f t="array" ref="A1:A2">X(1)</f><v>5</v></c></row>', [[5]]),
        (b'<row r="1"><c r="A1" t="n"><v> 7 </v></c></row>', [[7]]),
        (b'<row r="1"><c r="A1"><v>1E3</v></c><c r="B1"><v>-0.5</v></c></row>', [[1000.0, -0.5]]),
        (b'<row r="1"><c r="XFD1"><v>1</v></c></row>', [[None] * 16383 + [1]]),
        (b'<row r="1" spans="1:1"/><row r="1048576"/>', []),
    ],
)  # fmt: skip
def test_cells_as_other_programs_write_them(mixed: Path, changed, cells: bytes, rows: list[list[object]]) -> None:
    assert put(mixed, changed, cells) == rows


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        b'<row r="1"><c r="A1"><v>one</v></c></row>',
        b'<row r="1"><c r="A1" t="s"><v>999</v></c></row>',
        b'<row r="1"><c r="A1" t="unknown"><v>1</v></c></row>',
        b'<row r="0"><c r="A0"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></row>',
    ],
)
def test_cells_nobody_can_make_sense_of_are_refused(mixed: Path, changed, cells: bytes) -> None:
    with pytest.raises(WorkbookError) as caught:
        put(mixed, changed, cells)
    assert str(caught.value) == f"{mixed}：文件损坏（xl/worksheets/sheet1.xml）；请用 Excel 打开并修复后另存，或用备份"


def test_dates_of_a_book_that_counts_from_1904(tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    book = xlsxwriter.Workbook(str(path), {"date_1904": True})
    book.add_worksheet("A").write_datetime(0, 0, dt.datetime(2026, 3, 1), book.add_format({"num_format": 14}))
    book.close()
    assert read_rows(path, "A") == [[dt.datetime(2026, 3, 1)]]


def test_a_missing_sheet_names_the_nearest(mixed: Path) -> None:
    with pytest.raises(WorkbookError) as caught:
        read_rows(mixed, "混和")
    assert str(caught.value) == f"{mixed}：没有工作表“混和”；最接近的是：混合"


def test_a_chart_sheet_has_no_rows_to_read(tmp_path: Path) -> None:
    path = tmp_path / "chart.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("数")
    chart = book.add_chart({"type": "pie"})
    chart.add_series({"values": "=数!$A$1:$A$3"})
    book.add_chartsheet("图").set_chart(chart)
    book.close()
    assert sheet_names(path) == ["数", "图"]
    with pytest.raises(WorkbookError) as caught:
        read_rows(path, "图")
    assert str(caught.value) == f"{path}：“图”是图表或宏表，不是普通工作表；请给它改名"


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_columns_are_named_and_counted(index: int, letters: str) -> None:
    assert column_letters(index) == letters
    assert column_index(letters) == index


@pytest.mark.parametrize(
    ("raw", "text"),
    [("_x0041_", "A"), ("_x005F_x0041_", "_x0041_"), ("a_x000d_b", "a\rb"), ("_x41_", "_x41_"), ("_xAB", "_xAB")],
)
def test_escapes_read_as_excel_reads_them(raw: str, text: str) -> None:
    assert unescaped(raw) == text


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e12, 1e12, allow_subnormal=False).map(lambda value: float(f"{value:.10g}")),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc",), exclude_characters="_\ufffe\uffff"), max_size=20),
    st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(VALUES, max_size=5), max_size=5))
def test_what_openpyxl_wrote_reads_as_openpyxl_reads_it(tmp_path_factory, table: list[list[object]]) -> None:
    path = tmp_path_factory.mktemp("read") / "any.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "数据"
    for row, values in enumerate(table, start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True)["数据"]
    rows = read_rows(path, "数据")
    for row, values in enumerate(table, start=1):
        for column, value in enumerate(values, start=1):
            found = rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[0]) else None
            assert found == (read.cell(row, column).value or None if value == "" else read.cell(row, column).value)


@given(st.lists(st.text("ab 甲&\n_x0041_", max_size=9)))
def test_shared_texts_read_the_same_whether_all_are_bare_or_not(texts: list[str]) -> None:
    """Bare texts are read all at once; one with runs among them sends all through the other way."""
    items = [f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts]
    runs = "<si><r><t>甲</t></r><r><t>乙</t></r></si>"
    bare, mixed = (b"<sst %b>%b</sst>" % (NS, "".join(each).encode()) for each in (items, [*items, runs]))
    assert scan_strings(mixed) == [*scan_strings(bare), "甲乙"]
    assert scan_strings(bare) == strings_of(bare, "texts")


@settings(max_examples=20, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.none() | st.integers(-9, 9) | st.text("aé<&", max_size=3), min_size=30, max_size=30), max_size=6
    ),
    columns=st.integers(1, 27),
)
def test_leading_columns_are_the_first_ones_of_the_whole(rows, columns, tmp_path_factory) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = tmp_path_factory.mktemp("leading") / "a.xlsx"
    book.save(path)
    whole, found = read_sheets(path, ["Sheet"])["Sheet"], read_sheets(path, ["Sheet"], {"Sheet": columns})["Sheet"]
    wide = max([0, *(len(row) for row in found)])
    assert columns > 25 or wide <= columns
    short = [(row + [None] * 30)[: columns if columns < 26 else 30] for row in whole]
    while short and not any(value is not None for value in short[-1]):
        short.pop()
    assert [(row + [None] * 30)[: len(short[0])] for row in found] == short
