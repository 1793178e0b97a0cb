"""A small scored book, and an Excel to ask from."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import openpyxl
import pytest

from tierbook.model.load import load_toml
from tierbook.model.stored import stored_rows
from tierbook.templates import model_text

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
    "name.indicator.last_order_date": "最近订单日|最近訂單日|Last order",
}
RESULTS = [
    ["customer_id", "name", "owner", "kind", "industry", "size", "region",
     "tier", "score", "coverage", "rfm", "segment", "custom_segment", "stage", "tags", "tier_four", "tier_abc",
     "score_general", "coverage_general", "score_simple", "coverage_simple",
     "recency_days", "amount_12m", "repurchase_rate", "csat", "last_order_date",
     "clv", "clv_low", "clv_high", "churn_risk", "p_alive", "lifetime_basis"],
    ["0012", "零零客户", "李雅婷", "零售", None, None, "华南",
     "潜力", 55.5, 1, "3-3-3", "一般价值客户", None, "活跃", "中频、华南", "潜力", "B", 55.5, 1, 40, 1,
     20, 1200.5, 0.5, 8, dt.datetime(2026, 8, 11), 2400.25, 1000, 4000, 0.25, 0.75, "fitted"],
    ["1", "一号客户", "王浩然", "零售", None, None, "华东",
     "一般", 30, 0.8, "2-1-2", "一般挽留客户", None, "流失风险", "低频", "一般", "C", 30, 0.8, 20, 1,
     120, 300, 0, None, dt.datetime(2026, 5, 3), 12, 0, 50, 0.875, 0.125, "fitted"],
    ["1001", "上海样品", "王浩然", "企业", "制造业", "大型", "华东",
     "VIP", 81.25, 0.8, "5-4-5", "重要价值客户", None, "忠诚", "高频、高客单价、华东", "VIP", "A",
     81.25, 0.8, 92.123456, 1, 12, 98765.43, 0.75, None, dt.datetime(2026, 8, 19),
     54321.5, 40000, 70000, 0.0625, 0.9375, "fitted"],
    ["1002", "潜在一家", None, "渠道", "批发业", None, None,
     "低价值", None, 0, None, None, None, "潜在", None, "低价值", "C", None, 0, None, 0,
     None, 0, None, None, None, None, None, None, None, None, None],
    ["A-7", "字母客户", "李雅婷", "零售", None, None, "华东",
     "低价值", 10, 1, "1-1-1", "一般挽留客户", None, "流失", "低频", "低价值", "C", 10, 1, 5, 1,
     400, 80, 0.25, 9.5, dt.datetime(2025, 7, 27), 3.5, 0, 9, 0.96875, 0.03125, "prior"],
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
BEFORE = [
    ["customer_id", "tier", "score", "amount_12m", "recency_days", "repurchase_rate"],
    ["0012", "一般", 40, 2, 20, 10],
    ["1", "一般", 31, 26, 5, None],
    ["1001", "潜力", 70, 20, 35, 15],
    ["A-7", "VIP", 90, 40, 30, 20],
    ["gone", "一般", 33, 3, 30, None],
]
"""On 2026-07-31 1002 was not there yet, and somebody was who is gone."""
GAP = [
    ["customer_id", "next_tier", "points", "text", "recency_days", "amount_12m"],
    ["0012", "VIP", 24.5, "再消费 12,400 元 → VIP", None, 12400],
    ["1", "潜力", 30, "30 天内再下单 → 潜力", 30, None],
    ["1001", None, None, "已在最高层级 VIP", None, None],
    ["1002", "一般", 40, "再消费 900 元 → 一般", None, 900],
    ["A-7", "一般", 30, "再消费 800 元 → 一般", None, 800],
]
TASKS = [
    ["task_id", "customer_id", "name", "owner", "priority", "action", "reason", "channel", "created", "due", "status",
     "result", "next_step", "play"],
    ["T1", "1", "一号客户", "王浩然", 1, "电话回访", "已有 120 天没有下单", "电话",
     dt.datetime(2026, 8, 31), dt.datetime(2026, 9, 2), "open", None, None, "overdue"],
    ["T2", "1001", "上海样品", "王浩然", 2, "预约季度拜访", "VIP 客户", "会议",
     dt.datetime(2026, 8, 20), dt.datetime(2026, 9, 10), "doing", "已约时间", None, "vip_visit"],
    ["T3", "1", "一号客户", "王浩然", 3, "发送优惠券", "客单价偏低", "邮件",
     dt.datetime(2026, 8, 31), dt.datetime(2026, 9, 5), "open", None, None, "coupon"],
    ["T4", "A-7", "字母客户", "李雅婷", 1, "问候", "久未联系", "电话",
     dt.datetime(2026, 7, 1), dt.datetime(2026, 7, 3), "done", "已联系", None, "greet"],
]  # fmt: skip
SINCE = {"before_as_of": "2026-07-31"}


@cache
def model_rows() -> list[list[Any]]:
    """The shipped model `general` as a refresh keeps it."""
    return stored_rows(load_toml(model_text("general"), where="general.toml", read=model_text))


def hidden_sheets(stamp: dict[str, str] | None = None, **sheets: Any) -> dict[str, list[list[Any]]]:
    """The hidden sheets of a refreshed book, the stamp's last; a sheet given as () is not there."""
    tables = {"results": RESULTS, "why": WHY, "before": BEFORE, "gap": GAP, "tasks": TASKS} | sheets
    tables.setdefault("model", model_rows())
    since = SINCE if tables["before"] else {}
    held = {f"_tierbook_{key}": [list(row) for row in rows] for key, rows in tables.items() if rows}
    return {**held, "_tierbook": [list(pair) for pair in (STAMP | since | (stamp or {})).items()]}


def write_book(path: Path, *, stamp: dict[str, str] | None = None, **sheets: Any) -> Path:
    """A book as a refresh leaves it: a sheet people see and the hidden ones."""
    book = openpyxl.Workbook()
    book.active.title = "分层"
    for name, rows in hidden_sheets(stamp, **sheets).items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "veryHidden"
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.fixture(scope="session")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_book(tmp_path_factory.mktemp("scored") / "scored.xlsx")


@pytest.fixture(scope="session")
def sheets_of() -> Callable[..., dict[str, list[list[Any]]]]:
    return hidden_sheets


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
    def array(rows: list[list[Any]]) -> dict[str, Any]:
        """Rows that VBA hands over from code, not as a range."""
        return {"array": _sent(rows)}

    @staticmethod
    def error(name: str) -> dict[str, str]:
        return {"error": name}

    def cell(self, function: str, *arguments: Any) -> Any:
        """What the cell shows; a list of rows where it spills."""
        return self._asked({"function": function, "arguments": _sent(arguments)})["cell"]

    def gateway(self, function: str, *arguments: Any) -> Any:
        """What a client's code receives from a function of the gateway."""
        request = {"module": "tierbook.excel.gateway", "function": function, "arguments": _sent(arguments)}
        return self._asked(request)["cell"]

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
def new_excel(scored: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Excel]:
    """Starts an Excel whose book of record is `scored`; whoever starts it closes it."""
    if sys.platform == "win32":
        pytest.skip("on Windows the real COM modules are in the way of the stand-in")
    return lambda: Excel(scored, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def excel(new_excel: Callable[[], Excel]) -> Iterator[Excel]:
    asked = new_excel()
    yield asked
    asked.close()
