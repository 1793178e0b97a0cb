"""Steady tiers: a customer near a floor does not flap between two tiers from day to day.

Two parameters of a model, both 0 and so off by default: `hold_margin` points around each floor, and `hold_days` for
which a customer stays in a tier at least. They need to know where everybody stood before: without that (no book, a
first refresh, a new customer) the computed tier holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from ..engine import Runner, date_literal, quoted, text_literal
from ..model.types import Model, Scale

STANDING = "standing"
"""One row per customer known before: customer_id, tier (key on the main scale), since (first day in it)."""
_TYPES = {"customer_id": "VARCHAR", "tier": "VARCHAR", "since": "DATE"}
HOLD_DAYS, HOLD_MARGIN = "hold_days", "hold_margin"
Stood = tuple[str, str, dt.date | None]
"""Customer, key of the tier, first day in it (None: not known)."""


def is_steady(model: Model) -> bool:
    """Whether the model holds customers in their tiers at all."""
    return margin_of(model) > 0 or days_of(model) > 0


def margin_of(model: Model) -> Decimal:
    """Points a score must pass a floor by before the tier changes."""
    return Decimal(str(model.param(HOLD_MARGIN))) if HOLD_MARGIN in model.params else Decimal(0)


def days_of(model: Model) -> int:
    """Days a customer stays in a tier at least."""
    return model.whole(HOLD_DAYS) if HOLD_DAYS in model.params else 0


def put_standing(engine: Runner, stood: Iterable[Stood]) -> None:
    """Make the relation `standing`, which `score` reads where the model is steady."""
    engine.drop(STANDING)
    engine.put(STANDING, _TYPES, stood)


def moved_floors(scale: Scale, by: Decimal) -> Scale:
    """The scale with every floor but the lowest, and that of the potential score, moved by so many points."""
    lowest, *others = scale.tiers
    tiers = (lowest, *(replace(tier, floor=tier.floor + by) for tier in others))
    return replace(scale, tiers=tiers, potential_floor=scale.potential_floor + by)


def with_harder_floors(model: Model) -> Model:
    """The model whose main scale asks for the margin too: what a customer known before must reach to rise."""
    scales = tuple(moved_floors(one, margin_of(model)) if one.key == model.main_scale else one for one in model.scales)
    return replace(model, scales=scales)


def steady_tier(model: Model, as_of: dt.date, computed: str, easier: str, harder: str) -> str:
    """The key of the tier a customer is in, as SQL over the tier before (`standing`) and three computed ones.

    Younger than `hold_days` in the tier: the customer stays. Falling: only below the floor of the tier before by more
    than the margin. Rising: only as far as a score reaches floors that lie higher by the margin; a score on that line
    rises.

    Args:
        computed, easier, harder: the tier by the floors, and by floors that lie lower and higher by the margin.
    """
    before, since = f"{STANDING}.tier", f"{STANDING}.since"
    scale = model.scale(model.main_scale)

    def rank(tier: str) -> str:
        arms = " ".join(f"WHEN {text_literal(each.key)} THEN {place}" for place, each in enumerate(scale.tiers))
        return f"(CASE {tier} {arms} END)"

    young = ""
    if days := days_of(model):
        young = f" WHEN {since} > {date_literal(as_of - dt.timedelta(days))} THEN {before}"
    return (
        f"CASE WHEN {rank(before)} IS NULL OR {before} = {computed} THEN {computed}{young} "
        f"WHEN {rank(computed)} < {rank(before)} AND {rank(easier)} >= {rank(before)} THEN {before} "
        f"WHEN {rank(computed)} < {rank(before)} THEN {computed} "
        f"WHEN {rank(harder)} > {rank(before)} THEN {harder} ELSE {before} END"
    )


def steady_select(model: Model, as_of: dt.date) -> str:
    """The step `tiers` over `computed_tiers`, which has `easier` and `harder` besides."""
    main = quoted(f"tier_{model.main_scale}")
    columns = ",\n  ".join(
        f"{steady_tier(model, as_of, f'computed_tiers.{main}', 'easier', 'harder')} AS {main}"
        if scale.key == model.main_scale
        else quoted(f"tier_{scale.key}")
        for scale in model.scales
    )
    return f"""-- One row per customer; the tier on the main scale held back by hold_margin and hold_days.
SELECT computed_tiers.customer_id AS customer_id,
  {columns}
FROM computed_tiers
LEFT JOIN {STANDING} ON {STANDING}.customer_id = computed_tiers.customer_id"""
