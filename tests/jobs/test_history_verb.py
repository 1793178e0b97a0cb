"""Refreshes that keep a history, and what `tierbook history` tells of them."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from tierbook import jobs
from tierbook.cli import main, rules
from tierbook.cli.line import CommandLine
from tierbook.engine import Engine
from tierbook.history import STEP, Entry, open_ledger
from tierbook.jobs import kept_night, past
from tierbook.jobs.intake import start_run
from tierbook.jobs.ledger import keep_or_note, past_or_note
from tierbook.publish.readback import read_previous
from tierbook.scoring.periods import Period

FIRST, SECOND = dt.date(2026, 11, 1), dt.date(2026, 11, 12)
SCOPE = "演示公司"
RESULT = "已约周四上门；=1+1"


@dataclass(frozen=True)
class Kept:
    """A book refreshed on two days with a ledger, and the task somebody finished in between."""

    book: Path
    ledger: str
    task: str
    customer: str
    tiers: dict[dt.date, dict[str, str]]
    moves: int


@pytest.fixture(scope="module")
def kept(forty: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("history")
    book, ledger = Path(shutil.copy(forty, folder / "客户.xlsx")), str(folder / "ledger.sqlite")
    tiers = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(folder / "home"))
        for day in (FIRST, SECOND):
            report = jobs.refresh(jobs.Request(as_of=day, book=book, ledger=ledger, scope=SCOPE))
            tiers[day] = {customer: tier for customer, (tier, _) in read_previous(book).items()}
            if day == FIRST:
                task, customer = finish_a_task(book)
    return Kept(book, ledger, task, customer, tiers, report.moved)


def finish_a_task(book: Path) -> tuple[str, str]:
    """A rep writes 完成 and a result into the first row of 任务; its task and customer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        opened = load_workbook(book)
    sheet = opened["任务"]
    head = next(row for row in sheet.iter_rows() if "状态" in [cell.value for cell in row])
    at = {cell.value: cell.column for cell in head}
    row = head[0].row + 1
    sheet.cell(row, at["状态"]).value = "完成"
    sheet.cell(row, at["结果"]).value = RESULT
    sheet.cell(row, at["结果"]).data_type = "s"
    opened.save(book)
    return str(sheet.cell(row, at["任务编号"]).value), str(sheet.cell(row, at["客户编号"]).value)


def tell(kept: Kept, *words: str) -> int:
    return main(["history", "--ledger", kept.ledger, "--scope", SCOPE, *words])


def test_every_tier_of_each_day_is_that_of_the_sheet(kept: Kept) -> None:
    with open_ledger(kept.ledger) as ledger:
        names = kept_night_names(ledger)
        for day in (FIRST, SECOND):
            told = {one: names[at.tier] for one, at in ledger.standings(SCOPE, day).items()}
            assert told == kept.tiers[day]
        moves = ledger.moves(SCOPE, FIRST, SECOND)
        changed = [one for one in ledger.changes(SCOPE, FIRST, SECOND) if one.before.tier != one.after.tier]
    assert {move.customer_id for _, move in moves} == {one.customer_id for one in changed}
    assert len(changed) == kept.moves > 0
    assert all(json.loads(move.driver) and json.loads(move.causes) for _, move in moves)


def kept_night_names(ledger: object) -> dict[str, str]:
    from tierbook.jobs.history_words import names_of

    return dict(names_of(ledger.models(SCOPE), "zh-CN").tiers)


def test_points_of_any_day_sum_to_its_scores(kept: Kept) -> None:
    with open_ledger(kept.ledger) as ledger:
        standings, points = ledger.standings(SCOPE, FIRST), ledger.points(SCOPE, FIRST)
    off = [abs(sum(points[one].values()) - at.score) for one, at in standings.items() if at.score]
    assert len(off) > 30
    assert max(off) <= 17 * kept_night.POINT // 200  # sixteen indicators and the score, each to half a hundredth


def test_what_a_rep_typed_is_in_the_history(kept: Kept) -> None:
    with open_ledger(kept.ledger) as ledger:
        events = [(event.task.status, event.task.result, event.day) for event in
                  ledger.task_events(SCOPE, task_id=kept.task)]  # fmt: skip
    assert events[0] == ("open", "", FIRST)
    assert events[-1] == ("done", RESULT, SECOND)


def test_the_figures_kept_are_those_of_the_day(kept: Kept) -> None:
    with open_ledger(kept.ledger) as ledger:
        months = ledger.kpi_series(SCOPE, by="all", period="month")
        told = [json.loads(one.values) for one in months]
    assert [one.start for one in months][-2:] == [dt.date(2026, 10, 1), dt.date(2026, 11, 1)]
    assert told[-1]["whole"] is False
    assert told[-2]["whole"] is True
    assert all(one["customers"] == told[-1]["customers"] for one in told)


def test_a_story_tells_tiers_tasks_and_points_by_day(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    with open_ledger(kept.ledger) as ledger:
        ledger.add_entries(SCOPE, "points", [Entry("x", SECOND, kept.customer, '{"points": 120, "why": "订单"}')])
    assert tell(kept, kept.customer) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"客户 {kept.customer} 的历史（{SCOPE}）"
    assert "首次记录" in lines[1]
    assert any(f"任务 {kept.task}：完成" in line and RESULT in line for line in lines)
    assert lines[-1].endswith("积分：points 120，why 订单")
    assert [line.split()[0] for line in lines[1:]] == sorted(line.split()[0] for line in lines[1:])


def test_a_day_shows_its_tiers_and_who_moved_since(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "那天.csv"
    assert tell(kept, "--as-of", str(SECOND), "--since", str(FIRST), "--out", str(out)) == 0
    said = capsys.readouterr().out
    assert f"{FIRST} 以来升降 {kept.moves} 位：" in said
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["客户编号"]: row["层级"] for row in rows} == kept.tiers[SECOND]
    assert tell(kept, "--as-of", "2026-11-05", "--json") == 0
    assert json.loads(capsys.readouterr().out)["as_of"] == str(FIRST)


def test_runs_go_to_a_share_as_files_that_never_change(kept: Kept, tmp_path: Path) -> None:
    assert tell(kept, "--export", str(tmp_path)) == 0
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(files) == [f"{SCOPE}-{day}-1.parquet" for day in (FIRST, SECOND)]
    assert tell(kept, "--export", str(tmp_path)) == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files
    with Engine() as engine:
        told = engine.rows(f"SELECT as_of, COUNT(*), COUNT(score) FROM '{tmp_path}/*.parquet' GROUP BY 1 ORDER BY 1")
    assert [(day, count) for day, count, _ in told] == [(day, len(kept.tiers[day])) for day in (FIRST, SECOND)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["9999999"], "出错：历史里没有客户“9999999”，最接近的是："),
        (["--as-of", "2020-01-01"], "出错：2020-01-01 还没有历史：第一次运行是 2026-11-01"),
        (["--scope", "华北"], f"出错：账本里没有“华北”的历史；有的是：{SCOPE}（用 --scope 指定）"),
        (["1", "2"], "出错：只需要一个工作簿和一个客户编号"),
        (["--as-of", "2026-11-12", "--out", "x.xls"], "出错：“x.xls”要以 .csv 结尾"),
        (["--export", "/no/such/folder"], "出错：没有文件夹 /no/such/folder，请先建立它"),
    ],
)
def test_a_question_nobody_can_answer_is_answered_with_a_cure(
    kept: Kept, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell(kept, *words) == 2
    assert capsys.readouterr().err.startswith(said)


def test_without_a_ledger_the_verb_says_how_to_begin_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en", "history", "1001"]) == 2
    assert "run tierbook nightly, or add --ledger to a refresh" in capsys.readouterr().err


def test_a_ledger_that_refuses_does_not_cost_the_refresh(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite").write_bytes(b"not a database at all" * 100)
    request = jobs.Request(as_of=SECOND, book=kept.book, ledger=str(tmp_path / "broken.sqlite"))
    assert [key for key, _ in keep_or_note(request, None)] == ["history.not_kept"]
    told, notes = past_or_note(request, None, None)
    assert (told.moves, [key for key, _ in notes]) == ({}, ["history.not_told"])


def test_rules_and_pages_know_the_ledger_that_is_named(kept: Kept, tmp_path: Path) -> None:
    """A page eleven days later goes by the tiers of 1 November; rules put into force that day are kept there."""
    asked = ["--ledger", kept.ledger, "--scope", SCOPE, "--as-of", SECOND.isoformat()]
    page = tmp_path / "看板.html"
    assert main(["-q", "dashboard", str(kept.book), "--html", str(page), *asked]) == 0
    assert "台账里没有记录" in page.read_text(encoding="utf-8") and "11-02～11-08" in page.read_text(encoding="utf-8")
    book, ledger = shutil.copy(kept.book, tmp_path / "b.xlsx"), shutil.copy(kept.ledger, tmp_path / "l.sqlite")
    later = ["--ledger", str(ledger), "--scope", SCOPE, "--as-of", "2026-11-13", "--set", "returns=ignore"]
    assert main(["-q", "apply", str(book), "--by", "李雷", *later]) == 0
    with open_ledger(ledger) as opened:
        assert [(one.since, one.applied_by) for one in opened.models(SCOPE)][-1] == (dt.date(2026, 11, 13), "李雷")
    options = CommandLine("zh-CN")
    rules.register(options)
    assert options.parser.parse_args(["review", "b.xlsx", "--ledger", "l.sqlite"]).ledger == "l.sqlite"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], {}),
        ([-1], {"run": -1}),
        ([-20, -1], {"run": -1, "week": -20}),
        ([-7, -3], {"run": -3, "week": -7}),
        ([-200, -92, -8, -6, -1, 0, 4], {"run": -1, "week": -8, "quarter": -92}),
        ([-30, -9], {"run": -9, "week": -9, "quarter": -30}),
    ],
)
def test_moves_are_told_against_the_last_run_a_week_and_a_quarter_ago(
    days: list[int], expected: dict[str, int], tmp_path: Path
) -> None:
    from tierbook.history import Night, Standing

    as_of = dt.date(2026, 11, 12)
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        for offset in days:
            day = as_of + dt.timedelta(offset)
            ledger.keep(Night(SCOPE, day, "rules", f"{offset}", [Standing("1001", "vip", 1)]))
        found = past.baselines(ledger, SCOPE, as_of)
    assert {period: (day - as_of).days for period, day in found.items()} == expected


def test_past_periods_go_by_where_customers_stood_at_their_end(kept: Kept) -> None:
    """A run on 1 November tells the week that ended with it; 12 November is the run's own day."""
    spans = [Period(dt.date(2026, 10, 26), FIRST), Period(dt.date(2026, 11, 2), dt.date(2026, 11, 8)),
             Period(dt.date(2026, 11, 1), dt.date(2026, 11, 4)), Period(dt.date(2026, 11, 6), SECOND)]  # fmt: skip
    with Engine() as engine, open_ledger(kept.ledger) as ledger:
        names = kept_night_names(ledger)
        found = past.put_stood(ledger, SCOPE, SimpleNamespace(engine=engine, as_of=SECOND), spans)
        assert found == {FIRST: "stood_20261101", dt.date(2026, 11, 4): "stood_20261101"}
        rows = engine.rows("SELECT customer_id, tier FROM stood_20261101")
    assert {one: names[tier] for one, tier in rows} == kept.tiers[FIRST]


def test_the_ledger_tells_a_run_what_was_before_it(kept: Kept) -> None:
    """Eight days after the last run: its moves are the differences of tiers, and the finished task is an outcome."""
    from tierbook.publish.records import Kept as Held

    day = SECOND + dt.timedelta(8)
    with Engine() as engine, open_ledger(kept.ledger) as ledger:
        run = start_run(jobs.Request(as_of=day, book=kept.book), engine)
        week = Period(dt.date(2026, 11, 9), dt.date(2026, 11, 15))
        told = past.past_from(ledger, SCOPE, run, Held(), [week])
        assert told.ledger and told.stood == {week.end: "stood_20261112"}
        now = {one.customer_id: one.tier for one in kept_night.standings_of(run)}
        for period, since in {"run": SECOND, "week": SECOND, "quarter": FIRST}.items():
            assert told.since[period] == since
            before = {one: at.tier for one, at in ledger.standings(SCOPE, since).items()}
            moved = {one for one in now if one in before and now[one] != before[one]}
            assert {move.customer_id for move in told.moves[period]} == moved
            drivers = [points for move in told.moves[period] for _, points in move.drivers]
            assert drivers
            assert min(map(abs, drivers)) >= STEP  # what rounding left is no driver
    events = [(one.before, one.after, one.day) for one in told.task_events if one.task_id == kept.task]
    assert events == [("", "open", FIRST), ("open", "done", SECOND)]
    assert [(one.task_id, one.status) for one in told.outcomes] == [(kept.task, "done")]
