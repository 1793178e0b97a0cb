"""Rows whose id is gone are put on the archive sheet with what people wrote."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
import xlsxwriter

from tierbook.errors import WorkbookError
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import WORKSHEET_TYPE, named, sheets

TITLES = ["编号", "客户", "优先级", "状态", "备注"]
TODAY = dt.datetime(2026, 8, 31)


def table(sheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_archive_is_made_at_the_end_with_the_tables_titles(book_of, donor_of, update, loaded) -> None:
    book = book_of([["T1", "甲", 1, "待办", "n1"], ["T2", "乙", 2, "完成", "n2"]])
    made = loaded(update(book, donor_of([["T1", "甲", 1, ""]])))
    assert made.sheetnames[-1] == "任务存档"
    assert made["任务存档"].sheet_state == "visible"
    assert table(made["任务存档"]) == [[*TITLES, "存档日", "批注"], ["T2", "乙", 2, "完成", "n2", TODAY, None]]
    assert made["任务存档"]["F2"].is_date
    assert made["任务存档"]["E2"].font.i


def test_later_rows_come_below_and_new_titles_behind(book_of, donor_of, update, loaded) -> None:
    first = update(book_of([["T1", "甲", 1, "", ""], ["T2", "乙", 2, "", "n2"]]), donor_of([["T1", "甲", 1, ""]]))
    donor = donor_of([["T1", "甲", 1, "", "电话"], ["T5", "戊", 5, "", "短信"]], titles=(*TITLES[:4], "渠道"))
    second = update(first, donor)
    third = update(second, donor_of([["T5", "戊", 5, "", ""]], titles=(*TITLES[:4], "渠道")))
    assert table(loaded(third)["任务存档"]) == [
        [*TITLES, "存档日", "批注", "渠道"],
        ["T2", "乙", 2, None, "n2", TODAY, None, None],
        ["T1", "甲", 1, None, None, TODAY, None, "电话"],
    ]


def test_twins_of_a_gone_id_leave_together(book_of, donor_of, update, loaded) -> None:
    rows = [["T2", "乙", 2, "", "一"], ["T1", "甲", 1, "", ""], ["T2", "乙", 2, "", "二"]]
    made = loaded(update(book_of(rows), donor_of([["T1", "甲", 1, ""]])))
    assert [row[4] for row in table(made["任务存档"])[1:]] == ["一", "二"]


def test_what_people_changed_in_the_archive_stays(book_of, donor_of, update, loaded) -> None:
    book = book_of([["T1", "甲", 1, "", "n1"], ["T2", "乙", 2, "", "n2"], ["T3", "丙", 2, "", "n3"]])
    first = loaded(update(book, donor_of([["T1", "甲", 1, ""], ["T3", "丙", 1, ""]])))
    sheet = first["任务存档"]
    sheet.insert_rows(1)
    sheet["A1"] = "我的说明"
    sheet["H3"] = "已核对"
    sheet.move_range("A2:A3", cols=9)
    out = io.BytesIO()
    first.save(out)
    made = loaded(update(out.getvalue(), donor_of([["T1", "甲", 1, ""]])))["任务存档"]
    assert made["A1"].value == "我的说明"
    assert [made["J3"].value, made["H3"].value] == ["T2", "已核对"]
    assert [made["J4"].value, made["B4"].value, made["E4"].value] == ["T3", "丙", "n3"]


def test_formulas_are_archived_as_their_last_value(book_of, donor_of, update, loaded) -> None:
    made = update(book_of([["T1", "甲", 1, "", "=C5*2"], ["T2", "乙", 2, "", ""]]), donor_of([["T2", "乙", 2, ""]]))
    assert loaded(made)["任务存档"]["E2"].value == 7


def test_cells_beside_the_table_are_archived_too(book_of, donor_of, update, loaded) -> None:
    def beside(book, sheet) -> None:
        sheet.write_string(3, 5, "客户")
        sheet.write_string(4, 5, "旁一")
        sheet.write_string(4, 6, "旁二")

    book = book_of([["T1", "甲", 1, "", ""], ["T2", "乙", 2, "", ""]], beside=beside)
    made = loaded(update(book, donor_of([["T2", "乙", 2, ""]])))["任务存档"]
    assert table(made) == [
        [*TITLES, "客户2", "G", "存档日", "批注"],
        ["T1", "甲", 1, None, None, "旁一", "旁二", TODAY, None],
    ]


def test_titles_of_people_that_are_also_the_archives_do_not_mix(book_of, donor_of, update, loaded) -> None:
    book = book_of([["T1", "甲", 1, "", "昨天"], ["T2", "乙", 2, "", ""]], titles=(*TITLES[:4], "存档日"))
    made = loaded(update(book, donor_of([["T2", "乙", 2, ""]])))["任务存档"]
    assert table(made) == [
        [*TITLES[:4], "存档日", "存档日2", "批注"],
        ["T1", "甲", 1, None, "昨天", TODAY, None],
    ]


def test_notes_go_along_as_text(book_of, donor_of, update, loaded) -> None:
    def beside(book, sheet) -> None:
        sheet.write_comment("B5", "别再打电话", {"author": "王"})
        sheet.write_comment("E5", "=1+1", {"author": "王"})
        sheet.write_comment("E6", "不是这行", {"author": "王"})

    book = book_of([["T1", "甲", 1, "", ""], ["T2", "乙", 2, "", ""]], beside=beside)
    made = loaded(update(book, donor_of([["T2", "乙", 2, ""]])))["任务存档"]
    assert made["G2"].value == "别再打电话\n=1+1"
    assert made["G2"].data_type == "s"


def test_books_that_count_from_1904_show_the_same_day(donor_of, update, loaded) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": True})
    sheet = book.add_worksheet("任务")
    data = [["T1", "甲", 1, ""], ["T2", "乙", 2, ""]]
    sheet.add_table("A4:D6", {"name": "Tasks", "columns": [{"header": one} for one in TITLES[:4]], "data": data})
    book.close()
    made = loaded(update(out.getvalue(), donor_of([["T2", "乙", 2, ""]])))
    assert made["任务存档"]["E2"].value == TODAY


def test_an_archive_that_is_a_chart_sheet_is_refused(donor_of, update, keyed) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("任务")
    sheet.add_table("A4:D5", {"name": "Tasks", "columns": [{"header": one} for one in TITLES[:4]], "data": [["T1"]]})
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=任务!$C$5:$C$5"})
    book.add_chartsheet("图").set_chart(chart)
    book.close()
    with pytest.raises(WorkbookError) as refused:
        update(out.getvalue(), donor_of([["T2", "乙", 2, ""]]), replace(keyed, archive="图"))
    assert refused.value.key == "workbook.not_a_worksheet"


def test_the_new_sheet_is_declared_as_a_worksheet(book_of, donor_of, update) -> None:
    made = Package(update(book_of([["T1", "甲", 1, "", ""]]), donor_of([["T2", "乙", 2, ""]])))
    archive = named(sheets(made), "任务存档")
    assert archive is not None
    assert made.content_type(archive.part) == WORKSHEET_TYPE
