"""The past day sees nothing dated after it, and the outcome nothing dated up to it."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tierbook.backtest import Asked, outcome_steps
from tierbook.engine import Engine
from tierbook.jobs.backtest import scored_then, settings_of
from tierbook.jobs.intake import named_model, start_run
from tierbook.jobs.request import Request
from tierbook.model.settings import with_settings

AT = dt.date(2026, 6, 30)
END = dt.date(2026, 9, 28)
ASKED = Asked(AT, END)
Row = Mapping[str, Any]
Facts = Mapping[str, Sequence[Row]]
SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

ORDER = st.tuples(st.integers(0, 9), st.integers(0, 400), st.integers(-300, 900), st.sampled_from(["甲", "乙", ""]))
"""Customer, days away from the line, amount, category."""


def order(number: int, drawn: tuple[int, int, int, str], *, later: bool) -> Row:
    person, days, amount, category = drawn
    day = AT + dt.timedelta(1 + days % 90) if later else AT - dt.timedelta(days)
    # a negative amount after the day takes back an order from before it, where the two share a number
    return {
        "order_id": f"O{number}", "customer_id": f"C{person}", "date": day.isoformat(), "amount": amount or 1,
        "category": category,
    }  # fmt: skip


def feedback(number: int, person: int, day: dt.date, score: int) -> Row:
    return {
        "feedback_id": f"F{number}", "customer_id": f"C{person}", "date": day.isoformat(), "kind": "csat",
        "score": score,
    }  # fmt: skip


def written(folder: Path, facts: Facts) -> dict[str, Path]:
    files = {}
    for table, rows in facts.items():
        if not rows:
            continue
        files[table] = folder / f"{table}.csv"
        with files[table].open("w", encoding="utf-8", newline="") as out:
            sheet = csv.DictWriter(out, list(rows[0]))
            sheet.writeheader()
            sheet.writerows(rows)
    return files


def then_of(folder: Path, facts: Facts, *changes: str) -> list[tuple[Any, ...]]:
    """Everything that is kept of the past day, customer by customer."""
    model = with_settings(named_model("general"), changes)
    request = Request(as_of=END, files=written(folder, facts))
    with Engine(threads=1) as engine:
        scored_then(request, engine, model, ASKED, settings_of(model, 90))
        return engine.rows("SELECT * FROM backtest_then ORDER BY customer_id")


def outcome_of(folder: Path, facts: Facts) -> list[tuple[Any, ...]]:
    with Engine(threads=1) as engine:
        start_run(Request(as_of=END, files=written(folder, facts)), engine, model=named_model("general"))
        engine.run_all(outcome_steps(ASKED))
        return engine.rows("SELECT * FROM outcomes ORDER BY customer_id")


START = [order(1000 + n, (n, 40 * n, 100 + n, "甲"), later=False) for n in range(8)]
"""So that somebody is there to score."""


@SLOW
@given(
    before=st.lists(ORDER, max_size=20),
    after=st.lists(ORDER, min_size=1, max_size=20),
    policy=st.sampled_from(["net", "ignore", "exclude_order"]),
)
@example(before=[(1, 5, 500, "甲")], after=[(1, 3, -500, "甲")], policy="exclude_order")
@example(before=[(1, 5, 500, "甲")], after=[(99, 3, 800, "丙")], policy="net")
def test_facts_after_the_day_do_not_change_what_the_day_saw(
    tmp_path: Path, before: list[Any], after: list[Any], policy: str
) -> None:
    """Not even a return of an order from before, a new customer, an answer, a referral."""
    known = [*START, *(order(n, one, later=False) for n, one in enumerate(before))]
    later = [order(n, one, later=True) for n, one in enumerate(after)]  # the same order numbers
    said = [feedback(1, 2, AT - dt.timedelta(9), 4)]
    said_later = [feedback(2 + n, one[0], AT + dt.timedelta(1 + n), 1) for n, one in enumerate(after)]
    without = then_of(tmp_path, {"orders": known, "feedback": said}, f"returns={policy}")
    everything = {"orders": [*later, *known], "feedback": [*said, *said_later]}
    assert then_of(tmp_path, everything, f"returns={policy}") == without


def test_a_return_after_the_day_leaves_the_order_it_takes_back_to_the_past(tmp_path: Path) -> None:
    """Cleaned as of the end, the order would be gone: so each day is cleaned by itself."""
    back = {**START[1], "date": (AT + dt.timedelta(3)).isoformat(), "amount": -101}
    facts = {"orders": [*START, back]}
    past = {row[0]: row for row in then_of(tmp_path, facts, "returns=exclude_order")}
    assert past == {row[0]: row for row in then_of(tmp_path, {"orders": START}, "returns=exclude_order")}
    with Engine(threads=1) as engine:
        model = with_settings(named_model("general"), ["returns=exclude_order"])
        start_run(Request(as_of=END, files=written(tmp_path, facts)), engine, model=model)
        assert not engine.rows("SELECT 1 FROM orders WHERE customer_id = 'C1'")


def test_customers_who_came_later_are_not_there(tmp_path: Path) -> None:
    """On today's list stand C0, who ordered before, and others: one since before, one since after, one with no date."""
    people = [
        {"customer_id": "C0", "name": "甲", "since": ""},
        {"customer_id": "P1", "name": "乙", "since": "2026-06-30"},
        {"customer_id": "P2", "name": "丙", "since": "2026-07-01"},
        {"customer_id": "P3", "name": "丁", "since": ""},
    ]
    facts = {"customers": people, "orders": START}
    known = [row[0] for row in then_of(tmp_path, facts)]
    assert known == sorted([f"C{n}" for n in range(8)] + ["P1"])


@SLOW
@given(before=st.lists(ORDER, max_size=20), after=st.lists(ORDER, min_size=1, max_size=20))
def test_facts_up_to_the_day_do_not_change_the_outcome(tmp_path: Path, before: list[Any], after: list[Any]) -> None:
    later = [order(n, one, later=True) for n, one in enumerate(after)]
    alone = outcome_of(tmp_path, {"orders": later})
    earlier = [*START, *(order(5000 + n, one, later=False) for n, one in enumerate(before))]
    assert outcome_of(tmp_path, {"orders": [*earlier, *later]}) == alone


@pytest.mark.parametrize(("day", "counts"), [(AT, 0), (AT + dt.timedelta(1), 1), (END, 1), (END + dt.timedelta(1), 0)])
def test_the_day_itself_is_past_and_the_last_day_watched_is_not(tmp_path: Path, day: dt.date, counts: int) -> None:
    rows = [*START, {"order_id": "X", "customer_id": "C3", "date": day.isoformat(), "amount": 50, "category": "甲"}]
    found = outcome_of(tmp_path, {"orders": rows})
    assert found == ([("C3", 5000, 1)] if counts else [])


def test_a_returned_line_takes_money_away_and_is_no_order(tmp_path: Path) -> None:
    def line(name: str, amount: int) -> Row:
        return {"order_id": name, "customer_id": "C3", "date": "2026-07-05", "amount": amount, "category": "甲"}

    rows = [*START, line("X", 50), line("X", 20), line("Y", -30)]
    assert outcome_of(tmp_path, {"orders": rows}) == [("C3", 4000, 1)]


@pytest.mark.parametrize(("days", "active"), [(364, 1), (365, 0)])
def test_active_is_who_ordered_within_so_many_days(tmp_path: Path, days: int, active: int) -> None:
    day = (AT - dt.timedelta(days)).isoformat()
    rows = [*START, {"order_id": "X", "customer_id": "Z", "date": day, "amount": 50, "category": "甲"}]
    request = Request(as_of=END, files=written(tmp_path, {"orders": rows}))
    model = named_model("general")
    with Engine(threads=1) as engine:
        scored_then(request, engine, model, ASKED, settings_of(model, 90))
        assert engine.value("SELECT active FROM backtest_then WHERE customer_id = 'Z'") == active
