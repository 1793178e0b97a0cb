"""The gap in words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tierbook.model.types import Linear, Model, ScoreLine
from tierbook.scoring.gap_texts import gaps


def told(lab: Any, model: Model, language: Any, averages: dict[str, tuple[int, int]], **row: Any) -> str:
    """The text for one customer, from relations made by hand; averages: (how many have a value, their sum)."""
    lab.forget()
    lab.put("gap_totals", [{f"{lead}_{key}": pair[place] for key, pair in averages.items()
                            for place, lead in enumerate(("count", "sum"))}])  # fmt: skip
    lab.put("gaps", [{"customer_id": "1", "next_tier": "vip", "points": 12_340_000, **row}])
    return next(iter(gaps(lab.engine, model, language))).text


EVERYBODY = {"recency_days": (10, 1000), "csat": (10, 40_000_000), "repurchase_rate": (10, 5_000_000),
             "trainings_12m": (10, 10)}  # fmt: skip


def test_the_three_smallest_changes_are_told_the_smallest_first(lab, general) -> None:
    found = told(
        lab, general, "zh-CN", EVERYBODY,
        by_recency_days=-120, to_recency_days=75, by_csat=500_000, to_csat=4_123_456,
        by_repurchase_rate=100_001, to_repurchase_rate=600_001, by_trainings_12m=2, to_trainings_12m=3,
    )  # fmt: skip

    assert found == "满意度到 4.13 分，或复购率到 60.01 %，或近 75 天内下单 → VIP"


def test_a_rounded_number_is_still_enough(lab, general) -> None:
    found = told(lab, general, "en", {"amount_12m": (1, 1)}, by_amount_12m=1, to_amount_12m=10_01)

    assert found == "spend 1 yuan more → VIP"


def test_an_order_of_today_is_told_as_such(lab, general) -> None:
    found = told(lab, general, "zh-TW", {"recency_days": (1, 1)}, by_recency_days=-3, to_recency_days=0)

    assert found == "當天下單 → VIP"


def test_without_any_change_that_is_enough_the_points_are_told(lab, general) -> None:
    found = told(lab, general, "zh-CN", {"recency_days": (1, 1)}, by_recency_days=None, to_recency_days=None)

    assert found == "还差 12.4 分到VIP，只改一项不够"  # rounded up


@pytest.mark.parametrize("key", ["recency_days", "amount_12m"])
def test_a_line_that_likes_the_other_direction_is_told_by_name(lab, general, key: str) -> None:
    better = "high" if key == "recency_days" else "low"
    line = ScoreLine(key, Decimal(1), Linear(Decimal(0), Decimal(1)), better)  # type: ignore[arg-type]
    card = replace(general.main_card, lines=(line,))
    model = replace(general, scorecards=(card, *general.scorecards[1:]))
    row = {f"by_{key}": 200 if better == "high" else -200, f"to_{key}": 300}

    shown = {"recency_days": "最近消费天数到 300 天 → VIP", "amount_12m": "近12个月金额到 3 元 → VIP"}
    assert told(lab, model, "zh-CN", {key: (1, 100)}, **row) == shown[key]


def test_a_top_customer_is_told_so(lab, general) -> None:
    found = told(lab, general, "en", {"csat": (1, 1)}, next_tier=None, points=None, by_csat=None, to_csat=None)

    assert found == "already in the highest tier, VIP"
