"""Books to share, the add-in's own answers about them, and two engines that calculate the copies."""

from __future__ import annotations

import datetime as dt
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tierbook.excel import answers as addin
from tierbook.excel.scored import reading
from tierbook.excel.scored.book import ScoredBook
from tierbook.workbook import read_sheets

SHEET = "报表"
FIRST = 2
"""Row of the first customer on the sheet 报表: ids in A, words in B, days in C, formulas from D on."""
ID, WORD, DAY = "$id", "$word", "$day"

STAMP = {
    "format": "1", "language": "zh-CN", "as_of": "2026-08-31", "before_as_of": "2026-08-01", "model": "general",
    "model_version": "1.0", "model_fingerprint": "0123456789ab", "data_fingerprint": "ba9876543210",
    "tierbook_version": "0.1.0", "main_card": "general", "main_scale": "four",
    "name.scale.four": "四级分层|四級分層|Four tiers", "name.scale.abc": "ABC 分层|ABC 分層|ABC classes",
    "name.card.general": "综合评分|綜合評分|General", "name.card.simple": "简单评分|簡單評分|Simple",
    "name.indicator.recency_days": "最近购买间隔(天)|最近購買間隔(天)|Days since last order",
    "name.indicator.csat": "满意度|滿意度|CSAT", "name.indicator.last_order_date": "最近订单日|最近訂單日|Last order",
    "name.indicator.what": "多少?|多少*|How ~ many",
}  # fmt: skip
RESULTS = [
    ["customer_id", "name", "owner", "tier", "score", "rfm", "segment", "stage", "tags", "tier_four", "tier_abc",
     "score_general", "score_simple", "recency_days", "csat", "last_order_date", "what", "clv", "churn_risk"],
    ["0012", "零零客户", "王芳", "潜力", 55.5, "3-3-3", "一般价值客户", "活跃", "中频、华南", "潜力", "B", 55.5, 40,
     20, 8, dt.date(2026, 8, 11), 1, 1200.5, 0.25],
    ["1", "一号客户", None, "一般", 30, "2-1-2", None, "流失风险", "低频", "一般", "C", 30, 20, 120, None,
     dt.date(2026, 5, 3), 2, 0, 1],
    ["1001", "上海样品", "李雷", "VIP", 81.25, "5-4-5", "重要价值客户", "忠诚", "高频、高客单价、华东", "VIP", "A",
     81.25, 92.123456, 12, None, dt.date(2026, 8, 19), 3, 98765.43, 0],
    ["1002", "潜在一家", "李雷", "低价值", None, None, None, "潜在", None, "低价值", "C", None, None, None, None, None,
     None, None, None],
    ["A  7", "两个空格", "王芳", "低价值", 10, "1-1-1", "一般挽留客户", "流失", "低频", "低价值", "C", 10, 5, 400, 9.5,
     dt.date(2025, 7, 27), 4, 5, 0.9],
    ["A-7", "字母客户", "王芳", "低价值", 11, "1-1-2", "一般挽留客户", "流失", "低频", "低价值", "C", 11, 5, 400, 9.5,
     dt.date(2025, 7, 28), 5, 6, 0.8],
    ["K*?~", "怪编号", "王芳", "一般", 40, "2-2-2", "一般挽留客户", "活跃", "中频", "一般", "C", 40, 5, 40, 9.5,
     dt.date(2026, 7, 28), 6, 7, 0.7],
]  # fmt: skip
WIDE = ["１００１", "\u30001001", "Ａ－７"]
ODD = [1001, 1001.0, "1001", " 1001 ", "1001.0", "1001.00", *WIDE, "\u00a01001\u00a0", "\u200b1001", 12, "0012", "12",
       "a-7", "A-7", "A 7", "A  7", "K*?~", "K*", "*", "?", "~1001", "1?01", "V1001.0", "nobody", "", None, " ", True,
       1e15, 1e14, 1001.5, -5, "#N/A"]  # fmt: skip
"""Ids as people have them in their cells."""


@dataclass(frozen=True)
class Ask:
    """A call with its arguments: ID, WORD and DAY stand for cells of the row, anything else is spelled out."""

    function: str
    arguments: Sequence[object] = (ID,)

    def formula(self, row: int) -> str:
        return f"{self.function}({','.join(_spelled(one, row) for one in self.arguments)})"

    def answer(self, book: ScoredBook, cells: dict[str, object]) -> object:
        """What the add-in says, with days as numbers."""
        arguments = [cells[one] if isinstance(one, str) and one in cells else one for one in self.arguments]
        found = answer_of(book, self.function, arguments)
        return serial(found) if isinstance(found, dt.date) else found


def _spelled(argument: object, row: int) -> str:
    if isinstance(argument, dt.date):
        return f"DATE({argument.year},{argument.month},{argument.day})"
    if argument in (ID, WORD, DAY):
        return f"{'ABC'[(ID, WORD, DAY).index(argument)]}{row}"
    return "" if argument is None else f'"{argument}"' if isinstance(argument, str) else str(argument)


def serial(day: dt.date) -> float:
    return float(day.toordinal() - dt.date(1899, 12, 30).toordinal())


def answer_of(book: ScoredBook, function: str, arguments: Sequence[Any]) -> Any:
    """The add-in's answer for one customer."""
    asked = {
        "CUST_TIER": lambda c, scale=None, day=None: addin.tiers(book, c, scale, day),
        "CUST_SCORE": lambda c, card=None, day=None: addin.scores(book, c, card, day),
        "CUST_RFM": lambda c: addin.column(book, c, "rfm"),
        "CUST_SEGMENT": lambda c: addin.column(book, c, "segment"),
        "CUST_STAGE": lambda c: addin.column(book, c, "stage"),
        "CUST_OWNER": lambda c: addin.column(book, c, "owner"),
        "CUST_CLV": lambda c: addin.added_column(book, c, "clv"),
        "CUST_CHURN": lambda c: addin.added_column(book, c, "churn_risk"),
        "CUST_TAGS": lambda c, joint=None: addin.tags(book, c, joint),
        "CUST_HAS_TAG": lambda c, tag: addin.has_tag(book, c, tag),
        "CUST_METRIC": lambda c, word: addin.metrics(book, c, word),
        "CUST_GAP": lambda c: addin.gaps(book, c),
        "CUST_NEXT": lambda c: addin.next_steps(book, c),
    }
    if function == "CUST_STAMP":
        return addin.stamped(book)
    if function == "CUST_COUNT":
        return addin.counted(book, *(*arguments, None, None, None, None)[:4])
    return asked[function]([[arguments[0]]], *arguments[1:])[0][0]


SIMPLE = [Ask(f"CUST_{name}") for name in (
    "TIER", "SCORE", "RFM", "SEGMENT", "STAGE", "TAGS", "CLV", "CHURN", "GAP", "NEXT", "OWNER",
)]  # fmt: skip


def table_sheet(book: xlsxwriter.Workbook, name: str, rows: Sequence[Sequence[object]], *, hidden: bool = True) -> None:
    """A sheet of plain cells; texts stay texts."""
    sheet = book.add_worksheet(name)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    if hidden:
        sheet.very_hidden()
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(r, c, dt.datetime(value.year, value.month, value.day), day)
            elif isinstance(value, str):
                sheet.write_string(r, c, value)
            elif value is not None:
                sheet.write(r, c, value)


def small_book(
    path: Path, people: Callable[[xlsxwriter.Workbook], object], *, results: Sequence[Sequence[object]] = RESULTS,
    stamp: dict[str, str] | None = None, macros: bytes = b"",
) -> Path:  # fmt: skip
    """A book as a refresh leaves it, with the sheets `people` makes in front."""
    book = xlsxwriter.Workbook(path)
    if macros:
        book.add_vba_project(io.BytesIO(macros), is_stream=True)
    people(book)
    ids = [row[0] for row in results[1:]]
    table_sheet(book, "_tierbook", list((STAMP | (stamp or {})).items()))
    table_sheet(book, "_tierbook_results", results)
    table_sheet(book, "_tierbook_why", [
        ["customer_id", "recency_days"], [None, "最近购买间隔"], [None, 100], [None, "天"], *([one, 1] for one in ids),
    ])  # fmt: skip
    before = [["1001", "潜力", 70], ["9999", "VIP", 99], ["A-7", "一般", None]]  # 9999 has left since
    before = [row for row in before if row[0] in [*ids, "9999"]]
    table_sheet(book, "_tierbook_before", [["customer_id", "tier", "score"], *before])
    gap = [[one, "VIP", 3, f"再消费 {place} 元 → VIP" if place else None] for place, one in enumerate(ids)]
    table_sheet(book, "_tierbook_gap", [["customer_id", "next_tier", "points", "text"], *gap])
    head = ["task_id", "customer_id", "name", "owner", "priority", "action", "reason", "channel", "created", "due",
            "status", "result", "next_step", "play"]  # fmt: skip
    day = dt.date(2026, 8, 31)
    tasks = [["T1", "1001", "", "", "高", "打电话", "", "", day, day, "done"],
             ["T2", "1001", "", "", "高", "登门拜访", "", "", day, day, "doing"],
             ["T3", "1001", "", "", "低", "寄贺卡", "", "", day, day, "open"],
             ["T4", "A-7", "", "", "低", "发邮件", "", "", day, day, "open"]]  # fmt: skip
    table_sheet(book, "_tierbook_tasks", [head, *tasks])
    book.close()
    return path


def asking(
    ids: Sequence[object], asks: Sequence[Ask], words: Sequence[object] = (None,), days: Sequence[object] = (None,)
) -> Callable[[xlsxwriter.Workbook], object]:
    """Makes the sheet 报表 with a call in each cell; words and days repeat down the rows."""

    def add(book: xlsxwriter.Workbook) -> None:
        rows = [[one, words[r % len(words)], days[r % len(days)]] for r, one in enumerate(ids)]
        table_sheet(book, SHEET, [["客户编号", "词", "日期"], *rows], hidden=False)
        sheet = book.get_worksheet_by_name(SHEET)
        for r in range(len(ids)):
            for c, ask in enumerate(asks):
                sheet.write_formula(r + 1, 3 + c, "=" + ask.formula(r + FIRST), None, "?")

    return add


def wanted(
    path: Path, ids: Sequence[object], asks: Sequence[Ask], words: Sequence[object] = (None,),
    days: Sequence[object] = (None,),
) -> list[list[object]]:  # fmt: skip
    """The add-in's answers for the cells `asking` makes."""
    book = reading.read(path)
    every = [{ID: one, WORD: words[r % len(words)], DAY: days[r % len(days)]} for r, one in enumerate(ids)]
    return [[ask.answer(book, cells) for ask in asks] for cells in every]


def by_ironcalc(path: Path, rows: int, columns: int, sheet: str = SHEET) -> list[list[object]]:
    """What IronCalc makes of the formulas, which knows LAMBDA."""
    import ironcalc

    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    place = [one["name"] for one in model.get_worksheets_properties()].index(sheet)
    model.evaluate()
    return [[model.get_cell_value(place, r + FIRST, c + 4) for c in range(columns)] for r in range(rows)]


ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def by_libreoffice(path: Path, rows: int, columns: int, folder: Path) -> list[list[object]]:
    """What LibreOffice makes of the formulas, calculated anew when it opens the book."""
    soffice = shutil.which("soffice")
    if soffice is None:
        if os.environ.get("TIERBOOK_CI") == "1":
            pytest.fail("LibreOffice is not installed")
        pytest.skip("LibreOffice is not installed")
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_CALCULATE)
    subprocess.run(
        [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(path)],
        capture_output=True, timeout=300, check=True, env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    return shown(folder / "out" / path.name, rows, columns)


def shown(path: Path, rows: int, columns: int, sheet: str = SHEET) -> list[list[object]]:
    """The values the cells of a book hold."""
    cells = read_sheets(path, [sheet])[sheet]
    padded = [[*row, *[None] * (columns + 3)] for row in cells]
    return [list(padded[r + 1][3 : 3 + columns]) for r in range(rows)]


def same(found: object, expected: object) -> bool:
    """Whether a cell shows an answer: blank is blank, numbers agree to 12 digits, days are numbers."""
    if isinstance(found, dt.datetime):
        found = serial(found.date())
    if isinstance(expected, bool) or isinstance(found, bool):
        return found is expected or (str(found).upper() == str(expected).upper())
    if isinstance(expected, int | float):
        return isinstance(found, int | float) and abs(found - expected) <= 1e-12 * max(1, abs(expected))
    return (found or "") == (expected or "")


def differences(
    found: Sequence[Sequence[object]], expected: Sequence[Sequence[object]], ids: Sequence[object], asks: Sequence[Ask]
) -> list[tuple[object, str, object, object]]:
    """Every cell that does not show the add-in's answer: id, formula, what it shows, what it should."""
    return [
        (one, ask.formula(r + FIRST), found[r][c], expected[r][c])
        for r, one in enumerate(ids) for c, ask in enumerate(asks) if not same(found[r][c], expected[r][c])
    ]  # fmt: skip
