"""疑似重复: people's decisions are read, kept and undone, refresh after refresh."""

from __future__ import annotations

import datetime as dt
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tierbook import jobs
from tierbook.excel.answers import column, tiers, why
from tierbook.excel.scored.reading import read
from tierbook.publish.read_pairs import read_decisions

AS_OF = dt.date(2026, 8, 31)
TITLE = "疑似重复"
CUSTOMERS = [
    ("1", "上海栎川办公科技有限公司", "13800000001"),
    ("2", "上海栎川办公科技", "138-0000-0001"),
    ("3", "苏州云帆机械有限公司", "13800000003"),
    ("4", "杭州明月服装有限公司", "13800000003"),
    ("5", "成都好邻居便利店", "13800000005"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A refreshed book: 1 and 2 are surely one customer, 3 and 4 share a phone under unlike names."""
    made = tmp_path_factory.mktemp("made") / "客户.xlsx"
    opened = Workbook()
    sheet = opened.active
    assert sheet is not None
    sheet.title = "客户"
    sheet.append(("客户编号", "客户名称", "电话"))
    for row in CUSTOMERS:
        sheet.append(row)
    orders = opened.create_sheet("订单")
    orders.append(("订单号", "客户编号", "下单日期", "金额"))
    for number, (customer, *_) in enumerate(CUSTOMERS):
        orders.append((f"A{number}", customer, "2026-08-01", 100))
    opened.save(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))
        refresh(made)
    return made


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "客户.xlsx"))


def refresh(book: Path, day: dt.date = AS_OF) -> jobs.BookReport:
    return jobs.refresh(jobs.Request(as_of=day, book=book, language="zh-CN"))


@contextmanager
def person(book: Path) -> Iterator[Workbook]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        opened = load_workbook(book)
    yield opened
    opened.save(book)


def rows(book: Path) -> dict[str, dict[str, Any]]:
    """Rows of 疑似重复 by pair."""
    with person(book) as opened:
        head, *body = opened[TITLE].iter_rows(min_row=4, values_only=True)
        return {str(row[0]): dict(zip(map(str, head), row, strict=True)) for row in body if row[0]}


def decide(book: Path, pair: str, word: str | None, by: str = "") -> None:
    with person(book) as opened:
        for row in opened[TITLE].iter_rows(min_row=5):
            if row[0].value == pair:
                row[1].value, row[2].value = word, by or row[2].value


def customers(book: Path) -> dict[str, int]:
    """Customer -> orders in 12 months, as 分层 has them."""
    found = read(book)
    return dict(zip(found.columns["customer_id"], map(int, found.columns["orders_12m"]), strict=True))


def test_what_is_sure_is_merged_and_the_rest_is_asked(book):
    assert customers(book) == {"1": 2, "3": 1, "4": 1, "5": 1}
    told = {pair: (row["现在"], row["建议"], row["依据"], row["处理"]) for pair, row in rows(book).items()}
    assert told == {
        "3 + 4": ("分开", "待定", "电话相同：13800000003", None),
        "1 + 2": ("已合并，保留 1", "合并", "电话相同：13800000001", None),
    }
    assert list(told) == ["3 + 4", "1 + 2"]


def test_a_decision_holds_from_the_next_refresh_on_until_it_is_changed(book):
    decide(book, "3 + 4", "合并", "王经理")
    decide(book, "1 + 2", "不是同一家")
    refresh(book)
    assert customers(book) == {"1": 1, "2": 1, "3": 2, "5": 1}
    refresh(book, dt.date(2026, 9, 1))
    assert customers(book) == {"1": 1, "2": 1, "3": 2, "5": 1}
    shown = rows(book)
    assert (shown["3 + 4"]["处理"], shown["3 + 4"]["判断人"], shown["3 + 4"]["现在"]) == (
        "合并",
        "王经理",
        "已合并，保留 3",
    )
    decide(book, "3 + 4", "待定")
    decide(book, "1 + 2", None)
    refresh(book, dt.date(2026, 9, 2))
    assert customers(book) == {"1": 2, "3": 1, "4": 1, "5": 1}


def test_the_same_decisions_leave_the_book_untouched(book):
    decide(book, "3 + 4", "合并")
    refresh(book)
    before = book.read_bytes()
    assert not refresh(book).changed
    assert book.read_bytes() == before


def test_a_decision_outlives_its_evidence_and_the_sheet(book):
    decide(book, "3 + 4", "合并", "王经理")
    refresh(book)
    with person(book) as opened:
        opened["客户"]["C5"] = "13900000009"
        del opened[TITLE]
    refresh(book)
    assert customers(book) == {"1": 2, "3": 2, "5": 1}
    row = rows(book)["3 + 4"]
    assert (row["处理"], row["判断人"], row["依据"]) == ("合并", "王经理", "人工判断，数据里已没有依据")


def test_people_add_a_pair_by_typing_two_ids(book):
    with person(book) as opened:
        sheet = opened[TITLE]
        head = [cell.value for cell in sheet[4]]
        last = sheet.max_row + 1
        sheet.tables["Duplicates"].ref = f"A4:P{last}"
        for title, value in (("编号一", "5"), ("编号二", "3"), ("处理", "合并"), ("备注", "老板是同一人")):
            sheet.cell(last, head.index(title) + 1, value)
    refresh(book)
    assert customers(book) == {"1": 2, "3": 2, "4": 1}
    shown = rows(book)
    assert (shown["3 + 5"]["处理"], shown["3 + 5"]["备注"]) == ("合并", "老板是同一人")
    assert len(shown) == 3


def test_a_word_nobody_knows_has_no_effect_and_is_told(book):
    decide(book, "3 + 4", "大概吧")
    report = refresh(book)
    assert customers(book) == {"1": 2, "3": 1, "4": 1, "5": 1}
    assert report.summary is not None
    assert report.summary.accounts.accounts["customers"].notices["unknown_pair_word"] == 1
    assert rows(book)["3 + 4"]["处理"] == "大概吧"


def test_functions_and_explain_answer_for_the_one_kept(book):
    found = read(book)
    assert tiers(found, [["2"], [2.0], ["1"]], None, None) == [[tiers(found, [["1"]], None, None)[0][0]]] * 3
    assert column(found, [["2"]], "name") == [["上海栎川办公科技有限公司"]]
    assert why(found, [["2"]], None) == why(found, [["1"]], None)
    assert "2" in found.ids
    request = jobs.Request(as_of=AS_OF, book=book, language="zh-CN")
    assert jobs.explain(request, "2") == jobs.explain(request, "1")


def test_decisions_are_read_from_a_renamed_sheet(book):
    decide(book, "3 + 4", "Merge")
    with person(book) as opened:
        opened[TITLE].title = "查重"
        opened.defined_names["_tierbook.duplicates"].attr_text = "'查重'!$A$1"
    assert [(one.ids, one.word) for one in read_decisions(book, "zh-CN") if one.word] == [(("3", "4"), "merge")]


def test_check_brings_the_sheet_up_to_date_and_keeps_what_was_decided(book):
    decide(book, "3 + 4", "合并", "王经理")
    report = jobs.check(jobs.Request(as_of=AS_OF, book=book, language="zh-CN"))
    assert TITLE in report.sheets
    row = rows(book)["3 + 4"]
    assert (row["处理"], row["现在"]) == ("合并", "已合并，保留 3")
