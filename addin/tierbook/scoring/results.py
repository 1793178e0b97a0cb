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

_CUSTOMER_KEYS = frozenset(column.key for column in CUSTOMERS.columns)


def result_steps(model: Model, language: Language) -> list[Step]:
    """The step `results`."""
    columns = [
        *_profile(language),
        *_standing(model, language),
        *_scales_and_cards(model, language),
        *((indicator.key, _shown(indicator, language)) for indicator in model.indicators),
    ]
    listed = ",\n  ".join(
        expression if expression == name else f"{expression} AS {quoted(name)}" for name, expression in columns
    )
    return [
        Step(
            "results",
            f"""-- One row per customer, as people read it: names in the run's language, money in currency units.
SELECT {listed}
FROM customers
JOIN indicators USING (customer_id)
JOIN scores USING (customer_id)
JOIN tiers USING (customer_id)
JOIN stages USING (customer_id)
JOIN tags USING (customer_id)
JOIN segments USING (customer_id)
LEFT JOIN rfm USING (customer_id)""",
        )
    ]


Named = tuple[str, str]
"""Column name and its SQL."""


def _profile(language: Language) -> list[Named]:
    columns = ("customer_id", "name", "owner", "kind", "industry", "size", "region")
    return [(key, names_of(key, choice_names(CUSTOMERS.column(key).choices, language))) for key in columns]


def _standing(model: Model, language: Language) -> list[Named]:
    main = model.scale(model.main_scale)
    return [
        ("tier", names_of(quoted(f"tier_{main.key}"), names(main.tiers, language))),
        ("score", _points(model.main)),
        ("coverage", _coverage(model.main)),
        ("r", "r"),
        ("f", "f"),
        ("m", "m"),
        ("rfm", "CAST(r AS VARCHAR) || '-' || CAST(f AS VARCHAR) || '-' || CAST(m AS VARCHAR)"),
        ("rfm_total", "rfm_total"),
        ("rfm_grade", "rfm_grade"),
        ("segment", names_of("segment", names(model.rfm.classes, language))),
        ("custom_segment", names_of("custom_segment", names(model.segments, language))),
        ("stage", names_of("stage", names(model.stages, language))),
        ("tags", _tags(model, language)),
    ]


def _scales_and_cards(model: Model, language: Language) -> list[Named]:
    tiers = [
        (f"tier_{scale.key}", names_of(quoted(f"tier_{scale.key}"), names(scale.tiers, language)))
        for scale in model.scales
    ]
    cards = [
        pair
        for card in model.scorecards
        for pair in ((f"score_{card.key}", _points(card.key)), (f"coverage_{card.key}", _coverage(card.key)))
    ]
    return [*tiers, *cards]


def _points(card: str) -> str:
    return f"CAST({quoted('score_' + card)} AS DOUBLE) / {MILLION}"


def _coverage(card: str) -> str:
    return f"CAST({quoted('coverage_' + card)} AS DOUBLE) / {BILLION}"


def _shown(indicator: Indicator, language: Language) -> str:
    column = quoted(indicator.key) if indicator.key not in _CUSTOMER_KEYS else f"indicators.{quoted(indicator.key)}"
    if indicator.kind == "money":
        return f"CAST({column} * 0.01 AS DECIMAL(18, 2))"
    if indicator.kind == "text":
        return names_of(column, choice_names(CHOICES.get(indicator.key, ()), language))
    return column if indicator.scale == 1 else f"CAST({column} AS DOUBLE) / {indicator.scale}"


def _tags(model: Model, language: Language) -> str:
    """The tags' names in the model's order, in one text; "" for a customer without any.

    A group whose first rule wins gives at most one name, in the place of its first rule.
    """
    parts: dict[str, list[str]] = {}
    for rule in model.tags:
        column = quoted(f"tag_{rule.key}")
        if rule.enabled and rule.value_of:
            parts[f"value {rule.key}"] = [f"NULLIF({names_of(column, _value_names(rule, language))}, '')"]
        elif rule.enabled:
            arm = f"WHEN {column} = 1 THEN {text_literal(rule.name.of(language))}"
            parts.setdefault(f"group {rule.group}" if rule.group else f"tag {rule.key}", []).append(arm)
    shown = [arms[0] if arms[0].startswith("NULLIF") else f"CASE {' '.join(arms)} END" for arms in parts.values()]
    between = text_literal(text("scoring.between_tags", language))
    return f"CONCAT_WS({between}, {', '.join(shown)})" if shown else "''"


def _value_names(rule: Rule, language: Language) -> dict[str, str]:
    """The display names of a tag that is a value."""
    if rule.value_of in _CUSTOMER_KEYS:
        return choice_names(CUSTOMERS.column(rule.value_of).choices, language)
    return choice_names(CHOICES.get(rule.value_of, ()), language)


def names(things: Iterable[object], language: Language) -> dict[str, str]:
    """Key -> display name of tiers, classes or rules."""
    return {thing.key: thing.name.of(language) for thing in things}  # type: ignore[attr-defined]


def choice_names(choices: Iterable[Choice], language: Language) -> dict[str, str]:
    return {choice.key: choice.name.of(language) for choice in choices}
