"""Checks of scorecards, scales and RFM: what turns indicators into points and points into names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise, product

from ..errors import ModelError
from .places import Places
from .types import Curve, Linear, Model, Rfm, Scale, Scorecard, ScoreLine, Steps
from .words import nearest

GROUPS = ("trade", "behaviour", "potential", "credit", "loyalty", "referral")
"""The six indicator classes of the practice guides."""
TOP_SCORE = 100
LEVELS = (2, 10)
GRADES = 5
WINDOW = re.compile(r"all|[1-9][0-9]{0,3}[md]")


def check_cards(model: Model, at: Places) -> Iterator[ModelError]:
    kinds = {indicator.key: indicator.kind for indicator in model.indicators}
    for card in model.scorecards:
        yield from _card_problems(card, at, kinds)


def _card_problems(card: Scorecard, at: Places, kinds: Mapping[str, str]) -> Iterator[ModelError]:
    path = f"card.{card.key}"
    if not card.lines:
        yield ModelError("model.check_no_lines", where=at.of(path), name=card.name)
    elif all(line.weight == 0 for line in card.lines):
        yield ModelError("model.check_weights_zero", where=at.of(path), name=card.name)
    seen: set[str] = set()
    for line in card.lines:
        yield from _line_problems(line, at, f"{path}.lines.{line.indicator}", kinds)
        if line.indicator in seen:
            yield ModelError("model.check_twice", where=at.of(f"{path}.lines.{line.indicator}"), name=line.indicator)
        seen.add(line.indicator)


def _line_problems(line: ScoreLine, at: Places, path: str, kinds: Mapping[str, str]) -> Iterator[ModelError]:
    if line.indicator not in kinds:
        near = nearest(line.indicator, kinds)
        key = "model.check_indicator_near" if near else "model.check_indicator"
        yield ModelError(key, where=at.of(path), word=line.indicator, near=near)
    elif kinds[line.indicator] in ("text", "date"):
        yield ModelError("model.check_not_number", where=at.of(path), word=line.indicator)
    if line.weight < 0:
        yield ModelError("model.check_below", where=at.of(f"{path}.weight"), value=line.weight, low=0)
    if line.group and line.group not in GROUPS:
        valid = ", ".join(GROUPS)
        yield ModelError("model.not_one_of", where=at.of(f"{path}.group"), value=line.group, valid=valid)
    problem = _curve_problem(line.curve, line.better)
    if problem:
        yield ModelError(problem, where=at.of(f"{path}.curve"))


def _curve_problem(curve: Curve, better: str) -> str:
    """The label of what is wrong with a curve, or nothing."""
    if isinstance(curve, Linear):
        return "" if curve.lo < curve.hi else "model.check_linear"
    if not isinstance(curve, Steps):
        return ""
    thresholds = [threshold for threshold, _ in curve.steps]
    shares = [share for _, share in curve.steps]
    if not curve.steps or not _rise(thresholds):
        return "model.check_thresholds"
    if not all(0 <= share <= 1 for share in shares):
        return "model.check_shares"
    ordered = shares if better == "high" else shares[::-1]
    return "" if all(a <= b for a, b in pairwise(ordered)) else "model.check_shares_order"


def _rise(values: Sequence[Decimal]) -> bool:
    return all(a < b for a, b in pairwise(values))


def check_scales(model: Model, at: Places) -> Iterator[ModelError]:
    cards = [card.key for card in model.scorecards]
    for scale in model.scales:
        yield from _scale_problems(scale, at, cards)


def _scale_problems(scale: Scale, at: Places, cards: list[str]) -> Iterator[ModelError]:
    path, name = f"scale.{scale.key}", scale.name
    floors = [tier.floor for tier in scale.tiers]
    if not floors:
        yield ModelError("model.check_no_tiers", where=at.of(path), name=name)
        return
    if floors[0] != 0:
        where = at.of(f"{path}.{scale.tiers[0].key}.floor")
        yield ModelError("model.check_first_floor", where=where, name=name, floor=floors[0])
    for below, tier in pairwise(scale.tiers):
        if tier.floor <= below.floor:
            yield ModelError("model.check_floors", where=at.of(f"{path}.{tier.key}.floor"), name=name,
                             floor=tier.floor, below=below.floor)  # fmt: skip
    if floors[-1] > TOP_SCORE:
        where = at.of(f"{path}.{scale.tiers[-1].key}.floor")
        yield ModelError("model.check_above", where=where, value=floors[-1], high=TOP_SCORE)
    names = [word for tier in scale.tiers for word in set(tier.name.all())]
    for word in sorted({word for word in names if names.count(word) > 1}):
        yield ModelError("model.check_twice", where=at.of(path), name=word)
    if scale.lifted:
        yield from _lift_problems(scale, at, cards)


def _lift_problems(scale: Scale, at: Places, cards: list[str]) -> Iterator[ModelError]:
    path = f"scale.{scale.key}"
    tiers = [tier.key for tier in scale.tiers[:-1]]
    if scale.lifted not in tiers:
        valid = ", ".join(tiers)
        yield ModelError("model.not_one_of", where=at.of(f"{path}.lifted"), value=scale.lifted, valid=valid)
    if scale.potential_card not in cards:
        where = at.of(f"{path}.potential_card")
        yield ModelError("model.not_one_of", where=where, value=scale.potential_card, valid=", ".join(cards))
    if not 0 <= scale.potential_floor <= TOP_SCORE:
        where = at.of(f"{path}.potential_floor")
        yield ModelError("model.check_range", where=where, value=scale.potential_floor, low=0, high=TOP_SCORE)


def check_rfm(model: Model, at: Places) -> Iterator[ModelError]:
    rfm = model.rfm
    whole = (
        ("levels", rfm.levels, LEVELS[0], LEVELS[1]),
        ("high_score", rfm.high_score, 1, max(rfm.levels, LEVELS[0])),
        ("good_grades", rfm.good_grades, 1, GRADES),
    )
    for entry, value, low, high in whole:
        if not low <= value <= high:
            yield ModelError("model.check_range", where=at.of(f"rfm.{entry}"), value=value, low=low, high=high)
    if not WINDOW.fullmatch(rfm.window):
        yield ModelError("model.check_window", where=at.of("rfm.window"), value=rfm.window)
    yield from _break_problems(rfm, at)
    yield from _class_problems(rfm, at)


def _break_problems(rfm: Rfm, at: Places) -> Iterator[ModelError]:
    for letter in ("r", "f", "m"):
        edges = rfm.breaks.get(letter, ())
        where = at.of(f"rfm.breaks.{letter}")
        if not _rise(edges):
            yield ModelError("model.check_breaks_rise", where=where)
        elif rfm.method == "fixed" and len(edges) != rfm.levels - 1:
            yield ModelError("model.check_breaks_count", where=where, count=len(edges), wanted=rfm.levels - 1)


def _class_problems(rfm: Rfm, at: Places) -> Iterator[ModelError]:
    codes = [(each.r, each.f, each.m) for each in rfm.classes]
    for code in product((1, 0), (1, 0), (1, 0)):
        if codes.count(code) != 1:
            key = "model.check_class_missing" if code not in codes else "model.check_class_twice"
            yield ModelError(key, where=at.of("rfm.classes"), code="".join(map(str, code)))
    names = [each.name.zh for each in rfm.classes]
    for word in sorted({word for word in names if names.count(word) > 1}):
        yield ModelError("model.check_twice", where=at.of("rfm.classes"), name=word)
