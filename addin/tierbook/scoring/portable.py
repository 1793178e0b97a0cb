"""Pieces of SQL that mean the same on every engine: whole numbers, exact rounding, guarded division.

Everything is a whole number: money in cents, ratios and averages in millionths, shares in billionths.
Integer division rounds towards zero, so these pieces take non-negative operands unless they say otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from ..engine import quoted, text_literal

MILLION = 1_000_000
BILLION = 1_000_000_000
LARGEST = 2**63 - 1


def half_up(part: str, whole: str) -> str:
    """`part / whole` as the nearest whole number, halves up; both non-negative, `whole` above zero."""
    return f"(2 * ({part}) + ({whole})) // (2 * ({whole}))"


def scaled_ratio(part: str, whole: str, digits: int, *, halves: Literal["up", "down"] = "up") -> str:
    """`part / whole` with `digits` decimals as a whole number, halves up, exact for any 15-digit operand.

    Long division, three digits at a time, so that nothing overflows: both non-negative, `whole` above zero.
    """
    whole, rest = f"({whole})", f"({part})"
    terms = []
    for zeros in range(digits, 0, -3):
        terms.append(f"({rest} // {whole}) * {10**zeros}")
        rest = f"(({rest} % {whole}) * 1000)" if zeros > 3 else f"({rest} % {whole})"
    half = whole if halves == "up" else f"{whole} - 1"
    return " + ".join([*terms, f"(2000 * {rest} + {half}) // (2 * {whole})"])


def known_ratio(part: str, whole: int, scale: int) -> str:
    """`part / whole x scale`, halves up, for a `whole` known now and 0 <= part <= whole."""
    if 2 * whole * scale + whole <= LARGEST:
        return f"(2 * ({part}) * {scale} + {whole}) // {2 * whole}"
    return scaled_ratio(part, str(whole), len(str(scale)) - 1)


def signed(expression: str, positive: str, negative: str) -> str:
    """`positive` where the expression is not negative, else `negative` (written on its absolute value)."""
    return f"CASE WHEN {expression} >= 0 THEN {positive} ELSE {negative} END"


def floor_ratio(part: str, whole: str) -> str:
    """The largest whole number not above `part / whole`; `part` may be negative, `whole` is above zero."""
    return signed(part, f"({part}) // ({whole})", f"-((({whole}) - 1 - ({part})) // ({whole}))")


def ceiling(value: Decimal | Fraction, scale: int = 1) -> int:
    """The smallest stored whole number at or above a value in display units."""
    return math.ceil(Fraction(value) * scale)


def floor(value: Decimal | Fraction, scale: int = 1) -> int:
    """The largest stored whole number at or below a value in display units."""
    return math.floor(Fraction(value) * scale)


def flag(condition: str) -> str:
    """1 where the condition is true, 0 where it is false or unknown."""
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


def whole_sum(value: str, condition: str = "") -> str:
    """The sum over a group as BIGINT, 0 for an empty one; rows outside `condition` do not count."""
    inside = f"CASE WHEN {condition} THEN {value} ELSE 0 END" if condition else value
    return f"CAST(COALESCE(SUM({inside}), 0) AS BIGINT)"


def count_where(condition: str) -> str:
    """How many rows of a group meet a condition."""
    return whole_sum("1", condition)


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


def columns(pairs: Iterable[tuple[str, str]]) -> str:
    """`expression AS name` lines of a SELECT."""
    return ",\n  ".join(f"{expression} AS {quoted(name)}" for name, expression in pairs)
