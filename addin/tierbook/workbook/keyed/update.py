"""Put a donor's table into people's by id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import WorkbookError
from ..cells.scan import NotPlain
from ..cells.texts import shared_texts
from ..moved import RowMap, follow, notes_of
from ..moved.row_map import LAST_ROW
from ..ours.donor_sheet import adapted_rows, shared_strings
from ..ours.styles import StyleMap
from ..package.deflate import packed
from ..package.opc import Package
from ..package.sheet_list import WORKSHEET_TYPE, Sheet, calculate_on_opening, forget_calculation_order
from .above import refreshed_above
from .archive import Archive
from .formulas import Formulas
from .keyed import Keyed
from .layout import Layout, Table, find_table, lay_out, letters_of
from .looks import Looks, at_both_ends, beginnings
from .merge import Body, other_rows
from .order import Order, in_new_order
from .rows import Row, SheetRows, cells_of, index_of, one_cell, plain_text_at, rows_in, taken_from
from .table import gained_header, unlike, update_reach, update_table
from .values import BLANK, as_header, as_id, as_title, has_formula, style_of, value_of


@dataclass(frozen=True)
class Update:
    """What an update did, in rows: put into the archive, new, and kept with what people wrote."""

    archived: int
    added: int
    kept: int


def can_update(target: Package, sheet: Sheet, keyed: Keyed) -> bool:
    """Whether the sheet still has that table (any case, or a name that begins so) with the key among its titles."""
    return sheet.kind == "worksheet" and find_table(target, sheet, keyed) is not None


def update_keyed(
    target: Package, sheet: Sheet, donor: Package, theirs: Sheet, keyed: Keyed, styles: StyleMap, *, day: dt.date
) -> Update:
    """Put the donor's table into the sheet's by id.

    Rows take the donor's order; people's cells, heights, hidden flags and all that hangs on them go along. Rows
    the donor no longer has go to the archive sheet, which is made at the end if it is missing. What people typed
    without an id stays below. The same donor again changes nothing. Nothing is edited before all checks passed.

    Args:
        target: the book; its sheet, table and archive are edited.
        styles: the donor's styles as they were merged into the book.
        day: the day archived rows are dated with.

    Raises:
        WorkbookError: the sheet lacks the table, or what people put there cannot go along; the error says what.
    """
    return _Update(target, sheet, donor, theirs, keyed, styles).run(day)


class _Update:
    def __init__(self, target: Package, sheet: Sheet, donor: Package, theirs: Sheet, keyed: Keyed,
                 styles: StyleMap) -> None:  # fmt: skip
        self._target = target
        self._sheet = sheet
        self._keyed = keyed
        mine, their_table = find_table(target, sheet, keyed), find_table(donor, theirs, keyed)
        if mine is None or their_table is None:
            raise WorkbookError("workbook.no_keyed_table", table=keyed.table, sheet=sheet.name)
        self._strings = shared_texts(target)
        self._held: SheetRows = taken_from(target, sheet.part)
        self._mine = {row.number: row for row in self._held.rows}
        self._theirs = _in_the_books_terms(donor, theirs.part, styles)
        self._layout: Layout = lay_out(target, sheet, mine, their_table, keyed, self._held.rows)
        self._notes = notes_of(target, sheet)

    def run(self, day: dt.date) -> Update:
        order = self._ordered()
        moved = self._moved(order)
        formulas = Formulas(self._held.rows, moved, self._sheet.name)
        looks = self._looks(order)
        layout = self._layout
        header_row = self._mine.get(layout.mine.header) or Row(layout.mine.header, b"", b"")
        gained = gained_header(layout, cells_of(header_row), self._theirs[layout.theirs.header], self._strings)
        above = refreshed_above(layout, self._mine, self._theirs, looks, self._strings)
        if gained:
            above.setdefault(layout.mine.header, {}).update(gained)
        body = Body(layout, order, moved, self._mine, self._theirs, looks, formulas, self._strings)
        rows = [
            *other_rows(self._held.rows, moved, formulas, above, above=True),
            *filter(None, body.rows()),
            *other_rows(self._held.rows, moved, formulas, {}, above=False),
        ]
        self._archive(order, day)
        follow(self._target, self._sheet, self._held.frame, moved)
        update_table(layout, moved, cells_of(header_row) | gained, self._strings)
        body.rewrite_calculated()
        self._put(rows, moved, formulas, filled=body.fills_formulas)
        kept = sum(pair.mine is not None for pair in order.pairs)
        added = sum(pair.mine is None and pair.theirs is not None for pair in order.pairs)
        return Update(len(order.gone), added, kept)

    def _put(self, rows: list[bytes], moved: RowMap, formulas: Formulas, *, filled: bool) -> None:
        if not self._held.differs(rows):
            return
        layout = self._layout
        last = max(self._held.rows[-1].number if self._held.rows else 0, layout.mine.last) + moved.shift
        update_reach(self._held.frame, layout.mine.first_column, layout.last_column, last)
        self._target.put(self._sheet.part, packed(self._held.pieces(rows)), WORKSHEET_TYPE)
        if formulas.any or filled:
            forget_calculation_order(self._target)
            calculate_on_opening(self._target)

    def _ordered(self) -> Order:
        mine, theirs = self._layout.mine, self._layout.theirs
        rows = range(mine.first, mine.last + 1)
        told = ((row, self._keyed.key_of_row.get(row) or self._id(self._mine, row, self._layout.key, self._strings))
                for row in rows)  # fmt: skip
        ids = {row: key for row, key in told if key}
        wanted = []
        for row in range(theirs.first, theirs.last + 1):
            key = self._id(self._theirs, row, self._layout.their_key, ())
            if row in self._theirs and b"<f" in self._theirs[row].body:
                raise WorkbookError("workbook.donor_form", part=f"<f> {row}")
            if key:
                wanted.append((row, key))
            elif not self._is_blank(self._theirs, row, theirs, ()):
                raise WorkbookError("workbook.donor_form", part=self._keyed.key)
        least = max(self._layout.side_last - mine.first + 1, 0)
        return in_new_order(wanted, ids, rows, self._is_unused, least)

    def _id(self, rows: dict[int, Row], number: int, letters: bytes, strings: Sequence[str | None]) -> str:
        text = plain_text_at(rows[number], letters) if number in rows else ""
        if text is not None:
            return text.strip()
        rest = one_cell(rows[number], letters)
        return as_id(value_of(rest, strings)) if rest else ""

    def _is_unused(self, number: int) -> bool:
        """Whether nothing of a row would be missed: no value, no formula of its own, no note."""
        first, last = self._layout.travel
        noted = any(row == number and first <= column <= last for row, column in self._notes)
        return not noted and self._is_blank(self._mine, number, self._layout.mine, self._strings)

    def _is_blank(self, rows: dict[int, Row], number: int, table: Table, strings: Sequence[str | None]) -> bool:
        if number not in rows:
            return True
        first, last = self._layout.travel if table is self._layout.mine else (table.first_column, table.last_column)
        calculated = {letters_of(table.first_column + place) for place in range(len(table.titles))
                      if table.formula(place) is not None}  # fmt: skip
        for letters, rest in cells_of(rows[number]).items():
            if letters in calculated or not first <= index_of(letters) <= last:
                continue
            if has_formula(rest) or value_of(rest, strings) is not None:
                return False
        return True

    def _moved(self, order: Order) -> RowMap:
        table = self._layout.mine
        before, after = table.last - table.header, len(order.pairs)
        end = max(self._held.rows[-1].number if self._held.rows else 0, table.last)
        if end + after - before > LAST_ROW:
            raise WorkbookError("workbook.too_large")
        return RowMap(table.first, before, after, order.new_row(table.first), *self._layout.travel)

    def _looks(self, order: Order) -> Looks:
        looks = Looks(self._target)
        table = self._layout.theirs
        places = {column.theirs: column.mine for column in self._layout.columns}
        theirs = [number for number in at_both_ends(range(table.first, table.last + 1)) if number in self._theirs]
        for (letters, head), times in beginnings(self._theirs[number] for number in theirs).items():
            if letters in places:
                looks.see_theirs(places[letters], style_of(head), times)
        kept = at_both_ends([pair.mine for pair in order.pairs if pair.mine is not None])
        for (letters, head), times in beginnings(self._mine[number] for number in kept if number in self._mine).items():
            looks.see_mine(letters, style_of(head), times)
        looks.settle()
        return looks

    def _archive(self, order: Order, day: dt.date) -> None:
        titles, header = self._titles()
        archive = Archive(self._target, self._keyed, titles, header, self._strings, day)
        left = [number for number in order.gone if not self._stands_elsewhere(number)]
        archive.add([(self._mine[number], self._notes_on(number)) for number in left])

    def _stands_elsewhere(self, number: int) -> bool:
        """Whether another sheet of ours has all that stands in a row."""
        key = self._keyed.key_of_row.get(number) or self._id(self._mine, number, self._layout.key, self._strings)
        if key not in self._keyed.elsewhere or self._notes_on(number):
            return False
        known = {column.mine for column in self._layout.columns}
        first, last = self._layout.travel
        return all(
            letters in known or not first <= index_of(letters) <= last or value_of(rest, self._strings) is None
            for letters, rest in cells_of(self._mine[number]).items()
        )

    def _titles(self) -> tuple[dict[bytes, str], dict[bytes, int]]:
        """Letters -> title and header style of the columns that go to the archive, people's beside the table too."""
        table = self._layout.mine
        row = self._mine.get(table.header) or Row(table.header, b"", b"")
        header = cells_of(row)
        titles = {letters_of(table.first_column + place): title for place, title in enumerate(table.titles)}
        taken = {as_title(title) for title in titles.values()}
        for letters in self._layout.beside:
            told = value_of(header.get(letters, BLANK), self._strings)
            titles[letters] = unlike(as_header(told) or letters.decode(), taken)
            taken.add(as_title(titles[letters]))
        return titles, {letters: style_of(header[letters]) for letters in titles if letters in header}

    def _notes_on(self, number: int) -> str:
        first, last = self._layout.travel
        told = sorted((column, text) for (row, column), text in self._notes.items()
                      if row == number and first <= column <= last)  # fmt: skip
        return "\n".join(text for _, text in told)


def _in_the_books_terms(donor: Package, part: str, styles: StyleMap) -> dict[int, Row]:
    """The rows of a donor's sheet by number, in the book's formats and with their texts in the cells.

    Raises:
        WorkbookError: not in XlsxWriter's form.
    """
    try:
        return {row.number: row for row in rows_in(adapted_rows(donor, part, styles, shared_strings(donor)))}
    except NotPlain as problem:
        raise WorkbookError("workbook.donor_form", part=part) from problem
