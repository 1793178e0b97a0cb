"""What the ledger tells the sheets: moves since the last run, the last week, the last quarter; what tasks led to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..engine import date_literal
from ..history import STEP, Ledger, TaskEvent, TaskKept
from ..scoring.dates import months_back
from .intake import Run
from .kept_night import POINT, task_kept
from .moves import SINCE_LAST, Earlier, with_period

if TYPE_CHECKING:
    from ..publish import Kept
    from ..publish.records import Past, PastEvent, PastMove, PastOutcome
    from ..scoring.periods import Period

WEEK = dt.timedelta(days=7)
QUARTER_MONTHS = 3
TASKS_TOLD = 12
"""Months of task outcomes and events that are told."""
STOOD = ("customer_id", "tier", "segment", "stage")
"""Columns of what is told of a past day for key figures; groups by their keys."""


def past_from(ledger: Ledger, scope: str, run: Run, kept: Kept, told: Sequence[Period] = ()) -> Past:
    """The past before a run's day: a second run on a day is told the same.

    Args:
        told: periods whose figures go by where customers stood at their end.
    """
    from ..publish.records import Past

    events = ledger.task_events(scope, months_back(run.as_of, TASKS_TOLD), run.as_of - dt.timedelta(days=1))
    past = Past(task_events=_events(events), outcomes=_outcomes(run, events, [task_kept(task) for task in kept.tasks]),
                ledger=True, stood=put_stood(ledger, scope, run, told))  # fmt: skip
    for period, day in baselines(ledger, scope, run.as_of).items():
        if period != SINCE_LAST or not kept.previous:  # what the book remembers itself is told by it
            past = with_period(run, past, period, earlier_by(ledger, scope, day))
            past = with_driven(past, period)
    return past


def with_driven(past: Past, period: str) -> Past:
    """The past without what rounding left among the drivers of a period's moves."""
    return replace(past, moves={**past.moves, period: [_driven(move) for move in past.moves[period]]})


def _driven(move: PastMove) -> PastMove:
    """The move without drivers that are only what rounding left: the ledger keeps points to a hundredth."""
    return replace(move, drivers=[(key, points) for key, points in move.drivers if abs(points) >= STEP])


def baselines(ledger: Ledger, scope: str, as_of: dt.date) -> dict[str, dt.date]:
    """Period -> day of the run that its moves are told against: the last one a week or a quarter ago.

    A history that does not reach so far back tells a period from its first run, unless that is what a shorter
    period is told from already.
    """
    days = sorted({run.as_of for run in ledger.runs(scope) if run.as_of < as_of})
    found: dict[str, dt.date] = {}
    wanted = {SINCE_LAST: as_of, "week": as_of - WEEK, "quarter": months_back(as_of, QUARTER_MONTHS)}
    for period, day in wanted.items():
        reached = [one for one in days if one <= day]
        first = reached[-1] if reached else days[0] if days else None
        if first and (reached or first not in found.values()):
            found[period] = first
    return found


def earlier_by(ledger: Ledger, scope: str, day: dt.date) -> Earlier:
    """A day as the ledger knows it, for moves to be told against."""
    held = ledger.last_run(scope, day)
    standings = ledger.standings(scope, day)
    return Earlier(
        day,
        {one: (at.tier, (at.score or 0) / POINT) for one, at in standings.items()},
        ledger.points(scope, day),
        ledger.facts(scope, day),
        held.model_fingerprint if held else "",
    )


def put_stood(ledger: Ledger, scope: str, run: Run, periods: Sequence[Period]) -> dict[dt.date, str]:
    """Make a relation of where customers stood at the end of each period: by the last run in it, if there was one.

    A period that reaches up to the run's own day goes by the run itself.
    """
    days = sorted({one.as_of for one in ledger.runs(scope)}) if periods else []
    found: dict[dt.date, str] = {}
    for period in periods:
        inside = [day for day in days if period.start <= day <= period.end < run.as_of]
        if not inside:
            continue
        name = f"stood_{inside[-1]:%Y%m%d}"
        if name not in found.values():
            rows = [(one, at.tier, at.segment, at.stage) for one, at in ledger.standings(scope, inside[-1]).items()]
            run.engine.put(name, dict.fromkeys(STOOD, "VARCHAR"), rows)
        found[period.end] = name
    return found


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
