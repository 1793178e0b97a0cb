"""What people see: one row per customer, names in the run's language, values in display units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..engine import Step, quoted, text_literal
from ..labels import Language, text
from ..model.types import Indicator, Model, Rule
from ..schema import CHANNELS, CUSTOMERS, TOPICS, Choice
from .portable import BILLION, MILLION, names_of

CHOICES: Mapping[str, tuple[Choice, ...]] = {"preferred_channel": CHANNELS, "top_topic": TOPICS}
"""The closed lists behind text indicators."""


def result_steps(model: Model, language: Language) -> list[Step]:
    """The step `results`."""
    columns = [
        *_profile(language),
        *_standing(model, language),
        *_scales_and_cards(model, language),
        *((indicator.key, _shown(indicator, language)) for indicator in model.indicators),
    ]
    listed = ",\n  ".join(f"{expression} AS {quoted(name)}" for name, expression in columns)
    return [
        Step(
            "results",
            f"""-- One row per customer, as people read it: names in the run's language, money in currency units.
SELECT {listed}
FROM customers
JOIN indicators ON indicators.customer_id = customers.customer_id
JOIN scores ON scores.customer_id = customers.customer_id
JOIN tiers ON tiers.customer_id = customers.customer_id
JOIN stages ON stages.customer_id = customers.customer_id
JOIN tags ON tags.customer_id = customers.customer_id
JOIN segments ON segments.customer_id = customers.customer_id
LEFT JOIN rfm ON rfm.customer_id = customers.customer_id""",
        )
    ]


Named = tuple[str, str]
"""Column name and its SQL."""


def _profile(language: Language) -> list[Named]:
    columns = ("customer_id", "name", "owner", "kind", "industry", "size", "region")
    return [
        (key, names_of(f"customers.{key}", choice_names(CUSTOMERS.column(key).choices, language))) for key in columns
    ]


def _standing(model: Model, language: Language) -> list[Named]:
    main = model.scale(model.main_scale)
    return [
        ("tier", names_of(f"tiers.{quoted('tier_' + main.key)}", names(main.tiers, language))),
        ("score", _points(model.main)),
        ("coverage", _coverage(model.main)),
        ("r", "rfm.r"),
        ("f", "rfm.f"),
        ("m", "rfm.m"),
        ("rfm", "CAST(rfm.r AS VARCHAR) || '-' || CAST(rfm.f AS VARCHAR) || '-' || CAST(rfm.m AS VARCHAR)"),
        ("rfm_total", "rfm.rfm_total"),
        ("rfm_grade", "rfm.rfm_grade"),
        ("segment", names_of("rfm.segment", names(model.rfm.classes, language))),
        ("custom_segment", names_of("segments.custom_segment", names(model.segments, language))),
        ("stage", names_of("stages.stage", names(model.stages, language))),
        ("tags", _tags(model, language)),
    ]


def _scales_and_cards(model: Model, language: Language) -> list[Named]:
    tiers = [
        (f"tier_{scale.key}", names_of(f"tiers.{quoted('tier_' + scale.key)}", names(scale.tiers, language)))
        for scale in model.scales
    ]
    cards = [
        pair
        for card in model.scorecards
        for pair in ((f"score_{card.key}", _points(card.key)), (f"coverage_{card.key}", _coverage(card.key)))
    ]
    return [*tiers, *cards]


def _points(card: str) -> str:
    return f"CAST(scores.{quoted('score_' + card)} AS DOUBLE) / {MILLION}"


def _coverage(card: str) -> str:
    return f"CAST(scores.{quoted('coverage_' + card)} AS DOUBLE) / {BILLION}"


def _shown(indicator: Indicator, language: Language) -> str:
    column = f"indicators.{quoted(indicator.key)}"
    if indicator.kind == "money":
        return f"CAST({column} * 0.01 AS DECIMAL(18, 2))"
    if indicator.kind == "text":
        return names_of(column, choice_names(CHOICES.get(indicator.key, ()), language))
    return column if indicator.scale == 1 else f"CAST({column} AS DOUBLE) / {indicator.scale}"


def _tags(model: Model, language: Language) -> str:
    """The tags' names, in the model's order, in one text; "" for a customer without any."""
    rules = [rule for rule in model.tags if rule.enabled]
    shown = ",\n    ".join(_tag(rule, language) for rule in rules)
    between = text_literal(text("scoring.between_tags", language))
    return f"CONCAT_WS({between},\n    {shown})" if rules else "''"


def _tag(rule: Rule, language: Language) -> str:
    column = f"tags.{quoted('tag_' + rule.key)}"
    if not rule.value_of:
        return f"CASE WHEN {column} = 1 THEN {text_literal(rule.name.of(language))} END"
    choices = CHOICES.get(rule.value_of, ())
    if any(each.key == rule.value_of for each in CUSTOMERS.columns):
        choices = CUSTOMERS.column(rule.value_of).choices
    return f"NULLIF({names_of(column, choice_names(choices, language))}, '')"


def names(things: Iterable[object], language: Language) -> dict[str, str]:
    """Key -> display name of tiers, classes or rules."""
    return {thing.key: thing.name.of(language) for thing in things}  # type: ignore[attr-defined]


def choice_names(choices: Iterable[Choice], language: Language) -> dict[str, str]:
    return {choice.key: choice.name.of(language) for choice in choices}
