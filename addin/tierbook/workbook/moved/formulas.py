"""Formulas whose cells went to other rows.

In a cell, a reference means a cell, and follows it. In a rule (a conditional format, a validation, a defined
name), a row without $ means "so many rows from here": it stays as far from the rule's place as it was.
"""

from __future__ import annotations

from .ranges import Range, moved_block
from .references import Reference, Rows, rewritten
from .row_map import LAST_ROW, RowMap


def moved_formula(formula: str, moved: RowMap, *, sheet: str, here: bool, old_row: int, new_row: int) -> str:
    """A cell's formula after the move.

    A reference to one row of the body follows that row (#REF! if it left), a range over the whole body
    stretches with it, one over some rows goes where they went if they stayed together and else keeps its
    address, and below the body everything shifts. A range from the body's edge to the formula's own row,
    as running sums have it, still ends in the formula's row. References to tables stay.

    Args:
        formula: without the leading =.
        sheet: name of the sheet whose rows moved.
        here: the formula stands on that sheet, so references that name no sheet mean it.
        old_row: the formula's own row before; new_row: after.
    """

    def change(reference: Reference) -> Rows | None:
        if not _means(reference, sheet, here):
            return reference.rows
        running = _running(reference, moved, old_row, new_row) if here else None
        return running or _followed(reference, moved)

    return formula if moved.nothing_moves else rewritten(formula, change)


def moved_rule(formula: str, moved: RowMap, *, sheet: str, here: bool, down: int = 0, right: int = 0) -> str:
    """A rule's formula after the move.

    Args:
        formula: without the leading =.
        sheet: name of the sheet whose rows moved.
        here: the rule belongs to that sheet.
        down: by how many rows the cell moved for which the formula is written; right: by how many columns.
    """

    def change(reference: Reference) -> Rows | None:
        if all(reference.fixed) and _means(reference, sheet, here):
            return _followed(reference, moved)
        first, second = (_rule_end(reference, end, moved, sheet, here, down) for end in (0, 1))
        return first, second

    return formula if moved.nothing_moves else rewritten(formula, change, right)


def moved_from_outside(formula: str, moved: RowMap, *, sheet: str, here: bool) -> str:
    """A formula of another part after rows below the body moved.

    Ranges over the whole body stretch and what names rows below shifts. A reference to a row of the body means
    the place, whoever stands there, as it does in Excel after sorting.
    """

    def change(reference: Reference) -> Rows | None:
        if not _means(reference, sheet, here):
            return reference.rows
        first, second = reference.rows
        if first <= moved.first and second >= moved.last and not reference.one and moved.travels(*reference.columns):
            return first, moved.shifted(second)
        return _followed(reference, moved) if second > moved.last else reference.rows

    return rewritten(formula, change)


def _means(reference: Reference, sheet: str, here: bool) -> bool:
    return here if reference.sheet is None else reference.sheet.casefold() == sheet.casefold()


def _running(reference: Reference, moved: RowMap, old_row: int, new_row: int) -> Rows | None:
    """A range from an edge of the body to the formula's own row, or the row beside it."""
    first, second = reference.rows
    if reference.one or reference.fixed[0] == reference.fixed[1] or not moved.travels(*reference.columns):
        return None
    if reference.fixed[0] and moved.first - 1 <= first <= moved.first and abs(second - old_row) <= 1:
        return first, max(second - old_row + new_row, 1)
    if reference.fixed[1] and second == moved.last and abs(first - old_row) <= 1:
        return max(first - old_row + new_row, 1), moved.new_last
    return None


def _followed(reference: Reference, moved: RowMap) -> Rows | None:
    """Where the rows of a reference are after the move."""
    if reference.loose:
        return (edge := _edge(reference, reference.rows[0], moved)), edge
    first, second = reference.rows
    cells = Range(min(first, second), reference.columns[0], max(first, second), reference.columns[1])
    if reference.one and moved.before == 1 and cells.top == moved.first and moved.first not in moved.new_row:
        return reference.rows  # an empty table has one blank row, which no id claims
    block = moved_block(cells, moved)
    if block is None:
        return None
    return (block.top, block.bottom) if first <= second else (block.bottom, block.top)


def _edge(reference: Reference, row: int, moved: RowMap) -> int:
    """Where one end of a range goes whose other end goes its own way."""
    if row > moved.last:
        return min(row + moved.shift, LAST_ROW)
    if row <= moved.first or not moved.travels(*reference.columns):
        return row
    return moved.new_last if row == moved.last else min(row, moved.new_last)


def _rule_end(reference: Reference, end: int, moved: RowMap, sheet: str, here: bool, down: int) -> int:
    row = reference.rows[end]
    if not reference.fixed[end]:
        return (row + down - 1) % LAST_ROW + 1
    return _edge(reference, row, moved) if _means(reference, sheet, here) else row
