"""Comparisons in SQL: exact between whole numbers, with a tolerance between calculated ones."""

from __future__ import annotations

from fractions import Fraction

from ..model.nodes import CompareOp
from .portable import ceiling, floor

RELATIVE = "1e-9"
ABSOLUTE = "2e-6"
"""How far two calculated numbers may lie apart and still be on one line: relative to the right one, and for
values kept in millionths (averages, ratios) two of these besides."""

MIRROR: dict[CompareOp, CompareOp] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
SIGN: dict[CompareOp, str] = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def against(op: CompareOp, column: str, line: Fraction) -> str:
    """A whole number against any number, exactly: the line is moved to the whole number that decides."""
    if op in (">=", "<"):
        return f"{column} {op} {ceiling(line)}"
    if op in (">", "<="):
        return f"{column} {op} {floor(line)}"
    if line.denominator != 1:  # no whole number meets it; no value stays unknown
        return f"{column} {'<>' if op == '=' else '='} {column}"
    return f"{column} {SIGN[op]} {line.numerator}"


def alike(op: CompareOp, left: tuple[str, int], right: tuple[str, int]) -> str:
    """Two whole numbers held as value x scale, exactly; scales are powers of ten."""
    (a, of_a), (b, of_b) = left, right
    if of_a < of_b:
        a = f"{a} * {of_b // of_a}"
    if of_b < of_a:
        b = f"{b} * {of_a // of_b}"
    return f"{a} {SIGN[op]} {b}"


def close(op: CompareOp, a: str, b: str, *, rounded: bool) -> str:
    """Two calculated numbers, within the tolerance.

    Args:
        rounded: a value kept in millionths takes part.
    """
    tolerance = f"ABS({b}) * {RELATIVE}{f' + {ABSOLUTE}' if rounded else ''}"
    return {
        "=": f"ABS({a} - {b}) <= {tolerance}",
        "!=": f"ABS({a} - {b}) > {tolerance}",
        ">=": f"{a} - {b} >= -({tolerance})",
        ">": f"{a} - {b} > {tolerance}",
        "<=": f"{a} - {b} <= {tolerance}",
        "<": f"{a} - {b} < -({tolerance})",
    }[op]
