"""Scores: shares weighed into points, exactly.

A score is kept in millionths of a point (0 to 100,000,000). Weights become whole numbers, so

    score = sum(weight x share) / (10 x sum(weights that count)), halves rounded up,

with shares in billionths. A line that does not count (no data, `missing = skip`) leaves its weight to the
others; coverage is the part of the whole weight that had data. A customer for whom no line counts scores 0
with coverage 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ..engine import Step, quoted
from ..model.types import Model, Percentile, Scorecard, ScoreLine
from .curves import ranks_of, share_of
from .portable import BILLION, half_up

_FINEST = 1_000_000


def share_column(card: Scorecard, number: int) -> str:
    """The column of `shares` that holds the share of a card's line (counted from 1)."""
    return f"{card.key}_{number}"


def whole_weights(card: Scorecard) -> tuple[int, ...]:
    """The weights as whole numbers in one common unit: thousandths, or finer where a weight needs it."""
    unit = 1000
    while unit < _FINEST and any((Fraction(line.weight) * unit).denominator != 1 for line in card.lines):
        unit *= 10
    return tuple(round(Fraction(line.weight) * unit) for line in card.lines)


def scorecard_steps(model: Model) -> list[Step]:
    """Steps from `indicators` to `scores` and `why_points`."""
    steps = _rank_steps(model)
    lines = _numbered(model)
    means = [each for each in lines if each[1].missing == "mean"]
    steps.append(_shares(model, lines, "measured_shares" if means else "shares"))
    if means:
        steps += [_mean_shares(means), _filled_shares(lines)]
    return [*steps, _scores(model), _why_points(model)]


def _numbered(model: Model) -> list[tuple[str, ScoreLine]]:
    """Every line of every card with its column in `shares`."""
    return [
        (share_column(card, number), line)
        for card in model.scorecards
        for number, line in enumerate(card.lines, start=1)
    ]


# -- shares ------------------------------------------------------------------------------------------------------


def _ranked(model: Model) -> dict[tuple[str, str], str]:
    """(indicator, better) of every percentile line -> the relation with its ranks."""
    keys = {
        (line.indicator, line.better): None
        for card in model.scorecards
        for line in card.lines
        if isinstance(line.curve, Percentile)
    }
    return {key: f"ranks_{number}" for number, key in enumerate(keys, start=1)}


def _rank_steps(model: Model) -> list[Step]:
    return [
        Step(
            name,
            f"-- One row per distinct {indicator}: its mid-rank share (billionths), {better} is better.\n"
            + ranks_of(indicator, "high" if better == "high" else "low", "indicators"),
        )
        for (indicator, better), name in _ranked(model).items()
    ]


def _shares(model: Model, lines: list[tuple[str, ScoreLine]], name: str) -> Step:
    ranked = _ranked(model)
    columns = []
    for column, line in lines:
        relation = ranked.get((line.indicator, line.better), "") if isinstance(line.curve, Percentile) else ""
        value = f"i.{quoted(line.indicator)}"
        share = share_of(line.curve, model.indicator(line.indicator), line.better, value, f"{relation}.share")
        columns.append(f"CAST({share} AS BIGINT) AS {quoted(column)}")
    joins = "".join(
        f"\nLEFT JOIN {relation} ON {relation}.value = i.{quoted(indicator)}"
        for (indicator, _), relation in ranked.items()
    )
    listed = ",\n  ".join(["i.customer_id AS customer_id", *columns])
    return Step(
        name,
        f"""-- One row per customer; per scorecard line its share (billionths), NULL where there is no data.
SELECT {listed}
FROM indicators AS i{joins}""",
    )


def _mean_shares(means: list[tuple[str, ScoreLine]]) -> Step:
    columns = ",\n  ".join(
        f"CAST(CASE WHEN COUNT({quoted(column)}) > 0 THEN"
        f" {half_up(f'SUM({quoted(column)})', f'COUNT({quoted(column)})')} END AS BIGINT) AS {quoted(column)}"
        for column, _ in means
    )
    return Step(
        "mean_shares",
        f"-- One row: the mean share of each line with missing = mean, over customers with data.\nSELECT {columns}\n"
        "FROM measured_shares",
    )


def _filled_shares(lines: list[tuple[str, ScoreLine]]) -> Step:
    columns = ["s.customer_id AS customer_id"]
    for column, line in lines:
        name = quoted(column)
        columns.append(f"s.{name} AS {name}")
        if line.missing == "mean":
            columns.append(f"means.{name} AS {quoted(column + '_mean')}")
    listed = ",\n  ".join(columns)
    return Step(
        "shares",
        f"-- measured_shares, and beside each line with missing = mean the share that stands in for no data.\n"
        f"SELECT {listed}\nFROM measured_shares AS s CROSS JOIN mean_shares AS means",
    )


# -- scores and points -------------------------------------------------------------------------------------------


def _counted(card: Scorecard) -> list[tuple[int, str, str]]:
    """(weight, share measured, share that counts) per line; the last is NULL where the line does not count."""
    found = []
    for number, (line, weight) in enumerate(zip(card.lines, whole_weights(card), strict=True), start=1):
        share = quoted(share_column(card, number))
        filled = {
            "skip": share,
            "zero": f"COALESCE({share}, 0)",
            "mean": f"COALESCE({share}, {quoted(share_column(card, number) + '_mean')})",
        }[line.missing]
        found.append((weight, share, filled))
    return found


def _earned(card: Scorecard) -> str:
    return _sum(f"CAST({weight} AS BIGINT) * COALESCE({filled}, 0)" for weight, _, filled in _counted(card))


def _weight_that_counts(card: Scorecard) -> str:
    return _sum(f"CASE WHEN {filled} IS NOT NULL THEN {weight} ELSE 0 END" for weight, _, filled in _counted(card))


def _weight_with_data(card: Scorecard) -> str:
    return _sum(f"CASE WHEN {share} IS NOT NULL THEN {weight} ELSE 0 END" for weight, share, _ in _counted(card))


def _sum(terms: Iterable[str]) -> str:
    return "CAST(" + " + ".join(terms) + " AS BIGINT)"


def _scores(model: Model) -> Step:
    inner, outer = [], []
    for card in model.scorecards:
        earned, counts, known = (quoted(f"{part}_{card.key}") for part in ("earned", "counts", "known"))
        inner += [
            f"{_earned(card)} AS {earned}",
            f"{_weight_that_counts(card)} AS {counts}",
            f"{_weight_with_data(card)} AS {known}",
        ]
        score = half_up(earned, f"10 * {counts}")
        coverage = half_up(f"{known} * {BILLION}", str(sum(whole_weights(card))))
        outer += [
            f"CAST(CASE WHEN {counts} > 0 THEN {score} ELSE 0 END AS BIGINT) AS {quoted('score_' + card.key)}",
            f"CAST({coverage} AS BIGINT) AS {quoted('coverage_' + card.key)}",
        ]
    return Step(
        "scores",
        f"""-- One row per customer; per scorecard the score (millionths of a point) and coverage (billionths).
SELECT customer_id,
  {_lines(outer)}
FROM (
  SELECT customer_id,
  {_lines(inner)}
  FROM shares
) AS weighed""",
    )


def _lines(parts: list[str]) -> str:
    return ",\n  ".join(parts)


def _why_points(model: Model) -> Step:
    """Points that sum to the score: each line earns the rise of the rounded running total."""
    card = model.main_card
    weighed, points = [f"{_weight_that_counts(card)} AS counts"], []
    terms: list[str] = []
    for number, (line, (weight, _, filled)) in enumerate(zip(card.lines, _counted(card), strict=True), start=1):
        terms.append(f"CAST({weight} AS BIGINT) * COALESCE({filled}, 0)")
        weighed += [f"{_sum(terms)} AS upto_{number}", f"{filled} AS share_{number}"]
        before = half_up(f"upto_{number - 1}", "10 * counts") if number > 1 else "0"
        rise = f"{half_up(f'upto_{number}', '10 * counts')} - {before}"
        points.append(
            f"CAST(CASE WHEN share_{number} IS NOT NULL THEN {rise} END AS BIGINT) AS {quoted(line.indicator)}"
        )
    return Step(
        "why_points",
        f"""-- One row per customer; per line of the main card its points (millionths), NULL where it did not count.
-- A line's points are the rise of the rounded running total, so that they sum to the score exactly.
SELECT customer_id,
  {_lines(points)}
FROM (
  SELECT customer_id,
  {_lines(weighed)}
  FROM shares
) AS weighed""",
        keep=False,
    )
