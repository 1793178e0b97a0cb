"""What the ledger tells the sheets: moves since the last run, the last week, the last quarter; what tasks led to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..engine import date_literal, quoted
from ..history import Ledger, Standing, TaskEvent, TaskKept
from ..scoring import causes
from ..scoring.dates import months_back
from .intake import Run
from .kept_night import POINT, task_kept

if TYPE_CHECKING:
    from ..publish import Kept
    from ..publish.records import Past, PastEvent, PastMove, PastOutcome

WEEK = dt.timedelta(days=7)
QUARTER_MONTHS = 3
TASKS_TOLD = 12
"""Months of task outcomes and events that are told."""
DRIVERS = 3


def past_from(ledger: Ledger, scope: str, run: Run, kept: Kept) -> Past:
    """The past before a run's day: a second run on a day is told the same."""
    from ..publish.records import Past

    since = baselines(ledger, scope, run.as_of)
    events = ledger.task_events(scope, months_back(run.as_of, TASKS_TOLD), run.as_of - dt.timedelta(days=1))
    return Past(
        moves={period: moves_since(ledger, scope, run, day) for period, day in since.items()},
        since=since,
        task_events=_events(events),
        outcomes=_outcomes(run, events, [task_kept(task) for task in kept.tasks]),
    )


def baselines(ledger: Ledger, scope: str, as_of: dt.date) -> dict[str, dt.date]:
    """Period -> day of the run that its moves are told against: the last one a week or a quarter ago.

    A history that does not reach so far back tells a period from its first run, unless that is what a shorter
    period is told from already.
    """
    days = sorted({run.as_of for run in ledger.runs(scope) if run.as_of < as_of})
    found: dict[str, dt.date] = {}
    wanted = {"run": as_of, "week": as_of - WEEK, "quarter": months_back(as_of, QUARTER_MONTHS)}
    for period, day in wanted.items():
        reached = [one for one in days if one <= day]
        first = reached[-1] if reached else days[0] if days else None
        if first and (reached or first not in found.values()):
            found[period] = first
    return found


def moves_since(ledger: Ledger, scope: str, run: Run, day: dt.date) -> list[PastMove]:
    """Who stands in another tier than on a day, the largest steps first; falls before rises."""
    from ..publish.records import PastMove

    scale = run.model.scale(run.model.main_scale)
    rank = {tier.key: place for place, tier in enumerate(scale.tiers)}
    name = {tier.key: tier.name.of(run.language) for tier in scale.tiers}
    before = ledger.standings(scope, day)
    now = _now(run)
    moved = [(one, was, *now[one]) for one, was in before.items() if one in now and was.tier != now[one][0]]
    known = [row for row in moved if row[1].tier in rank and row[2] in rank]
    points = ledger.points(scope, day) if known else {}
    points_now = _points(run, [row[0] for row in known])
    found = [
        PastMove(
            one, customer_name, name[was.tier], name[tier], _shown(was), score, rank[tier] - rank[was.tier], day,
            causes.drivers(points[one], points_now[one])[:DRIVERS] if one in points and one in points_now else (),
        )
        for one, was, tier, score, customer_name in known
    ]  # fmt: skip
    return sorted(found, key=lambda move: (-abs(move.rank_change), move.rank_change, move.customer_id))


def _shown(standing: Standing) -> float:
    return (standing.score or 0) / POINT


def _now(run: Run) -> dict[str, tuple[str, float, str]]:
    """Customer -> key of its tier, score, name."""
    tier = quoted(f"tier_{run.model.main_scale}")
    rows = run.engine.rows(f"SELECT customer_id, tiers.{tier}, score, name FROM results JOIN tiers USING (customer_id)")
    return {customer: (key, score or 0.0, name or "") for customer, key, score, name in rows}


def _points(run: Run, ids: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """Customer -> millionths of a point by indicator, in the scorecard's order."""
    if not ids or not run.engine.has("why_points"):
        return {}
    keys = [line.indicator for line in run.model.main_card.lines]
    wanted = set(ids)
    rows = run.engine.rows(f"SELECT customer_id, {', '.join(quoted(key) for key in keys)} FROM why_points")
    return {
        customer: [(key, points or 0) for key, points in zip(keys, told, strict=True)]
        for customer, *told in rows
        if customer in wanted
    }


def _events(events: Sequence[TaskEvent]) -> list[PastEvent]:
    """Changes of status, in the order they were found."""
    from ..publish.records import PastEvent

    status: dict[str, str] = {}
    found = []
    for event in events:
        task = event.task
        before = status.get(task.task_id, "")
        if before != task.status:
            found.append(PastEvent(task.task_id, task.customer_id, task.play, task.owner, event.day, before,
                                   task.status, task.result))  # fmt: skip
        status[task.task_id] = task.status
    return found


def _outcomes(run: Run, events: Sequence[TaskEvent], held: Sequence[TaskKept]) -> list[PastOutcome]:
    """Tasks that are finished, by the ledger or the book, with the customer's first order after that."""
    from ..publish.records import PastOutcome

    last = {event.task.task_id: event.task for event in events} | {task.task_id: task for task in held}
    seen: dict[str, dt.date] = {}
    for event in events:
        if event.task.status in CLOSED:
            seen.setdefault(event.task.task_id, event.day)
    closed = [
        (task, task.closed or seen.get(task_id, run.as_of))
        for task_id, task in sorted(last.items())
        if task.status in CLOSED
    ]
    orders = _orders_after(run, closed)
    return [
        PastOutcome(
            task.task_id, task.customer_id, task.play, task.channel, task.owner, task.created or day, task.due or day,
            day, task.status, next((one for one in orders.get(task.customer_id, ()) if one > day), None),
        )
        for task, day in closed
    ]  # fmt: skip


CLOSED = frozenset({"done", "dropped"})


def _orders_after(run: Run, closed: Sequence[tuple[TaskKept, dt.date]]) -> Mapping[str, list[dt.date]]:
    """Days with an order, rising, of customers with a finished task, since the first of these."""
    if not closed:
        return {}
    wanted = {task.customer_id for task, _ in closed}
    rows = run.engine.rows(
        f"""SELECT DISTINCT customer_id, date FROM orders
WHERE date > {date_literal(min(day for _, day in closed))} AND date <= {date_literal(run.as_of)}
  AND COALESCE(is_return, 0) = 0 ORDER BY customer_id, date"""
    )
    found: dict[str, list[dt.date]] = {}
    for customer, day in rows:
        if customer in wanted:
            found.setdefault(customer, []).append(day)
    return found
