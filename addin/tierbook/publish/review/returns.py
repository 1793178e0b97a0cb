"""What a group, and what a channel, brought in the quarter, against what goods, contacts, campaigns and gifts cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...engine import date_literal, text_literal
from ...followup import Task
from ...model.types import Model
from ..records import Report
from .causes import REACHING
from .quarter import GIFTS, NOW, Quarter
from .records import Return
from .targets import GROUPED

COSTS = {"phone": "cost_phone", "online": "cost_online", "mail": "cost_mail", "meeting": "cost_meeting"}
"""Channel -> the parameter that says what one contact costs."""
OF_A_TASK, OF_A_POINT = "cost_task", "cost_point"
"""What a finished task gives away (`cost_task.PLAY` for one play alone), and what a redeemed point is worth."""
BENEFITS = "review_benefits"
SUMS = "SUM(amount) AS cents, SUM(CASE WHEN cost IS NOT NULL THEN amount END) AS covered, SUM(cost) AS cost"


def returns_of(report: Report, quarter: Quarter, tasks: Iterable[Task] = ()) -> list[Return]:
    """One line per tier and per class, then one per channel that was used.

    Contacts are those of ours by phone, chat, mail or in a meeting. Money of a group is that of the quarter; money of
    a channel is what came within `review_outcome_days` after its first contact with a customer.
    """
    put_benefits(report, quarter, tasks)
    relation = NOW if report.engine.has(NOW) else "results"
    found = [
        one for by in GROUPED for one in _by(report, quarter, by, f"SELECT customer_id, {by} AS place FROM {relation}")
    ]
    found += [one for channel in REACHING for one in _channel(report, quarter, channel)]
    report.engine.drop(BENEFITS)
    return found


def put_benefits(report: Report, quarter: Quarter, tasks: Iterable[Task]) -> None:
    """Make `review_benefits`: customer_id, channel (of a play; gifts have none) and cents given away in the quarter."""
    engine, span = report.engine, quarter.span
    merged = dict(engine.rows("SELECT customer_id, kept_id FROM merged_ids")) if engine.has("merged_ids") else {}
    channels = {play.key: play.channel for play in report.model.playbook}
    rows = [
        (merged.get(task.customer_id, task.customer_id), channels.get(task.play, ""), round(100 * cost))
        for task in tasks
        if task.status == "done" and task.closed and span.start <= task.closed <= span.end
        and (cost := task_cost(report.model, task.play))
    ]  # fmt: skip
    point = _param(report.model, OF_A_POINT)
    if point and engine.has(GIFTS):
        gifts = engine.rows(
            f"SELECT customer_id, points FROM {GIFTS} "
            f"WHERE day BETWEEN {date_literal(span.start)} AND {date_literal(span.end)}"
        )
        rows += [(customer, "", round(100 * point * points)) for customer, points in gifts]
    engine.put(BENEFITS, {"customer_id": "VARCHAR", "channel": "VARCHAR", "cents": "BIGINT"}, rows)


def task_cost(model: Model, play: str) -> float:
    """Currency units that a finished task of a play gives away; 0 where nobody said."""
    return _param(model, f"{OF_A_TASK}.{play}") or _param(model, OF_A_TASK)


def contacts_cost(model: Model) -> bool:
    """Whether any contact has a cost."""
    return any(_param(model, key) for key in COSTS.values())


def benefits_cost(model: Model) -> bool:
    """Whether anything that is given away has a cost."""
    given = [key for key in model.params if key in (OF_A_TASK, OF_A_POINT) or key.startswith(f"{OF_A_TASK}.")]
    return any(_param(model, key) for key in given)


def _param(model: Model, key: str) -> float:
    return float(model.params[key].value) if key in model.params else 0.0


def _by(report: Report, quarter: Quarter, by: str, members: str) -> list[Return]:
    inside = f"date BETWEEN {date_literal(quarter.span.start)} AND {date_literal(quarter.span.end)}"
    spoken = ", ".join(
        f"SUM(CASE WHEN channel = {text_literal(channel)} THEN 1 ELSE 0 END) AS {channel}" for channel in REACHING
    )
    rows = report.engine.rows(
        f"""SELECT place, COUNT(*) AS customers, COALESCE(SUM(money.cents), 0) AS cents,
          COALESCE(SUM(covered), 0) AS covered, COALESCE(SUM(cost), 0) AS cost, COALESCE(SUM(given.cents), 0) AS given,
          {", ".join(f"COALESCE(SUM({channel}), 0)" for channel in REACHING)}
        FROM ({members}) AS members
        LEFT JOIN (SELECT customer_id, {SUMS} FROM orders WHERE {inside} GROUP BY customer_id) AS money
          ON money.customer_id = members.customer_id
        LEFT JOIN (SELECT customer_id, {spoken} FROM interactions WHERE {inside} GROUP BY customer_id) AS spoken
          ON spoken.customer_id = members.customer_id
        LEFT JOIN (SELECT customer_id, SUM(cents) AS cents FROM {BENEFITS} GROUP BY customer_id) AS given
          ON given.customer_id = members.customer_id
        WHERE place IS NOT NULL GROUP BY place"""
    )
    found = {row[0]: [int(value) for value in row[1:]] for row in rows}
    names = (
        [(tier.key, tier.name.of(report.language)) for tier in reversed(report.scale.tiers)]
        if by == "tier"
        else [(one.key, one.name.of(report.language)) for one in report.model.rfm.classes]
    )
    return [_return(report, by, key, found[name]) for key, name in names if name in found]


def _channel(report: Report, quarter: Quarter, channel: str) -> list[Return]:
    """The line of one channel; none where nobody was reached by it and nothing given away."""
    days = report.model.whole("review_outcome_days")
    inside = f"date BETWEEN {date_literal(quarter.span.start)} AND {date_literal(quarter.span.end)}"
    row = report.engine.rows(
        f"""SELECT COUNT(*) AS customers, COALESCE(SUM(cents), 0) AS cents, COALESCE(SUM(covered), 0) AS covered,
          COALESCE(SUM(cost), 0) AS cost, COALESCE(SUM(times), 0) AS times
        FROM (SELECT spoken.customer_id, MAX(times) AS times, {SUMS}
          FROM (SELECT customer_id, MIN(date) AS day, COUNT(*) AS times FROM interactions
            WHERE channel = {text_literal(channel)} AND {inside} GROUP BY customer_id) AS spoken
          LEFT JOIN orders ON orders.customer_id = spoken.customer_id AND orders.date > spoken.day
            AND orders.date <= spoken.day + INTERVAL {days} DAY AND orders.date <= {date_literal(quarter.as_of)}
          GROUP BY spoken.customer_id) AS reached"""
    )[0]
    customers, cents, covered, cost, times = map(int, row)
    query = f"SELECT COALESCE(SUM(cents), 0) FROM {BENEFITS} WHERE channel = {text_literal(channel)}"
    given = int(report.engine.value(query))
    spoken = [times if one == channel else 0 for one in REACHING]
    if not times and not given:
        return []
    return [_return(report, "channel", channel, [customers, cents, covered, cost, given, *spoken])]


def _return(report: Report, by: str, group: str, told: list[int]) -> Return:
    customers, cents, covered, cost, given, *spoken = told
    margin = (covered - cost) / 100 if covered else None
    spent = _spent(report, spoken)
    benefits = given / 100 if benefits_cost(report.model) else None
    known = (spent or 0) + (benefits or 0)
    roi = (margin - known) / known if margin is not None and known else None
    return Return(by, group, customers, cents / 100, margin, covered / cents if cents > 0 else None, sum(spoken),
                  spent, roi, benefits)  # fmt: skip


def _spent(report: Report, spoken: Sequence[int]) -> float | None:
    """Currency units; None where a channel that was used has no cost (0 means: nobody said)."""
    costs = [float(report.model.param(COSTS[channel])) for channel in REACHING]
    if any(count and not cost for count, cost in zip(spoken, costs, strict=True)):
        return None
    return sum(count * cost for count, cost in zip(spoken, costs, strict=True))


def money_columns(model: Model) -> list[str]:
    """What a table tells of spending: nothing where no cost is known."""
    contacts, benefits = contacts_cost(model), benefits_cost(model)
    return [*(["spent"] if contacts else []), *(["benefits"] if benefits else []),
            *(["roi"] if contacts or benefits else [])]  # fmt: skip
