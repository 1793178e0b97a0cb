"""From an indicator's value to its share of a line's weight: billionths, 0 to 1,000,000,000, halves rounded up."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from ..engine import quoted
from ..model.types import Better, Curve, Indicator, Linear, Percentile, Steps
from .portable import BILLION, ceiling, floor, half_up, quotient

LONGEST = (2**63 - 1) // (4 * BILLION)


def share_of(curve: Curve, indicator: Indicator, better: Better, value: str, ranked: str) -> str:
    """The share of a value as SQL; NULL for no value.

    Args:
        value: the indicator's column (stored whole number).
        ranked: the column that holds the value's percentile share, used by `Percentile` only.
    """
    if isinstance(curve, Percentile):
        return ranked
    if isinstance(curve, Linear):
        return _linear(curve, indicator.scale, better, value)
    arms = _steps(curve, indicator.scale, better, value) if isinstance(curve, Steps) else _yes_no(better, value)
    return f"CAST(CASE {arms} END AS BIGINT)"


def _linear(curve: Linear, scale: int, better: Better, value: str) -> str:
    """0 up to `lo`, 1 from `hi`, a straight line between; mirrored where low is better. No value stays none."""
    low, high = Fraction(curve.lo) * scale, Fraction(curve.hi) * scale
    unit = low.denominator * high.denominator
    start, end = int(low * unit), int(high * unit)
    at = value if unit == 1 else f"{value} * {unit}"
    bottom, top = (0, BILLION) if better == "high" else (BILLION, 0)
    way = _less(at, start) if better == "high" else f"{end} - {at}"
    return (
        f"CASE WHEN {value} >= {ceiling(high)} THEN {top} WHEN {value} <= {floor(low)} THEN {bottom}"
        f" ELSE {_part_of(way, end - start)} END"
    )


def _part_of(way: str, span: int) -> str:
    """`way / span` in billionths; a span too long for whole numbers is divided in floating ones."""
    if span <= LONGEST:
        return half_up(f"({way}) * {BILLION}", str(span))
    return quotient(f"({way})", str(span), BILLION)


def _less(value: str, number: int) -> str:
    return f"{value} - {number}" if number >= 0 else f"{value} + {-number}"


def _steps(curve: Steps, scale: int, better: Better, value: str) -> str:
    """Arms of a CASE: a threshold belongs to its own step; outside the steps the share is 0."""
    if better == "high":
        arms = [(f"{value} >= {ceiling(threshold, scale)}", share) for threshold, share in reversed(curve.steps)]
    else:
        arms = [(f"{value} <= {floor(threshold, scale)}", share) for threshold, share in curve.steps]
    return (
        " ".join(f"WHEN {test} THEN {billionths(share)}" for test, share in arms) + f" WHEN {value} IS NOT NULL THEN 0"
    )


def billionths(share: Decimal) -> int:
    return floor(Fraction(share) * BILLION + Fraction(1, 2))


def _yes_no(better: Better, value: str) -> str:
    yes, no = (BILLION, 0) if better == "high" else (0, BILLION)
    return f"WHEN {value} > 0 THEN {yes} WHEN {value} <= 0 THEN {no}"


def ranks_of(ranked: Mapping[tuple[str, Better], int], relation: str) -> str:
    """The SELECT behind percentile lines: one row per line's number and distinct value, with its mid-rank share.

    Mid-rank: (customers worse + half of those equal, itself included) / customers with data. Equal values
    therefore share one rank, and a value everybody has gets one half.

    Args:
        ranked: (indicator, better) -> number.
        relation: one row per customer, a column per indicator.
    """
    counted = "\n    UNION ALL\n    ".join(
        f"SELECT {number} AS line, {quoted(key)} AS value, {'' if better == 'high' else '-'}{quoted(key)} AS worth,"
        f" COUNT(*) AS n FROM {relation} WHERE {quoted(key)} IS NOT NULL GROUP BY {quoted(key)}"
        for (key, better), number in ranked.items()
    )
    share = half_up(f"(2 * upto - n) * {BILLION}", "(2 * customers)")
    return f"""SELECT line, value, CAST({share} AS BIGINT) AS share
FROM (
  SELECT line, value, n,
    SUM(n) OVER (PARTITION BY line ORDER BY worth ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto,
    SUM(n) OVER (PARTITION BY line) AS customers
  FROM (
    {counted}
  ) AS counted
) AS ranked"""
