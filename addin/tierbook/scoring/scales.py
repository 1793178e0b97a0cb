"""Tiers: the main score named on every scale."""

from __future__ import annotations

from ..engine import Step, quoted, text_literal
from ..model.types import Model, Scale
from .portable import MILLION, ceiling, first_case


def scale_steps(model: Model) -> list[Step]:
    """The step `tiers`."""
    score = quoted(f"score_{model.main}")
    columns = ",\n  ".join(f"{tier_of(scale, score)} AS {quoted('tier_' + scale.key)}" for scale in model.scales)
    return [
        Step(
            "tiers",
            f"""-- One row per customer; per scale the key of the highest tier whose floor the main score reaches.
-- A floor belongs to its own tier; where a scale lifts, a potential score at its floor lifts into that tier.
SELECT customer_id,
  {columns}
FROM scores""",
        )
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
