"""Formulas people wrote go on meaning what they meant."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import pytest

from tierbook.errors import WorkbookError

ROWS = [["T1", "甲", 1, "待办", ""], ["T2", "乙", 2, "完成", ""], ["T3", "丙", 3, "待办", ""]]
TURNED = [["T3", "丙", 3, ""], ["T1", "甲", 1, ""], ["T2", "乙", 2, ""]]


def part(book: bytes, name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(book)) as package:
        return package.read(name)


def test_a_formula_in_a_row_follows_its_own_row(book_of, donor_of, update, loaded) -> None:
    rows = [[*row[:4], f"=C{number}*2+$C$4"] for number, row in enumerate(ROWS, 5)]
    sheet = loaded(update(book_of(rows), donor_of(TURNED)))["任务"]
    assert [sheet[f"E{row}"].value for row in (5, 6, 7)] == ["=C5*2+$C$4", "=C6*2+$C$4", "=C7*2+$C$4"]


def test_the_last_value_of_a_moved_formula_is_kept(book_of, donor_of, update, loaded) -> None:
    rows = [[*row[:4], f"=C{number}*2"] for number, row in enumerate(ROWS, 5)]
    sheet = loaded(update(book_of(rows), donor_of(TURNED)), values=True)["任务"]
    assert [sheet[f"E{row}"].value for row in (5, 6, 7)] == [7, 7, 7]


def test_sums_above_and_below_stretch_and_what_stands_below_moves_down(book_of, donor_of, update, loaded) -> None:
    def beside(book, sheet) -> None:
        sheet.write_formula("C2", "=SUM(C5:C7)")
        sheet.write_formula("C10", "=SUM(C5:C7)+A10")
        sheet.write_string("B11", "制表人")

    rows = [*TURNED, ["T4", "丁", 4, "开"], ["T5", "戊", 5, "开"]]
    sheet = loaded(update(book_of(ROWS, beside=beside), donor_of(rows)))["任务"]
    assert sheet["C2"].value == "=SUM(C5:C9)"
    assert sheet["C12"].value == "=SUM(C5:C9)+A12"
    assert sheet["B13"].value == "制表人"
    assert sheet["C10"].value is None


def test_what_stands_below_moves_up_when_rows_leave(book_of, donor_of, update, loaded) -> None:
    def beside(book, sheet) -> None:
        sheet.write_formula("C10", "=SUM(C5:C7)")

    sheet = loaded(update(book_of(ROWS, beside=beside), donor_of(TURNED[:1])))["任务"]
    assert sheet["C8"].value == "=SUM(C5:C5)"
    assert sheet.dimensions == "A1:E8"


def test_a_total_row_stays_below_the_body(book_of, donor_of, update, loaded) -> None:
    columns = [{"header": "编号", "total_string": "合计"}, {"header": "客户"},
               {"header": "优先级", "total_function": "sum"}, {"header": "状态"}, {"header": "备注"}]  # fmt: skip
    made = update(book_of(ROWS, columns=columns, total=True), donor_of([*TURNED, ["T4", "丁", 4, "开"]]))
    sheet = loaded(made)["任务"]
    assert sheet["A9"].value == "合计"
    assert sheet["C9"].value == "=SUBTOTAL(109,[优先级])"
    table = sheet.tables["Tasks"]
    assert (table.ref, table.autoFilter.ref, table.totalsRowCount) == ("A4:E9", "A4:E8", 1)


def test_a_calculated_column_of_people_fills_down_into_new_rows(book_of, donor_of, update, loaded) -> None:
    columns = [{"header": one} for one in ("编号", "客户", "优先级", "状态")]
    columns.append({"header": "加权", "formula": "=Tasks[[#This Row],[优先级]]*10"})
    titles = ("编号", "客户", "优先级", "状态", "加权")
    book = book_of([row[:4] for row in ROWS], columns=columns, titles=titles)
    made = update(book, donor_of([["T9", "新", 9, "开"], *TURNED]))
    sheet = loaded(made)["任务"]
    assert [sheet[f"E{row}"].value for row in (5, 6, 7, 8)] == ["=Tasks[[#This Row],[优先级]]*10"] * 4
    assert b'fullCalcOnLoad="1"' in part(made, "xl/workbook.xml")
    assert loaded(made, values=True)["任务"]["E5"].value is None


def test_a_calculated_column_that_names_cells_is_filled_with_its_own_row(
    book_of, donor_of, update, loaded, changed
) -> None:
    def told(name: str, content: bytes) -> bytes:
        if not name.startswith("xl/tables/"):
            return content
        formula = b"<calculatedColumnFormula>C5*2</calculatedColumnFormula>"
        return content.replace('name="备注"/>'.encode(), 'name="备注">'.encode() + formula + b"</tableColumn>")

    rows = [[*row[:4], f"=C{number}*2"] for number, row in enumerate(ROWS, 5)]
    made = update(changed(book_of(rows), told), donor_of([["T9", "新", 9, "开"], *TURNED]))
    sheet = loaded(made)["任务"]
    assert [sheet[f"E{row}"].value for row in (5, 6, 7, 8)] == [f"=C{row}*2" for row in (5, 6, 7, 8)]
    assert b"<calculatedColumnFormula>C5*2<" in part(made, "xl/tables/table1.xml")


def test_shared_formulas_are_taken_apart_where_rows_move(book_of, donor_of, update, loaded, changed) -> None:
    def shared(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet2.xml":
            return content
        content = content.replace(b"<f>C5*2</f>", b'<f t="shared" ref="E5:E7" si="0">C5*2</f>')
        return re.sub(rb"<f>C[67]\*2</f>", b'<f t="shared" si="0"/>', content)

    rows = [[*row[:4], f"=C{number}*2"] for number, row in enumerate(ROWS, 5)]
    book = changed(book_of(rows), shared)
    assert part(book, "xl/worksheets/sheet2.xml").count(b't="shared"') == 3
    made = update(book, donor_of(TURNED))
    sheet = loaded(made)["任务"]
    assert [sheet[f"E{row}"].value for row in (5, 6, 7)] == ["=C5*2", "=C6*2", "=C7*2"]
    assert b"shared" not in part(made, "xl/worksheets/sheet2.xml")


def test_where_no_row_moves_shared_formulas_keep_their_bytes(book_of, donor_of, update, changed) -> None:
    def shared(name: str, content: bytes) -> bytes:
        return content.replace(b"<f>C5*2</f>", b'<f t="shared" ref="E5:E7" si="0">C5*2</f>')

    rows = [[*row[:4], f"=C{number}*2"] for number, row in enumerate(ROWS, 5)]
    made = update(changed(book_of(rows), shared), donor_of([["T1", "新名", 1, ""], *[row[:4] for row in ROWS[1:]]]))
    assert b'<f t="shared" ref="E5:E7" si="0">C5*2</f>' in part(made, "xl/worksheets/sheet2.xml")


def test_an_array_formula_of_one_cell_moves_with_its_row(book_of, donor_of, update) -> None:
    def beside(book, sheet) -> None:
        sheet.write_array_formula("E5:E5", "{=SUM(C5*C5)}")

    made = update(book_of(ROWS, beside=beside), donor_of(TURNED))
    assert b'<c r="E6"><f t="array" ref="E6">SUM(C6*C6)</f>' in part(made, "xl/worksheets/sheet2.xml")


def test_an_array_formula_over_several_rows_of_the_table_is_refused(book_of, donor_of, update) -> None:
    def beside(book, sheet) -> None:
        sheet.write_array_formula("E5:E7", "{=C5:C7*2}")

    with pytest.raises(WorkbookError) as refused:
        update(book_of(ROWS, beside=beside), donor_of(TURNED))
    assert refused.value.words("en") == (
        "E5:E7 on the sheet '任务' is an array formula or data table over several rows and cannot follow when rows "
        "change places; move it out of the table or make it one formula a row"
    )


def test_an_array_formula_below_the_table_moves_as_a_whole(book_of, donor_of, update) -> None:
    def beside(book, sheet) -> None:
        sheet.write_array_formula("B11:B12", "{=C5:C6*2}")

    made = update(book_of(ROWS, beside=beside), donor_of([*TURNED, ["T4", "丁", 4, "开"]]))
    assert b'<f t="array" ref="B12:B13">' in part(made, "xl/worksheets/sheet2.xml")


def test_formulas_in_moved_rows_take_their_place_out_of_the_order_of_calculation(
    book_of, donor_of, update, changed
) -> None:
    chain = (
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="E5" i="2"/></calcChain>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    type_ = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"

    def with_chain(name: str, content: bytes) -> bytes:
        if name == "[Content_Types].xml":
            over = f'<Override PartName="/xl/calcChain.xml" ContentType="{type_}"/></Types>'
            return content.replace(b"</Types>", over.encode())
        link = f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/></Relationships>'
        return content.replace(b"</Relationships>", link.encode()) if name == "xl/_rels/workbook.xml.rels" else content

    rows = [[*row[:4], f"=C{number}*2"] for number, row in enumerate(ROWS, 5)]
    made = update(changed(book_of(rows), with_chain, {"xl/calcChain.xml": chain}), donor_of(TURNED))
    with zipfile.ZipFile(BytesIO(made)) as package:
        assert "xl/calcChain.xml" not in package.namelist()
