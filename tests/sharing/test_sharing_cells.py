"""Forms in which files keep formulas: shared down a column, in tables, on other sheets, filled down by the thousand."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from tierbook.sharing import share


def part(data, name="xl/worksheets/sheet1.xml"):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode()


def edited(path, edit):
    with zipfile.ZipFile(path) as package:
        held = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in held.items():
            target.writestr(name, edit(content.decode()).encode() if name == "xl/worksheets/sheet1.xml" else content)
    return path


@pytest.fixture
def shared_down(asked, tmp_path):
    """A column filled down as Excel stores it: one cell spells the formula out, the others share it."""
    ids = ["1001", "1", "nobody"]
    path = asked.small_book(tmp_path / "shared.xlsx", asked.asking(ids, [asked.Ask("CUST_TIER")]))

    def edit(sheet):
        sheet = sheet.replace("<f>CUST_TIER(A2)</f>", '<f t="shared" ref="D2:D4" si="0">CUST_TIER(A2)</f>')
        return re.sub(r"<f>CUST_TIER\(A[34]\)</f>", '<f t="shared" si="0"/>', sheet)

    return edited(path, edit), ids


def test_a_formula_shared_down_a_column_is_spelled_out_in_each_cell(asked, shared_down):
    path, ids = shared_down
    made = share(path, "lambda")
    sheet = part(made.data)
    assert re.findall(r'<f t="array" ref="(D\d)">(.*?)</f><v>(.*?)</v>', sheet) == [
        ("D2", "CUST_TIER(A2)", "VIP"), ("D3", "CUST_TIER(A3)", "一般"), ("D4", "CUST_TIER(A4)", "#N/A"),
    ]  # fmt: skip
    assert 't="shared"' not in sheet
    out = path.with_name("copy.xlsx")
    out.write_bytes(share(path, "classic").data)
    assert asked.by_ironcalc(out, len(ids), 1) == [["VIP"], ["一般"], ["#N/A"]]


@pytest.mark.parametrize("to", ["lambda", "classic"])
def test_a_table_column_answers_for_its_own_row(asked, tmp_path, to):
    def people(book):
        asked.asking([], [])(book)
        sheet = book.get_worksheet_by_name(asked.SHEET)
        sheet.add_table("A10:B12", {"name": "Sales", "data": [["1001"], ["1"]], "columns": [
            {"header": "客户 编号"}, {"header": "层级", "formula": "=CUST_TIER(Sales[[#This Row],[客户 编号]])"},
        ]})  # fmt: skip

    made = share(asked.small_book(tmp_path / "table.xlsx", people), to)
    sheet, table = part(made.data), part(made.data, "xl/tables/table1.xml")
    assert re.findall(r'<c r="B1[12]"[^>]*>.*?<v>(.*?)</v>', sheet) == ["VIP", "一般"]
    column = re.search(r"<calculatedColumnFormula>(.*?)</calculatedColumnFormula>", table)[1]
    assert column.startswith("CUST_TIER(Sales[") if to == "lambda" else "CUST_" not in column
    assert made.frozen == ()


def test_ids_on_another_sheet_are_looked_up_there(asked, tmp_path):
    def people(book):
        asked.asking(["1001"], [])(book)
        other = book.add_worksheet("别 的")
        other.write_formula("A1", f"=CUST_TIER('{asked.SHEET}'!$A$2)", None, "?")
        other.write_formula("A2", '=CUST_TIER("1")', None, "?")
        other.write_formula("A3", '=CUST_TIER("10"&"01")', None, "VIP")

    sheet = part(share(asked.small_book(tmp_path / "other.xlsx", people), "lambda").data, "xl/worksheets/sheet2.xml")
    assert re.findall(r'<c r="A\d"[^>]*><f.*?</f><v>(.*?)</v>', sheet) == ["VIP", "一般", "VIP"]


def test_an_error_that_stood_for_the_missing_addin_is_not_kept(asked, tmp_path):
    path = asked.small_book(tmp_path / "error.xlsx", asked.asking(["1001"], [asked.Ask("CUST_TIER")]))
    edited(path, lambda sheet: re.sub(
        r'(<c r="D2")[^>]*><f>.*?</f><v>\?</v>', r'\1 t="e"><f>UPPER(CUST_TIER(A2))</f><v>#NAME?</v>', sheet
    ))  # fmt: skip
    cell = re.search(r'<c r="D2".*?</c>', part(share(path, "lambda").data))[0]
    assert "#NAME?" not in cell
    assert "<v>" not in cell


def test_a_row_number_in_a_formula_is_no_trap_for_formulas_worked_out_once(asked, tmp_path):
    def people(book):
        asked.asking(["1001", "1"], [])(book)
        sheet = book.get_worksheet_by_name(asked.SHEET)
        for row in (2, 3):
            sheet.write_formula(row - 1, 3, f'=CUST_TIER(A{row})&"A{row}"&{row}&A2{row}&$A${row}', None, "x")
            sheet.write_formula(row - 1, 4, f"=CUST_TIER($A$2)&A777777&{row}", None, "x")

    sheet = part(share(asked.small_book(tmp_path / "rows.xlsx", people), "lambda").data)
    assert re.findall(r"<f[^>]*>(.*?)</f>", sheet) == [
        'CUST_TIER(A2)&amp;"A2"&amp;2&amp;A22&amp;$A$2', "CUST_TIER($A$2)&amp;A777777&amp;2",
        'CUST_TIER(A3)&amp;"A3"&amp;3&amp;A23&amp;$A$3', "CUST_TIER($A$2)&amp;A777777&amp;3",
    ]  # fmt: skip


def test_a_block_that_spilled_over_rows_and_columns_keeps_its_shape(asked, tmp_path):
    """Also where the cells it spilled over are not in the file yet."""

    def people(book):
        asked.asking([], [])(book)
        sheet = book.get_worksheet_by_name(asked.SHEET)
        for row, pair in enumerate([["1001", "1"], ["A-7", "0012"]]):
            sheet.write_row(20 + row, 0, pair)
        sheet.write_dynamic_array_formula("D31:E32", "=CUST_TIER($A$21:$B$22)", None, "VIP")

    path = edited(asked.small_book(tmp_path / "block.xlsx", people), lambda sheet: re.sub(
        r'<row r="32".*?</row>', "", re.sub(r'<c r="E31".*?</c>', "", sheet)
    ))  # fmt: skip
    out = tmp_path / "copy.xlsx"
    made = share(path, "classic")
    out.write_bytes(made.data)
    assert made.frozen == ()
    assert [row[:2] for row in asked.by_ironcalc(out, 31, 2)[29:]] == [["VIP", "一般"], ["低价值", "潜力"]]
    assert [row[:2] for row in asked.shown(out, 31, 2)[29:]] == [["VIP", "一般"], ["低价值", "潜力"]]
