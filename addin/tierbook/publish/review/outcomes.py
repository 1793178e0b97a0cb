"""What came after finished tasks, action by action, beside customers whose same task still waited.

Who was called first was people's choice, so a difference is a hint and no proof; the words say so.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import NormalDist

from ...backtest.intervals import share_of
from ...backtest.records import Estimate
from ...followup import Task
from ..records import Report
from .quarter import Quarter
from .records import Outcome


def tasks_known(report: Report) -> list[Task]:
    """Tasks of the book, those that left its list, and finished ones only the history knows; each once."""
    told = {task.task_id: task for task in (*report.remembered, *report.tasks)}
    for one in report.past.outcomes:
        if one.task_id not in told:
            told[one.task_id] = Task(one.task_id, one.customer_id, "", one.play, "", "", one.channel, one.owner,
                                     one.created, one.due, 1, one.status, closed=one.closed)  # fmt: skip
    return [told[task_id] for task_id in sorted(told)]


def outcomes_of(report: Report, quarter: Quarter, tasks: Iterable[Task]) -> list[Outcome]:
    """One line per play with a task finished since the quarter began, the best proven first."""
    days = report.model.whole("review_outcome_days")
    settled = quarter.as_of - dt.timedelta(days=days)
    done: dict[str, dict[str, dt.date]] = {}
    waiting: dict[str, dict[str, dt.date]] = {}
    for task in sorted(tasks, key=lambda one: (one.created, one.task_id)):
        if task.status == "done" and task.closed and quarter.span.start <= task.closed <= settled:
            done.setdefault(task.play, {}).setdefault(task.customer_id, task.closed)
        elif not task.is_closed and task.created <= settled:
            waiting.setdefault(task.play, {}).setdefault(task.customer_id, task.created)
    found = []
    for play, people in sorted(done.items()):
        others = {one: day for one, day in waiting.get(play, {}).items() if one not in people}
        found.append(_outcome(report, play, people, others, days))
    return sorted(found, key=lambda one: (-(one.difference.low if one.difference else -1.0), -one.done, one.play))


def finished_since(tasks: Iterable[Task], quarter: Quarter) -> int:
    """Tasks finished since the quarter began, those too young to judge among them."""
    return sum(task.status == "done" and task.closed is not None and task.closed >= quarter.span.start
               for task in tasks)  # fmt: skip


def _outcome(report: Report, play: str, done: Mapping[str, dt.date], waiting: Mapping[str, dt.date],
             days: int) -> Outcome:  # fmt: skip
    sure = float(report.model.param("review_confidence"))
    ordered, cents = _ordered_after(report, done, days)
    waited, _ = _ordered_after(report, waiting, days)
    share, other = share_of(ordered, len(done), sure), share_of(waited, len(waiting), sure)
    gap = difference(ordered, len(done), waited, len(waiting), sure)
    least = report.model.whole("review_min_customers")
    return Outcome(
        play, _action(report, play), len(done), ordered, share, len(waiting), waited, other, gap,
        verdict(gap, min(len(done), len(waiting)), least), cents / 100,
    )  # fmt: skip


def verdict(gap: Estimate | None, smaller: int, least: int) -> str:
    if gap is None or smaller < least:
        return "few"
    return "better" if gap.low > 0 else "worse" if gap.high < 0 else "alike"


def difference(part: int, whole: int, other: int, others: int, confidence: float) -> Estimate | None:
    """Of two shares, with its interval; None where one of them is of nobody.

    Source: Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.
    """
    if not whole or not others:
        return None
    gap = part / whole - other / others
    low, high = wilson(part, whole, confidence)
    other_low, other_high = wilson(other, others, confidence)
    down = math.hypot(part / whole - low, other_high - other / others)
    up = math.hypot(high - part / whole, other / others - other_low)
    return Estimate(gap, gap - down, gap + up)


def wilson(part: int, whole: int, confidence: float) -> tuple[float, float]:
    """Bounds of a share.

    Source: Wilson, Journal of the American Statistical Association 22 (1927) 209-212.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = part + z * z / 2
    reach = z * math.sqrt(part * (whole - part) / whole + z * z / 4)
    return max((middle - reach) / (whole + z * z), 0.0), min((middle + reach) / (whole + z * z), 1.0)


def _ordered_after(report: Report, since: Mapping[str, dt.date], days: int) -> tuple[int, int]:
    """Of these customers, how many ordered within so many days after their day, and the cents of these days."""
    if not since:
        return 0, 0
    engine = report.engine
    engine.put("review_since", {"customer_id": "VARCHAR", "day": "DATE"}, sorted(since.items()))
    row = engine.rows(
        f"""SELECT COUNT(DISTINCT orders.customer_id) AS people, COALESCE(SUM(amount), 0) AS cents
        FROM review_since JOIN orders ON orders.customer_id = review_since.customer_id
        WHERE is_return = 0 AND date > day AND date <= day + INTERVAL {days} DAY"""
    )[0]
    engine.drop("review_since")
    return int(row[0]), int(row[1])


def _action(report: Report, play: str) -> str:
    """What the playbook asks for, `{…}` as `[…]`; of a play it does not know any more, its key."""
    found = next((one.action.of(report.language) for one in report.model.playbook if one.key == play), play or "–")
    return found.replace("{", "[").replace("}", "]")


def on_time(tasks: Sequence[Task], customers: set[str], quarter: Quarter) -> tuple[int, int]:
    """(due in the quarter, finished by then) of the tasks of these customers."""
    due = [task for task in tasks
           if task.customer_id in customers and quarter.span.start <= task.due <= quarter.span.end]  # fmt: skip
    kept = sum(task.status == "done" and (task.closed is None or task.closed <= task.due) for task in due)
    return len(due), kept
