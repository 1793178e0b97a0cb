"""The quick reader: what it reads is what `scan` reads, and what it cannot read so it leaves to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierbook.workbook import read_rows
from tierbook.workbook.cells import quick
from tierbook.workbook.cells.careful import column_letters, plain_sheet
from tierbook.workbook.cells.quick import quick_rows
from tierbook.workbook.cells.read import _rectangle
from tierbook.workbook.cells.scan import Rows, leading_cells, scan_rows

STRINGS = ["甲", None, "a&b"]


@pytest.fixture(autouse=True)
def _however_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "LEAST", 0)


def as_date(number: float, style: int) -> object:
    return dt.datetime(2026, 1, 1) + dt.timedelta(days=number) if style == 7 else number


def sheet(*rows: str, head: str = "") -> bytes:
    body = "".join(rows)
    return f'<?xml version="1.0"?><worksheet>{head}<sheetData>{body}</sheetData><pageMargins/></worksheet>'.encode()


def row(number: int, *cells: str, attributes: str = "") -> str:
    """Cells are given from behind their address; an empty one is missing."""
    told = "".join(f'<c r="{column_letters(column)}{number}"{cell}' for column, cell in enumerate(cells) if cell)
    return f'<row r="{number}"{attributes}>{told}</row>'


def words(text: str, style: str = "") -> str:
    return f'{style} t="inlineStr"><is><t>{text}</t></is></c>'


def quickly(data: bytes, leading: int = 0, size: int = 1 << 20) -> Rows | None:
    pieces = (data[at : at + size] for at in range(0, len(data), size))
    rows = quick_rows(pieces, STRINGS, as_date, leading)
    return None if rows is None else _rectangle(rows)


def scanned(data: bytes) -> Rows:
    return _rectangle(scan_rows(data, STRINGS, as_date))


TITLES = row(1, words("id"), words("n"), words("day"), attributes=' spans="1:3"')
ALIKE = {
    "ours": [row(2, words("C1"), "><v>1.5</v></c>", ' s="7"><v>3</v></c>'), row(3, words("C2"), "", ' s="7"/>')],
    "saved by Excel": [row(2, ' t="s"><v>0</v></c>', ' s="2"><v>1E3</v></c>', ' s="7"><v>1</v></c>',
                           attributes=' spans="1:3" x14ac:dyDescent="0.25"'),
                       row(3, ' s="4" t="s"><v>2</v></c>', ' t="s"><v>1</v></c>', ' vm="1"><v>2</v></c>')],
    "other kinds": [row(2, ' t="b"><v>1</v></c>', ' t="e"><v>#N/A</v></c>', ' t="str"><v>x&amp;y</v></c>'),
                    row(3, "", ' t="d"><v>2026-01-31</v></c>', "><v></v></c>")],
    "odd letters": [row(2, words("a&lt;b"), words("_x0041_"), words("a\r\nb")), row(3, words(""), words("a\0b"[:1]))],
    "texts and numbers in one column": [row(2, words("5"), "><v>5</v></c>"), row(3, "><v>5</v></c>", words("5"))],
    "preserved spaces": [row(2, ' t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>')],
    "rows missing, and rows with nothing": [row(4, words("C4")), '<row r="6" ht="20"/>', row(7), row(9, words("C9"))],
    "numbers large and small": [row(2, "><v>9007199254740993</v></c>", "><v>1e-7</v></c>", "><v>-0.0</v></c>")],
}  # fmt: skip


@pytest.mark.parametrize("form", ALIKE)
def test_tables_in_usual_forms_are_read_as_cell_by_cell(form: str) -> None:
    data = sheet(TITLES, *ALIKE[form])
    found = quickly(data)
    assert found is not None
    assert repr(found) == repr(scanned(data))
    assert [quickly(data, size=size) for size in (1, 7, 100)] == [found] * 3


def test_a_column_of_many_equal_values_is_read_like_any_other() -> None:
    rows = [row(number, words("同"), f"><v>{number % 3}</v></c>", words(f"{number}")) for number in range(2, 300)]
    data = sheet(TITLES, *rows)
    assert repr(quickly(data, size=999)) == repr(scanned(data))


@pytest.mark.parametrize(
    "odd",
    [
        row(2, words("C1"), "><f>1+1</f><v>2</v></c>"),
        row(2, ' t="inlineStr"><is><r><t>a</t></r></is></c>'),
        row(1, words("again")),
        '<row r="2"><c r="A3"><v>1</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c><v>1</v></c></row>',
        '<row><c r="A2"><v>1</v></c></row>',
        '<row r="2"><!-- note --><c r="A2"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        row(2, ' t="s"><v>99</v></c>'),
        row(2, ' t="inlineStr"><v>1</v></c>'),
        row(2, ' t="odd"><v>1</v></c>'),
        row(2, "><v>1.2.3</v></c>"),
    ],
)
def test_what_is_written_otherwise_is_left_to_the_other_readers(odd: str) -> None:
    assert quickly(sheet(TITLES, odd)) is None


def test_a_row_wider_than_those_above_is_left_to_the_other_readers() -> None:
    rows = [row(number, words("a"), words("b")) for number in range(2, 60)]
    assert quickly(sheet(TITLES, *rows)) is not None
    assert quickly(sheet(TITLES, *rows, row(60, *[words("c")] * 4))) is None


def test_numbers_that_say_they_are_numbers_are_read_as_with_care() -> None:
    """LibreOffice says so of each."""
    data = sheet(TITLES, row(2, words("C1"), ' s="0" t="n"><v>-2.5</v></c>', ' s="7" t="n"><v>2</v></c>'))
    plain = data.replace(b"<worksheet", b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"')
    assert quickly(data) == scanned(plain_sheet(plain, "sheet"))


def test_other_frames_are_left_to_the_other_readers() -> None:
    assert quickly(sheet(TITLES, head="<!-- sheetData -->")) is None
    assert quickly(sheet(TITLES).replace(b"?>", b' encoding="gbk"?>', 1)) is None
    assert quickly(sheet(TITLES) + b"<sheetData/>") is None
    assert quickly(b"<x:worksheet><x:sheetData/></x:worksheet>") is None
    assert quickly(sheet(TITLES)[:-80]) is None


def test_of_the_first_columns_only_those_are_read() -> None:
    rows = [row(2, words("C1"), "", "><v>1</v></c>", "><v>9</v></c>"), '<row r="3"/>', row(4, words("C4")),
            row(5, words("C5"), ' s="7"/>', "", "><v>9</v></c>"), row(6)]  # fmt: skip
    data = sheet(TITLES, *rows)
    for leading in (1, 2, 3):
        assert quickly(data, leading) == scanned(leading_cells(data, leading)) is not None
    assert quickly(sheet(TITLES, row(2, words("C1"), "><f>1</f><v>1</v></c>")), 2) is None


CELLS = st.one_of(
    st.just(""),
    st.integers(-(10**6), 10**6).map(lambda number: f"><v>{number}</v></c>"),
    st.floats(-1e6, 1e6).map(lambda number: f' s="7"><v>{abs(number)!r}</v></c>'),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda number: f"><v>{number!r}</v></c>"),
    st.sampled_from(["甲", "a&amp;b", "_x000D_", "=1+1", "", " x"]).map(words),
    st.sampled_from([' t="s"><v>0</v></c>', ' t="b"><v>0</v></c>', ' s="3"/>']),
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=12), st.integers(1, 400))
def test_any_table_is_read_as_cell_by_cell(rows: list[list[str]], size: int) -> None:
    data = sheet(TITLES, *(row(number, *cells) for number, cells in enumerate(rows, 2)))
    assert repr(quickly(data, size=size)) == repr(scanned(data))


def test_a_damaged_sheet_is_refused_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table the quick reader gives up is read from its beginning once more."""
    import xlsxwriter

    path = tmp_path / "formula_below.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("S")
        page.write_column(0, 0, range(50))
        page.write_formula(50, 0, "=1+1", None, 2)
    asked: list[int] = []

    def counted(chunks: Iterator[bytes], *rest: object) -> Rows | None:
        found = quick_rows(chunks, *rest)  # type: ignore[arg-type]
        asked.append(0 if found is None else len(found))
        return found

    monkeypatch.setattr("tierbook.workbook.cells.read.quick_rows", counted)
    assert read_rows(path, "S") == [*([number] for number in range(50)), [2]]
    assert asked == [0]
