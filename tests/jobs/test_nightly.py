"""The night run: isolation of steps, the marker, catching up."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from tierbook.errors import WorkbookInUse
from tierbook.jobs import nightly

DAY = dt.date(2026, 10, 31)
TOP = Path(__file__).parents[2]


class Steps:
    """Steps that note their calls; those named in `failing` raise."""

    def __init__(self, *failing: str) -> None:
        self.calls: list[tuple[str, str]] = []
        self.failing = failing

    def table(self) -> dict[str, nightly.Step]:
        def step(name: str) -> nightly.Step:
            def run(book: Path, _day: dt.date) -> None:
                self.calls.append((book.name, name))
                if name in self.failing:
                    raise RuntimeError("broken")

            return run

        return {name: step(name) for name in ("refresh", "followups")}


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "home" / "nightly.json"


def test_a_failing_step_stops_neither_the_next_step_nor_the_next_book(marker: Path) -> None:
    steps = Steps("refresh")
    results = nightly.run_night([Path("a.xlsx"), Path("b.xlsx")], DAY, marker, steps=steps.table())
    assert steps.calls == [(b, s) for b in ("a.xlsx", "b.xlsx") for s in ("refresh", "followups")]
    assert [result.ok for result in results] == [False, True, False, True]
    assert results[0].message == "RuntimeError: broken"


def test_a_book_whose_steps_all_succeeded_is_not_run_again_that_day(marker: Path) -> None:
    steps = Steps()
    nightly.run_night([Path("a.xlsx")], DAY, marker, steps=steps.table())
    nightly.run_night([Path("a.xlsx")], DAY, marker, steps=steps.table())
    assert len(steps.calls) == 2
    nightly.run_night([Path("a.xlsx")], DAY + dt.timedelta(1), marker, steps=steps.table())
    assert len(steps.calls) == 4


def test_a_book_that_failed_is_tried_again(marker: Path) -> None:
    nightly.run_night([Path("a.xlsx")], DAY, marker, steps=Steps("followups").table())
    assert nightly.is_due(Path("a.xlsx"), DAY, marker)


def test_now_runs_a_book_that_is_done_already(marker: Path) -> None:
    steps = Steps()
    for _ in range(2):
        nightly.run_night([Path("a.xlsx")], DAY, marker, steps=steps.table(), again=True)
    assert len(steps.calls) == 4


@pytest.mark.parametrize(
    ("now", "due"),
    [("02:00:00", "2026-10-31"), ("01:59:59", "2026-10-30"), ("23:00:00", "2026-10-31")],
)
def test_the_due_day_changes_at_the_hour(now: str, due: str) -> None:
    moment = dt.datetime.combine(DAY, dt.time.fromisoformat(now))
    assert nightly.last_night(moment, dt.time(2)) == dt.date.fromisoformat(due)


@pytest.mark.parametrize("content", ["", "not json", "[1, 2]"])
def test_a_damaged_marker_means_nothing_was_done(marker: Path, content: str) -> None:
    marker.parent.mkdir()
    marker.write_text(content, encoding="utf-8")
    assert nightly.read_marker(marker) == {}
    assert nightly.is_due(Path("a.xlsx"), DAY, marker)


def test_an_expected_failure_is_logged_in_words(marker: Path, caplog: pytest.LogCaptureFixture) -> None:
    def held(_book: Path, _day: dt.date) -> None:
        raise WorkbookInUse("jobs.no_book")

    nightly.run_night([Path("a.xlsx")], DAY, marker, steps={"refresh": held})
    assert "a.xlsx: refresh failed: 请指定工作簿" in caplog.text
    assert "Traceback" not in caplog.text


def test_the_script_exits_with_one_when_a_book_is_missing(tmp_path: Path) -> None:
    script, book, marker = TOP / "scripts" / "nightly.py", tmp_path / "none.xlsx", tmp_path / "m.json"
    command = [sys.executable, script, book, "--now", "--marker", marker]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "none.xlsx" in run.stderr
