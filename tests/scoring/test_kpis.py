"""Key figures by week and month, against those worked out with pandas, and cases a manager would ask about."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.engine import Engine
from tierbook.scoring.kpis import Asked, Kpi, all_kpis, kpis
from tierbook.scoring.periods import Period, periods_to

Facts = dict[str, list[tuple[Any, ...]]]
TIERS = {"A": "vip", "B": "VIP", "C": "一般", "D": "General", "E": None}
"""Keys and names of any language stand for the same tier; E has none."""
MONTH_ENDS = (
    *(dt.date(2026, 8, 31), dt.date(2026, 2, 28), dt.date(2024, 2, 29), dt.date(2025, 2, 28)),
    *(dt.date(2027, 1, 1), dt.date(2026, 12, 31), dt.date(2026, 10, 14)),
)
"""Month ends, a leap day, a week across New Year, a day in the middle."""


class Desk:
    """An engine and the model on it, with a short name for failing examples."""

    def __init__(self, engine: Engine, model: Any) -> None:
        self.engine, self.model = engine, model

    def __repr__(self) -> str:
        return "desk"


@pytest.fixture(scope="module")
def desk(general: Any) -> Iterator[Desk]:
    with Engine() as engine:
        engine.execute("SET threads = 1")
        yield Desk(engine, general)


def put(engine: Engine, facts: Facts) -> None:
    kinds = {"customer_id": "VARCHAR", "order_id": "VARCHAR", "date": "DATE", "amount": "BIGINT", "is_return": "BIGINT"}
    engine.put("orders", kinds, facts.get("orders", []))
    asked = {"customer_id": "VARCHAR", "date": "DATE", "kind": "VARCHAR", "score": "DOUBLE"}
    engine.put("feedback", asked, facts.get("feedback", []))
    engine.put("customers", {"customer_id": "VARCHAR", "since": "DATE"}, facts["customers"])
    names = {"customer_id": "VARCHAR", "tier": "VARCHAR"}
    engine.put("results", names, [(one[0], TIERS[one[0]]) for one in facts["customers"]])


def days(as_of: dt.date) -> st.SearchStrategy[dt.date]:
    """Days beside the edges of periods and of the window of repurchase, and a day that is still to come."""
    near = [as_of + dt.timedelta(days=n) for n in (-372, -366, -365, -59, -32, -31, -8, -7, -6, -1, 0, 1)]
    starts = [as_of.replace(day=1), as_of - dt.timedelta(days=as_of.weekday())]
    return st.sampled_from([*near, *starts, *(start - dt.timedelta(days=1) for start in starts)])


@st.composite
def companies(draw: st.DrawFn) -> tuple[dt.date, Facts]:
    as_of = draw(st.sampled_from(MONTH_ENDS))
    day, who = days(as_of), st.sampled_from("ABCDE")
    amount = st.sampled_from([-5000, 0, 1, 100_00, 333_33])
    line = st.tuples(who, st.sampled_from("12345"), day, amount, st.sampled_from([0, 0, 0, 1]))
    answer = st.tuples(
        who, day, st.sampled_from(["nps", "csat", "complaint"]), st.sampled_from([None, 0, 3.5, 6, 7, 9])
    )
    since = st.none() | day
    return as_of, {
        "customers": [(one, draw(since)) for one in "ABCDE"],
        "orders": draw(st.lists(line, max_size=14)),
        "feedback": draw(st.lists(answer, max_size=8)),
    }


@settings(max_examples=25, deadline=None)
@given(company=companies(), kind=st.sampled_from(["week", "month"]))
def test_figures_equal_those_of_pandas(desk: Desk, company: tuple[dt.date, Facts], kind: Any) -> None:
    as_of, facts = company
    put(desk.engine, facts)
    tiers, everybody = all_kpis(desk.engine, desk.model, as_of, [Asked("tier", kind, 3), Asked("all", kind, 2)])
    keys = {"vip": "vip", "VIP": "vip", "一般": "general", "General": "general"}
    for kpi in (*tiers, *everybody):
        members = [one[0] for one in facts["customers"] if kpi.group in ("all", keys.get(TIERS[one[0]] or ""))]
        shown = {key: value for key, value in vars(kpi).items() if key not in ("by", "group", "start", "end", "whole")}
        assert shown == pytest.approx(by_pandas(facts, kpi, as_of, kind, members), nan_ok=False), kpi


def mask(frame: pd.DataFrame, wanted: Callable[[pd.Timestamp], bool]) -> pd.Series:
    return pd.Series([wanted(pd.Timestamp(day)) for day in frame["date"]], index=frame.index, dtype=bool)


def by_pandas(facts: Facts, kpi: Kpi, as_of: dt.date, kind: str, members: list[str]) -> dict[str, float | None]:
    """The figures the way an analyst takes them from tables of facts."""
    lines = pd.DataFrame(facts["orders"], columns=["who", "order", "date", "cents", "back"])
    lines = lines[mask(lines, lambda day: day <= pd.Timestamp(as_of))]
    mine = lines[lines["who"].isin(members)]
    orders = mine[mine["back"] == 0].groupby(["who", "order"])["date"].min().reset_index()
    step = pd.Timedelta(days=1)
    start, end = pd.Timestamp(kpi.start), pd.Timestamp(min(kpi.end, as_of))
    earlier = (start - pd.Timedelta(days=7)) if kind == "week" else start - pd.DateOffset(months=1)

    def within(frame: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
        return frame[mask(frame, lambda day: first <= day <= last)]

    now, before = within(orders, start, end), within(orders, earlier, start - step)
    cents, cents_before = within(mine, start, end)["cents"].sum(), within(mine, earlier, start - step)["cents"].sum()
    total = within(lines, start, end)["cents"].sum()
    bought = within(orders, end - pd.DateOffset(months=12) + step, end)["who"].value_counts()
    first = orders.groupby("who")["date"].min()
    since = {who: day for who, day in facts["customers"] if who in members}
    new = [who for who in members if who in first and start <= pd.Timestamp(first[who]) <= end]
    idle = [who for who in members if not (who in first and pd.Timestamp(first[who]) < start)]
    known = [who for who in idle if since[who] is None or pd.Timestamp(since[who]) <= end or who in new]
    answers = pd.DataFrame(facts["feedback"], columns=["who", "date", "kind", "score"])
    answers = within(answers[answers["who"].isin(members) & answers["score"].notna()], start, end)
    votes = answers[answers["kind"] == "nps"]["score"].astype(float)
    stars = answers[answers["kind"] == "csat"]["score"].astype(float)
    aov = cents / len(now) if len(now) else None
    aov_before = cents_before / len(before) if len(before) else None
    stayed = set(now["who"]) & set(before["who"])
    return {
        "customers": len(members), "active": now["who"].nunique(), "orders": len(now), "revenue": cents,
        "revenue_share": cents / total if total > 0 else None,
        "retention": len(stayed) / before["who"].nunique() if len(before) else None,
        "repurchase": (bought >= 2).mean() if len(bought) else None,
        "aov": aov,
        "aov_growth": aov / aov_before - 1 if aov is not None and aov_before and aov_before > 0 else None,
        "csat": stars.mean() if len(stars) else None,
        "nps": 100 * ((votes >= 9).mean() - (votes <= 6).mean()) if len(votes) else None,
        "conversion": len(new) / len(known) if known else None,
    }  # fmt: skip


def test_weeks_run_from_monday_to_sunday_across_new_year() -> None:
    weeks = periods_to(dt.date(2027, 1, 1), "week", 2)
    assert weeks == [
        Period(dt.date(2026, 12, 21), dt.date(2026, 12, 27)), Period(dt.date(2026, 12, 28), dt.date(2027, 1, 3)),
    ]  # fmt: skip


def test_months_and_quarters_are_those_of_the_calendar() -> None:
    assert periods_to(dt.date(2024, 3, 31), "month", 2) == [
        Period(dt.date(2024, 2, 1), dt.date(2024, 2, 29)), Period(dt.date(2024, 3, 1), dt.date(2024, 3, 31)),
    ]  # fmt: skip
    assert periods_to(dt.date(2026, 2, 28), "quarter", 2) == [
        Period(dt.date(2025, 10, 1), dt.date(2025, 12, 31)), Period(dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
    ]  # fmt: skip


def month(desk: Desk, as_of: dt.date, facts: Facts) -> Kpi:
    put(desk.engine, facts)
    return kpis(desk.engine, desk.model, as_of, by="all", period="month", periods=1)[0]


def test_a_return_takes_money_from_the_month_it_came_back_in_and_no_order(desk: Desk) -> None:
    facts: Facts = {"customers": [("A", None)], "orders": [
        ("A", "1", dt.date(2026, 7, 3), 500_00, 0), ("A", "2", dt.date(2026, 8, 3), 300_00, 0),
        ("A", "1", dt.date(2026, 8, 5), -500_00, 1),
    ]}  # fmt: skip
    told = month(desk, dt.date(2026, 8, 31), facts)
    assert (told.orders, told.revenue, told.active, told.retention) == (1, -200_00, 1, 1.0)
    assert (told.revenue_share, told.whole) == (None, True)


def test_an_unfinished_month_says_so_and_nothing_is_made_up(desk: Desk) -> None:
    told = month(desk, dt.date(2026, 8, 30), {"customers": [("A", None)]})
    assert not told.whole
    nothing = ("revenue_share", "retention", "repurchase", "aov", "aov_growth", "csat", "nps")
    assert [getattr(told, key) for key in nothing] == [None] * len(nothing)
    assert told.conversion == 0  # one prospect, who did not order


def test_somebody_known_only_later_was_no_prospect(desk: Desk) -> None:
    facts: Facts = {"customers": [("A", dt.date(2026, 9, 1)), ("B", None), ("C", dt.date(2026, 8, 9))],
                    "orders": [("C", "1", dt.date(2026, 8, 9), 1_00, 0)]}  # fmt: skip
    put(desk.engine, facts)
    august = kpis(desk.engine, desk.model, dt.date(2026, 9, 2), by="all", period="month", periods=2)[0]
    assert august.conversion == 0.5


@pytest.mark.parametrize(("kind", "known"), [("month", {1, 2}), ("month", {0, 2}), ("week", {0, 1, 2})])
def test_a_period_goes_by_where_customers_stood_at_its_end_where_that_is_known(
    desk: Desk, kind: Any, known: set[int]
) -> None:
    """E is a customer by now and was none on those days."""
    as_of, chance = dt.date(2026, 8, 31), random.Random(5)
    day = [as_of - dt.timedelta(days=back) for back in range(100)]
    put(desk.engine, {
        "customers": [(one, None) for one in "ABCDE"],
        "orders": [(chance.choice("ABCDE"), str(n), chance.choice(day), chance.randint(1, 999), 0) for n in range(300)],
        "feedback": [(chance.choice("ABCDE"), chance.choice(day), "nps", chance.choice([3, 10])) for _ in range(90)],
    })  # fmt: skip
    names = {"customer_id": "VARCHAR", "tier": "VARCHAR"}
    wanted, then = [], {}
    for place, end in enumerate(span.end for span in periods_to(as_of, kind, 3)):
        stood = dict(TIERS)
        if place in known:
            stood = {one: chance.choice(["vip", "一般", None]) for one in "ABCD"}
            then[end] = f"stood_{place}"
            desk.engine.put(then[end], names, list(stood.items()))
        desk.engine.put("as_it_was", names, [(one, stood.get(one)) for one in "ABCDE"])
        of_all = kpis(desk.engine, desk.model, as_of, by="tier", period=kind, periods=3, members="as_it_was")
        wanted += [one for one in of_all if one.end == end]
    told, everybody = all_kpis(
        desk.engine, desk.model, as_of, [Asked("tier", kind, 3), Asked("all", kind, 2)], then=then
    )
    assert told == wanted and len({one.revenue for one in told}) > 4
    assert everybody == kpis(desk.engine, desk.model, as_of, by="all", period=kind, periods=2)
