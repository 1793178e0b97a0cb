"""All steps in order, and the run that makes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set
from dataclasses import replace

from ..engine import Runner, Step
from ..errors import ScoringError
from ..labels import DEFAULT, Language
from ..model.types import Model
from ..model.words import Vocabulary
from . import deliveries
from .deliveries import BY_HAND, EVERYTHING
from .gap import gap_steps
from .indicators import indicator_steps, unknown_to_all
from .interactions import interaction_steps
from .lifetime import lifetime_steps
from .lifetime_model import learn
from .loyalty import loyalty_steps
from .notices import notices_of
from .orders import PARTS, opening_steps, order_steps
from .overrides import put_manual
from .records import Scored
from .results import result_steps
from .rfm import rfm_steps
from .scales import scale_steps
from .scorecards import scorecard_steps
from .stages import segment_steps, stage_steps
from .steady import STANDING, is_steady, with_harder_floors
from .tags import tag_steps


def plan(model: Model, as_of: dt.date, language: Language = DEFAULT, delivered: Set[str] = EVERYTHING) -> list[Step]:
    """Every step from the cleaned facts to `results`, in order. Nothing is run.

    After `lifetime_facts`, `lifetime_model.learn` puts the relations of `lifetime.PUT`, which `lifetimes` reads.

    Args:
        delivered: what the facts hold at all (see `deliveries`); what was not delivered has no value for anybody.
    Raises:
        ModelError: the model names an indicator nobody can measure, or a rule cannot be understood.
    """
    names = Vocabulary.of(model)
    unknown = unknown_to_all(model, as_of, delivered)
    steady = STANDING in delivered and is_steady(model)
    return [
        *opening_steps(model, as_of),
        *order_steps(model, as_of, delivered),
        *interaction_steps(model, as_of, delivered),
        *loyalty_steps(model, as_of, delivered),
        *lifetime_steps(model, as_of),
        *indicator_steps(model, as_of, unknown, delivered),
        *rfm_steps(model, as_of),
        *scorecard_steps(model, unknown),
        *scale_steps(model, as_of if steady else None),
        *stage_steps(model, as_of, names),
        *tag_steps(model, as_of, language, names),
        *segment_steps(model, as_of, names),
        *gap_steps(with_harder_floors(model) if steady else model, unknown),
        *result_steps(model, language, unknown, manual=BY_HAND in delivered),
    ]


def score(
    engine: Runner, model: Model, as_of: dt.date, language: Language = DEFAULT, *, results_only: bool = False
) -> Scored:
    """Score every customer as of a date: makes `results` and the relations before it.

    The facts (`customers`, `orders`, `interactions`, `feedback`, `referrals`, `renewals` as cleaned) may reach
    past `as_of`; later ones do not count, so any past day can be scored on the same relations. Decisions by hand
    (`overrides`, see `overrides.put_overrides`) are shown where there are any.

    Args:
        results_only: leave out `why_points`, `rfm_matrix` and `gaps`, which nothing else is made of.
    Raises:
        ScoringError: there is not one customer.
        ModelError: as `plan`.
    """
    customers = engine.value("SELECT COUNT(*) AS customers FROM customers")
    if not customers:
        raise ScoringError("scoring.nobody")
    for relation in ("results", "order_counts"):  # a table in one run, a view in another
        engine.drop(relation)
    opening = opening_steps(model, as_of)
    engine.run_all(opening)
    given = deliveries.delivered(engine, as_of)
    steps = plan(model, as_of, language, given)
    made = {step.name for step in steps}
    for step in steps[len(opening) :]:
        if results_only and step.name.startswith(_ASIDE):
            continue
        if step.name == "results" and BY_HAND in given:
            put_manual(engine, model, language)
        held = step.name != "results" or customers <= (_HELD_FOR_TWO if results_only else _HELD)
        run(engine, model, step if held else replace(step, keep=False))
        for relation in _READ_FOR_THE_LAST_TIME.get(step.name, ()):
            if relation in made:
                engine.drop(relation)
    buyers = engine.value("SELECT COUNT(orders_all) AS buyers FROM purchases")
    return Scored(customers, buyers, notices_of(engine, model, customers, language))


def run(engine: Runner, model: Model, step: Step) -> None:
    """Make a step's relation, and after the facts of lifetimes what only Python finds in them."""
    engine.run(step)
    if step.name == "lifetime_facts":
        learn(engine, model)


_HELD = 200_000
"""Customers up to whose number `results` is kept as a table; beyond it stays a view, computed where it is read
once, because its 90 columns would take more memory than all facts."""
_HELD_FOR_TWO = 10_000
"""The same where they are read no more than twice, whole and in totals."""
_ASIDE = ("why_points", "rfm_matrix", "gap")
_READ_FOR_THE_LAST_TIME = {
    "purchases": (
        *("order_lines", "numbered", "order_counts", *PARTS),
        *("order_money", "first_amounts", "category_amounts"),
    ),
    "lifetimes": ("lifetime_orders",),
    "indicators": ("interaction_counts",),
    "shares": ("ranks",),
}
"""Step -> relations nobody needs once it is made; they can be as long as the facts."""
