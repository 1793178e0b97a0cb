"""The facts behind portraits, read off the relations of `portrait_steps`: per customer, or summed up over groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..engine import Engine, quoted, text_literal
from ..schema import TOPICS
from .complaints import KINDS
from .habits import HABITS_OF_ALL, QUARTERS, WEEKDAYS, Orders

Counted = Sequence[tuple[str, int]]
"""(key or name, how many), the most frequent first; of equals, by name or in the order of the list."""
FIGURES = (
    *("recency_days", "interval_days", "overdue_ratio", "csat", "open_complaints"),
    *("clv", "clv_low", "clv_high", "churn_risk"),
)
REACHED_BY = ("phone", "online", "mail", "meeting")
"""Channels on which people speak with people."""
_HABITS = {
    **{f"weekday_{place}": "SUM" for place in range(WEEKDAYS)},
    **{f"quarter_{place}": "SUM" for place in range(QUARTERS)},
    **{f"years_{place}": "MAX" for place in range(QUARTERS)},
}
_KINDS, _TOPICS = tuple(kind.key for kind in KINDS), tuple(one.key for one in TOPICS)
_MET = (*(f"by_{key}" for key in REACHED_BY), *(f"on_{key}" for key in _TOPICS))


@dataclass(frozen=True)
class Facts:
    """What `portraits` tells of; every mapping by customer or group.

    Args:
        figures: the columns of `results` in FIGURES that have a value, for everybody. A group has the means of its
            members; of open complaints, the sum.
        categories: cents, returns taken off, of what was bought.
        offers: how many members of a group would be offered what.
        met: interactions by channel of REACHED_BY, then by topic.
        complained: complaints in all, then by kind.
        habits: as in `habits.Orders`; all_habits: of all customers together.
    """

    figures: Mapping[str, Mapping[str, float]]
    categories: Mapping[str, Counted]
    offers: Mapping[str, Counted]
    order_channels: Mapping[str, Counted]
    met: Mapping[str, Sequence[int]]
    complained: Mapping[str, Sequence[int]]
    habits: Mapping[str, Orders]
    all_habits: Orders


def read_facts(engine: Engine, made: Set[str], *, column: str = "customer_id", customer_id: str = "") -> Facts:
    """Facts by a text column of `results`: by customer, all or one, or by group. `made`: relations there are."""
    read = _Reader(engine, column, customer_id)
    habits, grouped = "habit_orders" in made, column != "customer_id"
    return Facts(
        figures=read.figures(),
        categories=read.counted("bought_categories", "category", "amount", "bought = 1"),
        offers=read.counted("next_categories", "next_category", "1") if grouped and "next_categories" in made else {},
        order_channels=read.counted("order_channels", "channel", "orders"),
        met=read.wide("contacts", dict.fromkeys(_MET, "SUM")),
        complained=read.wide("complaint_kinds", dict.fromkeys(("complaints", *_KINDS), "SUM")),
        habits=read.wide("habit_orders", _HABITS) if habits else {},
        all_habits=_totals(engine) if habits else (),
    )


def reached_by(met: Sequence[int]) -> Counted:
    """How often on each channel, from a row of `Facts.met`."""
    return _listed(REACHED_BY, met[: len(REACHED_BY)])


def spoken_of(met: Sequence[int]) -> Counted:
    """How often of each topic, from a row of `Facts.met`."""
    return _listed(_TOPICS, met[len(REACHED_BY) :])


def complained_of(complained: Sequence[int]) -> Counted:
    """How many complaints of each kind, from a row of `Facts.complained`."""
    return _listed(_KINDS, complained[1:])


@lru_cache(maxsize=30_000)
def _listed(keys: Sequence[str], counts: Sequence[int]) -> Counted:
    """(key, count) of those there are, most frequent first; of equals in the order of the keys.

    Many customers have the same few counts.
    """
    found = [(key, count) for key, count in zip(keys, counts, strict=True) if count]
    return tuple(sorted(found, key=lambda each: -each[1]))


class _Reader:
    """Queries by customer need `results` for the figures alone: it may be a view over everything.

    Every relation but those of categories and channels has one row per customer, and these have one for each of them.
    """

    def __init__(self, engine: Engine, column: str, customer_id: str) -> None:
        self._engine = engine
        self._column = column
        self._by_group = column != "customer_id"
        self._one = f" = {text_literal(customer_id)}" if customer_id else " IS NOT NULL"

    def figures(self) -> dict[str, dict[str, float]]:
        have = [key for key in FIGURES if key in self._engine.columns("results")]
        whose = quoted(self._column)
        values = "".join(f", {self._figure(key)} AS {key}_shown" for key in have)
        grouped = f" GROUP BY {whose}" if self._by_group else ""
        rows = self._engine.rows(
            f"SELECT {whose} AS whose{values} FROM results WHERE {whose}{self._one}{grouped} ORDER BY whose"
        )
        return {
            whose: {key: one for key, one in zip(have, found, strict=True) if one is not None} for whose, *found in rows
        }

    def _figure(self, key: str) -> str:
        """A group's mean is taken of decimals: a sum of floating numbers changes with the threads."""
        if not self._by_group:
            return f"CAST({key} AS DOUBLE)"
        told = f"SUM({key})" if key == "open_complaints" else f"AVG(CAST({key} AS DECIMAL(18, 6)))"
        return f"CAST({told} AS DOUBLE)"

    def counted(self, relation: str, key: str, value: str, where: str = "1 = 1") -> Mapping[str, Counted]:
        """Whose -> (value of a column, the sum of another one), the largest first."""
        sums = f"{key} AS told_name, CAST({f'SUM({value})' if self._by_group else value} AS BIGINT) AS n"
        found: dict[str, list[tuple[str, int]]] = {}
        last = None
        for whose, *told in self._read(relation, sums, where, ", told_name", ", n DESC, told_name"):
            if whose != last:
                last = whose
                counts = found[whose] = []
            counts.append((told[0], told[1]))
        return found

    def wide(self, relation: str, columns: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
        """Whose -> the sums (or another aggregate) of columns."""
        sums = ((column, f"{how}({column})" if self._by_group else column) for column, how in columns.items())
        values = ", ".join(f"CAST({one} AS BIGINT) AS {column}_n" for column, one in sums)
        return {row[0]: row[1:] for row in self._read(relation, values)}

    def _read(
        self, relation: str, values: str, where: str = "1 = 1", by: str = "", order: str = ""
    ) -> list[tuple[Any, ...]]:
        if self._by_group:
            whose = f"results.{quoted(self._column)}"
            source = f"{relation} JOIN results ON results.customer_id = {relation}.customer_id"
        else:
            whose, source = f"{relation}.customer_id", relation
        grouped = f" GROUP BY {whose}{by}" if self._by_group else ""
        return self._engine.rows(
            f"SELECT {whose} AS whose, {values} FROM {source} WHERE {whose}{self._one} AND {where}"
            f"{grouped} ORDER BY whose{order}"
        )


def _totals(engine: Engine) -> Orders:
    return engine.rows(f"SELECT {', '.join(HABITS_OF_ALL)} FROM habits_of_all")[0]
