"""The gap in words: `再消费 12,400 元，或再下 2 单 → VIP`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..engine import Engine, quoted
from ..labels import Language, text
from ..model.types import Indicator, Model
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


def gaps(engine: Engine, model: Model, language: Language) -> Iterator[Gap]:
    """The gap of every customer of the last `score` run, by id.

    A text tells the three changes that are smallest against the average of all customers; money in whole currency
    units, rounded up.
    """
    keys = gap_keys(engine)
    words = _Words(engine, model, language, [model.indicator(key) for key in keys])
    columns = "".join(f", {quoted('by_' + key)}, {quoted('to_' + key)}" for key in keys)
    scales = [model.indicator(key).scale for key in keys]
    told = names(model.scale(model.main_scale).tiers, language)
    for customer_id, tier, points, *found in engine.rows(
        f"SELECT customer_id, next_tier, points{columns} FROM gaps ORDER BY customer_id"
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
    def __init__(self, engine: Engine, model: Model, language: Language, indicators: list[Indicator]) -> None:
        self.language = language
        self.indicators = indicators
        self.better = {line.indicator: line.better for line in model.main_card.lines}
        self.average = [_average(engine, each.key) for each in indicators]
        self.top = text("scoring.gap_top", language, tier=model.scale(model.main_scale).tiers[-1].name.of(language))
        self.between = text("scoring.gap_or", language)

    def line(self, tier: str, points: int, changes: list[int | None], targets: list[int | None]) -> str:
        costs = sorted(
            (abs(by) / mean if mean > 0 else math.inf, place)
            for place, (by, mean) in enumerate(zip(changes, self.average, strict=True))
            if by is not None
        )
        if not costs:
            missing = f"{math.ceil(Fraction(points, MILLION // 10)) / 10:,.1f}"
            return text("scoring.gap_none", self.language, tier=tier, points=missing)
        ways = self.between.join(self.way(place, changes[place], targets[place]) for _, place in costs[:TOLD])
        return text("scoring.gap_line", self.language, ways=ways, tier=tier)

    def way(self, place: int, by: int | None, to: int | None) -> str:
        indicator = self.indicators[place]
        assert by is not None, indicator.key
        assert to is not None, indicator.key
        word = _WORDS.get(indicator.key, "")
        if not word or self.better[indicator.key] != ("low" if word == "recency" else "high") or not (by or to):
            unit = indicator.unit.of(self.language)
            up = self.better[indicator.key] == "high"
            shown = _number(Fraction(to, indicator.scale) * (100 if unit == "%" else 1), up, 2)
            return text(
                "scoring.gap_to", self.language, name=indicator.name.of(self.language), to=f"{shown} {unit}".rstrip()
            )
        if word == "recency":
            key = "scoring.gap_recency" if to else "scoring.gap_today"
            return text(key, self.language, to=f"{to:,}") if to else text(key, self.language)
        return text(f"scoring.gap_{word}", self.language, by=_number(Fraction(by, indicator.scale), True, 0))


def _average(engine: Engine, key: str) -> float:
    """What customers have on average; 0 where that is nothing or less."""
    count, total = engine.rows(f"SELECT {quoted('count_' + key)}, {quoted('sum_' + key)} FROM gap_totals")[0]
    return total / count if count and total > 0 else 0.0


def _number(value: Fraction, up: bool, places: int) -> str:
    """A number that is still enough when rounded: up, or down where less is better; no decimals that say nothing."""
    round_to = math.ceil if up else math.floor
    rounded = Decimal(round_to(value * 10**places)).scaleb(-places)
    shown = f"{rounded:,.{places}f}"
    return shown.rstrip("0").rstrip(".") if places else shown
