"""The sheets 指标权重 and 分层: scorecards and scales."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from ..labels import Name
from . import types as t
from .cells import number_of
from .sheet_columns import choices
from .sheet_reading import Keys, Reading
from .sheet_rows import Row
from .words import folded, nearest

CurveKind = Literal["linear", "steps", "percentile", "yes_no"]


def read_cards(reading: Reading) -> tuple[t.Scorecard, ...]:
    """The scorecards: rows with the same name in 评分卡 belong together."""
    keys = Keys("card", {card.key: card.name for card in reading.base.scorecards})
    sources = {card.key: card.source for card in reading.base.scorecards}
    cards: dict[str, t.Scorecard] = {}

    def add(row: Row) -> None:
        word = row.needed("card")
        if word not in cards:
            key = keys.take(row, "card", row.text("key"), word)
            source = row.text("source") if row.has("source") else sources.get(key, "")
            cards[word] = t.Scorecard(key, keys.name(key, word), (), source)
            reading.cells[f"card.{key}"] = row.where("card")
        card = cards[word]
        cards[word] = replace(card, lines=(*card.lines, _line(reading, row, card.key)))

    reading.each(reading.rows["model_scorecard"], add)
    return tuple(cards.values())


def _line(reading: Reading, row: Row, card: str) -> t.ScoreLine:
    indicator = _indicator(reading, row)
    kind = row.choice("curve", choices("curve"))
    path = f"card.{card}.lines.{indicator.key}"
    shown = {"linear": "lo", "steps": "steps"}.get(kind, "curve")
    reading.cells |= {
        path: row.where("indicator"),
        f"{path}.weight": row.where("weight"),
        f"{path}.curve": row.where(shown),
        f"{path}.group": row.where("group"),
    }
    return t.ScoreLine(
        indicator=indicator.key,
        weight=row.number_needed("weight"),
        curve=_curve(row, kind),
        better=row.choice("better", choices("better"), indicator.better),  # type: ignore[arg-type]  # a key of the closed list
        missing=row.choice("missing", choices("missing"), "skip"),  # type: ignore[arg-type]  # a key of the closed list
        group=row.choice("group", choices("group"), ""),
    )


def _indicator(reading: Reading, row: Row) -> t.Indicator:
    word = row.needed("indicator")
    column = reading.names.columns.get(folded(word))
    if column is not None and column.origin == "indicator":
        return reading.base.indicator(column.key)
    near = nearest(word, [name for each in reading.base.indicators for name in (*each.name.all(), *each.aliases)])
    key = "model.check_indicator_near" if near else "model.check_indicator"
    raise row.error(key, "indicator", word=word, near=near)


def _curve(row: Row, kind: str) -> t.Curve:
    if kind == "linear":
        return t.Linear(row.number_needed("lo"), row.number_needed("hi"))
    if kind == "steps":
        return t.Steps(_steps(row))
    return t.Percentile() if kind == "percentile" else t.YesNo()


def _steps(row: Row) -> tuple[tuple[Decimal, Decimal], ...]:
    """`1: 30%; 5: 60%; 10: 100%`, with full-width signs or line breaks as well."""
    text = unicodedata.normalize("NFKC", row.needed("steps")).replace("\n", ";").replace("、", ";")
    steps = []
    for piece in filter(str.strip, text.split(";")):
        threshold, sign, share = piece.partition(":")
        numbers = number_of(threshold), number_of(share)
        if not sign or numbers[0] is None or numbers[1] is None:
            raise row.error("model.sheet_steps", "steps", value=row.text("steps"))
        steps.append((numbers[0], numbers[1]))
    return tuple(steps)


def read_scales(reading: Reading, cards: Mapping[str, Name]) -> tuple[t.Scale, ...]:
    """The scales: rows with the same name in 分层方式 belong together, the highest tier first.

    Args:
        cards: the scorecards' names by key, for 或潜力评分卡.
    """
    keys = Keys("scale", {scale.key: scale.name for scale in reading.base.scales})
    old = {scale.key: {tier.key: tier.name for tier in scale.tiers} for scale in reading.base.scales}
    scales: dict[str, t.Scale] = {}
    tier_keys: dict[str, Keys] = {}

    def add(row: Row) -> None:
        word = row.needed("scale")
        given, _, tier_given = row.text("key").partition(".")
        if word not in scales:
            key = keys.take(row, "scale", given, word)
            scales[word] = t.Scale(key, keys.name(key, word), ())
            tier_keys[word] = Keys("tier", old.get(key, {}))
            reading.cells[f"scale.{key}"] = row.where("scale")
        scales[word] = _with_tier(reading, row, scales[word], tier_keys[word], tier_given, cards)

    reading.each(reading.rows["model_tiers"], add)
    return tuple(scales.values())


def _with_tier(
    reading: Reading, row: Row, scale: t.Scale, keys: Keys, given: str, cards: Mapping[str, Name]
) -> t.Scale:
    """The scale with the row's tier below those it has."""
    word = row.needed("tier")
    key = keys.take(row, "tier", given, word)
    path = f"scale.{scale.key}"
    reading.cells[f"{path}.{key}.floor"] = row.where("floor")
    tier = t.Tier(key, keys.name(key, word), row.number_needed("floor"))
    scale = replace(scale, tiers=(tier, *scale.tiers))
    card = row.choice("potential_card", cards, "")
    if not card:
        return scale
    if scale.lifted:
        raise row.error("model.sheet_lifted_twice", "potential_card")
    reading.cells |= {
        f"{path}.lifted": row.where("potential_card"),
        f"{path}.potential_floor": row.where("potential_floor"),
    }
    return replace(scale, lifted=key, potential_card=card, potential_floor=row.number_needed("potential_floor"))
