"""Formulas whose cells went to other rows."""

from __future__ import annotations

from .row_map import RowMap


def moved_formula(formula: str, moved: RowMap, *, sheet: str, here: bool, old_row: int, new_row: int) -> str:
    """A formula after the move."""
    return formula
