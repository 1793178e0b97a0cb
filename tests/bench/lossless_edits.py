"""The edits that are tried on every book: three of ours, and openpyxl's one way as the named alternative.

Each takes the bytes of a book and gives the bytes of the edited one.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections.abc import Sequence

import xlsxwriter
from lossless_people import person_writes

from tierbook.workbook.refresh import Keyed, OwnedSheet, refresh_book

TIERS, RESULTS, TASKS, ARCHIVE = "分层", "结果", "任务", "任务归档"
DAY = dt.date(2026, 11, 20)
TITLES = ("编号", "客户", "等级", "状态", "备注")
WHOLE = (OwnedSheet("tiers", TIERS), OwnedSheet("results", RESULTS))
BY_ID = OwnedSheet(
    "tasks", TASKS, Keyed("Tasks", "编号", frozenset({"编号", "客户", "等级"}), ARCHIVE, "归档日期", "批注")
)
OWNED_NAMES = (TIERS, RESULTS, TASKS, ARCHIVE)

Row = tuple[str, str, float]


def refresh(book: bytes) -> bytes:
    """The first night in somebody's book: two sheets of ours come in."""
    return _refreshed(book, donor(_rows(12)), WHOLE, night_number=0)


def graft(refreshed: bytes) -> bytes:
    """The second night, with other data and fewer rows."""
    return _refreshed(refreshed, donor(_rows(9)[::-1]), WHOLE, night_number=1)


def task_book(book: bytes) -> bytes:
    """A book with a task sheet of ours in which a person has written: a column, notes, a hidden row, a height."""
    first = _refreshed(book, donor(_rows(8), tasks=True), (*WHOLE, BY_ID), night_number=0)
    return person_writes(first, TASKS)


def keyed(written: bytes) -> bytes:
    """The second night of the task sheet: another order, ids that are gone, new ids."""
    rows = [row for row in _rows(10)[::-1] if row[0] not in {"K003", "K006"}]
    return _refreshed(written, donor(rows, tasks=True), (*WHOLE, BY_ID), night_number=1)


def by_openpyxl(book: bytes) -> bytes:
    """Load, add the same sheet, save."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        target = openpyxl.load_workbook(io.BytesIO(book), keep_vba=True, rich_text=True)
        sheet = target.create_sheet(TIERS)
        for row in [("编号", "客户", "金额"), *_rows(12)]:
            sheet.append(row)
        if target.vba_archive is None or not any("vbaProject" in n for n in target.vba_archive.namelist()):
            target.vba_archive = None
        out = io.BytesIO()
        target.save(out)
    return out.getvalue()


def donor(rows: Sequence[Row], *, tasks: bool = False) -> bytes:
    """What a night brings: a tier sheet with table, formats and chart; a result sheet; a task table."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2026, 1, 1)})
    _tier_sheet(book, rows)
    results = book.add_worksheet(RESULTS)
    for number, row in enumerate(rows):
        results.write_row(number, 0, row)
    if tasks:
        sheet = book.add_worksheet(TASKS)
        data = [[key, name, "高" if money > 500 else "低", "待办", ""] for key, name, money in rows]
        columns = [{"header": title} for title in TITLES]
        sheet.add_table(2, 0, 2 + len(rows), len(TITLES) - 1, {"name": "Tasks", "data": data, "columns": columns})
    book.close()
    return out.getvalue()


def _tier_sheet(book: xlsxwriter.Workbook, rows: Sequence[Row]) -> None:
    money, red = book.add_format({"num_format": "#,##0.00", "bold": True}), book.add_format({"font_color": "#9C0006"})
    sheet = book.add_worksheet(TIERS)
    sheet.write_string(0, 0, "客户分层", book.add_format({"font_size": 16, "bg_color": "#DDEBF7"}))
    columns = [{"header": "编号"}, {"header": "客户"}, {"header": "金额", "format": money}]
    sheet.add_table(2, 0, 2 + len(rows), 2, {"name": "Tiers", "data": rows, "columns": columns})
    sheet.conditional_format(3, 2, 2 + len(rows), 2, {"type": "cell", "criteria": "<", "value": 300, "format": red})
    sheet.conditional_format(3, 2, 2 + len(rows), 2, {"type": "data_bar", "data_bar_2010": True})
    sheet.data_validation(3, 5, 9, 5, {"validate": "list", "source": ["是", "否"]})
    sheet.repeat_rows(2)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": [TIERS, 3, 2, 2 + len(rows), 2], "categories": [TIERS, 3, 1, 2 + len(rows), 1]})
    sheet.insert_chart("H3", chart)


def _rows(number: int) -> list[Row]:
    return [(f"K{n:03}", f"客户{n}", 137.5 * n) for n in range(1, number + 1)]


def _refreshed(book: bytes, night: bytes, owned: Sequence[OwnedSheet], *, night_number: int) -> bytes:
    return refresh_book(book, night, owned, day=DAY + dt.timedelta(days=night_number)).data
