"""What the dashboard says of key figures, moves and tasks, against the records behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tierbook.followup.records import Queued
from tierbook.publish.dashboard_kpis import change_of, week_rows
from tierbook.publish.dashboard_moves import largest, shown_period
from tierbook.publish.dashboard_people import Progress, progress
from tierbook.publish.kpi_series import (
    Compared,
    class_lines,
    class_week_lines,
    grouped_by,
    month_lines,
    periods_shown,
    series_of,
    week_lines,
)
from tierbook.publish.records import Past, PastMove, Report
from tierbook.scoring.kpis import Kpi, kpis

Make = Callable[..., Report]
MONTH = Kpi("all", "all", dt.date(2026, 8, 1), dt.date(2026, 8, 31), whole=True, customers=9, active=5, orders=8,
            revenue=100_00, revenue_share=1.0, retention=0.6, repurchase=0.5, aov=12_50.0, aov_growth=0.25, csat=4.5,
            nps=-10.0, conversion=None)  # fmt: skip
BEFORE = replace(MONTH, retention=0.5499, repurchase=0.5, aov=10_00.0, csat=4.75, nps=15.0, conversion=0.1)


@pytest.mark.parametrize(
    ("figure", "change"),
    [("retention", 5.0), ("repurchase", 0.0), ("aov", 0.25), ("csat", -0.25), ("nps", -25.0), ("conversion", None)],
)
def test_a_change_is_in_points_percent_or_the_answers_own_unit(figure: str, change: float | None) -> None:
    assert change_of(figure, Compared("全公司", MONTH, BEFORE))[0] == change
    if figure != "aov":  # its growth is told by the figures themselves
        assert change_of(figure, Compared("全公司", MONTH, None))[0] is None


def test_the_tables_tell_the_last_whole_month_and_week_by_tier_and_class(sixty: Report) -> None:
    """Monday 31 August: the month is over, the week of that day is not."""
    series = series_of(sixty)
    shown: tuple[tuple[Any, Any, dt.date], ...] = (
        (month_lines, "month", dt.date(2026, 8, 1)),
        (week_lines, "week", dt.date(2026, 8, 24)),
    )
    for lines, period, start in shown:
        everybody, *tiers = lines(sixty, series)
        assert [everybody.name, *(line.name for line in tiers)] == ["全公司", *sixty.tier_names]
        assert {line.now.start for line in (everybody, *tiers)} == {start}
        told = kpis(sixty.engine, sixty.model, sixty.stamp.as_of, by="tier", period=period, periods=3)
        wanted = [one for one in told if one.whole]
        assert [line.now for line in tiers] == wanted[-4:] and [line.before for line in tiers] == wanted[-8:-4]
    for classes in (class_lines(sixty, series), class_week_lines(sixty, series)):
        assert [line.now.group for line in classes] == [one.key for one in sixty.model.rfm.classes]
    week = week_lines(sixty, series)[0]
    assert week.before is not None and week_rows(sixty)[-2:] == [
        ["08-17", week.before.active],
        ["08-24", week.now.active],
    ]
    assert len(series.months) == len(week_rows(sixty)) == 13


def test_past_periods_go_by_the_tiers_of_then_where_a_ledger_tells_them(company: Make) -> None:
    """At the end of July everybody stood in the tier that ordered most in August."""
    report = company(60)
    tier = max(month_lines(report, series_of(report))[1:], key=lambda line: line.now.orders).now.group
    report.engine.execute(
        f"CREATE TEMP TABLE stood_then AS SELECT customer_id, '{tier}' AS tier, segment, stage FROM results"
    )
    told = replace(report, past=Past(ledger=True, stood={dt.date(2026, 7, 31): "stood_then"}))
    everybody, *tiers = month_lines(told, series_of(told))
    assert everybody.before is not None and everybody.before.aov is not None
    for line in tiers:
        assert line.before is not None and line.now.orders < everybody.now.orders
        mine = line.now.group == tier
        assert line.before.active == (everybody.before.active if mine else 0)
        assert line.before.retention == (everybody.before.retention if mine else None)
        growth = (line.now.aov or 0) / everybody.before.aov - 1 if mine else None
        assert line.now.aov_growth == growth


def test_it_is_said_by_which_tiers_past_periods_go(company: Make) -> None:
    report = company(3, past=Past())
    assert "都按今天的归属" in grouped_by(report) and "接上台账" in grouped_by(report)
    ends = [span.end for span in periods_shown(report.stamp.as_of)]
    assert ends == [dt.date(2026, 7, 31), dt.date(2026, 8, 31), dt.date(2026, 8, 23), dt.date(2026, 8, 30)]
    known = dict.fromkeys(ends, "stood_then")
    del known[report.stamp.as_of]  # that is today
    assert grouped_by(replace(report, past=Past(ledger=True, stood=known))).endswith("来自台账。")
    del known[dt.date(2026, 7, 31)], known[dt.date(2026, 8, 23)]
    told = grouped_by(replace(report, past=Past(ledger=True, stood=known)))
    assert "2026-07、08-17～08-23 台账里没有记录" in told
    assert "2025-08 … 08-24～08-30" in grouped_by(replace(report, past=Past(ledger=True)), 13)


def test_nothing_is_compared_before_anybody_ever_bought(company: Make) -> None:
    report = company(3)
    report.engine.execute("DELETE FROM orders WHERE date < DATE '2026-08-01'")
    report.engine.execute("DELETE FROM orders")
    series = series_of(report)
    assert (series.months, series.weeks, month_lines(report, series), week_lines(report, series)) == ([], [], [], [])
    assert week_rows(report) == []


def test_a_week_is_over_on_its_sunday(company: Make) -> None:
    report = company(3)
    for day, last in ((dt.date(2026, 8, 30), "08-24"), (dt.date(2026, 8, 29), "08-17")):
        assert week_rows(replace(report, stamp=replace(report.stamp, as_of=day)))[-1][0] == last


def move(customer: str, step: int, change: float) -> PastMove:
    return PastMove(customer, customer, "一般", "潜力", 50.0, 50.0 + change, step)


def test_the_largest_moves_come_first_and_a_week_before_the_last_refresh(company: Make) -> None:
    moves = [move("A", 1, 3.0), move("B", -2, -1.0), move("C", 1, 9.0), *(move(f"D{n}", 1, 0.5) for n in range(9))]
    assert [one.customer_id for one in largest(moves)][:4] == ["B", "C", "A", "D0"]
    assert len(largest(moves)) == 8
    report = company(3, past=Past(moves={"run": [], "week": []}))
    assert shown_period(report) == "week"
    assert shown_period(replace(report, past=Past(moves={"run": []}))) == "run"
    same = dict.fromkeys(("run", "week"), dt.date(2026, 8, 1))  # nothing more to tell of a week without another run
    assert shown_period(replace(report, past=Past(moves={"run": [], "week": []}, since=same))) == "run"
    assert shown_period(replace(report, past=Past())) == ""


def test_what_was_due_and_is_done_is_told_for_each_person(company: Make) -> None:
    report = company(12)
    today = report.stamp.as_of
    task = replace(report.tasks[0], owner="李雷", status="open", closed=None)

    def at(number: int, due: int, **more: Any) -> Any:
        return replace(task, task_id=f"T{number}", due=today + dt.timedelta(days=due), **more)

    done: dict[str, Any] = {"status": "done", "closed": today - dt.timedelta(days=1)}
    tasks = [at(1, 3), at(2, -1), at(3, -2, **done), at(4, -40, **done), at(5, -3, status="dropped"),
             at(6, 0, owner="")]  # fmt: skip
    left = [at(3, -2, **done), at(7, -27, status="done", closed=today - dt.timedelta(days=28))]
    queued = [Queued("C1", "wake_up", "韩梅梅", 1, today)]
    told = progress(replace(report, tasks=tasks, remembered=left, queued=queued))
    assert told == [
        Progress("李雷", open=2, overdue=1, queued=0, done=2, due=3, kept=2),
        Progress("韩梅梅", open=0, overdue=0, queued=1, done=0, due=0, kept=0),
        Progress("", open=1, overdue=0, queued=0, done=0, due=1, kept=0),
    ]
    assert [one.rate for one in told] == [pytest.approx(2 / 3), None, 0.0]
