"""The rows of the updated sheet: above the body, the body in its new order, below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..moved import RowMap
from .formulas import Formulas, fill_text, formula_cell, formula_in
from .layout import Layout, letters_of
from .looks import Looks
from .order import Order, Pair
from .rows import Cells, Row, cells_of, in_order, index_of, row_bytes
from .straight import Straight
from .values import BLANK, head_of, value_of, with_style

_HEIGHT = re.compile(rb'\s(?:ht|customHeight)="[^"]*"')


class Body:
    """The body's rows, one after the other.

    A kept row keeps people's cells, its height, its hidden flag and its look. Where a value of ours changed and
    the donor gives the row a height (it does where long texts need one), that height holds; else the old one.
    New rows are visible, get the donor's cells and people's calculated columns.
    """

    def __init__(
        self, layout: Layout, order: Order, moved: RowMap, mine: Mapping[int, Row], theirs: Mapping[int, Row],
        looks: Looks, formulas: Formulas, strings: Sequence[str | None],
    ) -> None:  # fmt: skip
        self._layout = layout
        self._order = order
        self._moved = moved
        self._mine = mine
        self._theirs = theirs
        self._looks = looks
        self._formulas = formulas
        self._strings = strings
        self._whole_rows = layout.travel[0] == 0 and layout.side_last == 0
        self._rewritten = [(column.mine, column.theirs) for column in layout.columns if column.ours or column.new]
        self._filled = self._calculated_columns()
        places = {column.theirs: column.mine for column in layout.columns}
        self._straight = Straight(places, {mine for mine, _ in self._rewritten}, self._settled, formulas=formulas.any)

    @property
    def fills_formulas(self) -> bool:
        """Whether new rows get formulas of people's calculated columns."""
        return bool(self._filled) and any(pair.mine is None for pair in self._order.pairs)

    def rows(self) -> Iterator[bytes]:
        for number, pair in enumerate(self._order.pairs, self._moved.first):
            if pair.mine is None:
                yield self._new(number, pair)
            else:
                yield self._kept(number, pair, self._mine.get(pair.mine) or Row(pair.mine, b"", b""))

    def _kept(self, number: int, pair: Pair, row: Row) -> bytes:
        """A row that was there: straight where nothing stands beside the table and no formula in it."""
        theirs = self._theirs[pair.theirs] if pair.theirs is not None else None
        made = self._straight.body(row, theirs, number) if theirs is not None and self._whole_rows else None
        if theirs is None or made is None:
            return self._kept_by_cells(number, pair, row)
        attributes = row.attributes()
        if made[1]:
            attributes = _with_height(attributes, theirs.attributes())
        if number == row.number and made[0] == row.body and attributes == row.attributes():
            return row.raw()
        return b'<row r="%d"%b>%b</row>' % (number, attributes, made[0])

    def _kept_by_cells(self, number: int, pair: Pair, row: Row) -> bytes:
        before = cells_of(row)
        cells = before if self._whole_rows else self._travelling(before)
        cells = self._formulas.settled(cells, row.number, number)
        attributes = row.attributes()
        if pair.theirs is not None:
            cells, renewed = self._updated(cells, self._theirs[pair.theirs])
            if renewed:
                attributes = _with_height(attributes, self._theirs[pair.theirs].attributes())
        cells = cells if self._whole_rows else self._with_side(cells, number)
        if number == row.number and cells == before and attributes == row.attributes():
            return row.raw()
        return row_bytes(number, attributes, cells)

    def _updated(self, cells: Cells, theirs: Row) -> tuple[Cells, bool]:
        """The cells with ours from the donor, and whether any value changed."""
        new_cells = cells_of(theirs)
        made = dict(cells)
        renewed = False
        for letters, there in self._rewritten:
            old, new = cells.get(letters), new_cells.get(there)
            if old == new:
                continue
            rest, changed = self._settled(letters, old, new)
            renewed = renewed or changed
            if rest is None:
                made.pop(letters, None)
            else:
                made[letters] = rest
        return (in_order(made) if made.keys() - cells.keys() else made), renewed

    def _settled(self, letters: bytes, old: bytes | None, new: bytes | None) -> tuple[bytes | None, bool]:
        """What stands in a cell of ours, and whether its value changed."""
        if old is None:
            return new, new is not None and value_of(new, ()) is not None
        if new is None:
            new = BLANK
        old_head, _, old_tail = old.partition(b">")
        new_head, _, new_tail = new.partition(b">")
        (style, kind), (their_style, their_kind) = head_of(old_head), head_of(new_head)
        look = style if style == their_style else self._looks.of_ours(letters, style, their_style)
        if old_tail == new_tail and kind == their_kind:
            same = True
        else:
            same = b"<f" not in old and value_of(old, self._strings) == value_of(new, ())
        if same and look == style:
            return old, False
        if look != their_style:
            new = with_style(new, look)
        return (new if look or new_tail else None), not same

    def _new(self, number: int, pair: Pair) -> bytes:
        cells: Cells = {}
        attributes = b""
        if pair.theirs is not None:
            row = self._theirs[pair.theirs]
            attributes = row.attributes()
            there = cells_of(row)
            cells = {column.mine: there[column.theirs]
                     for column in self._layout.columns if column.theirs in there}  # fmt: skip
        for letters in self._table_letters():
            if letters in self._filled and value_of(cells.get(letters, BLANK), ()) is None:
                cells[letters] = self._calculated(letters, number)
            elif letters not in cells and (style := self._looks.usual(letters)):
                cells[letters] = b' s="%d"/>' % style
        cells = in_order(cells)
        return row_bytes(number, attributes, cells if self._whole_rows else self._with_side(cells, number))

    def _table_letters(self) -> list[bytes]:
        table = self._layout.mine
        return [letters_of(column) for column in range(table.first_column, table.last_column + 1)]

    def _calculated_columns(self) -> dict[bytes, tuple[str, int, bool]]:
        """Letters of people's calculated columns -> formula, the new row it is written for, array or not."""
        found = {}
        table = self._layout.mine
        ours = {column.mine for column in self._layout.columns if column.ours}
        for place in range(len(table.titles)):
            element, letters = table.formula(place), letters_of(table.first_column + place)
            if element is not None and element.text and letters not in ours:
                formula, row = self._example(letters) or (element.text, self._moved.first)
                found[letters] = formula, row, element.get("array") in {"1", "true"}
        return found

    def _example(self, letters: bytes) -> tuple[str, int] | None:
        """A formula of that column as it will stand in a kept row, and that row."""
        for number, pair in enumerate(self._order.pairs, self._moved.first):
            row = self._mine.get(pair.mine) if pair.mine is not None else None
            if row is not None and b"<f" in row.body:
                cells = self._formulas.settled(cells_of(row), row.number, number)
                if formula := formula_in(cells.get(letters)):
                    return formula, number
        return None

    def rewrite_calculated(self) -> None:
        """Give calculated columns that name cells the formula of the new first row, if they had the old one's."""
        table, first = self._layout.mine, self._moved.first
        row = self._mine.get(first)
        before = cells_of(row) if row is not None else {}
        for letters, (formula, written_for, _) in self._filled.items():
            element = table.formula(index_of(letters) - table.first_column)
            after = fill_text(formula, letters, written_for, first)
            if element is not None and element.text == formula_in(before.get(letters)) and after != element.text:
                element.text = after

    def _calculated(self, letters: bytes, number: int) -> bytes:
        formula, written_for, array = self._filled[letters]
        text = fill_text(formula, letters, written_for, number)
        place = f"{letters.decode()}{number}" if array else ""
        return formula_cell(text, self._looks.usual(letters), place)

    def _travelling(self, cells: Cells) -> Cells:
        first, last = self._layout.travel
        return {letters: rest for letters, rest in cells.items() if first <= index_of(letters) <= last}

    def _with_side(self, cells: Cells, number: int) -> Cells:
        """The cells that travelled here and those that stand here whoever comes."""
        row = self._mine.get(number) if number <= self._moved.last else None
        if row is None:
            return cells
        here = cells_of(row)
        travelling = self._travelling(here)
        side = {letters: rest for letters, rest in here.items() if letters not in travelling}
        return in_order(cells | self._formulas.settled(side, number, number)) if side else cells


def other_rows(rows: Sequence[Row], moved: RowMap, formulas: Formulas, new: Mapping[int, Cells], *,
               above: bool) -> Iterator[bytes]:  # fmt: skip
    """The rows above the body, with cells put into them; or those below it, at their new place."""
    waiting = {number: new[number] for number in sorted(new)} if above else {}
    for row in rows:
        if (row.number < moved.first) != above or moved.first <= row.number <= moved.last:
            continue
        for number in [number for number in waiting if number < row.number]:
            yield row_bytes(number, b"", in_order(waiting.pop(number)))
        place = row.number if above else row.number + moved.shift
        put = waiting.pop(row.number, {})
        if put or b"<f" in row.body or place != row.number:
            before = cells_of(row)
            cells = formulas.settled(before, row.number, place)
            cells = in_order(cells | put) if put else cells
            if place != row.number or cells != before:
                yield row_bytes(place, row.attributes(), cells)
                continue
        yield row.raw()
    for number, cells in waiting.items():
        yield row_bytes(number, b"", in_order(cells))


def _with_height(attributes: bytes, theirs: bytes) -> bytes:
    """The row's attributes with the donor's height, if the donor sets one."""
    height = b"".join(_HEIGHT.findall(theirs))
    return _HEIGHT.sub(b"", attributes) + height if height else attributes
