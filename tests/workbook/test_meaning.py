"""A sheet's meaning survives a save by another program and tells every change of a value."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.workbook.ours.meaning import _carefully, _quickly, meaning_of
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import sheets


def made(fill: Callable[[xlsxwriter.workbook.Workbook, xlsxwriter.worksheet.Worksheet], None]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    fill(book, book.add_worksheet("看板"))
    book.close()
    return out.getvalue()


def meaning(book: bytes) -> str:
    package = Package(book)
    return meaning_of(package, sheets(package)[0].part)


def everything(book: xlsxwriter.workbook.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.write_row("B2", ["甲", "=1+1", " 两端有空格 ", "第一行\n第二行", "甲 & <b>", "'引号"])
    sheet.write_row("B3", [0, -0.0, 1 / 3, 0.1 + 0.2, 123456789.123456, 1e21, 2**53, 1e-9, 46000.25])
    sheet.write_boolean("A5", True)
    sheet.write_boolean("B5", False)
    sheet.write_datetime("C5", dt.date(2026, 8, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_rich_string("D5", "一", book.add_format({"bold": True}), "二")
    sheet.write_formula("A7", '=IF(B3="","",IF(B3 > 1,"✓","✗"))', None, "✗")
    sheet.write_formula("A8", "=SUM(B3:D3)", None, 1 / 3)
    sheet.write_blank("A9", None, book.add_format({"bg_color": "red"}))
    sheet.merge_range("A11:C12", "合并")
    for row in range(20, 320):
        sheet.write_number(row, 0, row / 7)


def test_a_save_by_another_program_changes_nothing(resaved) -> None:
    book = made(everything)
    assert meaning(resaved(book)) == meaning(book)


def of(**cells: object) -> str:
    return meaning(made(lambda _, sheet: [sheet.write(place, value) for place, value in cells.items()][:0]))


def test_formats_and_blank_cells_mean_nothing() -> None:
    def painted(book: xlsxwriter.workbook.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_number("A1", 1, book.add_format({"num_format": "yyyy-mm-dd", "bold": True}))
        sheet.write_blank("B1", None, book.add_format({"bold": True}))
        sheet.set_column("A:A", 40)

    assert meaning(made(painted)) == of(A1=1)


@pytest.mark.parametrize(
    "other",
    [{}, {"A1": 2}, {"A1": "1"}, {"A2": 1}, {"B1": 1}, {"A1": 1.00000000001}, {"A1": 1, "Z99": "备注"}, {"A1": ""}],
    ids=str,
)
def test_another_value_or_place_is_another_meaning(other: dict[str, object]) -> None:
    assert of(**other) != of(A1=1)


def test_a_text_of_digits_is_no_number_however_it_is_written(changed) -> None:
    book = made(lambda _, sheet: sheet.write_number("A1", 5) and None)
    text = changed(book, lambda _, data: data.replace(b'<c r="A1"><v>5', b'<c r="A1" t="str"><v>5'))
    assert meaning(text) == of(A1="5") != meaning(book)


def test_digits_no_program_keeps_do_not_count() -> None:
    assert of(A1=1 + 1e-14) == of(A1=1)


def formula(text: str, value: object = 3) -> str:
    return meaning(made(lambda _, sheet: sheet.write_formula("A1", text, None, value) and None))


def test_a_formula_in_place_of_its_value_is_a_change() -> None:
    assert formula("=1+2") != of(A1=3)
    assert formula("=1+2") != formula("=2+1")


def test_a_formulas_spaces_capitals_and_last_result_are_no_change() -> None:
    assert formula("=SUM(B1, C1)", 3) == formula("=sum(B1,C1)", 4)


def test_a_shared_formula_means_what_it_says_in_each_cell(changed) -> None:
    def column(_: xlsxwriter.workbook.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        for row in (1, 2, 3):
            sheet.write_formula(f"B{row}", f"=A{row}*2")

    def share(name: str, data: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return data
        data = data.replace(b"<f>A1*2</f>", b'<f t="shared" ref="B1:B3" si="0">A1*2</f>')
        return data.replace(b"<f>A2*2</f>", b'<f t="shared" si="0"/>').replace(
            b"<f>A3*2</f>", b'<f t="shared" si="0"/>'
        )

    book = made(column)
    shared = changed(book, share)
    assert shared != book
    assert meaning(shared) == meaning(book)


def test_a_sheet_in_another_form_means_the_same(changed) -> None:
    def prefixed(name: str, data: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return data
        for tag in (b"worksheet", b"sheetData", b"row", b"c", b"v", b"f"):
            for before, after in ((b"<%s>", b"<x:%s>"), (b"<%s ", b"<x:%s "), (b"</%s>", b"</x:%s>")):
                data = data.replace(before % tag, after % tag)
        return data.replace(b"xmlns=", b'xmlns="" xmlns:x=') if b"<x:worksheet" in data else data

    def cells(_: xlsxwriter.workbook.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row("A1", [1, 2.5, "甲"])
        sheet.write_formula("A2", "=A1*2", None, 2)

    book = made(cells)
    other = changed(book, prefixed)
    assert b"<x:c " in Package(other).read("xl/worksheets/sheet1.xml")
    assert meaning(other) == meaning(book)


@given(
    st.lists(
        st.one_of(
            st.floats(allow_nan=False, allow_infinity=False),
            st.integers(-(10**15), 10**15),
            st.decimals(-99999, 99999, places=6).map(float),
            st.booleans(),
            st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), max_size=12),
            st.sampled_from(["_x0041_", "a&b", "<", "\r\n", "0", "1.50"]),
        ),
        max_size=12,
    )
)
@settings(max_examples=150, deadline=None)
def test_the_quick_way_and_the_careful_one_tell_the_same(values: list[object]) -> None:
    book = made(lambda _, sheet: [write(sheet, place, value) for place, value in enumerate(values)][:0])
    package = Package(book)
    part = sheets(package)[0].part
    data = package.read(part)
    if values:
        assert _quickly(package, data) == _carefully(package, part, data)


def write(sheet: xlsxwriter.worksheet.Worksheet, place: int, value: object) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(place, place % 3, value)
    elif isinstance(value, str):
        sheet.write_string(place, place % 3, value)
    elif isinstance(value, int | float):
        sheet.write_number(place, place % 3, value)
