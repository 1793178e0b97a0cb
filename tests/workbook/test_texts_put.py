"""Texts go into single cells of people's sheets; everything else keeps its bytes."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from tierbook.errors import WorkbookError
from tierbook.workbook.cells.texts_put import put_texts

OWNER = 2


def book(*, formula: bool = False) -> bytes:
    """客户 with a title above the header, a bold owner, a blank owner with a look, a row without that cell."""
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet, other = made.add_worksheet("客户"), made.add_worksheet("别的")
    bold, plain = made.add_format({"bold": True}), made.add_format({"italic": True})
    for number, row in enumerate([["客户名单"], [], ["编号", "名称", "负责人"]]):
        sheet.write_row(number, 0, row)
    for number, customer in enumerate(["0012", "1002", "1003"], start=3):
        sheet.write_string(number, 0, customer)
        sheet.write_string(number, 1, f"公司{customer}")
    sheet.write_string(3, OWNER, "李雷", bold)
    sheet.write_blank(4, OWNER, None, plain)
    sheet.write_comment(3, OWNER, "问过")
    if formula:
        sheet.write_formula(5, OWNER, '=IF(1,"算的","")', None, "算的")
    other.write_formula(0, 0, "=COUNTA(客户!C4:C6)" if formula else "=1+1", None, 1)
    made.close()
    return stream.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        return {name: held.read(name) for name in held.namelist()}


def test_a_text_takes_the_look_its_cell_had_and_only_that_sheet_changes():
    before = book()
    after, left = put_texts(before, "客户", {(4, OWNER): "韩梅梅", (5, OWNER): "=1+1", (6, OWNER): "王小明"})
    assert left == []
    sheet = openpyxl.load_workbook(io.BytesIO(after))["客户"]
    assert [sheet.cell(row, 3).value for row in (4, 5, 6)] == ["韩梅梅", "=1+1", "王小明"]
    assert sheet["C5"].data_type in {"s", "inlineStr"}, "a name that begins with = is no formula"
    assert (sheet["C4"].font.b, sheet["C5"].font.i, sheet["C6"].font.i) == (True, True, True)
    assert sheet["C4"].comment.text == "问过"
    changed = {name for name, data in parts(after).items() if parts(before).get(name) != data}
    assert changed <= {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    assert parts(after).keys() == parts(before).keys()


def test_a_formula_is_left_alone_and_those_that_look_here_are_calculated_anew():
    before = book(formula=True)
    after, left = put_texts(before, "客户", {(4, OWNER): "韩梅梅", (6, OWNER): "王小明"})
    assert left == [(6, OWNER)]
    assert openpyxl.load_workbook(io.BytesIO(after))["客户"]["C6"].value == '=IF(1,"算的","")'
    assert b'fullCalcOnLoad="1"' in parts(after)["xl/workbook.xml"]


def test_the_same_texts_again_change_nothing():
    once, _ = put_texts(book(), "客户", {(4, OWNER): "韩梅梅"})
    assert put_texts(once, "客户", {(4, OWNER): "韩梅梅"})[0] is once
    assert put_texts(once, "客户", {})[0] is once


def test_a_row_or_sheet_that_is_not_there_is_refused():
    with pytest.raises(WorkbookError):
        put_texts(book(), "客户", {(99, OWNER): "韩梅梅"})
    with pytest.raises(WorkbookError):
        put_texts(book(), "客戶", {(4, OWNER): "韩梅梅"})
