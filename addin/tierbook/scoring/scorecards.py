"""Scores: shares weighed into points, exactly.

A score is kept in millionths of a point (0 to 100,000,000). Weights become whole numbers, so

    score = sum(weight x share) / (10 x sum(weights that count)), halves rounded up,

with shares in billionths. A line that does not count (no data, `missing = skip`) leaves its weight to the
others; coverage is the part of the whole weight that had data. A customer for whom no line counts scores 0
with coverage 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
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


def scorecard_steps(model: Model, unknown: Set[str] = frozenset()) -> list[Step]:
    """Steps from `indicators` to `scores` and `why_points`; indicators `unknown` to all have no data for anybody."""
    lines, ranked = _numbered(model), _ranked(model, unknown)
    steps = [_ranks(ranked)] if ranked else []
    means = [each for each in lines if each[1].missing == "mean"]
    steps.append(_shares(model, lines, ranked, unknown, "measured_shares" if means else "shares"))
    if means:
        steps += [_mean_shares(means), _filled_shares(lines)]
    return [*steps, _scores(model, unknown), _why_points(model, unknown)]


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


def _ranked(model: Model, unknown: Set[str]) -> Ranked:
    found: Ranked = {}
    for _, line in _numbered(model):
        if isinstance(line.curve, Percentile) and line.indicator not in unknown:
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


def _shares(model: Model, lines: Numbered, ranked: Ranked, unknown: Set[str], name: str) -> Step:
    columns = ["i.customer_id AS customer_id"]
    for column, line in lines:
        if line.indicator in unknown:
            columns.append(f"CAST(NULL AS BIGINT) AS {quoted(column)}")
            continue
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
class Weighed:
    """A line in SQL: its share as measured, and as it counts (NULL where it does not).

    `unknown`: nobody has a value, so the line earns nothing, and counts only where missing = zero.
    """

    indicator: str
    weight: int
    share: str
    counts: str
    missing: Missing
    unknown: bool

    @property
    def earned(self) -> str:
        counts = f"COALESCE({self.counts}, 0)" if self.missing != "zero" else self.counts
        return f"{self.weight} * {counts}"

    @property
    def known(self) -> str:
        """Its weight where there is data."""
        return f"CASE WHEN {self.share} IS NULL THEN 0 ELSE {self.weight} END"

    @property
    def filled(self) -> str:
        """Its weight where it counts although there is no data; "" where it never does."""
        if self.missing == "skip" or (self.unknown and self.missing == "mean"):
            return ""
        if self.unknown:
            return str(self.weight)
        and_counts = f" AND {self.counts} IS NOT NULL" if self.missing == "mean" else ""
        return f"CASE WHEN {self.share} IS NULL{and_counts} THEN {self.weight} ELSE 0 END"


def weighed_lines(card: Scorecard, unknown: Set[str]) -> list[Weighed]:
    """The lines of a card over `shares`."""
    found = []
    for number, (line, weight) in enumerate(zip(card.lines, whole_weights(card), strict=True), start=1):
        share = quoted(share_column(card, number))
        mean = quoted(share_column(card, number) + "_mean")
        counts = {"skip": share, "zero": f"COALESCE({share}, 0)", "mean": f"COALESCE({share}, {mean})"}[line.missing]
        found.append(Weighed(line.indicator, weight, share, counts, line.missing, line.indicator in unknown))
    return found


def weights_of(lines: Iterable[Weighed]) -> tuple[str, str]:
    """The weight of lines with data, and of lines that count without, as SQL."""
    known = [line.known for line in lines if not line.unknown]
    filled = [line.filled for line in lines if line.filled]
    return " + ".join(known) or "0", " + ".join(filled) or "0"


def _scores(model: Model, unknown: Set[str]) -> Step:
    inner, outer = ["customer_id"], ["customer_id"]
    for card in model.scorecards:
        lines = weighed_lines(card, unknown)
        earned, known, filled = (quoted(f"{part}_{card.key}") for part in ("earned", "known", "filled"))
        with_data, without = weights_of(lines)
        points = " + ".join(line.earned for line in lines if not line.unknown) or "0"
        inner += [f"{points} AS {earned}", f"{with_data} AS {known}", f"{without} AS {filled}"]
        counts = f"({known} + {filled})"
        score = half_up(earned, f"(10 * {counts})")
        coverage = half_up(f"{known} * CAST({BILLION} AS BIGINT)", str(sum(whole_weights(card))))
        outer += [
            f"CAST(CASE WHEN {counts} > 0 THEN {score} ELSE 0 END AS BIGINT) AS {quoted('score_' + card.key)}",
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


def _why_points(model: Model, unknown: Set[str]) -> Step:
    """Points that sum to the score: each line earns the rise of the rounded running total."""
    lines = weighed_lines(model.main_card, unknown)
    known, filled = weights_of(lines)
    weighed, running, points = ["customer_id", f"{known} + {filled} AS counts"], ["customer_id"], ["customer_id"]
    terms: list[str] = []
    for number, line in enumerate(lines, start=1):
        name = quoted(line.indicator)
        if line.unknown:
            points.append(f"CAST({0 if line.filled else 'NULL'} AS BIGINT) AS {name}")
            continue
        before = f" - upto_{len(terms)}" if terms else ""
        terms.append(f"earned_{number}")
        weighed += [f"{line.counts} AS share_{number}", f"{line.earned} AS earned_{number}"]
        running += [f"share_{number}", f"{half_up(' + '.join(terms), '(10 * counts)')} AS upto_{len(terms)}"]
        points.append(f"CASE WHEN share_{number} IS NOT NULL THEN upto_{len(terms)}{before} END AS {name}")
    return Step(
        "why_points",
        f"""-- One row per customer; per line of the main card its points (millionths), NULL where it did not count.
-- A line's points are the rise of the rounded running total, so that they sum to the score exactly.
SELECT {_lines(points)}
FROM (
  SELECT {_lines(running)}
  FROM (
    SELECT {_lines(weighed)}
    FROM shares
  ) AS weighed
) AS running""",
        keep=False,
    )


def _lines(parts: Iterable[str]) -> str:
    return ",\n  ".join(parts)
