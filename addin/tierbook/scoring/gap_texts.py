"""The gap in words: `再消费 12,400 元，或再下 2 单 → VIP`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..engine import Engine, quoted, text_literal
from ..labels import Language, text
from ..model.types import Better, Indicator, Model
from .display import names
from .portable import MILLION

TOLD = 3
"""Alternatives in a text."""
_WORDS = {
    **dict.fromkeys(("amount_6m", "amount_12m", "monetary"), "amount"),
    **dict.fromkeys(("orders_30d", "orders_90d", "orders_6m", "orders_12m", "frequency"), "orders"),
    "recency_days": "recency",
    "categories_12m": "categories",
    "new_product_12m": "new_products",
    "interactions_90d": "interactions",
    "visits_12m": "visits",
    "trainings_12m": "trainings",
    "referrals": "referrals",
}
"""Indicator -> its words; every other one is told by name and the value to reach."""


@dataclass(frozen=True)
class Gap:
    """What brings a customer into the next tier.

    Args:
        next_tier: its name; "" at the top.
        points: missing to it; None at the top.
        text: one line.
        changes: indicator -> change of it alone, in display units; for one without a value now the whole value.
            None where no value of it is enough.
    """

    customer_id: str
    next_tier: str
    points: float | None
    text: str
    changes: Mapping[str, float | None]


def gap_keys(engine: Engine) -> list[str]:
    """The indicators that `gaps` tells of, in the order of the main card."""
    return [column.removeprefix("by_") for column in engine.columns("gaps") if column.startswith("by_")]


def gaps(engine: Engine, model: Model, language: Language, only: str = "") -> Iterator[Gap]:
    """The gap of every customer of the last `score` run (or of `only` one), by id.

    A text tells the three changes that are smallest against the average of all customers; money in whole currency
    units, rounded up.
    """
    keys = gap_keys(engine)
    words = _Words(engine, model, language, [model.indicator(key) for key in keys])
    columns = "".join(f", {quoted('by_' + key)}, {quoted('to_' + key)}" for key in keys)
    scales = [model.indicator(key).scale for key in keys]
    told = names(model.scale(model.main_scale).tiers, language)
    where = f"WHERE customer_id = {text_literal(only)} " if only else ""
    for customer_id, tier, points, *found in engine.rows(
        f"SELECT customer_id, next_tier, points{columns} FROM gaps {where}ORDER BY customer_id"
    ):
        changes = dict(zip(keys, map(_shown, found[::2], scales), strict=True))
        if tier is None:
            yield Gap(customer_id, "", None, words.top, changes)
        else:
            line = words.line(told[tier], points, found[::2], found[1::2])
            yield Gap(customer_id, told[tier], points / MILLION, line, changes)


def _shown(value: int | None, scale: int) -> float | None:
    return None if value is None else value / scale


class _Words:
    """The words of one run, found once."""

    def __init__(self, engine: Engine, model: Model, language: Language, indicators: list[Indicator]) -> None:
        better = {line.indicator: line.better for line in model.main_card.lines}
        average = [_average(engine, each.key) for each in indicators]
        self.costs = [1 / mean if mean > 0 else math.inf for mean in average]
        self.ways = [_way(each, better.get(each.key, each.better), language) for each in indicators]
        self.language = language
        self.top = text("scoring.gap_top", language, tier=model.scale(model.main_scale).tiers[-1].name.of(language))
        self.between = text("scoring.gap_or", language)
        self.lines = {
            tier.name.of(language): text("scoring.gap_line", language, ways=_HOLE, tier=tier.name.of(language))
            for tier in model.scale(model.main_scale).tiers
        }

    def line(self, tier: str, points: int, changes: Sequence[int | None], targets: Sequence[int | None]) -> str:
        costs = sorted([(abs(by) * self.costs[place], place) for place, by in enumerate(changes) if by is not None])
        if not costs:
            missing = f"{-(-points // (MILLION // 10)) / 10:,.1f}"
            return text("scoring.gap_none", self.language, tier=tier, points=missing)
        told = [self.ways[place](changes[place] or 0, targets[place] or 0) for _, place in costs[:TOLD]]
        return self.lines[tier].replace(_HOLE, self.between.join(told))


_HOLE = "\0"
"""Stands in a text where something else goes in."""


def _way(indicator: Indicator, better: Better, language: Language) -> Callable[[int, int], str]:
    """(change, target) -> words of one way, from stored whole numbers."""
    word, scale = _WORDS.get(indicator.key, ""), indicator.scale
    unit, percent = indicator.unit.of(language), 100 if indicator.unit.of(language) == "%" else 1
    shown = f"{_HOLE} {unit}".rstrip()
    by_name = text("scoring.gap_to", language, name=indicator.name.of(language), to=shown)
    today = text("scoring.gap_today", language)
    if word == "recency":
        more = text("scoring.gap_recency", language, to=_HOLE)
    else:
        more = text(f"scoring.gap_{word}", language, by=_HOLE) if word else ""

    def named(_: int, to: int) -> str:
        return by_name.replace(_HOLE, _hundredths(to * percent, scale, up=better == "high"))

    def recent(_: int, to: int) -> str:
        return more.replace(_HOLE, f"{to:,}") if to else today

    def further(by: int, to: int) -> str:
        return more.replace(_HOLE, f"{-(-by // scale):,}") if by > 0 else named(by, to)

    if word == "recency" and better == "low":
        return recent
    return further if word not in ("", "recency") and better == "high" else named


def _average(engine: Engine, key: str) -> float:
    """What customers have on average; 0 where that is nothing or less."""
    count, total = engine.rows(f"SELECT {quoted('count_' + key)}, {quoted('sum_' + key)} FROM gap_totals")[0]
    return total / count if count and total > 0 else 0.0


def _hundredths(value: int, scale: int, *, up: bool) -> str:
    """A stored number that is still enough when rounded: up, or down where less is better; no idle decimals."""
    rounded = -(-value * 100 // scale) if up else value * 100 // scale
    return f"{Decimal(rounded).scaleb(-2):,.2f}".rstrip("0").rstrip(".")
