"""A list of tasks as the donor writes it, and the same list in a book where people wrote."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections.abc import Callable, Mapping, Sequence

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from tierbook.workbook.keyed import Keyed, Update, can_update, update_keyed
from tierbook.workbook.ours.styles import merge_styles
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import named, sheets

CREATED = dt.datetime(2026, 1, 1)
DAY = dt.date(2026, 8, 31)
SHEET, TABLE = "任务", "Tasks"
TITLES = ("编号", "客户", "优先级", "状态")
"""编号, 客户 and 优先级 are ours; 状态 is people's, filled by us in new rows only."""

KEYED = Keyed(
    table=TABLE,
    key="编号",
    ours=frozenset(TITLES[:3]),
    archive="任务存档",
    archived_title="存档日",
    notes_title="批注",
)
Rows = Sequence[Sequence[object]]


def make_donor(
    rows: Rows,
    *,
    titles: Sequence[str] = TITLES,
    heights: Mapping[int, float] = {},
    title: str = "客户任务 · 2026-08-31",
    empty_formats: int = 3,
) -> bytes:
    """The donor: title in A1, header in row 4, rows from row 5; other cell formats than the book's, in other places."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": CREATED})
    for size in range(empty_formats):
        book.add_worksheet(f"别的{size}").write_string(0, 0, "x", book.add_format({"font_size": 20 + size}))
    text, number = book.add_format({"border": 1}), book.add_format({"num_format": "0.0", "border": 1})
    quoted = book.add_format({"border": 1, "quote_prefix": True})
    sheet = book.add_worksheet(SHEET)
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 15}))
    for column, name in enumerate(titles):
        sheet.write_string(3, column, name)
    for row, values in enumerate(rows or [[None] * len(titles)], start=4):
        for column, value in enumerate(values):
            if value is None or value == "":
                sheet.write_blank(row, column, None, text)
            elif isinstance(value, str):
                sheet.write_string(row, column, value, quoted if value.startswith("=") else text)
            else:
                sheet.write_number(row, column, value, number)
        if row - 4 in heights:
            sheet.set_row(row, heights[row - 4])
    headers = [{"header": name} for name in titles]
    sheet.add_table(3, 0, 3 + max(len(rows), 1), len(titles) - 1, {"name": TABLE, "columns": headers})
    book.close()
    return out.getvalue()


def make_book(
    rows: Rows,
    *,
    titles: Sequence[str] = (*TITLES, "备注"),
    beside: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], None] | None = None,
    columns: Sequence[Mapping[str, object]] | None = None,
    name: str = TABLE,
    first: tuple[int, int] = (3, 0),
    total: bool = False,
) -> bytes:
    """People's book. `first`: row and column of the header, from 0."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False})
    book.set_properties({"created": CREATED})
    book.add_worksheet("说明").write_string(0, 0, "请勿删除")
    sheet = book.add_worksheet(SHEET)
    sheet.write_string(
        first[0] - 3, first[1], "客户任务 · 2026-07-31", book.add_format({"bold": True, "font_size": 15})
    )
    options: dict[str, object] = {"name": name, "columns": columns or [{"header": one} for one in titles]}
    options["total_row"] = total
    top, left = first
    sheet.add_table(top, left, top + max(len(rows), 1) + total, left + len(titles) - 1, options)
    look = book.add_format({"italic": True})
    for row, values in enumerate(rows, start=top + 1):
        for column, value in enumerate(values, start=left):
            if isinstance(value, str) and value.startswith("="):
                sheet.write_formula(row, column, value, look, 7)
            elif value is not None:
                sheet.write(row, column, value, look)
    if beside:
        beside(book, sheet)
    book.close()
    return out.getvalue()


def run(book: bytes, donor: bytes, keyed: Keyed = KEYED, day: dt.date = DAY) -> tuple[bytes, Update]:
    target, source = Package(book), Package(donor)
    mine, theirs = named(sheets(target), SHEET), named(sheets(source), SHEET)
    assert mine is not None
    assert theirs is not None
    assert can_update(target, mine, keyed)
    told = update_keyed(target, mine, source, theirs, keyed, merge_styles(target, source), day=day)
    return target.to_bytes(), told


def load(book: bytes, *, values: bool = False) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(book), data_only=values)


def rows_below(sheet: Worksheet, header: int = 4) -> list[list[object]]:
    """Values below a header row, each row without blank cells at its end, blank rows at the end left out."""
    found = [list(row) for row in sheet.iter_rows(min_row=header + 1, values_only=True)]
    for row in found:
        while row and row[-1] is None:
            row.pop()
    while found and not found[-1]:
        found.pop()
    return found


@pytest.fixture(scope="session")
def donor_of() -> Callable[..., bytes]:
    return make_donor


@pytest.fixture(scope="session")
def book_of() -> Callable[..., bytes]:
    return make_book


@pytest.fixture(scope="session")
def update() -> Callable[..., bytes]:
    """The book after an update, which is proven to change nothing when it runs again."""

    def once_and_again(book: bytes, donor: bytes, keyed: Keyed = KEYED, **again: object) -> bytes:
        made, _ = run(book, donor, keyed)
        twice, told = run(made, donor, Keyed(**{**vars(keyed), "key_of_row": {}}))
        assert twice is made
        assert told.archived == told.added == 0
        return made

    return once_and_again


@pytest.fixture(scope="session")
def counted() -> Callable[[bytes, bytes], Update]:
    return lambda book, donor: run(book, donor)[1]


@pytest.fixture(scope="session")
def keyed() -> Keyed:
    return KEYED


@pytest.fixture(scope="session")
def loaded() -> Callable[..., openpyxl.Workbook]:
    return load


@pytest.fixture(scope="session")
def below() -> Callable[..., list[list[object]]]:
    return rows_below
