"""The references to cells inside a formula, rewritten in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from .operands import Operand, operands
from .ranges import column_of, letters
from .row_map import LAST_COLUMN, LAST_ROW

_NUMBER = re.compile(r"(?<![0-9])(?<!#DIV/)[0-9]+")

Rows = tuple[int, int]


class Reference(NamedTuple):
    """A cell, a range, or rows, as a formula names them.

    Attributes:
        sheet: None where the formula names none.
        rows: first and second row as written; twice the same for one cell.
        fixed: whether each of them has its $.
        columns: first and last, from 0.
        one: a single address, without a colon.
        loose: it means a place, not whoever stands there: one end of a range whose other end is calculated, as in
            A1:INDEX(...), or where OFFSET($A$1, ...) counts from.
    """

    sheet: str | None
    rows: Rows
    fixed: tuple[bool, bool]
    columns: tuple[int, int]
    one: bool
    loose: bool


Change = Callable[[Reference], Rows | None]
"""The rows a reference names after the move, in the order of the old ones; None: they are gone."""


class _Slot(NamedTuple):
    """A reference in a formula that is read with every number as 1.

    Attributes:
        numbers: which of the formula's numbers are its rows.
        sheet: the sheet's name around its numbers, of which sheet_number is the first; None: none is named.
        width: length of what stands between the sheet and the first row, such as $A$.
        pattern: all the rest of the reference.
    """

    numbers: tuple[int, int]
    sheet: tuple[str, ...] | None
    sheet_number: int
    width: int
    pattern: Reference

    def reference(self, rows: Rows, numbers: Sequence[str]) -> Reference:
        sheet = None if self.sheet is None else _woven(self.sheet, numbers[self.sheet_number :])
        _, _, fixed, columns, one, loose = self.pattern
        return Reference(sheet, rows, fixed, columns, one, loose)


def rewritten(formula: str, change: Change, right: int = 0) -> str:
    """A formula with other rows in its references; all else, blanks too, stays as it is written.

    References to other books, to several sheets at once, to whole columns and to tables are not shown to
    `change`, nor is anything in a formula that the tokenizer cannot read.

    Args:
        formula: without the leading =.
        right: by how many columns those without $ are moved.
    """
    pieces = _NUMBER.split(formula)
    if len(pieces) == 1 and not right:
        return formula
    texts, slots = _plan("1".join(pieces), right)
    old = _NUMBER.findall(formula)
    made, numbers = list(texts), list(old)
    for slot in slots:
        first, second = slot.numbers
        rows = _row(old[first]), _row(old[second])
        if not all(rows):
            continue
        after = change(slot.reference(rows, old))
        if after is None:
            made[first] = made[first][: len(made[first]) - slot.width] + "#REF!"
            made[first + 1 : second + 1] = [""] * (second - first)
            numbers[first : second + 1] = [""] * (second - first + 1)
        elif after != rows:
            numbers[first], numbers[second] = str(after[0]), str(after[1])
    return _woven(made, numbers)


def _woven(texts: Sequence[str], numbers: Sequence[str]) -> str:
    """Texts with numbers between them."""
    return texts[0] + "".join([number + text for number, text in zip(numbers, texts[1:], strict=False)])


def _row(number: str) -> int:
    """0 where it is no row of a sheet."""
    row = int(number) if len(number) <= 7 else 0
    return row if row <= LAST_ROW else 0


@lru_cache(maxsize=4096)
def _plan(formula: str, right: int) -> tuple[tuple[str, ...], tuple[_Slot, ...]]:
    """A formula's texts between its numbers, and its references.

    The formula comes with every number as 1, so that a column filled down is read once.
    """
    found = operands(formula)
    if right and found:
        formula = _sideways(formula, found, right)
        found = operands(formula)
    order = {match.start(): index for index, match in enumerate(_NUMBER.finditer(formula))}
    slots = [slot for operand in found for slot in _slots(operand, order)]
    return tuple(_NUMBER.split(formula)), tuple(slots)


def _slots(operand: Operand, order: dict[int, int]) -> list[_Slot]:
    ends = [operand.addresses] if operand.is_range else [(address, address) for address in operand.addresses]
    made = []
    for first, second in ends:
        columns = sorted((*first.columns, *second.columns))
        fixed = first.is_fixed, second.is_fixed
        is_place = operand.is_loose or (operand.is_start and first.is_fixed and not operand.is_range)
        pattern = Reference(None, (1, 1), fixed, (columns[0], columns[-1]), not operand.is_range, is_place)
        sheet = None if first.sheet is None else tuple(_NUMBER.split(first.sheet))
        number = order[first.row]
        width = first.row - first.start - len(first.prefix)
        made.append(_Slot((number, order[second.row]), sheet, number - len(sheet or "1") + 1, width, pattern))
    return made


def _sideways(formula: str, found: Sequence[Operand], right: int) -> str:
    """A formula with the columns that have no $ moved to the right."""
    for start, column in sorted((place for operand in found for place in operand.letters), reverse=True):
        moved = letters((column_of(column) + right) % (LAST_COLUMN + 1))
        formula = formula[:start] + moved + formula[start + len(column) :]
    return formula
