"""Why a customer has its score: every line of the main scorecard, with points that sum to the score exactly."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from ..engine import Engine, quoted
from ..errors import ScoringError
from ..labels import DEFAULT, Language
from ..model.types import Indicator, Model, ScoreLine
from .display import choice_names
from .portable import BILLION, MILLION
from .records import WhyLine
from .scorecards import share_column, whole_weights

_HUNDRED = 100
_FULL = _HUNDRED * MILLION
"""A full score in millionths of a point."""


def why(engine: Engine, model: Model, customer_id: str, language: Language = DEFAULT) -> list[WhyLine]:
    """The lines of the main scorecard for one customer of the last `score` run, in the model's order.

    Raises:
        ScoringError: nobody scored has this id.
    """
    card = model.main_card
    values = ", ".join(f"i.{quoted(line.indicator)}" for line in card.lines)
    shares = ", ".join(f"s.{quoted(share_column(card, number))}" for number in range(1, len(card.lines) + 1))
    points = ", ".join(f"p.{quoted(line.indicator)}" for line in card.lines)
    rows = engine.rows(
        f"SELECT {values}, {shares}, {points} FROM indicators i JOIN shares s USING (customer_id)"
        " JOIN why_points p USING (customer_id) WHERE i.customer_id = ?",
        [customer_id],
    )
    if not rows:
        raise ScoringError("scoring.unknown_customer", customer_id=customer_id)
    count = len(card.lines)
    found = list(zip(rows[0][:count], rows[0][count : 2 * count], rows[0][2 * count :], card.lines, strict=True))
    most = _most_points(whole_weights(card), [points is not None for _, _, points, _ in found])
    return [
        _line(model, line, value, share, points, of, card.source, language)
        for (value, share, points, line), of in zip(found, most, strict=True)
    ]


def _most_points(weights: tuple[int, ...], counts: list[bool]) -> list[Decimal]:
    """What each line could earn at most; over the lines that count they sum to 100 exactly."""
    total = sum(weight for weight, counted in zip(weights, counts, strict=True) if counted)
    found, running, before = [], 0, 0
    for weight, counted in zip(weights, counts, strict=True):
        running += weight if counted else 0
        upto = (2 * running * _FULL + total) // (2 * total) if total else 0
        found.append(Decimal(upto - before) / MILLION)
        before = upto
    return found


def _line(
    model: Model,
    line: ScoreLine,
    value: int | str | dt.date | None,
    share: int | None,
    points: int | None,
    of: Decimal,
    source: str,
    language: Language,
) -> WhyLine:
    indicator = model.indicator(line.indicator)
    earned = Decimal(share) / BILLION if share is not None else None
    if share is None and points is not None:  # what stands in for missing data: zero, or the mean of the others
        earned = Decimal(points) / MILLION / of if of else Decimal(0)
    return WhyLine(
        indicator=line.indicator,
        name=indicator.name.of(language),
        value_text=value_text(indicator, value, language),
        value=Decimal(value) / indicator.scale if isinstance(value, int) else value,
        share=earned,
        points=Decimal(points or 0) / MILLION,
        of=of,
        weight=line.weight,
        source=source,
    )


def value_text(indicator: Indicator, value: int | str | dt.date | None, language: Language) -> str:
    """A stored value as people write it: 12,400.00 元 · 35 天 · 60 % · 电话; "" where there is no data."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return choice_names(indicator.key, language).get(value, value)
    unit = indicator.unit.of(language)
    exact = Fraction(value, indicator.scale)
    if unit == "%":
        shown = _trimmed(exact * _HUNDRED)
    elif indicator.kind in ("money", "mean_money"):
        shown = f"{_rounded(exact):,.2f}"
    else:
        shown = _trimmed(exact)
    return f"{shown} {unit}".rstrip()


def _rounded(value: Fraction) -> Decimal:
    """Two decimals, halves up."""
    return Decimal((2 * value * _HUNDRED + 1) // 2) / _HUNDRED


def _trimmed(value: Fraction) -> str:
    """At most two decimals, none that say nothing."""
    shown = f"{_rounded(value):,.2f}"
    return shown.rstrip("0").rstrip(".")
