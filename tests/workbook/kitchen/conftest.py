"""The kitchen sink, and donors of nights to come."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest
import xlsxwriter

from tierbook.workbook.refresh import Keyed, OwnedSheet

TIERS, RESULTS, TASKS, ARCHIVE = "分层", "_tierbook_results", "任务", "任务归档"
TITLES = ("编号", "客户", "等级", "状态")
KEYED = Keyed("Tasks", "编号", frozenset({"编号", "客户", "等级"}), ARCHIVE, "归档日期", "批注")
WHOLE = (OwnedSheet("tiers", TIERS), OwnedSheet("results", RESULTS))

Row = tuple[str, str, float]


def a_night(rows: Sequence[Row], *, tasks: bool = False) -> bytes:
    """A donor: tiers with table, formats, chart, conditions; a hidden sheet; with `tasks` a task table."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": dt.datetime(2026, 1, 1)})
    money, low = book.add_format({"num_format": "0.00", "bold": True}), book.add_format({"font_color": "#9C0006"})
    sheet = book.add_worksheet(TIERS)
    last = max(len(rows), 1)
    columns = [{"header": "编号"}, {"header": "客户"}, {"header": "金额", "format": money}]
    sheet.add_table(0, 0, last, 2, {"name": "Tiers", "columns": columns})
    for number, (key, name, value) in enumerate(rows, start=1):
        sheet.write_string(number, 0, key)
        sheet.write_string(number, 1, name)
        sheet.write_number(number, 2, value, money)
    sheet.conditional_format(1, 2, last, 2, {"type": "cell", "criteria": "<", "value": 300, "format": low})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": [TIERS, 1, 2, last, 2]})
    sheet.insert_chart("F2", chart)
    hidden = book.add_worksheet(RESULTS)
    hidden.very_hidden()
    hidden.write_number(0, 0, len(rows))
    if tasks:
        sheet = book.add_worksheet(TASKS)
        data = [[key, name, "高" if value > 500 else "低", "待办"] for key, name, value in rows]
        sheet.add_table(0, 0, last, 3, {"name": "Tasks", "data": data, "columns": [{"header": t} for t in TITLES]})
    book.close()
    return out.getvalue()


@pytest.fixture(scope="session")
def night() -> Callable[..., bytes]:
    return a_night


@pytest.fixture(scope="session")
def whole() -> tuple[OwnedSheet, ...]:
    return WHOLE


@pytest.fixture(scope="session")
def tasks() -> OwnedSheet:
    return OwnedSheet("tasks", TASKS, KEYED)


@pytest.fixture(scope="session")
def kitchen() -> ModuleType:
    """How the kitchen sink is built (`kitchen_sink.py`)."""
    path = Path(__file__).with_name("kitchen_sink.py")
    found = importlib.util.spec_from_file_location("kitchen_sink", path)
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["kitchen_sink"] = module
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sink(kitchen: ModuleType) -> bytes:
    return kitchen.kitchen_sink()


@pytest.fixture(scope="session")
def the_sink(sink: bytes) -> Callable[[], bytes]:
    """The kitchen sink for tests whose arguments are printed when they fail."""
    return lambda: sink


@pytest.fixture(scope="session", params=["as Excel writes it", "with the prefix x:"])
def any_sink(request: pytest.FixtureRequest, kitchen: ModuleType, sink: bytes) -> bytes:
    return sink if request.param == "as Excel writes it" else kitchen.prefixed(sink)
