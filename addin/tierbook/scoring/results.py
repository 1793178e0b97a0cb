"""What people see: one row per customer, names in the run's language, values in display units."""

from __future__ import annotations

from collections.abc import Set

from ..engine import Step, quoted, text_literal
from ..labels import Language, text
from ..model.types import Indicator, IndicatorKind, Model
from .display import CUSTOMER_KEYS, choice_names, names
from .overrides import COLUMNS as MANUAL_COLUMNS
from .portable import BILLION, MILLION, floating, names_of


def result_steps(model: Model, language: Language, unknown: Set[str], *, manual: bool = False) -> list[Step]:
    """The step `results`. Indicators `unknown` to all have no value for anybody.

    Args:
        manual: there are decisions by hand (the relation `manual`). They stand in columns of their own; only `tags`,
            all tags of a customer, ends with those given by hand.
    """
    columns = [
        *_profile(language),
        *_standing(model, language),
        *_manual(language, manual=manual),
        *_scales_and_cards(model, language),
        *(
            (each.key, _NOTHING[each.kind] if each.key in unknown else _shown(each, language))
            for each in model.indicators
        ),
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
LEFT JOIN rfm USING (customer_id){_JOIN_MANUAL if manual else ""}""",
        )
    ]


_TYPES: dict[IndicatorKind, str] = {
    **dict.fromkeys(("mean_money", "ratio", "number"), "DOUBLE"),
    **dict.fromkeys(("count", "days", "flag"), "BIGINT"),
    **{"money": "DECIMAL(18, 2)", "text": "VARCHAR", "date": "DATE"},
}
_NOTHING = {kind: f"CAST(NULL AS {sql})" for kind, sql in _TYPES.items()}
Named = tuple[str, str]
"""Column name and its SQL."""


def _profile(language: Language) -> list[Named]:
    columns = ("customer_id", "name", "owner", "kind", "industry", "size", "region")
    return [(key, names_of(key, choice_names(key, language))) for key in columns]


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
    ]


_JOIN_MANUAL = "\nLEFT JOIN manual USING (customer_id)"


def _manual(language: Language, *, manual: bool) -> list[Named]:
    if not manual:
        return [("tags", "tags.tags"), *((key, f"CAST(NULL AS {sql})") for key, sql in MANUAL_COLUMNS.items())]
    between = text_literal(text("scoring.between_tags", language))
    every = f"CONCAT_WS({between}, NULLIF(tags.tags, ''), manual.added_tags)"
    return [("tags", every), *((key, key) for key in MANUAL_COLUMNS)]


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
    return f"{quoted('score_' + card)} / {floating(MILLION)}"


def _coverage(card: str) -> str:
    return f"{quoted('coverage_' + card)} / {floating(BILLION)}"


def _shown(indicator: Indicator, language: Language) -> str:
    column = quoted(indicator.key) if indicator.key not in CUSTOMER_KEYS else f"indicators.{quoted(indicator.key)}"
    if indicator.kind == "money":
        return f"CAST({column} * 0.01 AS DECIMAL(18, 2))"
    if indicator.kind == "text":
        return names_of(column, choice_names(indicator.key, language))
    return column if indicator.scale == 1 else f"{column} / {floating(indicator.scale)}"
