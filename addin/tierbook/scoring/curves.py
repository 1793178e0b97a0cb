"""From an indicator's value to its share of a line's weight: billionths, 0 to 1,000,000,000, halves rounded up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from ..engine import quoted
from ..model.types import Better, Curve, Indicator, Linear, Percentile, Steps, YesNo
from .portable import BILLION, ceiling, floor, half_up, known_ratio


def share_of(curve: Curve, indicator: Indicator, better: Better, value: str, ranked: str) -> str:
    """The share of a value as SQL; NULL for no value.

    Args:
        value: the indicator's column (stored whole number).
        ranked: the column that holds the value's percentile share, used by `Percentile` only.
    """
    if isinstance(curve, Percentile):
        return ranked
    if isinstance(curve, Linear):
        share = _linear(curve, indicator.scale, better, value)
    elif isinstance(curve, Steps):
        share = _steps(curve, indicator.scale, better, value)
    else:
        share = _yes_no(curve, better, value)
    return f"CASE WHEN {value} IS NULL THEN NULL {share}"


def _linear(curve: Linear, scale: int, better: Better, value: str) -> str:
    """Arms of a CASE: 0 up to `lo`, 1 from `hi`, a straight line between; mirrored where low is better."""
    low, high = Fraction(curve.lo) * scale, Fraction(curve.hi) * scale
    unit = low.denominator * high.denominator
    start, end = int(low * unit), int(high * unit)
    at = value if unit == 1 else f"{value} * {unit}"
    bottom, top = (0, BILLION) if better == "high" else (BILLION, 0)
    way = _less(at, start) if better == "high" else f"{end} - {at}"
    return (
        f"WHEN {value} >= {ceiling(high)} THEN {top} WHEN {value} <= {floor(low)} THEN {bottom}"
        f" ELSE {known_ratio(way, end - start, BILLION)} END"
    )


def _less(value: str, number: int) -> str:
    return f"{value} - {number}" if number >= 0 else f"{value} + {-number}"


def _steps(curve: Steps, scale: int, better: Better, value: str) -> str:
    """Arms of a CASE: a threshold belongs to its own step; outside the steps the share is 0."""
    if better == "high":
        arms = [(f"{value} >= {ceiling(threshold, scale)}", share) for threshold, share in reversed(curve.steps)]
    else:
        arms = [(f"{value} <= {floor(threshold, scale)}", share) for threshold, share in curve.steps]
    return " ".join(f"WHEN {test} THEN {_billionths(share)}" for test, share in arms) + " ELSE 0 END"


def _billionths(share: Decimal) -> int:
    return floor(Fraction(share) * BILLION + Fraction(1, 2))


def _yes_no(_: YesNo, better: Better, value: str) -> str:
    yes, no = (BILLION, 0) if better == "high" else (0, BILLION)
    return f"WHEN {value} > 0 THEN {yes} ELSE {no} END"


def ranks_of(indicator: str, better: Better, relation: str) -> str:
    """The SELECT behind a percentile line: one row per distinct value with its mid-rank share.

    Mid-rank: (customers worse + half of those equal, itself included) / customers with data. Equal values
    therefore share one rank, and a value everybody has gets one half.
    """
    column = quoted(indicator)
    worth = f"value{'' if better == 'high' else ' DESC'}"
    share = half_up(f"(2 * upto - n) * {BILLION}", "2 * customers")
    return f"""SELECT value, CAST({share} AS BIGINT) AS share
FROM (
  SELECT value, n,
    SUM(n) OVER (ORDER BY {worth} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto,
    SUM(n) OVER (ORDER BY {worth} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS customers
  FROM (
    SELECT {column} AS value, COUNT(*) AS n FROM {relation} WHERE {column} IS NOT NULL GROUP BY {column}
  ) AS counted
) AS ranked"""
