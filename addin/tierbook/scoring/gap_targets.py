"""Curves backwards: the least good value that earns a share, as SQL; NULL where none does or none is needed.

`need` is a share in billionths, 1 to 1,000,000,000, or NULL. Each inverse undoes the rounding of `curves` exactly.
"""

from __future__ import annotations

from fractions import Fraction

from ..model.types import Better, Curve, Indicator, Linear, Percentile, Steps
from .curves import LONGEST, billionths, share_of
from .portable import BILLION, MILLION, ceiling, floor


def target_of(curve: Curve, indicator: Indicator, better: Better, need: str) -> str:
    """The value for a share on any curve but `Percentile`."""
    assert not isinstance(curve, Percentile), "ranks need the others: see `beyond`"
    if isinstance(curve, Linear):
        return _linear(curve, indicator, better, need)
    if isinstance(curve, Steps):
        return f"CAST(CASE {_steps(curve, indicator.scale, better, need)} END AS BIGINT)"
    return f"CAST(CASE WHEN {need} IS NOT NULL THEN {1 if better == 'high' else 0} END AS BIGINT)"


def _steps(curve: Steps, scale: int, better: Better, need: str) -> str:
    """The least threshold whose share is enough (the largest, where low is better)."""
    pairs = curve.steps if better == "high" else tuple(reversed(curve.steps))
    edge = ceiling if better == "high" else floor
    return " ".join(f"WHEN {need} <= {billionths(share)} THEN {edge(threshold, scale)}" for threshold, share in pairs)


def _linear(curve: Linear, indicator: Indicator, better: Better, need: str) -> str:
    low, high = Fraction(curve.lo) * indicator.scale, Fraction(curve.hi) * indicator.scale
    unit = low.denominator * high.denominator
    start, end = int(low * unit), int(high * unit)
    way = _way(need, end - start)
    if better == "high":
        value, top = _ceiling_of(f"{start} + {way}", unit), ceiling(high)
        value = f"CASE WHEN {value} > {top} THEN {top} ELSE {value} END"
    else:
        value, top = _floor_of(f"{end} - {way}", unit), floor(low)
        value = f"CASE WHEN {value} < {top} THEN {top} ELSE {value} END"
    if end - start > LONGEST:  # shares of so long a span are divided in floating numbers
        value = _tried(curve, indicator, better, f"({value})", need)
    return f"CAST(CASE WHEN {need} IS NOT NULL THEN {value} END AS BIGINT)"


def _way(need: str, span: int) -> str:
    """The least way along a span whose share, rounded half up, is enough: ceiling of span x (2 need - 1) / 2 billion.

    The span is taken apart so that no product is too long for a whole number.
    """
    whole, rest = divmod(span, 2 * BILLION)
    part = f"({rest} * (2 * {need} - 1) + {2 * BILLION - 1}) // {2 * BILLION}"
    return f"({whole} * (2 * {need} - 1) + {part})" if whole else f"({part})"


def _tried(curve: Linear, indicator: Indicator, better: Better, value: str, need: str) -> str:
    """The value, or its neighbour on either side, whichever is the first that earns the share."""
    before, after = ("-", "+") if better == "high" else ("+", "-")
    tests = " ".join(
        f"WHEN {share_of(curve, indicator, better, f'({near})', '')} >= {need} THEN {near}"
        for near in (f"{value} {before} 1", value)
    )
    return f"CASE {tests} ELSE {value} {after} 1 END"


def _ceiling_of(part: str, unit: int) -> str:
    if unit == 1:
        return f"({part})"
    return f"CASE WHEN {part} > 0 THEN ({part} + {unit - 1}) // {unit} ELSE -((-({part})) // {unit}) END"


def _floor_of(part: str, unit: int) -> str:
    if unit == 1:
        return f"({part})"
    return f"CASE WHEN {part} >= 0 THEN ({part}) // {unit} ELSE -(({unit - 1} - ({part})) // {unit}) END"


# -- ranks -------------------------------------------------------------------------------------------------------
# With N others and itself, a value's share is half_up(numerator x billion, 2 x customers), where numerator = 2 x worse
# + equal, itself included. Among those who have a value already the customer itself is one of the worse ones.


def place_of(need: str, now: str, count: str) -> str:
    """The place, the worst first, of the value that is taken or passed; 1 where any value will do."""
    blank = f"{_numerator(need, now, count)} // 2"
    return (
        f"CASE WHEN {now} IS NOT NULL THEN ({_numerator(need, now, count)} + 2) // 2"
        f" WHEN {blank} < 1 THEN 1 ELSE {blank} END"
    )


def _numerator(need: str, now: str, count: str) -> str:
    """The least numerator whose share is enough."""
    customers = f"({count} + CASE WHEN {now} IS NULL THEN 1 ELSE 0 END)"
    return f"(({customers} * (2 * {need} - 1) + {BILLION - 1}) // {BILLION})"


def beyond(place: str, need: str, now: str, count: str, better: Better, indicator: Indicator) -> str:
    """The value found at `place_of`, where sharing it is enough; else the next better one that is stored.

    Where any value will do for a blank, the next worse one than anybody has (the worst itself where that is negative).
    """
    wanted = _numerator(need, now, count)
    value = f"{place}.value"
    shared = f"2 * {place}.upto - {place}.n + CASE WHEN {now} IS NULL THEN 1 ELSE -1 END"
    if better == "high":
        passed, least = f"{value} + 1", f"CASE WHEN {value} > 0 THEN {value} - 1 ELSE {value} END"
    else:
        passed, least = f"{value} - 1", f"{value} + 1"
    full = f" WHEN {value} = {MILLION} THEN NULL" if indicator.kind == "ratio" and better == "high" else ""
    return (
        f"CASE WHEN {now} IS NULL AND {wanted} // 2 < 1 THEN {least} WHEN {shared} >= {wanted} THEN {value}{full}"
        f" WHEN {value} IS NOT NULL THEN {passed} END"
    )
