"""Rows take the donor's order; what people wrote goes along with its id."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from tierbook.errors import WorkbookError

HEAD = ("编号", "客户", "优先级", "状态", "备注")


def test_people_cells_follow_their_id_and_ours_are_rewritten(book_of, donor_of, update, loaded, below) -> None:
    book = book_of([["T1", "甲", 1, "待办", "n1"], ["T2", "乙", 2, "完成", "n2"], ["T3", "丙", 3, "待办", "n3"]])
    made = update(book, donor_of([["T3", "丙公司", 9, "新"], ["T1", "甲", 1, "新"], ["T2", "乙", 2.5, "新"]]))
    assert below(loaded(made)["任务"]) == [
        ["T3", "丙公司", 9, "待办", "n3"],
        ["T1", "甲", 1, "待办", "n1"],
        ["T2", "乙", 2.5, "完成", "n2"],
    ]


def test_new_rows_get_the_donors_cells_and_gone_rows_go_to_the_archive(
    book_of, donor_of, update, counted, loaded, below
) -> None:
    book = book_of([["T1", "甲", 1, "待办", "n1"], ["T2", "乙", 2, "完成", "n2"]])
    donor = donor_of([["T9", "新", 5, "开"], ["T1", "甲", 1, "开"]])
    told = counted(book, donor)
    assert (told.archived, told.added, told.kept) == (1, 1, 1)
    made = loaded(update(book, donor))
    assert made.sheetnames == ["说明", "任务", "任务存档"]
    assert below(made["任务"]) == [["T9", "新", 5, "开"], ["T1", "甲", 1, "待办", "n1"]]
    assert made["任务"].tables["Tasks"].ref == "A4:E6"


def test_a_table_without_rows_keeps_one_blank_row(book_of, donor_of, update, loaded, below) -> None:
    made = update(book_of([["T1", "甲", 1, "待办", "n1"]]), donor_of([]))
    assert below(loaded(made)["任务"]) == []
    assert loaded(made)["任务"].tables["Tasks"].ref == "A4:E5"
    again = update(made, donor_of([["T1", "甲", 1, "待办"]]))
    assert below(loaded(again)["任务"]) == [["T1", "甲", 1, "待办"]]
    assert loaded(again)["任务"].tables["Tasks"].ref == "A4:E5"


def test_the_title_above_is_renewed_and_the_header_keeps_its_words(book_of, donor_of, update, loaded) -> None:
    sheet = loaded(update(book_of([["T1", "甲", 1, "", ""]]), donor_of([["T1", "甲", 1, ""]])))["任务"]
    assert sheet["A1"].value == "客户任务 · 2026-08-31"
    assert sheet["A1"].font.b
    assert [cell.value for cell in sheet[4]] == list(HEAD)


def test_rows_typed_by_people_stay_below(book_of, donor_of, update, loaded, below) -> None:
    rows = [[None, "自己写的", 1, "待办", "x"], ["T1", "甲", 1, "待办", "n1"], [None, None, None, None, "只有备注"]]
    made = update(book_of(rows), donor_of([["T2", "乙", 1, ""], ["T1", "甲", 1, ""]]))
    assert below(loaded(made)["任务"]) == [
        ["T2", "乙", 1],
        ["T1", "甲", 1, "待办", "n1"],
        [None, "自己写的", 1, "待办", "x"],
        [None, None, None, None, "只有备注"],
    ]


def test_a_row_typed_by_people_becomes_the_donors_row_that_claims_it(
    book_of, donor_of, update, keyed, loaded, below
) -> None:
    book = book_of([["T1", "甲", 1, "待办", "n1"], [None, "自己写的", None, "待办", "x"]])
    claims = replace(keyed, key_of_row={6: "T7"})
    made = update(book, donor_of([["T7", "自己写的", 3, "开"], ["T1", "甲", 1, ""]]), claims)
    assert below(loaded(made)["任务"]) == [["T7", "自己写的", 3, "待办", "x"], ["T1", "甲", 1, "待办", "n1"]]


def test_of_twins_the_first_keeps_the_id(book_of, donor_of, update, loaded, below) -> None:
    book = book_of([["T1", "甲", 1, "一", "n1"], ["T1", "甲", 1, "二", "n2"], ["T2", "乙", 1, "三", ""]])
    made = update(book, donor_of([["T2", "乙", 1, ""], ["T1", "甲", 4, ""]]))
    assert below(loaded(made)["任务"]) == [
        ["T2", "乙", 1, "三"],
        ["T1", "甲", 4, "一", "n1"],
        ["T1", "甲", 1, "二", "n2"],
    ]


def test_ids_that_are_numbers_meet_ids_that_are_texts(book_of, donor_of, update, loaded, below) -> None:
    made = update(book_of([[12, "甲", 1, "待办", "n1"]]), donor_of([["12", "甲", 1, ""]]))
    assert below(loaded(made)["任务"]) == [["12", "甲", 1, "待办", "n1"]]


def test_columns_inserted_or_put_elsewhere_by_people_are_found_by_title(
    book_of, donor_of, update, loaded, below
) -> None:
    titles = ("备注", "状态", "客户", "我的", "编号", "优先级")
    book = book_of([["n1", "待办", "甲", 5, "T1", 1], ["n2", "完成", "乙", 6, "T2", 2]], titles=titles)
    made = update(book, donor_of([["T2", "乙2", 9, ""], ["T1", "甲", 1, ""], ["T3", "丙", 3, "开"]]))
    assert below(loaded(made)["任务"]) == [
        ["n2", "完成", "乙2", 6, "T2", 9],
        ["n1", "待办", "甲", 5, "T1", 1],
        [None, "开", "丙", None, "T3", 3],
    ]


def test_a_column_new_in_the_donor_is_put_at_the_tables_end(book_of, donor_of, update, loaded, below) -> None:
    donor = donor_of([["T2", "乙", 1, "", "电话"], ["T1", "甲", 1, "", "短信"]], titles=(*HEAD[:4], "渠道"))
    made = update(book_of([["T1", "甲", 1, "待办", "n1"]]), donor)
    sheet = loaded(made)["任务"]
    assert [cell.value for cell in sheet[4]] == [*HEAD, "渠道"]
    assert below(sheet) == [["T2", "乙", 1, None, None, "电话"], ["T1", "甲", 1, "待办", "n1", "短信"]]
    table = sheet.tables["Tasks"]
    assert table.ref == "A4:F6"
    assert [(column.id, column.name) for column in table.tableColumns][-2:] == [(5, "备注"), (6, "渠道")]


def test_what_people_wrote_beside_the_table_travels_and_what_is_further_right_stays(
    book_of, donor_of, update, loaded
) -> None:
    def beside(book, sheet) -> None:
        for row, text in ((4, "甲旁"), (5, "乙旁")):
            sheet.write_string(row, 5, text)
            sheet.write_string(row, 8, f"行{row}")

    book = book_of([["T1", "甲", 1, "", ""], ["T2", "乙", 2, "", ""]], beside=beside)
    sheet = loaded(update(book, donor_of([["T2", "乙", 2, ""], ["T1", "甲", 1, ""]])))["任务"]
    assert [sheet["F5"].value, sheet["F6"].value] == ["乙旁", "甲旁"]
    assert [sheet["I5"].value, sheet["I6"].value] == ["行4", "行5"]


def test_a_table_with_neighbours_does_not_shrink_over_them(book_of, donor_of, update, loaded, below) -> None:
    def beside(book, sheet) -> None:
        for row in range(4, 7):
            sheet.write_number(row, 8, row)
        sheet.write_string(9, 0, "说明在下面")

    rows = [[f"T{row}", "甲", 1, "", ""] for row in range(3)]
    sheet = loaded(update(book_of(rows, beside=beside), donor_of([["T1", "甲", 1, ""]])))["任务"]
    assert [sheet[f"I{row}"].value for row in (5, 6, 7)] == [4, 5, 6]
    assert sheet["A10"].value == "说明在下面"
    assert sheet.tables["Tasks"].ref == "A4:E7"


def test_a_new_column_swallows_what_people_wrote_right_beside_the_table(book_of, donor_of, update, loaded) -> None:
    def beside(book, sheet) -> None:
        sheet.write_string(3, 5, "旁注")
        sheet.write_string(4, 5, "甲旁")
        sheet.write_number(3, 6, 2026)
        sheet.write_number(4, 7, 3)

    donor = donor_of([["T1", "甲", 1, "", "电话"]], titles=(*HEAD[:4], "渠道"))
    sheet = loaded(update(book_of([["T1", "甲", 1, "", ""]], beside=beside), donor))["任务"]
    assert [cell.value for cell in sheet[4]] == [*HEAD, "旁注", "2026", "H", "渠道"]
    assert [cell.value for cell in sheet[5]][5:] == ["甲旁", None, 3, "电话"]
    assert sheet.tables["Tasks"].ref == "A4:I5"
    assert [column.name for column in sheet.tables["Tasks"].tableColumns] == [*HEAD, "旁注", "2026", "H", "渠道"]


def test_a_new_column_does_not_go_over_another_table(book_of, donor_of, update) -> None:
    def beside(book, sheet) -> None:
        sheet.add_table("F4:G8", {"name": "Mine"})

    donor = donor_of([["T1", "甲", 1, "", "电话"]], titles=(*HEAD[:4], "渠道"))
    with pytest.raises(WorkbookError) as refused:
        update(book_of([["T1", "甲", 1, "", ""]], beside=beside), donor)
    assert refused.value.key == "workbook.no_room_beside"
    assert refused.value.words("en") == (
        "the table on the sheet '任务' needs new columns, but column F is taken; move what is there to the right or to "
        "another sheet"
    )


def test_heights_and_hidden_rows_follow_their_id(book_of, donor_of, update, loaded) -> None:
    def beside(book, sheet) -> None:
        sheet.set_row(4, 45)
        sheet.set_row(5, None, None, {"hidden": True, "level": 2})

    book = book_of([["T1", "甲", 1, "", ""], ["T2", "乙", 2, "", ""]], beside=beside)
    rows = loaded(update(book, donor_of([["T3", "丙", 3, ""], ["T2", "乙", 2, ""], ["T1", "甲", 1, ""]])))
    rows = rows["任务"].row_dimensions
    assert [rows[row].height for row in (5, 6, 7)] == [None, None, 45]
    assert [(rows[row].hidden, rows[row].outlineLevel) for row in (5, 6, 7)] == [(False, 0), (True, 2), (False, 0)]


def test_the_donors_height_holds_only_where_a_value_of_ours_changed(book_of, donor_of, update, loaded) -> None:
    def beside(book, sheet) -> None:
        sheet.set_row(4, 45)
        sheet.set_row(5, 60)

    book = book_of([["T1", "甲", 1, "", ""], ["T2", "乙", 2, "", ""]], beside=beside)
    made = update(book, donor_of([["T1", "甲", 1, ""], ["T2", "乙" * 50, 2, ""]], heights={0: 30, 1: 30}))
    rows = loaded(made)["任务"].row_dimensions
    assert [rows[5].height, rows[6].height] == [45, 30]


def test_a_look_people_gave_a_cell_of_ours_stays_and_the_rest_takes_the_donors(
    book_of, donor_of, update, loaded
) -> None:
    def beside(book, sheet) -> None:
        sheet.write_string(5, 1, "乙", book.add_format({"bg_color": "#FFFF00"}))

    rows = [[f"T{row}", "乙", row, "", ""] for row in range(1, 5)]
    book = book_of(rows, beside=beside)
    made = update(book, donor_of([[f"T{row}", "乙乙", row, ""] for row in (2, 1, 3, 4)]))
    sheet = loaded(made)["任务"]
    assert [sheet[f"B{row}"].fill.fgColor.rgb for row in (5, 6)] == ["FFFFFF00", "00000000"]
    assert [sheet[f"B{row}"].border.left.style for row in (5, 6, 7, 8)] == [None, "thin", "thin", "thin"]
    assert sheet["C6"].number_format == "0.0"
    assert [sheet["B6"].font.i, sheet["D6"].font.i] == [False, True]


def test_text_that_looks_like_a_formula_stays_text_also_in_a_cell_people_coloured(
    book_of, donor_of, update, loaded
) -> None:
    def beside(book, sheet) -> None:
        sheet.write_string(4, 1, "甲", book.add_format({"bg_color": "#FFFF00"}))

    made = update(book_of([["T1", "甲", 1, "", ""]], beside=beside), donor_of([["T1", '=HYPERLINK("x")', 1, ""]]))
    cell = loaded(made)["任务"]["B5"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ('=HYPERLINK("x")', "s", True)


def test_a_formula_put_over_a_cell_of_ours_gives_way(book_of, donor_of, update, loaded) -> None:
    made = update(book_of([["T1", "甲", "=1+1", "", ""]]), donor_of([["T1", "甲", 7, ""]]))
    assert loaded(made)["任务"]["C5"].value == 7


def test_the_order_a_person_sorted_by_is_forgotten(book_of, donor_of, update, changed) -> None:
    sort = b'<sortState ref="A5:E6"><sortCondition ref="B5:B6"/></sortState>'

    def sorted_by_hand(name: str, content: bytes) -> bytes:
        if not name.startswith("xl/tables/"):
            return content
        inside = content.replace(b'<autoFilter ref="A4:E6"/>', b'<autoFilter ref="A4:E6">' + sort + b"</autoFilter>")
        assert inside != content
        return inside

    book = changed(book_of([["T1", "甲", 1, "", ""], ["T2", "乙", 2, "", ""]]), sorted_by_hand)
    made = update(book, donor_of([["T2", "乙", 2, ""]]))
    with zipfile.ZipFile(BytesIO(made)) as package:
        table = package.read("xl/tables/table1.xml")
    assert b"sortState" not in table
    assert re.findall(rb' ref="([^"]*)"', table) == [b"A4:E5", b"A4:E5"]


def test_a_table_excel_gave_another_name_is_found(book_of, donor_of, update, loaded, below) -> None:
    made = update(book_of([["T1", "甲", 1, "待办", ""]], name="tasks13"), donor_of([["T1", "甲", 5, ""]]))
    assert below(loaded(made)["任务"]) == [["T1", "甲", 5, "待办"]]


def test_rows_and_columns_put_before_the_table_do_not_matter(book_of, donor_of, update, loaded) -> None:
    book = book_of([["T1", "甲", 1, "待办", "n1"]], first=(6, 2))
    sheet = loaded(update(book, donor_of([["T2", "乙", 2, ""], ["T1", "甲", 1, ""]])))["任务"]
    assert sheet["C4"].value == "客户任务 · 2026-08-31"
    assert sheet["A1"].value is None
    assert [cell.value for cell in sheet[9]][2:] == ["T1", "甲", 1, "待办", "n1"]


def test_a_donor_that_has_an_id_twice_is_refused(book_of, donor_of, update) -> None:
    with pytest.raises(WorkbookError) as refused:
        update(book_of([["T1", "甲", 1, "", ""]]), donor_of([["T1", "甲", 1, ""], ["T1", "乙", 1, ""]]))
    assert refused.value.key == "workbook.donor_form"


def test_a_table_of_people_at_the_side_stays_whole(book_of, donor_of, update, loaded) -> None:
    def beside(book, sheet) -> None:
        data = [["a", 1], ["b", 2], ["c", 3]]
        sheet.add_table("H4:I7", {"name": "Mine", "data": data, "columns": [{"header": "x"}, {"header": "y"}]})

    rows = [[f"T{row}", "甲", 1, "", ""] for row in range(3)]
    sheet = loaded(update(book_of(rows, beside=beside), donor_of([["T2", "甲", 1, ""]])))["任务"]
    assert sheet.tables["Mine"].ref == "H4:I7"
    assert [[cell.value for cell in row] for row in sheet["H5:I7"]] == [["a", 1], ["b", 2], ["c", 3]]
    assert sheet["A5"].value == "T2"
    assert sheet["A6"].value is None


def test_a_donor_with_formulas_in_its_rows_is_refused(book_of, donor_of, update, changed) -> None:
    def calculated(name: str, content: bytes) -> bytes:
        return re.sub(rb"(<c r=\"C5\"[^>]*>)<v>", rb"\1<f>1+1</f><v>", content)

    donor = changed(donor_of([["T1", "甲", 1, ""]]), calculated)
    with pytest.raises(WorkbookError) as refused:
        update(book_of([["T1", "甲", 1, "", ""]]), donor)
    assert refused.value.key == "workbook.donor_form"


def test_that_excel_keeps_texts_in_another_place_is_no_change(book_of, donor_of, update, changed) -> None:
    donor = donor_of([["T1", "甲", 1, ""], ["T2", "乙 & 丙", 2, ""]])
    made = update(book_of([["T1", "甲", 1, "待办", ""], ["T2", "乙", 2, "", ""]]), donor)
    with zipfile.ZipFile(BytesIO(made)) as package:
        texts = re.findall(rb"<si>.*?</si>", package.read("xl/sharedStrings.xml"))
    there = len(texts)

    def shared(found: re.Match[bytes]) -> bytes:
        texts.append(b"<si>" + found[1] + b"</si>")
        return b't="s"><v>%d</v>' % (len(texts) - 1)

    def sheet(name: str, content: bytes) -> bytes:
        return re.sub(rb't="inlineStr"><is>(.*?)</is>', shared, content) if name.endswith("sheet2.xml") else content

    def strings(name: str, content: bytes) -> bytes:
        head = content.partition(b"<si>")[0]
        return head + b"".join(texts) + b"</sst>" if name == "xl/sharedStrings.xml" else content

    saved = changed(changed(made, sheet), strings)
    assert len(texts) >= there + 5
    assert update(saved, donor) is saved
