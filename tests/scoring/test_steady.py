"""Steady tiers: off by default; with a margin or least days nobody flaps between two tiers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlglot

from tierbook.model.types import Model
from tierbook.scoring import plan
from tierbook.scoring.deliveries import EVERYTHING
from tierbook.scoring.scales import scale_steps
from tierbook.scoring.steady import STANDING, is_steady, put_standing

AS_OF = dt.date(2026, 10, 31)
LONG_AGO = dt.date(2026, 1, 1)


def tiers_now(lab: Any, model: Model, scores: dict[str, float], stood: list[tuple[str, str, dt.date | None]],
              potential: int = 0) -> dict[str, str]:  # fmt: skip
    """The main tier of customers with these scores; floors of the general model are 40, 60 and 80."""
    lab.forget()
    scale = model.scale(model.main_scale)
    lab.put("scores", [
        {"customer_id": customer, f"score_{model.main}": round(score * 1_000_000),
         **({f"score_{scale.potential_card}": potential * 1_000_000} if scale.potential_card else {})}
        for customer, score in scores.items()
    ])  # fmt: skip
    put_standing(lab.engine, stood)
    for step in scale_steps(model, AS_OF):
        lab.engine.run(step)
    found = {customer: row[f"tier_{scale.key}"] for customer, row in lab.rows("tiers").items()}
    lab.engine.drop(STANDING)
    return found


def test_models_hold_nobody_by_default(general: Model) -> None:
    assert not is_steady(general)
    assert [step.name for step in plan(general, AS_OF, delivered=EVERYTHING | {STANDING})].count("computed_tiers") == 0


@pytest.mark.parametrize(
    ("before", "score", "now"),
    [
        ("vip", 80.0, "vip"),
        ("vip", 78.0, "vip"),
        ("vip", 77.999999, "potential"),
        ("vip", 30.0, "low"),
        ("potential", 80.0, "potential"),
        ("potential", 81.999999, "potential"),
        ("potential", 82.0, "vip"),
        ("low", 61.0, "general"),
        ("low", 62.0, "potential"),
        ("low", 95.0, "vip"),
        ("general", 38.0, "general"),
        ("general", 37.999999, "low"),
    ],
)
def test_a_score_must_pass_a_floor_by_the_margin(
    lab: Any, changed: Callable[..., Model], before: str, score: float, now: str
) -> None:
    model = changed("hold_margin=2")
    assert tiers_now(lab, model, {"A": score}, [("A", before, LONG_AGO)]) == {"A": now}


def test_who_was_not_there_before_has_the_computed_tier(lab: Any, changed: Callable[..., Model]) -> None:
    model = changed("hold_margin=2", "hold_days=30")
    found = tiers_now(lab, model, {"A": 80, "B": 79}, [("X", "low", AS_OF), ("B", "gone", AS_OF)])
    assert found == {"A": "vip", "B": "potential"}


def test_a_customer_stays_in_a_tier_for_the_least_days(lab: Any, changed: Callable[..., Model]) -> None:
    model = changed("hold_days=30")
    young, old = AS_OF - dt.timedelta(29), AS_OF - dt.timedelta(30)
    stood = [("A", "vip", young), ("B", "vip", old), ("C", "low", young), ("D", "low", None)]
    found = tiers_now(lab, model, dict.fromkeys("ABCD", 50.0), stood)
    assert found == {"A": "vip", "B": "general", "C": "low", "D": "general"}


def test_the_steps_go_to_another_engine_as_well(changed: Callable[..., Model]) -> None:
    for step in scale_steps(changed("hold_days=30", "hold_margin=2"), AS_OF):
        assert sqlglot.transpile(step.select, read="duckdb", write="spark",
                                 unsupported_level=sqlglot.ErrorLevel.RAISE)  # fmt: skip
