"""New tags worth having: values, and pairs of values, whose customers bring more or less than the others.

Only what customers are is looked at, not what they bought: a tag made of orders would tell of revenue by definition.
The test goes by ranks, so that one large customer makes no tag, and allows for how many candidates were looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist

from ...engine import Step, quoted
from ...model.words import Vocabulary
from ..records import Report
from .records import Suggested

TRAITS = ("kind", "industry", "size", "region", "preferred_channel", "top_topic")
"""Columns of `results` that say what a customer is."""
SHOWN = 6
BETTER = 0.02
"""By how much a pair must tell more than the better of its two values, as a chance."""


@dataclass(frozen=True)
class Tried:
    """A value or pair of values: how many have it, the sum of twice their ranks, their money."""

    traits: tuple[str, ...]
    values: tuple[str, ...]
    customers: int
    ranks: int
    money: float

    def chance(self, everyone: int) -> float:
        """Chance that one of them brought more than one of the others (ties count half)."""
        others = everyone - self.customers
        above = self.ranks / 2 - self.customers * (self.customers + 1) / 2
        return above / (self.customers * others) if others else 0.5


def suggested_tags(report: Report) -> list[Suggested]:
    """The values and pairs that separate revenue best, the clearest first; nothing where nothing is proven."""
    engine, model = report.engine, report.model
    traits = [key for key in TRAITS if key in report.columns]
    everyone, money, ties = _rank(report)
    if everyone < 2 * model.whole("review_min_customers"):
        return []
    tried = list(_tried(report, traits))
    least = max(model.whole("review_min_customers"), math.ceil(float(model.param("review_tag_share")) * everyone))
    large = [one for one in tried if least <= one.customers <= everyone - least]
    singles = {(one.traits[0], one.values[0]): one for one in large if len(one.traits) == 1}
    line = NormalDist().inv_cdf(1 - (1 - float(model.param("review_confidence"))) / 2 / max(len(large), 1))
    known = {rule.value_of for rule in model.tags if rule.enabled and rule.value_of}
    found = []
    for one in large:
        if len(one.traits) == 1 and one.traits[0] in known:
            continue  # the value is a tag already
        parts = [abs(singles[part].chance(everyone) - 0.5)
                 for part in zip(one.traits, one.values, strict=True) if part in singles]  # fmt: skip
        told = abs(one.chance(everyone) - 0.5)
        if len(one.traits) > 1 and parts and told < max(parts) + BETTER:
            continue
        if _signal(one, everyone, ties) >= line and _gain(one, everyone, money) >= float(
            model.param("review_tag_gain")
        ):
            found.append((-told, one.traits, one.values, one))
    engine.drop("review_ranks")
    return [_suggested(report, one, everyone, money) for *_, one in sorted(found, key=lambda each: each[:3])[:SHOWN]]


def _rank(report: Report) -> tuple[int, float, int]:
    """Make `review_ranks`; gives customers, money and the sum over ties of t^3 - t."""
    report.engine.run(
        Step(
            "review_ranks",
            """-- One row per customer: twice its mid-rank by the money of 12 months, the lowest first.
SELECT customer_id, COALESCE(amount_12m, 0) AS money,
  2 * RANK() OVER (ORDER BY COALESCE(amount_12m, 0)) + COUNT(*) OVER (PARTITION BY COALESCE(amount_12m, 0)) - 1 AS place
FROM results""",
        )
    )
    everyone, money = report.engine.rows("SELECT COUNT(*) AS n, COALESCE(SUM(money), 0) AS money FROM review_ranks")[0]
    ties = report.engine.value(
        "SELECT COALESCE(SUM(t * t * t - t), 0) AS ties FROM "
        "(SELECT CAST(COUNT(*) AS HUGEINT) AS t FROM review_ranks GROUP BY money) AS tied"
    )
    return int(everyone), float(money), int(ties)


def _tried(report: Report, traits: Sequence[str]) -> Iterator[Tried]:
    for chosen in [*((one,) for one in traits), *combinations(traits, 2)]:
        columns = ", ".join(quoted(key) for key in chosen)
        some = " AND ".join(f"{quoted(key)} IS NOT NULL AND {quoted(key)} <> ''" for key in chosen)
        for *values, customers, ranks, money in report.engine.rows(
            f"SELECT {columns}, COUNT(*) AS customers, SUM(place) AS ranks, SUM(money) AS money FROM results "
            f"JOIN review_ranks ON review_ranks.customer_id = results.customer_id WHERE {some} "
            f"GROUP BY {columns} ORDER BY {columns}"
        ):
            yield Tried(chosen, tuple(values), int(customers), int(ranks), float(money))


def _signal(one: Tried, everyone: int, ties: int) -> float:
    """How many standard deviations the ranks are off chance (Mann & Whitney 1947, with ties)."""
    others = everyone - one.customers
    spread = one.customers * others / 12 * ((everyone + 1) - ties / (everyone * (everyone - 1)))
    gap = abs(one.chance(everyone) - 0.5) * one.customers * others
    return gap / math.sqrt(spread) if spread > 0 else 0.0


def _gain(one: Tried, everyone: int, money: float) -> float:
    """How many times as much a customer of the better side brings as one of the other."""
    inside, outside = one.money / one.customers, (money - one.money) / (everyone - one.customers)
    low, high = sorted((inside, outside))
    return high / low if low > 0 else math.inf if high > 0 else 1.0


def _suggested(report: Report, one: Tried, everyone: int, money: float) -> Suggested:
    names = Vocabulary.of(report.model).names
    conditions = [
        f"{names[key].of(report.language)} = '{value}'"
        for key, value in zip(one.traits, one.values, strict=True)
    ]  # fmt: skip
    both = " and " if report.language == "en" else " 且 "
    others = everyone - one.customers
    return Suggested(
        "·".join(one.values), both.join(conditions), one.customers, one.customers / everyone,
        one.money / one.customers, (money - one.money) / others, one.money / money if money else 0.0,
        one.chance(everyone),
    )  # fmt: skip
