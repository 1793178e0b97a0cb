"""手工调整 in a book: shown beside what is computed, told by the functions, never lost, never in force when wrong."""

from __future__ import annotations

import datetime as dt
import shutil
import tomllib
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tierbook import jobs, templates
from tierbook.demo import build
from tierbook.excel.answers import customers as answers
from tierbook.excel.answers import lists
from tierbook.excel.answers.profile import profile
from tierbook.excel.answers.why import why
from tierbook.excel.scored.reading import read
from tierbook.jobs.intake import named_model
from tierbook.publish import read_stamp, template_book
from tierbook.workbook import read_rows

AS_OF = dt.date(2026, 10, 31)
SHEET = "手工调整"
LATER = dt.date(2026, 12, 31)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company with fewer customers, refreshed once."""
    recipe = tomllib.loads((templates.folder() / "recipes" / "demo.toml").read_text(encoding="utf-8"))
    book = tmp_path_factory.mktemp("made") / "客户.xlsx"
    facts = {key: rows for key, rows in build(recipe | {"customers": 40}, "zh-CN").items() if key != "overrides"}
    book.write_bytes(template_book(named_model("general"), "zh-CN", facts=facts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))
        refresh(book)
    return book


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "客户.xlsx"))


def refresh(book: Path, days: int = 0) -> jobs.BookReport:
    return jobs.refresh(jobs.Request(as_of=AS_OF + dt.timedelta(days), book=book))


def decide(book: Path, *rows: Sequence[object]) -> None:
    """What a person types below the header of 手工调整."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        opened = load_workbook(book)
    sheet = opened[SHEET]
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)
    sheet.tables["Overrides"].ref = f"A1:F{max(len(rows) + 1, 2)}"
    opened.save(book)


def both(customer: str) -> list[list[object]]:
    """A tier and a tag."""
    return [
        [customer, "层级", "VIP", "王经理", "集团总部指定", LATER],
        [customer, "标签", "重点跟进", "王经理", "年底冲量"],
    ]


def results(book: Path) -> dict[str, dict[str, Any]]:
    head, *rows = read_rows(book, "_tierbook_results")
    return {str(row[0]): dict(zip(map(str, head), row, strict=False)) for row in rows}


def low_one(book: Path) -> str:
    return next(customer for customer, row in results(book).items() if row["tier"] != "VIP")


def on_sheet(book: Path, customer: str) -> dict[str, object]:
    """The customer's row of 分层."""
    rows = read_rows(book, "分层")
    head = next(row for row in rows if "客户编号" in row)
    row = next(row for row in rows if row and str(row[0]) == customer)
    return dict(zip(map(str, head), row, strict=False))


def test_a_decision_stands_beside_the_computed_tier_and_changes_nothing_else(book: Path) -> None:
    customer, before = low_one(book), results(book)
    decide(
        book,
        [customer, "层级", "VIP", "王经理", "集团总部指定", LATER],
        [customer, "标签", "重点跟进", "王经理", "年底冲量"],
    )
    report = refresh(book)
    assert report.changed
    after = results(book)
    computed = {key for key in before[customer] if not key.startswith("manual_") and key != "tags"}
    assert {key: after[customer][key] for key in computed} == {key: before[customer][key] for key in computed}
    assert {c: row for c, row in after.items() if c != customer} == {c: r for c, r in before.items() if c != customer}
    row = on_sheet(book, customer)
    assert row["层级"] == before[customer]["tier"] != "VIP"
    assert (row["人工分层"], row["人工标签"], row["调整人"]) == ("VIP", "重点跟进", "王经理")
    assert row["调整原因"] == "集团总部指定；年底冲量"
    assert row["标签"] == f"{before[customer]['tags']}、重点跟进"


@pytest.mark.whole
def test_functions_tell_decisions_and_keep_the_computed_tier(book: Path) -> None:
    customer = low_one(book)
    tier = results(book)[customer]["tier"]
    decide(
        book,
        [customer, "层级", "VIP", "王经理", "集团总部指定", LATER],
        [customer, "标签", "重点跟进", "王经理", "年底冲量"],
    )
    refresh(book)
    scored, cell = read(book), [[customer]]
    assert answers.tiers(scored, cell, None, None) == [[tier]]
    assert answers.has_tag(scored, cell, "重点跟进") == [[True]]
    assert str(answers.tags(scored, cell, "|")[0][0]).endswith("|重点跟进")
    assert [row[0] for row in lists.listed(scored, None, "重点跟进", None, None, None)[1:]] == [customer]
    told = {str(title): value for title, value in profile(scored, cell)}
    assert (told["人工分层"], told["人工标签"], told["调整人"]) == ("VIP", "重点跟进", "王经理")
    assert told["调整到期"] == dt.datetime(2026, 12, 31)
    table = why(scored, cell, None)
    total = next(place for place, row in enumerate(table) if row[0] == "合计")
    assert [row[:2] for row in table[total + 1 :]][:2] == [["人工分层", "VIP"], ["人工标签", "重点跟进"]]
    other = next(one for one in results(book) if one != customer)
    assert why(scored, [[other]], None)[-1][0] == "合计"


def test_wrong_rows_are_found_by_their_row_and_never_in_force(book: Path) -> None:
    customer = low_one(book)
    decide(
        book,
        [customer, "层级", "白金", "王经理", "试试"],
        ["没有此人", "层级", "VIP", "王经理", "试试"],
        [customer, "等级吧", "VIP", "王经理", "试试"],
        [customer, "标签", "关照", "王经理", "试试", "年底"],
        [customer, "标签", "老友", "王经理", "试试", dt.date(2026, 1, 1)],
        [None, "标签", "老友", "王经理", "试试"],
        [customer, "标签", "回访", None, None],
    )
    report = refresh(book)
    assert report.summary is not None
    account = report.summary.accounts.accounts["overrides"]
    assert (account.delivered, account.kept) == (7, 1)
    assert account.delivered == account.kept + sum(account.set_aside.values())
    row = on_sheet(book, customer)
    assert (row["人工分层"], row["人工标签"]) == (None, "回访")
    found = {(str(line[1]), str(line[2]), line[4], str(line[5])) for line in read_rows(book, "数据检查")
             if line and line[0] == SHEET and len(line) > 5 and isinstance(line[4], int | float)}  # fmt: skip
    assert {
        ("没有这个层级", "白金", 2.0, "值"),
        ("没有这位客户", "没有此人", 3.0, "客户编号"),
        ("项目看不懂", "等级吧", 4.0, "项目"),
        ("到期日看不懂，所以没有生效", "年底", 5.0, "到期日"),
        ("已过到期日，不再有效", "2026-01-01", 6.0, "到期日"),
        ("没有写明谁决定的或为什么", "回访", 8.0, "原因"),
    } <= found


def test_a_decision_ends_after_its_last_day_and_is_then_reported(book: Path) -> None:
    customer = low_one(book)
    decide(book, [customer, "层级", "VIP", "王经理", "展会期间", AS_OF + dt.timedelta(5)])
    refresh(book, 5)
    assert on_sheet(book, customer)["人工分层"] == "VIP"
    report = refresh(book, 6)
    assert on_sheet(book, customer)["人工分层"] is None
    assert report.summary is not None
    assert report.summary.accounts.accounts["overrides"].set_aside == {"override_expired": 1}


def test_the_sheet_people_fill_keeps_its_bytes_and_a_decision_makes_other_data(book: Path) -> None:
    before = read_stamp(book)
    decide(book, [low_one(book), "层级", "VIP", "王经理", "集团总部指定", LATER])
    report = refresh(book)
    assert report.receipt is not None
    touched = {part.sheet for part in (*report.receipt.changed, *report.receipt.added, *report.receipt.removed)}
    assert "分层" in touched
    assert SHEET not in touched
    after = read_stamp(book)
    assert before is not None and after is not None
    assert before.data_fingerprint != after.data_fingerprint
    assert not refresh(book).changed
