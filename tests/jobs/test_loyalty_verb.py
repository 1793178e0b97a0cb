"""`tierbook loyalty` on a small book: what it adds once, reads from then on, and keeps in the ledger."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from tierbook import jobs
from tierbook.cli import main
from tierbook.errors import ModelError, UsageError
from tierbook.history import open_ledger
from tierbook.jobs.loyalty import loyalty
from tierbook.loyalty import Redemption
from tierbook.publish.loyalty_inputs import written_grades, written_redemptions
from tierbook.workbook import read_rows, sheet_names

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # openpyxl drops them

D = dt.date
AS_OF = D(2026, 10, 31)
HEADS = ["订单号", "行号", "客户编号", "下单日期", "金额", "状态"]
ORDERS = [
    ["A", None, "1", D(2026, 1, 5), 30_000, "完成"],
    ["B", None, "1", D(2026, 2, 5), 999.9, "完成"],
    ["C", None, "2", D(2026, 3, 5), 1_000, "完成"],
]
RETURNED = ["C", "9", "2", D(2026, 3, 9), -1_000, "退货"]


def book_of(folder: Path) -> Path:
    """A book of somebody's own, with nothing but customers and orders."""
    made = openpyxl.Workbook()
    made.active.title = "客户"
    for row in (["客户编号", "客户名称", "负责人"], *([str(n), f"公司{n}", "张伟"] for n in (1, 2, 3))):
        made["客户"].append(row)
    orders = made.create_sheet("订单")
    for row in (HEADS, *ORDERS):
        orders.append(row)
    made.save(folder / "会员.xlsx")
    return folder / "会员.xlsx"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book after its first `loyalty`."""
    book = book_of(tmp_path_factory.mktemp("loyalty"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))
        loyalty(jobs.Request(as_of=AS_OF, book=book))
    return book


@pytest.fixture
def book(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(fresh, tmp_path / "会员.xlsx"))


def type_into(book: Path, sheet: str, rows: Sequence[Sequence[object]], first: int = 2) -> None:
    """Somebody writes into a sheet and saves."""
    opened = openpyxl.load_workbook(book)
    for number, row in enumerate(rows, start=first):
        for column, value in enumerate(row, start=1):
            opened[sheet].cell(number, column, value)
    opened.save(book)


def balances(report) -> dict[str, int]:
    return {one.customer_id: one.balance for one in report.statement.members}


def test_the_sheets_for_people_are_added_once_with_the_shipped_grades(book: Path, fresh: Path) -> None:
    names = sheet_names(fresh)
    again = loyalty(jobs.Request(as_of=AS_OF, book=book))

    assert names[-3:] == ["会员积分", "会员等级", "兑换"]
    assert [row[0] for row in read_rows(fresh, "会员等级")[1:5]] == ["普通会员", "银卡会员", "金卡会员", "钻石会员"]
    assert not again.changed
    assert balances(again) == {"1": 3010 + 99 + 10, "2": 110}
    assert [one.grade for one in again.statement.members] == ["金卡会员", "普通会员"]


def test_what_people_write_counts_and_what_cannot_be_is_told(book: Path) -> None:
    type_into(
        book, "兑换", [["1", D(2026, 5, 1), 500, "茶具"], ["2", D(2026, 5, 1), 111, "伞"], ["1", "五一", 5, "杯"]]
    )
    type_into(book, "会员等级", [["普通会员", 0, "无"], ["铜卡会员", 100, "茶券", "1.5倍"]])
    written = [read_rows(book, name) for name in ("兑换", "会员等级")]

    report = loyalty(jobs.Request(as_of=AS_OF, book=book))

    assert balances(report) == {"1": 3119 - 500, "2": 110}
    assert [one.grade for one in report.statement.members] == ["金卡会员", "铜卡会员"]
    assert [(one.row, one.check, one.value) for one in report.statement.refused] == [
        (3, "too_few_points", "110"),
        (4, "bad_day", "五一"),
    ]
    assert (
        "loyalty.refused",
        {"count": 2, "rows": "第 3 行 那天的积分不够，只有 110 分；第 4 行 日期看不懂：五一"},
    ) in [(key, dict(values)) for key, values in report.notes]
    assert [read_rows(book, name) for name in ("兑换", "会员等级")] == written
    page = [row for row in read_rows(book, "会员积分") if row and row[0] is not None]
    assert ["2", "那天的积分不够，只有 110 分", 3] in [row[:3] for row in page]
    assert next(row[3:5] for row in page if row[:2] == ["1", "公司1"]) == [2619, "金卡会员"]


def test_the_ledger_holds_every_line_and_what_comes_late_is_corrected(tmp_path: Path) -> None:
    ledger = str(tmp_path / "ledger.sqlite")
    asked = jobs.Request(as_of=AS_OF, book=book_of(tmp_path), ledger=ledger, scope="会员")
    assert loyalty(asked).added == 3
    type_into(asked.book, "兑换", [["2", D(2026, 5, 1), 110, "伞"]])
    spent = loyalty(asked)
    again = loyalty(asked)

    type_into(asked.book, "订单", [RETURNED], first=5)
    late = loyalty(asked)

    assert (spent.added, again.added) == (1, 0)
    assert not late.statement.refused
    assert balances(late)["2"] == 0
    assert next(one.owed for one in late.statement.members if one.customer_id == "2") == 110
    with open_ledger(ledger) as kept:
        entries = kept.entries("会员", "points", customer_id="2")
    assert sum(json.loads(one.data)["points"] for one in entries) == 0
    assert [json.loads(one.data)["kind"] for one in entries] == ["earn", "redeem", "return", "advance"]
    past = loyalty(jobs.Request(as_of=D(2026, 4, 1), book=asked.book, ledger=ledger, scope="会员"))
    assert past.added == 0
    assert past.notes[-1] == ("loyalty.past_day", {"last": "2026-05-01", "as_of": "2026-04-01"})


def test_a_dry_run_and_one_customer_s_account_write_nothing(book: Path, tmp_path: Path, capsys) -> None:
    type_into(book, "兑换", [["1", D(2026, 5, 1), 500, "茶具"]])
    before = book.read_bytes()
    ledger = tmp_path / "ledger.sqlite"

    assert main(["loyalty", str(book), "--as-of", "2026-10-31", "--customer", "1", "--ledger", str(ledger), "-q"]) == 0
    shown = capsys.readouterr().out
    assert main(["loyalty", str(book), "--as-of", "2026-10-31", "--dry-run", "--json", "-q"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert book.read_bytes() == before
    assert "1 公司1 金卡会员，可用 2,619 分" in shown
    assert shown.index("-500") < shown.index("+109") < shown.index("+3,010")
    assert [(one["customer_id"], one["balance"]) for one in told["members"]] == [("1", 2619), ("2", 110)]


def test_grades_nobody_can_follow_are_refused_with_the_row(book: Path) -> None:
    type_into(book, "会员等级", [["普通会员", 0, ""], ["银卡会员", "五百", ""]])

    with pytest.raises(ModelError) as refused:
        loyalty(jobs.Request(as_of=AS_OF, book=book))

    assert str(refused.value) == "会员等级 第 3 行：起点积分“五百”不是 0 以上的整数，请改成数字"


def test_a_factor_is_a_number_above_0_and_a_sheet_without_that_column_has_none(fresh: Path) -> None:
    rows = read_rows(fresh, "会员等级")
    assert rows[0][:4] == ["会员等级", "起点积分", "权益", "积分倍数"] and [row[3] for row in rows[1:5]] == [1, 1, 1, 1]
    assert [one.factor for one in written_grades([row[:3] for row in rows], "会员等级")] == [100] * 4
    for typed, factor in ((None, 100), (1.25, 125), ("2 倍", 200), ("150%", 150)):
        assert written_grades([rows[0], ["普通", 0, "", typed]], "会员等级")[0].factor == factor
    for typed in ("双倍", 0, -1, 101):
        with pytest.raises(ModelError, match="第 2 行：积分倍数“"):
            written_grades([rows[0], ["普通", 0, "", typed]], "会员等级")


def test_people_s_sheets_are_read_in_whatever_language_they_are(fresh: Path) -> None:
    grades = written_grades(read_rows(fresh, "会员等级"), "会员等级")
    rows = [["Customer ID", "Day", "Points", "Gift"], ["1", "2026/5/1", "1,000", "Mug"], [None, None, None, None]]

    assert [grade.floor for grade in grades] == [0, 500, 2000, 8000]
    assert written_redemptions(rows, {"1": "2"}) == [Redemption(2, "2", D(2026, 5, 1), 1000, "Mug")]


def test_somebody_unknown_has_no_account(book: Path, capsys) -> None:
    assert main(["loyalty", str(book), "--as-of", "2026-10-31", "--customer", "9", "-q"]) == UsageError.exit_code
    assert "没有客户 9 的积分" in capsys.readouterr().err


def test_a_refresh_brings_the_page_up_to_date_and_only_reads_what_people_write(book: Path, tmp_path: Path) -> None:
    type_into(book, "兑换", [["1", D(2026, 5, 1), 500, "茶具"]])
    before = {name: read_rows(book, name) for name in ("会员等级", "兑换")}
    asked = jobs.Request(as_of=AS_OF, book=book, ledger=str(tmp_path / "ledger.sqlite"), scope="会员")

    jobs.refresh(asked)

    assert {name: read_rows(book, name) for name in before} == before
    assert next(row[3] for row in read_rows(book, "会员积分") if row and row[0] == "1") == 2619
    with open_ledger(asked.ledger) as kept:
        assert len(kept.entries("会员", "points")) == 4

    type_into(book, "会员等级", [["普通会员", 5, ""]])
    told = jobs.refresh(asked)

    assert [key for key, _ in told.notes if key.startswith("loyalty.")] == ["loyalty.left"]
    assert next(row[3] for row in read_rows(book, "会员积分") if row and row[0] == "1") == 2619
