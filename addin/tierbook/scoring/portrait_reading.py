"""The facts behind portraits, read off the relations of `portrait_steps`: per customer, or summed up over groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from ..engine import Engine, quoted, text_literal
from ..schema import TOPICS
from .complaints import KINDS
from .habits import QUARTERS, WEEKDAYS

Counted = Sequence[tuple[str, int]]
"""(key or name, how many), the most frequent first; of equals, by name or in the order of the list."""
FIGURES = (
    *("recency_days", "interval_days", "overdue_ratio", "csat", "open_complaints"),
    *("clv", "clv_low", "clv_high", "churn_risk"),
)
REACHED_BY = ("phone", "online", "mail", "meeting")
"""Channels on which people speak with people."""
_DAYS = tuple(f"weekday_{place}" for place in range(WEEKDAYS))
_QUARTERS = tuple(f"quarter_{place}" for place in range(QUARTERS))
_YEARS = tuple(f"years_{place}" for place in range(QUARTERS))


@dataclass(frozen=True)
class Facts:
    """What `portraits` tells of; every mapping by customer or group.

    Args:
        figures: the columns of `results` in FIGURES that have a value, for everybody. A group has the means of its
            members; of open complaints, the sum.
        categories: cents, returns taken off, of what was bought.
        offers: how many members would be offered what.
        weekdays, quarters, years: orders by weekday and quarter (from 0), and in how many years a quarter has some.
        all_weekdays, all_quarters: the same orders of all customers together.
    """

    figures: Mapping[str, Mapping[str, float]]
    categories: Mapping[str, Counted]
    offers: Mapping[str, Counted]
    order_channels: Mapping[str, Counted]
    contacts: Mapping[str, Counted]
    topics: Mapping[str, Counted]
    complaints: Mapping[str, Counted]
    complained: Mapping[str, int]
    weekdays: Mapping[str, Sequence[int]]
    quarters: Mapping[str, Sequence[int]]
    years: Mapping[str, Sequence[int]]
    all_weekdays: Sequence[int]
    all_quarters: Sequence[int]


def read_facts(engine: Engine, made: Set[str], *, column: str = "customer_id", customer_id: str = "") -> Facts:
    """Facts by a text column of `results`: by customer, all or one, or by group. `made`: relations there are."""
    read = _Reader(engine, column, customer_id)
    habits = "habit_orders" in made
    return Facts(
        figures=read.figures(),
        categories=read.counted("bought_categories", "category", "amount", "bought = 1"),
        offers=read.counted("next_categories", "next_category", "1") if "next_categories" in made else {},
        order_channels=read.counted("order_channels", "channel", "orders"),
        contacts=read.listed("contacts", {f"by_{key}": key for key in REACHED_BY}),
        topics=read.listed("contacts", {f"on_{one.key}": one.key for one in TOPICS}),
        complaints=read.listed("complaint_kinds", {kind.key: kind.key for kind in KINDS}),
        complained={whose: counts[0] for whose, counts in read.wide("complaint_kinds", ["complaints"]).items()},
        weekdays=read.wide("habit_orders", _DAYS) if habits else {},
        quarters=read.wide("habit_orders", _QUARTERS) if habits else {},
        years=read.wide("habit_orders", _YEARS, "MAX") if habits else {},
        all_weekdays=_totals(engine, _DAYS) if habits else (),
        all_quarters=_totals(engine, _QUARTERS) if habits else (),
    )


class _Reader:
    """Queries by customer need `results` for the figures alone: it may be a view over everything."""

    def __init__(self, engine: Engine, column: str, customer_id: str) -> None:
        self._engine = engine
        self._column = column
        self._by_group = column != "customer_id"
        self._one = f" = {text_literal(customer_id)}" if customer_id else " IS NOT NULL"

    def figures(self) -> dict[str, dict[str, float]]:
        have = [key for key in FIGURES if key in self._engine.columns("results")]
        whose = quoted(self._column)
        values = "".join(f", {self._figure(key)} AS {key}_shown" for key in have)
        rows = self._engine.rows(
            f"SELECT {whose} AS whose{values} FROM results WHERE {whose}{self._one} GROUP BY {whose} ORDER BY whose"
        )
        return {
            whose: {key: float(one) for key, one in zip(have, found, strict=True) if one is not None}
            for whose, *found in rows
        }

    def _figure(self, key: str) -> str:
        """A group's mean is taken of decimals: a sum of floating numbers changes with the threads."""
        if not self._by_group:
            return f"MAX({key})"
        return f"SUM({key})" if key == "open_complaints" else f"AVG(CAST({key} AS DECIMAL(18, 6)))"

    def counted(self, relation: str, key: str, value: str, where: str = "1 = 1") -> dict[str, Counted]:
        """Whose -> (value of a column, the sum of another one)."""
        found: dict[str, list[tuple[str, int]]] = {}
        for whose, name, count in self._read(relation, f"{key}, CAST(SUM({value}) AS BIGINT) AS n", where, f", {key}"):
            found.setdefault(whose, []).append((name, count))
        return {whose: sorted(counts, key=lambda each: (-each[1], each[0])) for whose, counts in found.items()}

    def wide(self, relation: str, columns: Sequence[str], how: str = "SUM") -> dict[str, list[int]]:
        """Whose -> the sums (or another aggregate) of columns."""
        values = ", ".join(f"CAST({how}({column}) AS BIGINT) AS {column}_n" for column in columns)
        return {whose: counts for whose, *counts in self._read(relation, values)}

    def listed(self, relation: str, columns: Mapping[str, str]) -> dict[str, Counted]:
        """Whose -> (key of a column, its sum) of the columns with any."""
        return {
            whose: sorted(
                ((key, count) for key, count in zip(columns.values(), counts, strict=True) if count),
                key=lambda each: -each[1],
            )
            for whose, counts in self.wide(relation, list(columns)).items()
        }

    def _read(self, relation: str, values: str, where: str = "1 = 1", by: str = "") -> list[tuple[Any, ...]]:
        if self._by_group:
            whose = f"results.{quoted(self._column)}"
            source = f"{relation} JOIN results ON results.customer_id = {relation}.customer_id"
        else:
            whose, source = f"{relation}.customer_id", relation
        return self._engine.rows(
            f"SELECT {whose} AS whose, {values} FROM {source} WHERE {whose}{self._one} AND {where} "
            f"GROUP BY {whose}{by} ORDER BY whose{by}"
        )


def _totals(engine: Engine, columns: Sequence[str]) -> list[int]:
    sums = ", ".join(f"CAST(COALESCE(SUM({column}), 0) AS BIGINT) AS {column}_n" for column in columns)
    return list(engine.rows(f"SELECT {sums} FROM habit_orders")[0])
