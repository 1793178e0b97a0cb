"""Scores: shares weighed into points, exactly.

A score is kept in millionths of a point (0 to 100,000,000). Weights become whole numbers, so

    score = sum(weight x share) / (10 x sum(weights that count)), halves rounded up,

with shares in billionths. A line that does not count (no data, `missing = skip`) leaves its weight to the
others; coverage is the part of the whole weight that had data. A customer for whom no line counts scores 0
with coverage 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from ..engine import Step, quoted
from ..model.types import Better, Missing, Model, Percentile, Scorecard, ScoreLine
from .curves import ranks_of, share_of
from .portable import BILLION, half_up, quotient

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
    lines, ranked = _numbered(model), _ranked(model)
    steps = [_ranks(ranked)] if ranked else []
    means = [each for each in lines if each[1].missing == "mean"]
    steps.append(_shares(model, lines, ranked, "measured_shares" if means else "shares"))
    if means:
        steps += [_mean_shares(means), _filled_shares(lines)]
    return [*steps, _scores(model), _why_points(model)]


Numbered = list[tuple[str, ScoreLine]]
"""Every line of every card, with its column in `shares`."""
Ranked = dict[tuple[str, Better], int]
"""Indicator and better of every percentile line -> its number in `ranks`."""


def _numbered(model: Model) -> Numbered:
    return [
        (share_column(card, number), line)
        for card in model.scorecards
        for number, line in enumerate(card.lines, start=1)
    ]


def _ranked(model: Model) -> Ranked:
    found: Ranked = {}
    for _, line in _numbered(model):
        if isinstance(line.curve, Percentile):
            found.setdefault((line.indicator, line.better), len(found) + 1)
    return found


# -- shares ------------------------------------------------------------------------------------------------------


def _ranks(ranked: Ranked) -> Step:
    told = "\n".join(f"-- {number}: {indicator}, {better} is better" for (indicator, better), number in ranked.items())
    return Step(
        "ranks",
        f"-- One row per percentile line and distinct value: its mid-rank share (billionths). Lines:\n{told}\n"
        + ranks_of(ranked, "indicators"),
    )


def _shares(model: Model, lines: Numbered, ranked: Ranked, name: str) -> Step:
    columns = ["i.customer_id AS customer_id"]
    for column, line in lines:
        value, rank = f"i.{quoted(line.indicator)}", f"rank_{ranked.get((line.indicator, line.better), 0)}.share"
        share = share_of(line.curve, model.indicator(line.indicator), line.better, value, rank)
        columns.append(f"{share} AS {quoted(column)}")
    joins = "".join(
        f"\nLEFT JOIN ranks AS rank_{number} ON rank_{number}.line = {number}"
        f" AND rank_{number}.value = i.{quoted(indicator)}"
        for (indicator, _), number in ranked.items()
    )
    return Step(
        name,
        f"""-- One row per customer; per scorecard line its share (billionths), NULL where there is no data.
SELECT {_lines(columns)}
FROM indicators AS i{joins}""",
    )


def _mean_shares(means: Numbered) -> Step:
    """The mean share of each line with missing = mean; every other line must be kept out of it."""
    columns = [
        f"{quotient(f'SUM({quoted(column)})', f'COUNT({quoted(column)})', 1)} AS {quoted(column)}"
        for column, _ in means
    ]
    return Step(
        "mean_shares",
        f"""-- One row: the mean share of each line with missing = mean, over customers with data.
SELECT {_lines(columns)}
FROM measured_shares""",
    )


def _filled_shares(lines: Numbered) -> Step:
    columns = ["s.customer_id AS customer_id"]
    for column, line in lines:
        name = quoted(column)
        columns.append(f"s.{name} AS {name}")
        if line.missing == "mean":
            columns.append(f"means.{name} AS {quoted(column + '_mean')}")
    return Step(
        "shares",
        f"""-- measured_shares, and beside each line with missing = mean the share that stands in for no data.
SELECT {_lines(columns)}
FROM measured_shares AS s CROSS JOIN mean_shares AS means""",
    )


# -- scores and points -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Weighed:
    """A line in SQL: its share as measured, and as it counts (NULL where it does not)."""

    weight: int
    share: str
    counts: str
    missing: Missing

    @property
    def earned(self) -> str:
        counts = f"COALESCE({self.counts}, 0)" if self.missing != "zero" else self.counts
        return f"{self.weight} * {counts}"


def _weighed(card: Scorecard) -> list[_Weighed]:
    found = []
    for number, (line, weight) in enumerate(zip(card.lines, whole_weights(card), strict=True), start=1):
        share = quoted(share_column(card, number))
        mean = quoted(share_column(card, number) + "_mean")
        counts = {"skip": share, "zero": f"COALESCE({share}, 0)", "mean": f"COALESCE({share}, {mean})"}[line.missing]
        found.append(_Weighed(weight, share, counts, line.missing))
    return found


def _known_weight(lines: Iterable[_Weighed]) -> str:
    """The weight of lines with data."""
    return " + ".join(f"CASE WHEN {line.share} IS NULL THEN 0 ELSE {line.weight} END" for line in lines)


def _filled_weight(lines: Iterable[_Weighed]) -> str:
    """The weight of lines that count although there is no data."""
    filled = {
        "zero": "CASE WHEN {share} IS NULL THEN {weight} ELSE 0 END",
        "mean": "CASE WHEN {share} IS NULL AND {counts} IS NOT NULL THEN {weight} ELSE 0 END",
    }
    found = [
        filled[line.missing].format(share=line.share, counts=line.counts, weight=line.weight)
        for line in lines
        if line.missing in filled
    ]
    return " + ".join(found) or "0"


def _scores(model: Model) -> Step:
    inner, outer = ["customer_id"], ["customer_id"]
    for card in model.scorecards:
        lines = _weighed(card)
        earned, known, filled = (quoted(f"{part}_{card.key}") for part in ("earned", "known", "filled"))
        inner += [
            f"{' + '.join(line.earned for line in lines)} AS {earned}",
            f"{_known_weight(lines)} AS {known}",
            f"{_filled_weight(lines)} AS {filled}",
        ]
        counts = f"({known} + {filled})"
        score = half_up(earned, f"(10 * {counts})")
        coverage = half_up(f"{known} * CAST({BILLION} AS BIGINT)", str(sum(whole_weights(card))))
        outer += [
            f"CASE WHEN {counts} > 0 THEN {score} ELSE 0 END AS {quoted('score_' + card.key)}",
            f"{coverage} AS {quoted('coverage_' + card.key)}",
        ]
    return Step(
        "scores",
        f"""-- One row per customer; per scorecard the score (millionths of a point) and coverage (billionths).
-- earned: weight x share summed; known, filled: weight of lines with data, of lines that count without.
SELECT {_lines(outer)}
FROM (
  SELECT {_lines(inner)}
  FROM shares
) AS weighed""",
    )


def _why_points(model: Model) -> Step:
    """Points that sum to the score: each line earns the rise of the rounded running total."""
    card = model.main_card
    lines = _weighed(card)
    weighed = ["customer_id", f"{_known_weight(lines)} + {_filled_weight(lines)} AS counts"]
    running, points = [], []
    for number, line in enumerate(lines, start=1):
        weighed += [f"{line.counts} AS share_{number}", f"{line.earned} AS earned_{number}"]
        earned = " + ".join(f"earned_{upto}" for upto in range(1, number + 1))
        running.append(f"share_{number}, {half_up(earned, '(10 * counts)')} AS upto_{number}")
        rise = f"upto_{number} - upto_{number - 1}" if number > 1 else "upto_1"
        name = quoted(card.lines[number - 1].indicator)
        points.append(f"CASE WHEN share_{number} IS NOT NULL THEN {rise} END AS {name}")
    return Step(
        "why_points",
        f"""-- One row per customer; per line of the main card its points (millionths), NULL where it did not count.
-- A line's points are the rise of the rounded running total, so that they sum to the score exactly.
SELECT customer_id,
  {_lines(points)}
FROM (
  SELECT customer_id,
  {_lines(running)}
  FROM (
    SELECT {_lines(weighed)}
    FROM shares
  ) AS weighed
) AS running""",
        keep=False,
    )


def _lines(parts: Iterable[str]) -> str:
    return ",\n  ".join(parts)
