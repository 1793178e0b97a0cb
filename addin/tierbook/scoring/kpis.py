"""Key figures of a company by week or month: retention, repurchase, order value, satisfaction, conversion, revenue.

An order belongs to the day of its earliest line that is not a return; money to the day of its own line, so a return
takes money from the period it came back in. Everybody stands in the group of today (or of `members`), in all periods:
a figure that changes has changed because of what customers did, not because they were sorted anew. Only where it is
known where customers stood at the end of a period (`then`) is the period told by that.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ..engine import Runner
from ..model.types import Model
from .kpi_steps import (
    ANSWERS,
    EVERYBODY,
    LEAST,
    Named,
    Stood,
    answers_by_day,
    column_then,
    counts_of,
    members_step,
    orders_step,
    spans_of,
    wide_of,
    wide_steps,
)
from .periods import Period, PeriodKind
from .portable import MILLION

By = Literal["all", "tier", "segment", "stage"]


@dataclass(frozen=True)
class Kpi:
    """Key figures of a group of customers in one period. None where nothing defines a figure.

    Args:
        by, group: what customers are grouped by, and the key of the group (a tier's, a class's, a stage's).
        start, end: first and last day of the period.
        whole: the period was over on the day; figures of an unfinished one are those so far.
        customers: in the group today.
        active: with an order in the period.
        orders: of the period.
        revenue: cents of the period, returns taken off.
        revenue_share: part of the revenue of all customers, 0 to 1; None where they brought nothing.
        retention: of those active in the period before, the part active in this one too.
        repurchase: of those with an order in the `repurchase_months` up to the period's last day, the part with two.
        aov: cents an order; None without orders.
        aov_growth: against the period before, 0.1 = a tenth more.
        csat: mean of the satisfaction answers of the period.
        nps: promoters less detractors in percent of the answers of the period, -100 to 100.
        conversion: of those known by the end who had not ordered before the period, the part that did in it.
    """

    by: By
    group: str
    start: dt.date
    end: dt.date
    whole: bool
    customers: int
    active: int
    orders: int
    revenue: int
    revenue_share: float | None
    retention: float | None
    repurchase: float | None
    aov: float | None
    aov_growth: float | None
    csat: float | None
    nps: float | None
    conversion: float | None


FIGURES = ("retention", "repurchase", "aov", "aov_growth", "csat", "nps", "conversion", "revenue_share")
"""Fields of a `Kpi` that may be undefined."""


@dataclass(frozen=True)
class Asked:
    """A series somebody wants: so many periods, by which grouping."""

    by: By
    period: PeriodKind
    periods: int


def kpis(
    engine: Runner, model: Model, as_of: dt.date, *, by: By, period: PeriodKind, periods: int, members: str = "results"
) -> list[Kpi]:
    """The key figures by group and period as of a day, the oldest period first, groups in the model's order.

    Args:
        members: relation with customer_id and, for a grouping, its column (tier, segment, stage) holding keys or
            names of the model in any language. Customers whose group the model does not have (those without an order
            have no segment) count only in the totals that shares are told of.
    """
    return all_kpis(engine, model, as_of, [Asked(by, period, periods)], members=members)[0]


def all_kpis(
    engine: Runner,
    model: Model,
    as_of: dt.date,
    asked: Sequence[Asked],
    *,
    members: str = "results",
    then: Stood = MappingProxyType({}),
) -> list[list[Kpi]]:
    """Several series at once, which reads the orders only once; in the order they were asked for.

    Args:
        then: last day of a period -> relation like `members` that tells where customers stood on it. By it goes that
            period, and what of the period before it is compared with; every other period goes by `members`. Customers
            who are in `members` alone had no group then.
    """
    groups: dict[str, Named] = {one.by: _named(model, one.by) for one in asked if one.by != "all"}
    engine.run(members_step(groups, members, then))
    told: dict[Asked, list[Kpi]] = {}
    for kind in dict.fromkeys(one.period for one in asked):
        wanted = [one for one in asked if one.period == kind]
        spans = spans_of(as_of, kind, max(one.periods for one in wanted))
        _count(engine, model, as_of, kind, spans)
        for one in wanted:
            told[one] = _read(engine, model, as_of, one, spans, then)
    for step in (members_step({}, members), orders_step(as_of)):
        engine.drop(step.name)
    return [told[one] for one in asked]


def prepare(engine: Runner, model: Model, as_of: dt.date) -> None:
    """Count everybody by month and week now, so that `all_kpis` need only add up those of a book's customers."""
    for kind in LEAST:
        _count(engine, model, as_of, kind, spans_of(as_of, kind, 0))
    engine.drop(orders_step(as_of).name)


def _count(engine: Runner, model: Model, as_of: dt.date, kind: PeriodKind, spans: Sequence[Period]) -> None:
    steps = wide_steps(model, as_of, kind, spans)
    if not engine.stands(steps[-1]):
        engine.once([orders_step(as_of)])
        engine.run_all(steps)
        for step in steps[:-1]:
            engine.drop(step.name)


def groups_of(model: Model, by: By) -> list[str]:
    """The keys of all groups: tiers highest first, RFM classes and stages in the model's order."""
    if by == "all":
        return [EVERYBODY]
    return [key for key, _ in _named(model, by)]


def _named(model: Model, by: By) -> Named:
    if by == "tier":
        return [(tier.key, tier.name) for tier in reversed(model.scale(model.main_scale).tiers)]
    if by == "segment":
        return [(one.key, one.name) for one in model.rfm.classes]
    return [(rule.key, rule.name) for rule in model.stages]


@dataclass(frozen=True)
class Counted:
    """A group in a period, counted: what the figures are quotients of."""

    customers: int
    active: int
    stayed: int
    buyers: int
    repeaters: int
    orders: int
    revenue: int
    prospects: int
    converted: int
    csat_sum: int
    csats: int
    promoters: int
    detractors: int
    votes: int


def _read(
    engine: Runner, model: Model, as_of: dt.date, asked: Asked, spans: Sequence[Period], then: Stood
) -> list[Kpi]:
    """One series; periods that go by the same column of groups are read together."""
    by_column: dict[str, list[int]] = {}
    for place in range(len(spans) - asked.periods, len(spans)):
        column = "everybody" if asked.by == "all" else column_then(asked.by, spans[place].end, then)
        by_column.setdefault(column, []).append(place)
    told: dict[int, list[Kpi]] = {}
    for column, own in by_column.items():
        told |= _read_by(engine, model, as_of, asked, column, spans, range(own[0] - 1, own[-1] + 1), own)
    return [kpi for place in sorted(told) for kpi in told[place]]


def _read_by(
    engine: Runner,
    model: Model,
    as_of: dt.date,
    asked: Asked,
    column: str,
    spans: Sequence[Period],
    places: range,
    own: Sequence[int],
) -> dict[int, list[Kpi]]:
    """The figures of some periods, by place; `places` are all up to the last of them and the one before the first."""
    columns = [told for place in places for told in counts_of(place, spans[place], as_of)]
    listed = ",\n  ".join(columns)
    wide = wide_of(asked.period)
    rows = engine.rows(
        f"SELECT {column} AS told,\n  {listed}\n"
        f"FROM kpi_members LEFT JOIN {wide} ON {wide}.customer_id = kpi_members.customer_id GROUP BY {column}"
    )
    width = len(Counted.__dataclass_fields__) - ANSWERS
    answers = _answers(engine, column, [spans[place] for place in places], as_of)
    nothing = [(0,) * ANSWERS] * len(places)
    found: dict[str | None, list[Counted]] = {
        row[0]: [
            Counted(*map(int, row[1 + at * width : 1 + (at + 1) * width]), *told)
            for at, told in enumerate(answers.get(row[0], nothing))
        ]
        for row in rows
    }
    nobody = [Counted(*[0] * (width + ANSWERS))] * len(places)
    total = [sum(group[at].revenue for group in found.values()) for at in range(len(places))]
    return {
        place: [
            _kpi(asked.by, key, spans[place], as_of, group[at], group[at - 1], total[at])
            for key in groups_of(model, asked.by)
            for group in (found.get(key, nobody),)
        ]
        for at, place in enumerate(places)
        if place in own
    }


def _answers(
    engine: Runner, column: str, spans: Sequence[Period], as_of: dt.date
) -> dict[str | None, list[tuple[int, ...]]]:
    """Group -> what was answered in each period, in the order of `Counted`."""
    starts = [span.start for span in spans]
    found: dict[str | None, list[tuple[int, ...]]] = {}
    for group, day, *told in engine.rows(answers_by_day(column, starts[0], spans[-1].known_until(as_of))):
        sums = found.setdefault(group, [(0,) * ANSWERS] * len(spans))
        place = bisect_right(starts, day) - 1
        sums[place] = tuple(before + int(more) for before, more in zip(sums[place], told, strict=True))
    return found


def _kpi(by: By, group: str, span: Period, as_of: dt.date, now: Counted, before: Counted, total: int) -> Kpi:
    aov, earlier = _part(now.revenue, now.orders), _part(before.revenue, before.orders)
    return Kpi(
        by=by,
        group=group,
        start=span.start,
        end=span.end,
        whole=span.end <= as_of,
        customers=now.customers,
        active=now.active,
        orders=now.orders,
        revenue=now.revenue,
        revenue_share=now.revenue / total if total > 0 else None,
        retention=_part(now.stayed, before.active),
        repurchase=_part(now.repeaters, now.buyers),
        aov=aov,
        aov_growth=aov / earlier - 1 if aov is not None and earlier is not None and earlier > 0 else None,
        csat=_part(now.csat_sum, now.csats * MILLION),
        nps=_part(100 * (now.promoters - now.detractors), now.votes),
        conversion=_part(now.converted, now.prospects),
    )


def _part(part: int, whole: int) -> float | None:
    return part / whole if whole else None
