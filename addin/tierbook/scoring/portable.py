"""Pieces of SQL that mean the same on every engine: whole numbers, exact rounding, guarded division.

Everything kept is a whole number: money in cents, ratios and averages in millionths, shares in billionths.
Integer division rounds towards zero, so `half_up` takes non-negative operands.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from ..engine import text_literal

MILLION = 1_000_000
BILLION = 1_000_000_000


def half_up(part: str, whole: str) -> str:
    """`part / whole` as the nearest whole number, halves up; both whole and non-negative, `whole` above zero."""
    return f"(2 * ({part}) + {whole}) // (2 * {whole})"


def quotient(part: str, whole: str, scale: int = MILLION) -> str:
    """`part / whole x scale` as the nearest whole number, halves up; NULL where `whole` is 0 or missing.

    Computed in floating numbers, so that no size or sign can overflow it. The nudge beyond one half lifts
    quotients that are mathematically on the half but a last bit below it; it is far smaller than the distance
    of any other quotient met in practice.
    """
    return f"CAST(FLOOR({part} * {floating(scale)} / NULLIF({whole}, 0) + 0.5000000001) AS BIGINT)"


def floating(power_of_ten: int) -> str:
    """1, 1000, 1000000 ... as a floating constant: whole numbers times or through it are floating too."""
    return f"1e{len(str(power_of_ten)) - 1}"


def nearest(value: str) -> str:
    """A floating value as the nearest whole number, halves up."""
    return f"CAST(FLOOR({value} + 0.5) AS BIGINT)"


def floor_of(part: str, whole: str) -> str:
    """The largest whole number not above `part / whole`; `part` may be negative, `whole` is above zero."""
    return f"CASE WHEN {part} >= 0 THEN {part} // {whole} ELSE -(({whole} - 1 - {part}) // {whole}) END"


def ceiling(value: Decimal | Fraction, scale: int = 1) -> int:
    """The smallest stored whole number at or above a value in display units."""
    return math.ceil(Fraction(value) * scale)


def floor(value: Decimal | Fraction, scale: int = 1) -> int:
    """The largest stored whole number at or below a value in display units."""
    return math.floor(Fraction(value) * scale)


def count_where(condition: str) -> str:
    """How many rows of a group meet a condition."""
    return f"COUNT(CASE WHEN {condition} THEN 1 END)"


def whole_sum(value: str, condition: str = "") -> str:
    """The sum of whole numbers over a group, as BIGINT; rows outside `condition` do not count."""
    inside = f"CASE WHEN {condition} THEN {value} ELSE 0 END" if condition else value
    return f"CAST(SUM({inside}) AS BIGINT)"


def names_of(column: str, names: Mapping[str, str]) -> str:
    """A key's display name; keys nobody named show themselves."""
    if not names:
        return column
    cases = " ".join(f"WHEN {text_literal(key)} THEN {text_literal(name)}" for key, name in names.items())
    return f"CASE {column} {cases} ELSE {column} END"


def first_case(cases: Iterable[tuple[str, str]], rest: str) -> str:
    """The value of the first condition that holds."""
    arms = " ".join(f"WHEN {condition} THEN {value}" for condition, value in cases)
    return f"CASE {arms} ELSE {rest} END" if arms else rest
