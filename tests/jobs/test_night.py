"""Whole nights over two small books that share facts: filters, held books, missed days, a night cut short."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tierbook import jobs
from tierbook.cli import main
from tierbook.errors import NightAtWork
from tierbook.history import open_ledger
from tierbook.jobs.night import Clock, Config, Watcher, books_only, load_config, run_due, run_now, state_of
from tierbook.jobs.night.state import alone
from tierbook.publish import read_kept, read_previous, read_stamp
from tierbook.workbook import pending_of, read_rows

TOP = Path(__file__).parents[2]
DAY = dt.date(2026, 6, 30)
CUSTOMERS = "客户编号,客户名称,区域,负责人\nA1,一号店,华东,张伟\nA2,二号店,华东,李娜\nB1,三号店,华北,张伟\n"
ORDERS = (
    "订单号,客户编号,下单日期,金额\n1,A1,2025-11-05,100\n2,A2,2026-02-01,50.5\n3,A1,2026-03-01,20\n"
    "4,B1,2025-10-02,900\n5,B1,2026-05-02,700\n6,B1,不知道哪天,5\n"
)
NIGHT = """
ledger = "ledger.sqlite"
[facts]
customers = "erp/customers.csv"
orders = "erp/orders-*.csv"
[[book]]
path = "总.xlsx"
name = "总"
[[book]]
path = "华东.xlsx"
name = "华东"
where = "区域 = '华东'"
"""


@dataclass
class Time:
    """A clock that moves only when somebody sleeps; then something may happen."""

    moment: dt.datetime
    meanwhile: Callable[[int], None] = lambda _: None
    slept: list[float] = field(default_factory=list)

    def now(self) -> dt.datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += dt.timedelta(seconds=seconds)
        self.meanwhile(len(self.slept))

    @property
    def clock(self) -> Clock:
        return Clock(self.now, self.sleep)


def two_o_clock(day: dt.date, **told: Callable[[int], None]) -> Time:
    return Time(dt.datetime.combine(day, dt.time(2)), **told)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two books after their first night."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "erp").mkdir()
    (folder / "erp" / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (folder / "erp" / "orders-1.csv").write_text(ORDERS, encoding="utf-8")
    (folder / "night.toml").write_text(NIGHT, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(folder / "home"))
        for name in ("总", "华东"):
            jobs.new(folder / f"{name}.xlsx", "zh-CN")
        report = run_due(load_config(folder / "night.toml"), clock=two_o_clock(DAY).clock)
        assert report is not None
        assert report.ok, report.failed
        (folder / "first.json").write_text(json.dumps([[one.step, one.about] for one in report.steps]))
    return folder


@pytest.fixture
def company(done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder; what its nights remember was done at the same paths."""
    folder = tmp_path / "company"
    shutil.copytree(done, folder)
    monkeypatch.setenv("TIERBOOK_HOME", str(folder / "home"))
    before, after = state_folder(done), state_of(config(folder)).folder
    shutil.copytree(folder / before.relative_to(done), after, dirs_exist_ok=True)
    days = after / "done.json"
    days.write_text(days.read_text(encoding="utf-8").replace(str(done), str(folder)), encoding="utf-8")
    return folder


def config(folder: Path) -> Config:
    return load_config(folder / "night.toml")


def state_folder(done: Path) -> Path:
    (found,) = [path for path in (done / "home" / "night").iterdir() if path.is_dir()]
    return found


@contextlib.contextmanager
def opened(book: Path) -> Iterator[Path]:
    """Somebody has the book open in Excel."""
    owner = book.with_name(f"~${book.name}")
    owner.write_bytes(bytes(165))
    yield owner
    owner.unlink(missing_ok=True)


# -- a night


def test_facts_are_read_and_scored_once_for_all_books(done: Path) -> None:
    steps = [tuple(one) for one in json.loads((done / "first.json").read_text())]
    assert steps == [
        ("import", ""), ("clean", ""), ("score", ""), ("followups", ""),
        ("publish", "总"), ("history", "总"), ("publish", "华东"), ("history", "华东"),
    ]  # fmt: skip


def test_a_book_with_a_filter_shows_its_customers_as_the_whole_company_ranks_them(done: Path) -> None:
    whole, east = read_previous(done / "总.xlsx"), read_previous(done / "华东.xlsx")
    assert set(whole) == {"A1", "A2", "B1"}
    assert east == {customer: whole[customer] for customer in ("A1", "A2")}


def test_doubts_about_a_row_stand_in_the_books_that_show_its_customer(done: Path) -> None:
    told = {name: words_in(done / f"{name}.xlsx", "数据检查") for name in ("总", "华东")}
    assert ["不知道哪天" in words for words in told.values()] == [True, False]


def test_both_books_show_the_same_tasks_each_for_its_customers(done: Path) -> None:
    whole = {task.task_id: task for task in read_kept(done / "总.xlsx", "zh-CN").tasks}
    east = {task.task_id: task for task in read_kept(done / "华东.xlsx", "zh-CN").tasks}
    assert {task.customer_id for task in whole.values()} == {"A1", "A2", "B1"}
    assert east == {key: task for key, task in whole.items() if task.customer_id != "B1"}


def test_each_book_keeps_its_history_under_its_name(done: Path) -> None:
    with open_ledger(done / "ledger.sqlite") as ledger:
        assert {scope: [run.as_of for run in ledger.runs(scope)] for scope in ledger.scopes()} == {
            "总": [DAY], "华东": [DAY],
        }  # fmt: skip
        assert set(ledger.standings("华东", DAY)) == {"A1", "A2"}


def test_the_health_file_tells_how_it_went_and_what_comes(done: Path) -> None:
    health = json.loads((state_folder(done) / "health.json").read_text(encoding="utf-8"))
    assert (health["state"], health["night"], health["next_due"]) == ("ok", "2026-06-30", "2026-07-01T02:00")
    assert health["books"] == {"总": "2026-06-30", "华东": "2026-06-30"}
    lines = [json.loads(line) for line in (state_folder(done) / "nightly.jsonl").read_text("utf-8").splitlines()]
    assert [(line["step"], line["ok"]) for line in lines][:4] == [
        ("import", True), ("clean", True), ("score", True), ("followups", True),
    ]  # fmt: skip
    assert "华东 · 发布：完成" in (state_folder(done) / "nightly.log").read_text(encoding="utf-8")


def test_a_night_that_is_done_is_not_done_again(company: Path) -> None:
    before = (company / "总.xlsx").read_bytes()
    assert run_due(config(company), clock=two_o_clock(DAY).clock) is None
    assert (company / "总.xlsx").read_bytes() == before


# -- missed days, a held book, a night cut short: one after the other on one copy, as nights follow each other


def test_nights_go_on_where_the_last_one_stopped(company: Path) -> None:
    """A day missed, the book in use until the second try; then the power fails after the first book."""
    answered(company / "华东.xlsx")
    day = DAY + dt.timedelta(2)
    with opened(company / "华东.xlsx") as owner:
        time = two_o_clock(day, meanwhile=lambda times: owner.unlink() if times == 2 else None)
        report = run_due(config(company), clock=time.clock)
        assert report is not None
        assert report.ok
        assert report.caught_up == [DAY + dt.timedelta(1)]
    assert time.slept == [600.0, 600.0]
    assert [(one.step, one.ok) for one in report.steps if one.about == "华东"] == [
        ("publish", False), ("publish", False), ("publish", True), ("history", True),
    ]  # fmt: skip
    assert len([one for one in report.steps if one.step == "score"]) == 2, "nothing is scored while somebody holds it"
    assert len([one for one in report.steps if one.about == "总" and one.step == "publish"]) == 1
    assert pending_of(company / "华东.xlsx") == []
    with open_ledger(company / "ledger.sqlite") as ledger:
        for scope in ("总", "华东"):
            assert [run.as_of for run in ledger.runs(scope)] == [DAY + dt.timedelta(n) for n in range(3)]
    (task,) = [task for task in read_kept(company / "总.xlsx", "zh-CN").tasks if task.result == "下周下单"]
    assert task.status == "done"
    assert "老朋友" in words_in(company / "总.xlsx", "分层")

    killed = day + dt.timedelta(1)

    def power_fails(one: object) -> None:
        if getattr(one, "step", "") == "history":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_due(config(company), clock=two_o_clock(killed).clock, watcher=Watcher(step=power_fails))
    first = (company / "总.xlsx").read_bytes()
    assert [stamped(company / f"{name}.xlsx") for name in ("总", "华东")] == [killed, day]
    report = run_due(config(company), clock=two_o_clock(killed).clock)
    assert report is not None
    assert report.ok
    assert stamped(company / "华东.xlsx") == killed
    assert (company / "总.xlsx").read_bytes() == first
    with open_ledger(company / "ledger.sqlite") as ledger:
        assert [run.as_of for run in ledger.runs("总")][-2:] == [day, killed]


def test_a_book_without_its_task_sheet_still_hands_in_what_was_written_there(company: Path) -> None:
    """华东 keeps only 分层 from now on; a rep had answered on 任务 before, and typed a call on 互动."""
    answered(company / "华东.xlsx", "互动")
    told = (company / "night.toml").read_text(encoding="utf-8")
    (company / "night.toml").write_text(f'{told}sheets = ["分层"]\n', encoding="utf-8")
    tasks = words_in(company / "华东.xlsx", "任务")
    for later in (1, 2):
        report = run_now(config(company), day=DAY + dt.timedelta(later), clock=two_o_clock(DAY).clock)
        assert report.ok, report.failed
        done = [task for task in read_kept(company / "总.xlsx", "zh-CN").tasks if task.status == "done"]
        assert [(task.result, task.closed) for task in done] == [("下周下单", DAY + dt.timedelta(1))]
    assert words_in(company / "华东.xlsx", "任务") == tasks
    head, *rows = read_rows(company / "总.xlsx", "_tierbook_results")
    calls = {row[0]: row[head.index("interactions_90d")] for row in rows}
    assert calls == {"A1": 0, "A2": 1, "B1": 0} | {done[0].customer_id: 1 + (done[0].customer_id == "A2")}
    assert len(read_rows(company / "华东.xlsx", "_tierbook_results")[0]) == 3
    assert "任务（2026-06-30）" in " ".join(one.message for one in report.steps)
    assert read_previous(company / "华东.xlsx").keys() == {"A1", "A2"}


def words_in(book: Path, sheet: str) -> str:
    return " ".join(str(cell) for row in read_rows(book, sheet) for cell in row if cell is not None)


def answered(book: Path, typed: str = "") -> None:
    """A rep finishes the first task in the team's book, and the team decides on a customer by hand.

    Args:
        typed: a sheet on which the rep also notes a call with A2.
    """
    import warnings

    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        opened_book = load_workbook(book)
    sheet = opened_book["任务"]
    heads = {cell.value: (cell.row, cell.column) for row in sheet.iter_rows(max_row=8) for cell in row if cell.value}
    row = heads["状态"][0] + 1
    sheet.cell(row, heads["状态"][1]).value = "完成"
    sheet.cell(row, heads["结果"][1]).value = "下周下单"
    for column, word in enumerate(("A2", "标签", "老朋友", "王经理", "多年合作"), 1):
        opened_book["手工调整"].cell(2, column).value = word
    if typed:
        below = next(row for row in opened_book[typed].iter_rows() if row[1].value == "客户编号")
        call = {"客户编号": "A2", "日期": DAY, "渠道": "电话", "内容": "问到货日期"}
        for cell in below:
            opened_book[typed].cell(cell.row + 1, cell.column).value = call.get(str(cell.value))
    opened_book.save(book)


def stamped(book: Path) -> dt.date | None:
    stamp = read_stamp(book)
    return stamp.as_of if stamp else None


# -- trouble


def test_a_delivery_that_never_comes_is_waited_for_until_the_morning_ends(company: Path) -> None:
    (company / "erp" / "orders-1.csv").unlink()
    time = two_o_clock(DAY + dt.timedelta(1))
    report = run_due(replace(config(company), every=90), clock=time.clock)
    assert report is not None
    assert (report.exit_code, list(report.waiting)) == (6, ["总", "华东"])
    assert "没有文件符合" in report.failed[0].message
    assert sum(time.slept) == 7 * 3600
    assert state_of(config(company)).health()["state"] == "waiting"


def test_two_nights_are_not_at_work_at_once(company: Path) -> None:
    with alone(), pytest.raises(NightAtWork, match="另一个夜间运行正在进行"):
        run_now(config(company), day=DAY)


def test_a_damaged_memory_means_nothing_was_done(company: Path) -> None:
    state = state_of(config(company))
    key = config(company).aims[0].key
    assert not state.is_due(key, DAY)
    for text in ("", "not json", "[1, 2]"):
        (state.folder / "done.json").write_text(text, encoding="utf-8")
        assert state.is_due(key, DAY)


def test_status_says_what_a_person_must_know(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night = ["nightly", "--status", "--config", str(company / "night.toml")]
    assert main(night) == 1  # the fixture's night lies years from this machine's clock, or is not run since
    assert "该运行而没有运行" in capsys.readouterr().out
    health = state_of(config(company)).health() | {"next_due": "2999-01-01T02:00"}
    state_of(config(company)).put_health(health)
    assert main(night) == 0
    assert "华东：更新到 2026-06-30" in capsys.readouterr().out
    state_of(config(company)).put_health(health | {"state": "running", "process": 1})
    assert main([*night, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["state"] == "died"


def test_status_finds_the_night_of_this_machine_or_says_what_to_name(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in (company / "home" / "night").iterdir():
        if folder.is_dir() and folder != state_of(config(company)).folder:
            shutil.rmtree(folder)  # that of the folder this one was copied from
    state_of(config(company)).put_health(state_of(config(company)).health() | {"config": str(company / "night.toml")})
    assert main(["nightly", "--status"]) == 1
    assert "华东：更新到 2026-06-30" in capsys.readouterr().out
    other = state_of(books_only([company / "总.xlsx"]))
    other.mark(str(company / "总.xlsx"), DAY)
    other.put_health(state_of(config(company)).health() | {"config": "", "next_due": "2026-07-01T05:30"})
    assert main(["nightly", "--status"]) == 2
    told = capsys.readouterr().err
    assert f"tierbook nightly --status --config {company / 'night.toml'}\n" in told
    assert f"tierbook nightly --status {company / '总.xlsx'}\n" in told
    (company / "night.toml").unlink()
    assert main(["nightly", "--status"]) == 1
    assert "05:30" in capsys.readouterr().out
    (company / "总.xlsx").unlink()
    assert main(["nightly", "--status"]) == 2
    assert "请指定工作簿或 --config" in capsys.readouterr().err


def test_the_script_exits_with_an_error_when_a_book_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, TOP / "scripts" / "nightly.py", tmp_path / "none.xlsx", "--now"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "none.xlsx" in run.stderr
    assert "有 1 步失败" in run.stdout
