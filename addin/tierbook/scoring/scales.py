"""Tiers: the main score named on every scale."""

from __future__ import annotations

import datetime as dt

from ..engine import Step, quoted, text_literal
from ..model.types import Model, Scale
from .portable import MILLION, ceiling, first_case
from .steady import margin_of, moved_floors, steady_select


def scale_steps(model: Model, steady_on: dt.date | None = None) -> list[Step]:
    """The step `tiers`.

    Args:
        steady_on: the day, where it is known where everybody stood before and the model holds tiers steady.
    """
    score = quoted(f"score_{model.main}")
    named = [(f"{tier_of(scale, score)}", f"tier_{scale.key}") for scale in model.scales]
    if steady_on is not None:
        scale, margin = model.scale(model.main_scale), margin_of(model)
        named += [(tier_of(moved_floors(scale, -margin), score), "easier")]
        named += [(tier_of(moved_floors(scale, margin), score), "harder")]
    columns = ",\n  ".join(f"{tier} AS {quoted(name)}" for tier, name in named)
    held = [] if steady_on is None else [Step("tiers", steady_select(model, steady_on))]
    return [
        Step(
            "computed_tiers" if held else "tiers",
            f"""-- One row per customer; per scale the key of the highest tier whose floor the main score reaches.
-- A floor belongs to its own tier; where a scale lifts, a potential score at its floor lifts into that tier.
SELECT customer_id,
  {columns}
FROM scores""",
        ),
        *held,
    ]


def tier_of(scale: Scale, score: str) -> str:
    """The key of a score's tier, as SQL over whole millionths of a point."""
    cases = []
    for number, tier in enumerate(reversed(scale.tiers)):
        reached = f"{score} >= {ceiling(tier.floor, MILLION)}"
        if tier.key == scale.lifted and number > 0 and scale.potential_card:
            potential = f"{quoted('score_' + scale.potential_card)} >= {ceiling(scale.potential_floor, MILLION)}"
            reached = f"{reached} OR {potential}"
        cases.append((reached, text_literal(tier.key)))
    return first_case(cases[:-1], cases[-1][1])
