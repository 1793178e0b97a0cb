"""The whole journey: a template is made and filled, scored, explained, refreshed; people's own things stay."""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tierbook import jobs
from tierbook.cli import main
from tierbook.engine import Engine
from tierbook.errors import ModelError, TierbookError, UsageError, WorkbookError
from tierbook.jobs.intake import SHEET_KEYS, sheet_titles
from tierbook.labels import LANGUAGES, Language
from tierbook.publish import read_kept, read_stamp

AS_OF = dt.date(2026, 10, 31)


@pytest.fixture
def book(forty: Path, tmp_path: Path) -> Path:
    """A copy of the demo company's book with forty customers."""
    return Path(shutil.copy(forty, tmp_path / "客户.xlsx"))


def refresh(book: Path, *, as_of: dt.date = AS_OF, **more: object) -> jobs.BookReport:
    return jobs.refresh(jobs.Request(as_of=as_of, book=book, **more))  # type: ignore[arg-type]


@contextmanager
def person(book: Path) -> Iterator[Workbook]:
    """The book as somebody edits it in another program and saves it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl drops what it does not know, and says so
        opened = load_workbook(book)
    yield opened
    opened.save(book)
    opened.close()


def test_the_demo_company_fills_every_tier_and_accounts_for_every_row(demo_report: jobs.BookReport) -> None:
    summary = demo_report.summary
    assert summary is not None
    assert all(count > 0 for _, count, _ in summary.tiers)
    assert sum(count for _, count, _ in summary.tiers) == summary.customers
    for account in summary.accounts.accounts.values():
        assert account.delivered == account.kept + sum(account.set_aside.values()) + sum(account.merged.values())
    assert summary.accounts.accounts["orders"].set_aside["cancelled"] > 0
    assert 30 < demo_report.new_tasks < 100  # a day's load each; the rest waits its turn
    assert dict(demo_report.notes)["followup.queued"]["count"] > 100


def test_a_refresh_with_the_same_facts_leaves_the_file_as_it_is(book: Path) -> None:
    before = book.stat().st_mtime_ns, book.read_bytes()
    report = refresh(book)
    assert not report.changed
    assert (book.stat().st_mtime_ns, book.read_bytes()) == before


def test_a_dry_run_writes_nothing(book: Path) -> None:
    before = book.read_bytes()
    report = jobs.refresh(jobs.Request(as_of=AS_OF + dt.timedelta(40), book=book), dry_run=True)
    assert not report.changed
    assert report.moved > 0
    assert book.read_bytes() == before


def test_a_later_day_moves_customers_and_keeps_what_reps_wrote(book: Path) -> None:
    with person(book) as opened:
        sheet = opened["任务"]
        header = [cell.value for cell in sheet[4]]
        at = {name: header.index(name) + 1 for name in ("状态", "结果", "下一步", "任务编号")}
        sheet.cell(5, at["状态"], "完成")
        sheet.cell(5, at["结果"], "=客户说下月再谈").data_type = "s"
        sheet.cell(6, at["下一步"], "寄样品")
        first, second = (sheet.cell(row, at["任务编号"]).value for row in (5, 6))
    report = refresh(book, as_of=AS_OF + dt.timedelta(45))
    assert report.moved > 0
    kept = {task.task_id: task for task in read_kept(book, "zh-CN").tasks}
    assert kept[first].status == "done"
    assert kept[first].result == "=客户说下月再谈"
    assert kept[second].next_step == "寄样品"


@pytest.mark.whole
def test_the_moves_of_the_morning_stand_when_the_book_is_refreshed_again_that_day(book: Path) -> None:
    later = AS_OF + dt.timedelta(45)
    first = refresh(book, as_of=later)
    assert first.moved > 0
    second = refresh(book, as_of=later)
    assert (second.moved, second.changed) == (first.moved, False)
    assert read_kept(book, "zh-CN", later).since == AS_OF
    assert read_kept(book, "zh-CN", later + dt.timedelta(1)).since == later


def test_the_order_in_which_the_engine_hands_over_rows_changes_nothing(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's threads hand over unordered rows in any order: the file must be the same for each."""
    later = AS_OF + dt.timedelta(45)
    refresh(book, as_of=later)
    in_order = Engine.rows
    chance = random.Random(5)

    def shuffled(engine: Engine, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        rows = in_order(engine, sql, parameters)
        if sql.startswith("SELECT") and " LIMIT " not in sql and "ORDER BY" not in sql.rsplit(")", 1)[-1]:
            chance.shuffle(rows)
        return rows

    monkeypatch.setattr(Engine, "rows", shuffled)
    for _ in range(3):
        assert not refresh(book, as_of=later).changed


def test_a_column_a_rep_added_to_the_tasks_stays_with_its_task(book: Path) -> None:
    with person(book) as opened:
        sheet = opened["任务"]
        free = sheet.max_column + 1
        sheet.cell(4, free, "我的记号")
        sheet.cell(4, free + 1, "约定日")
        sheet.cell(7, free, "+重要")
        sheet.cell(7, free + 1, dt.date(2026, 12, 24))
        task = sheet.cell(7, 1).value
    refresh(book, as_of=AS_OF + dt.timedelta(45))
    with person(book) as opened:
        sheet = opened["任务"]
        row = next(row for row in sheet.iter_rows(min_row=5) if row[0].value == task)
        titles = [cell.value for cell in sheet[4]]
        assert row[titles.index("我的记号")].value == "+重要"
        assert row[titles.index("约定日")].value == dt.datetime(2026, 12, 24)


def test_tasks_are_found_on_a_sheet_with_another_name_and_place(book: Path) -> None:
    with person(book) as opened:
        sheet = opened["任务"]
        task, at = sheet.cell(5, 1).value, [cell.value for cell in sheet[4]].index("结果") + 1
        sheet.cell(5, at, "已报价")
        sheet.title = "销售 跟进"
        opened.defined_names["_tierbook.tasks"].attr_text = "'销售 跟进'!$A$1"  # as Excel does, openpyxl does not
        opened.move_sheet(sheet, 5)
    refresh(book, as_of=AS_OF + dt.timedelta(45))
    kept = {one.task_id: one for one in read_kept(book, "zh-CN").tasks}
    assert kept[task].result == "已报价"
    with person(book) as opened:
        assert not {"任务", "任务归档"} & set(opened.sheetnames)
        assert "Tasks" in opened["销售 跟进"].tables


def test_a_book_of_somebody_elses_keeps_its_sheet_of_our_name(tmp_path: Path) -> None:
    book, orders = tmp_path / "老板的.xlsx", tmp_path / "orders.csv"
    opened = Workbook()
    opened.active.title = "任务"  # type: ignore[union-attr]
    opened["任务"].append(["任务编号", "谁", "做什么"])
    opened["任务"].append(["T1", "小王", "买咖啡"])
    opened.save(book)
    orders.write_text("客户编号,订单号,下单日期,金额\nC1,1,2026-10-01,900\nC2,2,2026-09-01,80\n", encoding="utf-8")
    for day in (AS_OF, AS_OF + dt.timedelta(1)):
        refresh(book, as_of=day, files={"orders": orders})
        with person(book) as opened:
            assert [cell.value for cell in opened["任务"][2]] == ["T1", "小王", "买咖啡"]
            assert "Tasks" in opened["任务 (tierbook)"].tables
            assert opened.sheetnames.count("任务 (tierbook)") == 1


def test_sheets_nobody_told_us_about_keep_their_bytes(book: Path) -> None:
    with person(book) as opened:
        own = opened.create_sheet("我的备注")
        own["A1"], own["B2"] = "不要动", "=1+1"
    with zipfile.ZipFile(book) as package:
        mine = next(name for name in package.namelist() if name.endswith(f"sheet{len(opened.sheetnames)}.xml"))
        before = package.read(mine)
    refresh(book, as_of=AS_OF + dt.timedelta(1))
    with zipfile.ZipFile(book) as package:
        assert package.read(mine) == before
    with person(book) as again:
        assert again.sheetnames == opened.sheetnames


def test_a_weight_changed_in_the_sheet_changes_the_scores_once_it_is_put_into_force(book: Path) -> None:
    before = read_kept(book, "zh-CN").previous
    with person(book) as opened:
        sheet = opened["模型-指标权重"]
        weight = next(row[2] for row in sheet.iter_rows(min_row=5) if row[1].value == "近12个月金额")
        assert weight.value == 20
        weight.value = 60
    report = refresh(book)
    assert read_kept(book, "zh-CN").previous == before
    (said,) = [values for key, values in report.notes if key == "jobs.rules_edited"]
    assert (said["sheets"], said["version"]) == ("模型-指标权重", "2026.1")
    jobs.apply(jobs.Request(as_of=AS_OF, book=book), by="王经理", on=AS_OF)
    after = read_kept(book, "zh-CN").previous
    assert set(after) == set(before)
    assert sum(after[key] != before[key] for key in after) > len(after) / 2


def test_a_typo_in_a_tag_rule_names_sheet_cell_and_word(book: Path) -> None:
    with person(book) as opened:
        sheet = opened["模型-标签规则"]
        cell = next(c for row in sheet.iter_rows(min_row=5) for c in row if "近6个月订单数" in str(c.value))
        cell.value = str(cell.value).replace("近6个月订单数", "近6月订单数")
        place = f"模型-标签规则!{cell.coordinate}"
    before = book.read_bytes()
    with pytest.raises(TierbookError) as told:
        jobs.apply(jobs.Request(as_of=AS_OF, book=book), by="王经理", on=AS_OF)
    assert told.value.exit_code == ModelError.exit_code
    assert place in str(told.value)
    assert "近6个月订单数" in str(told.value)
    assert book.read_bytes() == before
    (said,) = [values for key, values in refresh(book).notes if key == "jobs.rules_broken"]
    assert place in str(said["reason"])


def test_the_stamp_tells_what_the_book_was_made_from(book: Path) -> None:
    stamp = read_stamp(book)
    assert stamp is not None
    assert (stamp.as_of, stamp.model, stamp.language) == (AS_OF, "general", "zh-CN")
    refresh(book, settings=("returns=ignore",))
    other = read_stamp(book)
    assert other is not None
    assert other.model_fingerprint != stamp.model_fingerprint
    assert other.data_fingerprint == stamp.data_fingerprint


def test_explain_sums_to_the_score_of_the_sheet(book: Path) -> None:
    customer, (tier, score) = next(iter(read_kept(book, "zh-CN").previous.items()))
    found = jobs.explain(jobs.Request(as_of=AS_OF, book=book), customer)
    assert (found.tier, found.score) == (tier, pytest.approx(score, abs=1e-9))
    assert sum(float(line.points) for line in found.lines) == pytest.approx(found.score, abs=1e-9)


def test_followups_replace_only_the_task_sheet_and_its_hidden_list(book: Path) -> None:
    later = AS_OF + dt.timedelta(45)
    report = jobs.followups(jobs.Request(as_of=later, book=book))
    assert report.sheets == ["任务", "_tierbook_tasks", "_tierbook_queue", "_tierbook_done"]
    assert report.new_tasks > 0
    stamp = read_stamp(book)
    assert stamp is not None
    assert stamp.as_of == AS_OF


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_book_is_filled_and_scored_in_every_language(language: Language, tmp_path: Path) -> None:
    book = tmp_path / "new.xlsx"
    jobs.new(book, language)
    titles = sheet_titles(language)
    with person(book) as opened:
        assert {titles[key] for key in SHEET_KEYS} <= set(opened.sheetnames)
        orders = opened[titles["orders"]]
        header = {cell.value: cell.column for cell in orders[1]}
        from tierbook.schema import ORDERS

        for row, (order, customer, day, amount) in enumerate(
            [
                ("1", "A1", dt.date(2026, 10, 1), 100),
                ("2", "A1", dt.date(2026, 10, 9), 50),
                ("3", 1002, "2026/9/1", 80),
            ],
            2,
        ):
            for key, value in (("order_id", order), ("customer_id", customer), ("date", day), ("amount", amount)):
                orders.cell(row, header[ORDERS.column(key).name.of(language)], value)
    report = refresh(book)
    assert report.summary is not None
    assert (report.summary.language, report.summary.customers, report.summary.revenue) == (language, 2, 230)


def test_new_does_not_overwrite_without_force(tmp_path: Path) -> None:
    book = tmp_path / "new.xlsx"
    jobs.new(book, "zh-CN")
    with pytest.raises(UsageError, match="--force"):
        jobs.new(book, "zh-CN")
    assert jobs.new(book, "en", force=True).changed


def test_a_held_book_is_not_written(book: Path) -> None:
    (book.parent / f".~lock.{book.name}#").write_text(",王经理,laptop,21.11.2026 09:00,file:///x;", encoding="utf-8")
    before = book.read_bytes()
    with pytest.raises(WorkbookError) as told:
        refresh(book, as_of=AS_OF + dt.timedelta(3))
    assert told.value.exit_code == 6
    assert "王经理" in str(told.value)
    assert book.read_bytes() == before


def test_the_command_line_prints_the_same_as_json(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["refresh", str(book), "--as-of", AS_OF.isoformat(), "--json", "--dry-run"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["dry_run"] is True
    assert told["summary"]["as_of"] == AS_OF.isoformat()
    assert sum(tier["customers"] for tier in told["summary"]["tiers"].values()) == told["summary"]["customers"]


def test_facts_from_a_file_win_over_the_books_sheet(book: Path, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "InvoiceNo;CustomerID;InvoiceDate;Quantity;UnitPrice\n1;1001;2026-10-02;3;19.99\n", encoding="utf-8"
    )
    report = refresh(book, files={"orders": orders})
    assert report.summary is not None
    assert report.summary.buyers == 1
    assert str(report.summary.revenue) == "59.97"
