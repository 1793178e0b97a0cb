"""The verbs around rules and data: preview, apply, check, audit, review, record, export."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tierbook import jobs
from tierbook.cli import main
from tierbook.errors import ModelError, UsageError, WorkbookInUse
from tierbook.jobs.intake import named_model
from tierbook.publish import read_kept, read_stamp, template_book
from tierbook.workbook import read_rows, sheet_names

AS_OF = dt.date(2026, 10, 31)
CUSTOMERS = 60
WEIGHTS = "模型-指标权重"


@pytest.fixture
def book(forty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(forty, tmp_path / "客户.xlsx"))


def asked(book: Path, days: int = 0) -> jobs.Request:
    return jobs.Request(as_of=AS_OF + dt.timedelta(days), book=book)


@contextmanager
def person(book: Path) -> Iterator[Workbook]:
    """The book as somebody edits it in another program and saves it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl drops what it does not know, and says so
        opened = load_workbook(book)
    yield opened
    opened.save(book)
    opened.close()


def reweigh(book: Path) -> None:
    """近12个月金额 counts for less, 近12个月订单数 for more; the weights still add up to 100."""
    with person(book) as opened:
        opened[WEIGHTS]["C5"], opened[WEIGHTS]["C6"] = 2, 30


def tiers_in(book: Path) -> dict[str, str]:
    head, *rows = read_rows(book, "_tierbook_results")
    place = head.index("tier")
    return {str(row[0]): str(row[place]) for row in rows}


# --- preview


def test_a_preview_says_who_would_move_as_putting_the_new_rules_into_force_then_does(book: Path) -> None:
    reweigh(book)
    before, on_disk = tiers_in(book), book.read_bytes()
    found = jobs.preview(asked(book))
    assert book.read_bytes() == on_disk
    jobs.apply(asked(book), by="王", on=AS_OF)
    after = tiers_in(book)
    moved = {one: (tier, after[one]) for one, tier in before.items() if tier != after[one]}
    assert {move.customer_id: (move.before, move.after) for move in found.moves} == moved
    assert found.matrix == Counter((before[one], after[one]) for one in before)
    assert (found.against, found.same_rules, found.customers) == ("rules", False, len(before))
    assert found.rose + found.fell == len(moved) > 0
    assert found.revenue_moved == sum(move.revenue for move in found.moves) < found.revenue
    shares = Counter(after.values())
    large = {name: share for family, name, share in found.large if family == "tier"}
    assert large == {name: n / len(after) for name, n in shares.items() if n / len(after) > 0.2}


def test_rules_nobody_changed_move_nobody_whatever_the_facts_do(book: Path) -> None:
    with person(book) as opened:
        sheet = opened["订单"]
        for row in sheet.iter_rows(min_row=200, max_row=260):
            for cell in row:
                cell.value = None
    found = jobs.preview(asked(book))
    assert (found.same_rules, list(found.moves), found.revenue_moved) == (True, [], 0)


def test_a_book_that_does_not_hold_its_rules_is_compared_by_its_results(book: Path) -> None:
    reweigh(book)
    known = jobs.preview(asked(book))
    with person(book) as opened:
        del opened["_tierbook_model"], opened["_tierbook_versions"]
    found = jobs.preview(asked(book))
    assert found.against == "results"
    assert [move.customer_id for move in found.moves] == [move.customer_id for move in known.moves]


def test_a_preview_of_fewer_tiers_names_the_old_ones_and_the_new_ones(book: Path) -> None:
    with person(book) as opened:
        sheet = opened["模型-分层"]
        row = next(row[0].row for row in sheet.iter_rows(max_col=2) if row[1].value == "潜力")
        sheet.delete_rows(row)
        plays = opened["模型-策略"]
        for named in reversed([row[1].row for row in plays.iter_rows() if "潜力" in str(row[1].value)]):
            plays.delete_rows(named)
    found = jobs.preview(asked(book))
    assert list(found.before) == ["VIP", "潜力", "一般", "低价值"]
    assert list(found.after) == ["VIP", "一般", "低价值"]
    assert sum(n for (before, _), n in found.matrix.items() if before == "潜力") == found.fell > 0


def test_a_book_never_refreshed_has_nothing_to_preview_against(tmp_path: Path) -> None:
    book = tmp_path / "新.xlsx"
    orders = [{"order_id": "1", "customer_id": "A1", "date": AS_OF, "amount": 100}]
    book.write_bytes(template_book(named_model("general"), "zh-CN", facts={"orders": orders}))
    with pytest.raises(UsageError) as told:
        jobs.preview(asked(book))
    assert str(told.value) == "新.xlsx 还没有评分过，请先运行“重新评分”（tierbook refresh）"
    assert jobs.last_day(book) is None


@pytest.mark.parametrize("verb", [jobs.preview, lambda request: jobs.apply(request, by="王", on=AS_OF)])
def test_a_wrong_rule_is_named_by_its_cell_and_the_book_left_alone(
    book: Path, verb: Callable[[jobs.Request], object]
) -> None:
    with person(book) as opened:
        opened[WEIGHTS]["C5"] = "很多"
    on_disk = book.read_bytes()
    with pytest.raises(ModelError, match=f"{WEIGHTS}!C5"):
        verb(asked(book))
    assert book.read_bytes() == on_disk


# --- apply


@pytest.mark.whole
def test_who_put_the_rules_into_force_stands_in_the_stamp_as_long_as_the_rules_do(book: Path) -> None:
    reweigh(book)
    report = jobs.apply(asked(book), by=" 王经理 ", on=AS_OF)
    assert report.changed
    stamp = read_stamp(book)
    assert stamp is not None
    assert (stamp.applied_by, stamp.applied_on) == ("王经理", AS_OF)
    assert not jobs.apply(asked(book), by="王经理", on=AS_OF).changed
    jobs.refresh(asked(book, 1))
    stamp = read_stamp(book)
    assert stamp is not None
    assert (stamp.applied_by, stamp.as_of) == ("王经理", AS_OF + dt.timedelta(1))
    with person(book) as opened:
        opened[WEIGHTS]["C5"], opened[WEIGHTS]["C6"] = 3, 29
    jobs.refresh(asked(book, 1))
    stamp = read_stamp(book)
    assert stamp is not None
    assert (stamp.applied_by, stamp.applied_on) == ("王经理", AS_OF)
    jobs.refresh(replace(asked(book, 1), settings=("returns=ignore",)))  # rules of one run, which nobody put into force
    stamp = read_stamp(book)
    assert stamp is not None
    assert (stamp.applied_by, stamp.applied_on) == ("", None)


def test_apply_asks_who_does_it_and_a_dry_run_writes_nothing(book: Path) -> None:
    reweigh(book)
    on_disk = book.read_bytes()
    with pytest.raises(UsageError, match="请写明是谁启用规则"):
        jobs.apply(asked(book), by=" ", on=AS_OF)
    assert jobs.apply(asked(book), by="王", on=AS_OF, dry_run=True).moved == 0
    assert book.read_bytes() == on_disk


# --- check, review


def test_check_and_review_bring_only_their_own_sheets_up_to_date(book: Path) -> None:
    checked = jobs.check(asked(book, 3))
    assert checked.accounts is not None
    assert checked.accounts.accounts["orders"].delivered > 0
    assert checked.changed
    assert checked.receipt is not None
    assert {part.sheet for part in checked.receipt.changed if part.sheet} == {"数据检查", "疑似重复"}
    assert not jobs.check(asked(book, 3)).changed
    reviewed = jobs.review(asked(book, 3))
    assert (reviewed.new_tasks, [key for key, _ in reviewed.notes]) == (0, ["review.summary_line"])
    assert reviewed.receipt is not None
    assert {part.sheet for part in reviewed.receipt.changed if part.sheet} == {"复盘"}
    assert all(part.sheet.startswith("复盘-") for part in reviewed.receipt.added if part.sheet)


def test_check_needs_neither_a_refreshed_book_nor_any_book(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("订单号,客户编号,下单日期,金额\n1,A1,2026-01-05,100\n2,,2026-02-01,50\n", encoding="utf-8")
    alone = jobs.check(jobs.Request(as_of=AS_OF, files={"orders": orders}))
    assert alone.accounts is not None
    assert alone.accounts.accounts["orders"].set_aside == {"no_customer": 1}
    book = tmp_path / "新.xlsx"
    jobs.new(book, "zh-CN")
    assert jobs.check(jobs.Request(as_of=AS_OF, book=book, files={"orders": orders})).changed
    words = [str(cell) for row in read_rows(book, "数据检查") for cell in row if cell is not None]
    assert any("没有客户编号" in word for word in words)


# --- audit


def sampled(book: Path) -> list[str]:
    return list(dict.fromkeys(row.customer_id for row in read_kept(book, "zh-CN").audit))


@pytest.mark.whole
def test_a_new_sample_stays_through_refreshes_until_another_is_drawn(book: Path) -> None:
    with person(book) as opened:
        sheet = opened["模型-参数"]
        least = next(row for row in sheet.iter_rows() if row[0].value == "最少抽样数" or row[1].value == "最少抽样数")
        place = next(cell for cell in least if cell.value == 30)
        place.value = 5
    jobs.apply(asked(book), by="王", on=AS_OF)
    first = sampled(book)
    report = jobs.audit(asked(book, 1))
    second = sampled(book)
    assert (report.changed, report.customers, len(second)) == (True, 5, 5)
    assert second != first
    jobs.refresh(asked(book, 2))
    assert sampled(book) == second
    jobs.audit(asked(book, 3))
    assert sampled(book) not in (first, second)


def test_entries_of_people_are_never_dropped_for_a_new_sample(book: Path) -> None:
    head = read_rows(book, "抽样核对").index(next(row for row in read_rows(book, "抽样核对") if "客户编号" in row))
    with person(book) as opened:
        opened["抽样核对"].cell(head + 2, 6, "与合同一致")
    on_disk, sample = book.read_bytes(), sampled(book)
    with pytest.raises(UsageError) as told:
        jobs.audit(asked(book, 1))
    assert "已有 1 行填写了核对结果" in str(told.value)
    assert book.read_bytes() == on_disk
    report = jobs.audit(asked(book, 1), force=True)
    assert report.entries == 1
    assert sampled(book) != sample or report.customers == CUSTOMERS
    (copy,) = [name for name in sheet_names(book) if name.startswith("抽样核对") and name != "抽样核对"]
    assert any("与合同一致" in row for row in read_rows(book, copy))


# --- record


def test_record_takes_in_what_reps_wrote_and_makes_no_task(book: Path) -> None:
    with person(book) as opened:
        sheet = opened["任务"]
        head = [cell.value for cell in sheet[4]]
        status, result, number = (head.index(title) + 1 for title in ("状态", "结果", "任务编号"))
        ids = [sheet.cell(row, number).value for row in range(5, 9)]
        for row, (word, note) in enumerate((("完成", "已签单"), ("Done", None), ("搞定了", None), ("放弃", None)), 5):
            sheet.cell(row, status, word)
            sheet.cell(row, result, note)
    before = read_kept(book, "zh-CN").tasks
    report = jobs.record(asked(book, 60))
    assert report.counts == {"open": len(before) - 3, "done": 2, "dropped": 1}
    assert [(one.sheet, one.cell, one.word) for one in report.unknown] == [("任务", f"{chr(64 + status)}7", "搞定了")]
    assert [(one.sheet, one.cell) for one in report.silent] == [("任务", f"{chr(64 + result)}6")]
    after = {task.task_id: task for task in read_kept(book, "zh-CN").tasks}
    assert set(after) == {task.task_id for task in before}
    assert (after[ids[0]].status, after[ids[0]].result) == ("done", "已签单")
    head, *rows = read_rows(book, "_tierbook_tasks")
    told = {row[0]: row[head.index("status")] for row in rows}
    assert [told[one] for one in ids] == ["done", "done", "open", "dropped"]
    assert report.receipt is not None
    hidden = {"_tierbook_tasks", "_tierbook_queue", "_tierbook_done"}
    assert {part.sheet for part in report.receipt.changed if part.sheet} == {"任务", *hidden}


def test_a_book_without_tasks_cannot_record_any(tmp_path: Path) -> None:
    book = tmp_path / "新.xlsx"
    jobs.new(book, "zh-CN")
    with pytest.raises(UsageError, match=r"新\.xlsx 里还没有任务表"):
        jobs.record(asked(book))


# --- export


def test_a_list_holds_the_customers_a_choice_names_and_no_formula(book: Path, tmp_path: Path) -> None:
    tiers = tiers_in(book)
    with person(book) as opened:
        results = opened["_tierbook_results"]
        head = [cell.value for cell in results[1]]
        results.cell(2, head.index("name") + 1, '=HYPERLINK("http://x")').data_type = "s"
    out = tmp_path / "名单.csv"
    report = jobs.export(book, out)
    assert (report.customers, report.of) == (len(tiers), len(tiers))
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["客户编号"]: row["层级"] for row in rows} == tiers
    assert [float(row["得分"]) for row in rows] == sorted((float(row["得分"]) for row in rows), reverse=True)
    assert '\'=HYPERLINK("http://x")' in {row["客户名称"] for row in rows}
    assert jobs.export(book, out, tier="vip").customers == Counter(tiers.values())["VIP"]
    assert jobs.export(book, tmp_path / "名单.xlsx", tier="VIP").customers == Counter(tiers.values())["VIP"]
    listed = read_rows(tmp_path / "名单.xlsx", "客户")[4:]
    assert [str(row[0]) for row in listed] == [row["客户编号"] for row in rows if row["层级"] == "VIP"]


def test_choices_narrow_each_other_and_a_word_nobody_has_names_those_there_are(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "名单.csv"
    head, *rows = read_rows(book, "_tierbook_results")
    at = {key: head.index(key) for key in ("owner", "segment", "tags", "tier")}
    one = next(row for row in rows if row[at["owner"]] and row[at["segment"]] and row[at["tags"]])
    owner, segment, tag = str(one[at["owner"]]), str(one[at["segment"]]), str(one[at["tags"]]).split("、")[0]
    kept = [row for row in rows if row[at["owner"]] == owner and row[at["segment"]] == segment
            and tag in str(row[at["tags"]] or "").split("、")]  # fmt: skip
    assert jobs.export(book, out, owner=owner, segment=segment, tag=tag).customers == len(kept)
    with pytest.raises(UsageError) as told:
        jobs.export(book, out, tier="白金")
    assert str(told.value).startswith("没有客户在层级“白金”；有的是：")
    assert "VIP" in str(told.value)


def test_prospects_and_loyal_customers_are_lists_of_a_stage(book: Path, tmp_path: Path) -> None:
    head, *rows = read_rows(book, "_tierbook_results")
    for stage in ("潜在", "忠诚"):
        kept = sum(row[head.index("stage")] == stage for row in rows)
        assert jobs.export(book, tmp_path / "名单.csv", stage=stage).customers == kept > 0
    with pytest.raises(UsageError, match=r"没有客户在阶段“老客户”；有的是：.*潜在"):
        jobs.export(book, tmp_path / "名单.csv", stage="老客户")


@pytest.mark.parametrize(
    ("name", "words"), [("名单.txt", "名单的文件名要以 .csv 或 .xlsx 结尾"), ("没有/名单.csv", "没有文件夹")]
)
def test_a_list_is_only_written_where_it_can_be(book: Path, tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        jobs.export(book, tmp_path / name)


# --- the command line


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    assert main([*map(str, arguments), "--json"]) == 0
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return answer


def test_every_verb_tells_programs_what_it_did(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reweigh(book)
    day = ("--as-of", AS_OF)
    found = told(capsys, "preview", book)
    assert found["as_of"] == AS_OF.isoformat()
    assert found["moved"] == len(found["moves"]) > 0  # type: ignore[arg-type]
    on_disk = book.read_bytes()
    for verb in ("apply", "check", "record", "audit", "review"):
        answer = told(capsys, verb, book, *day, "--dry-run")
        assert (answer["dry_run"], answer["changed"]) == (True, False)
    out = tmp_path / "名单.csv"
    assert told(capsys, "export", book, out, "--tier", "VIP", "--dry-run")["customers"]
    assert not out.exists()
    assert book.read_bytes() == on_disk
    assert told(capsys, "apply", book, *day, "--by", "王")["changed"] is True
    assert told(capsys, "record", book, *day)["unknown"] == []
    assert told(capsys, "preview", book)["same_rules"] is True
    assert told(capsys, "export", book, out)["out"] == str(out)


@pytest.mark.whole
def test_the_screen_says_the_same_in_words(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reweigh(book)
    for verb, words in (
        (("preview", book), "变动客户近 12 个月金额"),
        (("check", book, "--dry-run"), "搁置"),
        (("record", book, "--dry-run"), "任务：待办"),
        (("audit", book, "--dry-run"), "项要核对"),
        (("export", book, tmp_path / "名单.csv"), "写入"),
    ):
        assert main([*map(str, verb), "-q"]) == 0
        assert words in capsys.readouterr().out
    assert main(["export", str(book), str(tmp_path / "x.txt")]) == UsageError.exit_code
    owner, name = book.with_name(f"~${book.name}"), "李"
    owner.write_bytes(bytes(55) + len(name).to_bytes(2, "little") + name.encode("utf-16-le").ljust(108, b"\0"))
    assert main(["check", str(book), "-q", "--as-of", "2026-12-01"]) == WorkbookInUse.exit_code
    assert main(["preview", str(book), "-q"]) == 0
