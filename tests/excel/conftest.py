"""A small scored book, and an Excel to ask from."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import openpyxl
import pytest

HERE = Path(__file__).parent
STAMP = {
    "format": "1",
    "language": "zh-CN",
    "as_of": "2026-08-31",
    "model": "general",
    "model_version": "1.0",
    "model_fingerprint": "0123456789ab",
    "data_fingerprint": "ba9876543210",
    "tierbook_version": "0.1.0",
    "main_card": "general",
    "main_scale": "four",
    "sheet.tiers": "分层",
    "name.scale.four": "四级分层|四級分層|Four tiers",
    "name.scale.abc": "ABC 分层|ABC 分層|ABC classes",
    "name.card.general": "综合评分|綜合評分|General",
    "name.card.simple": "简单评分|簡單評分|Simple",
    "name.indicator.recency_days": "最近购买间隔|最近購買間隔|Days since last order",
    "name.indicator.amount_12m": "近12个月金额|近12個月金額|Amount in 12 months",
    "name.indicator.repurchase_rate": "复购率|復購率|Repurchase rate",
    "name.indicator.csat": "满意度|滿意度|CSAT",
    "name.indicator.last_order": "最近订单日|最近訂單日|Last order",
}
RESULTS = [
    ["customer_id", "name", "tier", "score", "coverage", "rfm", "segment", "stage", "tags", "tier_four", "tier_abc",
     "score_general", "coverage_general", "score_simple", "coverage_simple",
     "recency_days", "amount_12m", "repurchase_rate", "csat", "last_order"],
    ["0012", "零零客户", "潜力", 55.5, 1, "3-3-3", "一般价值客户", "活跃", "中频、华南", "潜力", "B",
     55.5, 1, 40, 1, 20, 1200.5, 0.5, 8, dt.datetime(2026, 8, 11)],
    ["1", "一号客户", "一般", 30, 0.8, "2-1-2", "一般挽留客户", "流失风险", "低频", "一般", "C",
     30, 0.8, 20, 1, 120, 300, 0, None, dt.datetime(2026, 5, 3)],
    ["1001", "上海样品", "VIP", 81.25, 0.8, "5-4-5", "重要价值客户", "忠诚", "高频、高客单价、华东", "VIP", "A",
     81.25, 0.8, 92.123456, 1, 12, 98765.43, 0.75, None, dt.datetime(2026, 8, 19)],
    ["1002", "潜在一家", "低价值", None, 0, None, None, "潜在", None, "低价值", "C",
     None, 0, None, 0, None, 0, None, None, None],
    ["A-7", "字母客户", "低价值", 10, 1, "1-1-1", "一般挽留客户", "流失", "低频", "低价值", "C",
     10, 1, 5, 1, 400, 80, 0.25, 9.5, dt.datetime(2025, 7, 27)],
]  # fmt: skip
WHY = [
    ["customer_id", "recency_days", "amount_12m", "repurchase_rate", "csat"],
    [None, "最近购买间隔", "近12个月金额", "复购率", "满意度"],
    [None, 30, 30, 20, 20],
    [None, "天", "元", "%", "分"],
    ["0012", 20, 12.5, 10, 13],
    ["1", 5, 25, 0, None],
    ["1001", 36.25, 30, 15, None],
    ["1002", None, None, None, None],
    ["A-7", 0, 0, 5, 5],
]


def write_book(path: Path, *, stamp: dict[str, str] | None = None, results=None, why=None) -> Path:
    """A book as a refresh leaves it: a sheet people see and the three hidden ones."""
    book = openpyxl.Workbook()
    book.active.title = "分层"
    rows = [list(pair) for pair in (STAMP | (stamp or {})).items()]
    for name, table in (("_tierbook", rows), ("_tierbook_results", results or RESULTS), ("_tierbook_why", why or WHY)):
        sheet = book.create_sheet(name)
        sheet.sheet_state = "veryHidden"
        for row in table:
            sheet.append(row)
    book.save(path)
    return path


@pytest.fixture(scope="session")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_book(tmp_path_factory.mktemp("scored") / "scored.xlsx")


@pytest.fixture(scope="session")
def make_book() -> Callable[..., Path]:
    return write_book


class Excel:
    """Types `=FUNCTION(arguments)` into a cell, through xlwings' own pipeline in a process of its own.

    A list of rows is a range; a date, `Excel.OMITTED` and `Excel.error("#N/A")` may stand alone or in a range.
    """

    OMITTED = MappingProxyType({"omitted": True})

    def __init__(self, book: Path | str, home: Path) -> None:
        environment = os.environ | {"TIERBOOK_BOOK": str(book), "TIERBOOK_HOME": str(home), "PYTHONUTF8": "1"}
        environment.pop("PYTHONWARNINGS", None)
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "com_stand_in.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment,
        )  # fmt: skip

    @staticmethod
    def error(name: str) -> dict[str, str]:
        return {"error": name}

    def cell(self, function: str, *arguments: Any) -> Any:
        """What the cell shows; a list of rows where it spills."""
        return self._asked({"function": function, "arguments": _sent(arguments)})["cell"]

    def seconds(self, function: str, *arguments: Any, times: int) -> float:
        """Seconds one call takes, on average."""
        return self._asked({"function": function, "arguments": _sent(arguments), "times": times})["seconds"]

    def imported(self) -> dict[str, Any]:
        return self._asked({})

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()

    def _asked(self, request: dict[str, Any]) -> Any:
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the process with the stand-in died; its own words are above"
        return json.loads(line)


def _sent(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_sent(part) for part in value]
    if isinstance(value, MappingProxyType):
        return dict(value)
    return {"date": value.isoformat()} if isinstance(value, dt.date) else value


@pytest.fixture(scope="session")
def excel(scored: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Excel]:
    if sys.platform == "win32":
        pytest.skip("on Windows the real COM modules are in the way of the stand-in")
    asked = Excel(scored, tmp_path_factory.mktemp("home"))
    yield asked
    asked.close()
