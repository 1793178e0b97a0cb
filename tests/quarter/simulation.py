"""Many nights over a company whose facts arrive day by day, with everything that goes wrong in a quarter."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tierbook.history import Ledger, open_ledger
from tierbook.jobs.night import Clock, NightReport, load_config, run_due, run_now, state_of
from tierbook.publish import read_kept
from tierbook.workbook import read_rows, sheet_names

from .company import Company, new_book
from .people import Answer, answer, kept_open

ALL, EAST = "全部", "华东"
ONE_DAY = dt.timedelta(1)
ARCHIVE = "任务归档"
NIGHT = f"""
ledger = "ledger.sqlite"
every_minutes = 1
tries = 1
[facts]
customers = "exports/customers.csv"
orders = "exports/orders.csv"
interactions = "exports/interactions.csv"
feedback = "exports/feedback.csv"
renewals = "exports/renewals.csv"
referrals = "exports/referrals.csv"
people = "exports/people.csv"
[[book]]
path = "{ALL}.xlsx"
name = "{ALL}"
[[book]]
path = "{EAST}.xlsx"
name = "{EAST}"
where = "区域 = '华东'"
"""


@dataclass(frozen=True)
class Trouble:
    """Which nights, counted from 0, are not like the others.

    Args:
        held: somebody keeps the first book open all night; it is done the next night.
        crash: the night is killed while it writes its books, and started again.
        asleep: the machine is off; the next night makes up for these.
        twice: the night is run a second time.
        answers: people answer tasks before every so manieth night.
        conflicts: before these nights two people answer one task, each in another book.
    """

    held: frozenset[int]
    crash: frozenset[int]
    asleep: frozenset[int]
    twice: frozenset[int]
    answers: int
    conflicts: frozenset[int]


@dataclass
class Quarter:
    """The simulation and what it has seen so far."""

    folder: Path
    company: Company
    first: dt.date
    trouble: Trouble
    model: Any
    seed: int = 11
    given: list[Answer] = field(default_factory=list)
    both: list[tuple[Answer, Answer]] = field(default_factory=list)
    """Tasks that two people answered, each in another book."""
    ids: dict[str, set[str]] = field(default_factory=lambda: {ALL: set(), EAST: set()})
    published: dict[str, dt.date] = field(default_factory=dict)
    """The day each book shows."""
    sizes: list[tuple[dt.date, int, int]] = field(default_factory=list)
    """Day, rows and bytes of the ledger."""
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "exports").mkdir(parents=True)
        (self.folder / "night.toml").write_text(NIGHT, encoding="utf-8")
        for name in (ALL, EAST):
            new_book(self.book(name), self.model)
        self.config = load_config(self.folder / "night.toml")
        self.dice = Random(self.seed)

    def book(self, name: str) -> Path:
        return self.folder / f"{name}.xlsx"

    def ledger(self) -> Ledger:
        return open_ledger(str(self.folder / "ledger.sqlite"))

    def run(self, nights: int) -> None:
        for number in range(nights):
            self.night(number)

    def night(self, number: int) -> None:
        """One day and its night; afterwards everything that must hold is looked at."""
        day, trouble = self.first + dt.timedelta(number), self.trouble
        if self.published:
            self.answers(number)
        if number in trouble.asleep:
            return
        self.company.deliver(day, self.folder / "exports")
        started = time.perf_counter()
        with ExitStack() as around:
            if number in trouble.held:
                around.enter_context(kept_open(self.book(ALL)))
            if number in trouble.crash:
                self.killed(day)
            report = self.done(day)
        self.seconds.append(time.perf_counter() - started)
        shown = [EAST] if number in trouble.held else [ALL, EAST]
        assert report.waiting == ([ALL] if number in trouble.held else []), report
        assert report.exit_code == (6 if number in trouble.held else 0), report
        with self.ledger() as ledger:
            for name in shown:
                self.look(name, day, ledger)
            self.sizes.append((day, sum(ledger.counts().values()), (self.folder / "ledger.sqlite").stat().st_size))
        self.published |= dict.fromkeys(shown, day)
        if number in trouble.twice:
            self.nothing_new(day)

    def done(self, day: dt.date) -> NightReport:
        at = dt.datetime.combine(day, dt.time(3))
        report = run_due(self.config, clock=Clock(lambda: at + dt.timedelta(hours=7), lambda _: None))
        assert report is not None
        return report

    def killed(self, day: dt.date) -> None:
        """Start the night in a process of its own and kill it as soon as its scores are there."""
        words = [
            "-m",
            "tierbook.cli",
            "nightly",
            "--config",
            str(self.folder / "night.toml"),
            "--now",
            "--as-of",
            str(day),
        ]
        running = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        health = state_of(self.config)
        while running.poll() is None:
            told = health.health()
            if told.get("process") == running.pid and any(one["step"] == "score" for one in told["steps"]):
                break
            time.sleep(0.01)
        assert running.poll() is None, "the night was over before it could be killed"
        running.kill()
        running.wait()

    def answers(self, number: int) -> None:
        """The morning after: some people answer in their book, on some days two of them the same task."""
        day = self.first + dt.timedelta(number)
        if number % self.trouble.answers == 1:
            self.given += answer(self.book(ALL), self.dice, f"A{day:%m%d}")
        if number in self.trouble.conflicts:
            mine = answer(self.book(EAST), self.dice, f"E{day:%m%d}", most=1)
            for one in mine:
                theirs = answer(self.book(ALL), self.dice, f"B{day:%m%d}", most=1, only=one.task_id)
                self.both += [(one, other) for other in theirs]
                self.given += theirs
            self.given += mine

    # -- what must hold

    def look(self, name: str, day: dt.date, ledger: Ledger) -> None:
        self.tasks_hold(name, day, ledger)
        self.moves_hold(name, day, ledger)

    def tasks_hold(self, name: str, day: dt.date, ledger: Ledger) -> None:
        """No task is lost, none is there twice, no customer has two open ones of one kind; history knows them all."""
        tasks = read_kept(self.book(name), "zh-CN").tasks
        shown = [task.task_id for task in tasks]
        put_away = archived(self.book(name))
        assert not twice(shown), (day, twice(shown))
        assert not twice([*shown, *put_away]), (day, twice([*shown, *put_away]))
        lost = self.ids[name] - {*shown, *put_away}
        assert not lost, (day, name, lost)
        self.ids[name] |= {*shown, *put_away}
        open_pairs = [(task.customer_id, task.play) for task in tasks if not task.is_closed and task.play]
        assert not twice(open_pairs), (day, twice(open_pairs))
        assert {task.task_id for task in ledger.tasks(name)} >= set(shown), day

    def moves_hold(self, name: str, day: dt.date, ledger: Ledger) -> None:
        """The moves a night tells are the differences between the last book and this one."""
        told = Counter((m.customer_id, m.before, m.after) for _, m in ledger.moves(name, day - ONE_DAY, day))
        since = self.published.get(name)
        differences = Counter(
            (one.customer_id, one.before.tier, one.after.tier)
            for one in (ledger.changes(name, since, day) if since else [])
            if one.before and one.after and one.before.tier != one.after.tier
        )
        assert told == differences, (day, name, told - differences, differences - told)

    def nothing_new(self, day: dt.date) -> None:
        """A second run of a night leaves books and history as they are."""
        before = {name: self.book(name).read_bytes() for name in (ALL, EAST)}
        with self.ledger() as ledger:
            counts = dict(ledger.counts())
        report = run_now(self.config, day=day)
        assert report.ok, report
        assert {name: self.book(name).read_bytes() for name in (ALL, EAST)} == before, day
        with self.ledger() as ledger:
            assert dict(ledger.counts()) == counts, day

    def every_answer_is_kept(self) -> None:
        """Each status somebody typed stands in the history with its result, also where two answered at once."""
        with self.ledger() as ledger:
            events = [one.task for name in (ALL, EAST) for one in ledger.task_events(name)]
        texts = {(one.task_id, word) for one in events for word in one.result.replace("\n", " ").split()}
        plain = {(one.task_id, one.result) for one in events}
        doubled = {id(one) for pair in self.both for one in pair}
        for one in self.given:
            if id(one) in doubled:
                assert any(task == one.task_id and one.result in text for task, text in plain), one
            else:
                assert (one.task_id, one.result) in plain | texts, one
                assert any((e.task_id, e.status) == (one.task_id, one.status) for e in events), one

    def grows_evenly(self, factor: float = 2.0) -> None:
        """The second half of the nights adds no more than the first one, but for chance."""
        rows = [rows for _, rows, _ in self.sizes]
        half = len(rows) // 2
        assert rows[-1] - rows[half] <= factor * (rows[half] - rows[1]), rows


def archived(book: Path) -> list[str]:
    """Numbers of the tasks that were put away."""
    if ARCHIVE not in sheet_names(book):
        return []
    rows = read_rows(book, ARCHIVE)
    head = next(place for place, row in enumerate(rows) if "任务编号" in row)
    column = list(rows[head]).index("任务编号")
    return [str(row[column]) for row in rows[head + 1 :] if len(row) > column and row[column]]


def twice(found: Sequence[Any]) -> list[Any]:
    return [one for one, times in Counter(found).items() if times > 1]
