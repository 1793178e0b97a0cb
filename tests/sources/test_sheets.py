"""Worksheets: the right sheet, the right header row, the row numbers people see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tierbook.engine import Engine
from tierbook.errors import SourceError
from tierbook.sources import load_book_sheet, load_file
from tierbook.sources.sheets import open_sheets, sheet_source

HEADER = ["订单号", "客户编号", "下单日期", "金额"]
ROWS = [["A1", 1001, dt.date(2026, 1, 5), 12.5], ["A2", "007", dt.datetime(2026, 1, 6, 8, 30), 1234]]
FACTS = [("A1", "1001", "2026-01-05 00:00:00", "12.5"), ("A2", "007", "2026-01-06 08:30:00", "1234")]


def book(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    made.save(path)
    return path


def facts(engine: Engine) -> list[tuple[object, ...]]:
    return engine.rows("SELECT order_id, customer_id, date, amount FROM raw_orders ORDER BY source_row")


def row_numbers(engine: Engine) -> list[int]:
    return [row for (row,) in engine.rows("SELECT source_row FROM raw_orders ORDER BY source_row")]


def test_a_sheet_comes_in_as_text_with_its_row_numbers(engine: Engine, tmp_path: Path) -> None:
    source = load_file(engine, "orders", book(tmp_path / "b.xlsx", {"订单": [HEADER, *ROWS]}))
    assert facts(engine) == FACTS
    assert row_numbers(engine) == [2, 3]
    assert (source.where, source.rows) == ("b.xlsx [订单]", 2)


def test_the_header_is_found_on_row_3_below_a_title_and_an_empty_row(engine: Engine, tmp_path: Path) -> None:
    load_file(engine, "orders", book(tmp_path / "header_on_row_3.xlsx", {"S": [["订单表"], [], HEADER, *ROWS]}))
    assert facts(engine) == FACTS
    assert row_numbers(engine) == [4, 5]


def test_a_table_that_begins_in_column_C_keeps_its_row_numbers(engine: Engine, tmp_path: Path) -> None:
    rows = [[], [], *([None, None, *row] for row in [HEADER, *ROWS])]
    load_file(engine, "orders", book(tmp_path / "offset.xlsx", {"S": rows}))
    assert facts(engine) == FACTS
    assert row_numbers(engine) == [4, 5]


def test_blank_rows_inside_and_below_the_table_are_not_delivered(engine: Engine, tmp_path: Path) -> None:
    rows = [HEADER, ROWS[0], [], [None, " "], ROWS[1], [], [None, None, None, None, "备注"]]
    source = load_file(engine, "orders", book(tmp_path / "gaps.xlsx", {"S": rows}))
    assert row_numbers(engine) == [2, 5]
    assert source.rows == 2


def test_without_a_name_the_sheet_that_fits_the_table_is_read(engine: Engine, tmp_path: Path) -> None:
    path = book(
        tmp_path / "b.xlsx",
        {"说明": [["怎样填写"]], "空": [], "客户": [["客户编号", "客户名称"], ["1", "甲"]], "订单": [HEADER, *ROWS]},
    )
    assert load_file(engine, "orders", path).where == "b.xlsx [订单]"
    assert load_file(engine, "customers", path).where == "b.xlsx [客户]"


def test_a_named_sheet_is_read_even_where_another_fits_better(engine: Engine, tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", {"一月": [HEADER[1:], ROWS[0][1:]], "二月": [HEADER, *ROWS]})
    assert load_file(engine, "orders", path, sheet="一月").rows == 1
    assert load_file(engine, "orders", path, sheet=" 一月 ").where == "b.xlsx [一月]"


def test_a_wrong_sheet_name_lists_the_sheets_and_the_nearest(engine: Engine, tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", {"客户": [["x"]], "订单2026": [HEADER, *ROWS]})
    with pytest.raises(SourceError) as caught:
        load_file(engine, "orders", path, sheet="订单2025")
    assert str(caught.value) == "b.xlsx 里没有工作表“订单2025”；最接近的是“订单2026”。现有：客户、订单2026"


def test_bad_books_are_told_apart(engine: Engine, tmp_path: Path) -> None:
    cases = {
        "empty_sheet": book(tmp_path / "a.xlsx", {"S": []}),
        "header_only": book(tmp_path / "b.xlsx", {"S": [HEADER, [None, " "]]}),
        "no_header": book(tmp_path / "c.xlsx", {"S": [["甲", "乙"], [1, 2]]}),
        "missing_columns": book(tmp_path / "d.xlsx", {"S": [["客户编号", "金额"], [1, 2]]}),
        "bad_workbook": tmp_path / "e.xlsx",
        "protected_workbook": tmp_path / "f.xlsx",
    }
    (tmp_path / "e.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    (tmp_path / "f.xlsx").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    for key, path in cases.items():
        with pytest.raises(SourceError) as caught:
            load_file(engine, "orders", path)
        assert caught.value.key == f"sources.{key}"
        assert path.name in str(caught.value)


def test_a_book_sheet_that_is_absent_or_empty_is_no_source(engine: Engine, tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", {"客户": [["客户编号", "客户名称"]], "反馈": []})
    assert load_book_sheet(engine, "orders", path, "订单") is None
    assert load_book_sheet(engine, "customers", path, "客户") is None
    assert load_book_sheet(engine, "feedback", path, "反馈") is None


def test_a_book_sheet_with_data_must_have_its_columns(engine: Engine, tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", {"订单": [["客户编号", "金额"], [1, 2]]})
    with pytest.raises(SourceError, match=r"b\.xlsx \[订单\] 缺少必需的列：下单日期"):
        load_book_sheet(engine, "orders", path, "订单")


def test_a_book_sheets_fingerprint_is_of_its_content_not_of_the_book(engine: Engine, tmp_path: Path) -> None:
    first = load_book_sheet(engine, "orders", book(tmp_path / "a.xlsx", {"订单": [HEADER, *ROWS]}), "订单")
    other = {"别的": [["x"]], "订单": [HEADER, *ROWS]}
    same = load_book_sheet(engine, "orders", book(tmp_path / "b.xlsx", other), "订单")
    changed = [HEADER, [*ROWS[0][:3], 12.51], ROWS[1]]
    differs = load_book_sheet(engine, "orders", book(tmp_path / "c.xlsx", {"订单": changed}), "订单")
    assert first is not None and same is not None and differs is not None
    assert first.fingerprint == same.fingerprint != differs.fingerprint


def test_a_table_can_be_loaded_twice_whatever_it_was_before(engine: Engine, tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", {"订单": [HEADER, *ROWS]})
    engine.execute("CREATE TEMP VIEW raw_orders AS SELECT 1 AS x")
    load_file(engine, "orders", path)
    load_file(engine, "orders", path)
    assert facts(engine) == FACTS


def test_the_cells_of_a_sheet_go_to_the_engine_once(engine: Engine, tmp_path: Path) -> None:
    """Each turn would cost seconds at a million rows."""
    path = book(tmp_path / "b.xlsx", {"订单": [HEADER, *ROWS]})
    turns: list[str] = []

    class Sheet:
        def __init__(self, sheet: Any) -> None:
            self.sheet, self.width = sheet, sheet.width

        def __arrow_c_schema__(self) -> Any:
            return self.sheet.__arrow_c_schema__()

        def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
            turns.append("cells")
            return self.sheet.__arrow_c_array__(requested_schema)

    class Reader:
        def load_sheet(self, name: str, **options: Any) -> Sheet:
            return Sheet(open_sheets(path).load_sheet(name, **options))

    assert sheet_source(engine, "orders", Reader(), path, "订单", {}, fingerprint="").rows == 2
    assert facts(engine) == FACTS
    assert turns == ["cells"]
