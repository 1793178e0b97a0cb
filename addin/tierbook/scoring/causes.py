"""What changed in the facts about a customer between two looks, as kinds with counts: why somebody moved.

A look keeps only totals of each customer (`totals`). What is dated after the earlier look is new: an order, a return,
a visit. What is dated before it but was not counted then came late. Where totals are smaller than they were, something
was put right or taken out; and an order that left the window an indicator looks at has aged out.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from ..engine import Engine, Step, date_literal
from .dates import months_back
from .portable import count_where, whole_sum

WINDOWS = (12, 6)
"""Months that indicators look back for; an order may age out of each."""


@dataclass(frozen=True)
class Cause:
    """One thing that changed. `key` names its words in `labels`; cents where money came or went."""

    key: str
    count: int = 0
    cents: int = 0


@dataclass(frozen=True)
class Changed:
    """What the facts tell today of a customer: up to the earlier day (old), after it (new), aged out since (aged).

    Counts of orders, returns, interactions and feedback; `_cents` are cents of the lines, those of returns below zero.
    `overdue` are order lines whose payment fell due since and is still out.
    """

    old_orders: int = 0
    old_cents: int = 0
    old_returns: int = 0
    old_returned: int = 0
    old_interactions: int = 0
    old_feedback: int = 0
    new_orders: int = 0
    new_cents: int = 0
    new_returns: int = 0
    new_returned: int = 0
    new_interactions: int = 0
    new_feedback: int = 0
    aged_12m: int = 0
    aged_12m_cents: int = 0
    aged_6m: int = 0
    aged_6m_cents: int = 0
    overdue: int = 0
    overdue_cents: int = 0


def changed(engine: Engine, customers: Sequence[str], before: dt.date, as_of: dt.date) -> dict[str, Changed]:
    """Customer -> what its facts tell today, for those asked for."""
    engine.put("movers", {"customer_id": "VARCHAR"}, [(one,) for one in customers])
    old, new = f"date <= {date_literal(before)}", f"date > {date_literal(before)}"
    aged = {
        f"aged_{months}m": f"date > {date_literal(months_back(before, months))} "
        f"AND date <= {date_literal(months_back(as_of, months))}"
        for months in WINDOWS
    }
    bought, returned = "is_return = 0", "is_return = 1"
    day = date_literal(as_of)
    due = f"{bought} AND due_date >= {date_literal(before)} AND due_date < {day}"
    out = f"{due} AND (paid_date IS NULL OR paid_date > {day})"
    heads = [("old_orders", old), ("new_orders", new), *aged.items()]
    money = [
        ("old_cents", f"{bought} AND {old}"), ("old_returned", f"{returned} AND {old}"),
        ("new_cents", f"{bought} AND {new}"), ("new_returned", f"{returned} AND {new}"),
        *((f"{name}_cents", test) for name, test in aged.items()), ("overdue_cents", out),
    ]  # fmt: skip
    backs = [("old_returns", f"{returned} AND {old}"), ("new_returns", f"{returned} AND {new}"), ("overdue", out)]
    lines = Step(
        "mover_lines",
        f"""-- One row per order line of those asked for, up to the day.
SELECT orders.customer_id AS customer_id, order_id, date, amount, is_return, due_date, paid_date
FROM orders JOIN movers ON movers.customer_id = orders.customer_id
WHERE date <= {day}""",
    )
    engine.run(lines)
    columns = ", ".join(f"COALESCE({one.name}, 0)" for one in fields(Changed))
    rows = engine.rows(
        f"""SELECT movers.customer_id, {columns} FROM movers
LEFT JOIN (SELECT customer_id, {_listed(count_where, heads)} FROM (
    SELECT customer_id, order_id, MIN(date) AS date FROM {lines.name} WHERE {bought}
    GROUP BY customer_id, order_id) AS heads GROUP BY customer_id) AS counted
  ON counted.customer_id = movers.customer_id
LEFT JOIN (SELECT customer_id, {_listed(_cents, money)}, {_listed(count_where, backs)}
    FROM {lines.name} GROUP BY customer_id) AS summed ON summed.customer_id = movers.customer_id
{_told_of("interactions", old, new, day)}
{_told_of("feedback", old, new, day)}"""
    )
    for name in ("movers", lines.name):
        engine.drop(name)
    return {customer: Changed(*map(int, told)) for customer, *told in rows}


def _cents(test: str) -> str:
    return whole_sum("amount", test)


def _listed(how: Callable[[str], str], named: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{how(test)} AS {name}" for name, test in named)


def _told_of(table: str, old: str, new: str, day: str) -> str:
    named = [(f"old_{table}", old), (f"new_{table}", new)]
    return f"""LEFT JOIN (SELECT {table}.customer_id AS customer_id, {_listed(count_where, named)} FROM {table}
    JOIN movers ON movers.customer_id = {table}.customer_id WHERE date <= {day} GROUP BY {table}.customer_id)
  AS of_{table} ON of_{table}.customer_id = movers.customer_id"""


def causes(now: Changed, before: Mapping[str, int] | None, *, merged: int = 0, rules: bool = False) -> list[Cause]:
    """What changed, in the order people ask: the rules, who the customer is, what it bought, what it said, what aged.

    Args:
        before: the totals of the earlier look (see `totals.TOTALS`), those of merged customers added; None where
            nobody kept them: then only what is dated after it can be told.
        merged: customers merged into this one since.
        rules: whether other rules scored the earlier day.
    Returns:
        at least one: where nothing changed, only time has passed (`time`), or others changed.
    """
    late = _late(now, before) if before is not None else {}
    found = [
        Cause("rules", int(rules)),
        Cause("merged", merged),
        Cause("new_order", now.new_orders, now.new_cents),
        *_arrived("order", late.get("orders", 0), late.get("cents", 0)),
        Cause("return", now.new_returns, now.new_returned),
        *_arrived("return", late.get("returns", 0), late.get("returned", 0)),
        Cause("overdue", now.overdue, now.overdue_cents),
        Cause("interaction", now.new_interactions + late.get("interactions", 0)),
        Cause("feedback", now.new_feedback + late.get("feedback", 0)),
        *(Cause(f"aged_{months}m", getattr(now, f"aged_{months}m"), -getattr(now, f"aged_{months}m_cents"))
          for months in WINDOWS),
    ]  # fmt: skip
    told = [one for one in found if one.count > 0 or (one.key in _BY_MONEY and one.cents)]
    return [one for one in told if one.key != _HALF_YEAR] or told or [Cause("time")]


_BY_MONEY = ("corrected",)
"""Causes that need no count."""
_HALF_YEAR = f"aged_{min(WINDOWS)}m"
"""Told only where there is nothing else: the same order is in the longer window still."""


def _late(now: Changed, before: Mapping[str, int]) -> dict[str, int]:
    """What is counted today of the days up to the earlier look, beyond what was counted then."""
    bought = before.get("amount", 0) - before.get("returned", 0)
    return {
        "orders": now.old_orders - before.get("orders", 0),
        "cents": now.old_cents - bought,
        "returns": now.old_returns - before.get("returns", 0),
        "returned": now.old_returned - before.get("returned", 0),
        "interactions": max(now.old_interactions - before.get("interactions", 0), 0),
        "feedback": max(now.old_feedback - before.get("feedback", 0), 0),
    }


def _arrived(what: str, count: int, cents: int) -> list[Cause]:
    """An order or return that came late, was taken out, or has another amount than it had."""
    if count:
        return [Cause(f"late_{what}", count, cents)] if count > 0 else [Cause(f"gone_{what}", -count, cents)]
    return [Cause("corrected", 0, cents)]


def as_text(causes: Iterable[Cause]) -> str:
    """The causes as JSON, for a ledger or a hidden sheet."""
    return json.dumps([[one.key, one.count, one.cents] for one in causes], ensure_ascii=False, separators=(",", ":"))


def from_text(told: str) -> list[Cause]:
    """The causes that `as_text` wrote; none for an empty text."""
    return [Cause(str(key), int(count), int(cents)) for key, count, cents in json.loads(told)] if told else []


def drivers_as_text(drivers: Iterable[tuple[str, int]]) -> str:
    """Indicators and the millionths of a point each changed by, as JSON."""
    return json.dumps([[key, points] for key, points in drivers], ensure_ascii=False, separators=(",", ":"))


def drivers_from_text(told: str) -> list[tuple[str, int]]:
    return [(str(key), int(points)) for key, points in json.loads(told)] if told else []


def drivers(before: Mapping[str, int], now: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Indicators whose points changed, the largest change first (tie: the scorecard's order).

    Args:
        before, now: millionths of a point by indicator; what did not count is absent or 0. `now` in the card's order.
    """
    changes = [(key, points - before.get(key, 0)) for key, points in now]
    return sorted((one for one in changes if one[1]), key=lambda one: -abs(one[1]))
