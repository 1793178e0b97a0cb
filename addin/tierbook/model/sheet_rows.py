"""Rows of a 模型 sheet as people left them: the header found, blank rows skipped, every cell with its address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import ModelError
from ..labels import Name
from .cells import date_of, is_blank, key_of, number_of, text_of
from .check import raise_problems
from .sheet_columns import SheetColumn, choices
from .words import folded, listed

HEADER_WITHIN = 10
"""Rows in which the header must stand."""


@dataclass(frozen=True)
class Grid:
    """A sheet as read: `rows` from row 1, column A; None for a blank cell."""

    sheet_name: str
    rows: Sequence[Sequence[object]]


def address(sheet: str, row: int, column: int) -> str:
    """`模型-分层!C7`; row from 1, column from 0."""
    letters = ""
    place = column + 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{sheet}!{letters}{row}"


class Row:
    """One row; values by column key, in the kind asked for.

    Every reader raises ModelError with the cell's address.
    """

    def __init__(self, sheet: str, number: int, cells: Sequence[object], places: Mapping[str, int],
                 titles: Mapping[str, Name]) -> None:  # fmt: skip
        self.sheet = sheet
        self.number = number
        self.cells = cells
        self.places = places
        self.titles = titles

    def cell(self, key: str) -> object:
        place = self.places.get(key)
        return self.cells[place] if place is not None and place < len(self.cells) else None

    def where(self, key: str) -> str:
        """The cell's address; the row's first cell where the sheet has no such column."""
        return address(self.sheet, self.number, self.places.get(key, 0))

    def words(self) -> set[str]:
        """Every text of the row, folded."""
        return {folded(text_of(cell)) for cell in self.cells if not is_blank(cell)}

    def is_blank(self) -> bool:
        return all(is_blank(self.cell(key)) for key in self.places)

    def error(self, label: str, column: str, /, **values: object) -> ModelError:
        return ModelError(label, where=self.where(column), **values)

    def text(self, key: str) -> str:
        return text_of(self.cell(key))

    def has(self, key: str) -> bool:
        """Whether the sheet has this column."""
        return key in self.places

    def needed(self, key: str) -> str:
        found = self.text(key)
        if not found:
            raise self.error("model.sheet_empty", key, column=self.titles[key])
        return found

    def number_needed(self, key: str) -> Decimal:
        text = self.needed(key)
        number = number_of(self.cell(key))
        if number is None:
            raise self.error("model.sheet_number", key, value=text)
        return number

    def whole_needed(self, key: str) -> int:
        number = self.number_needed(key)
        if number != int(number):
            raise self.error("model.sheet_whole", key, value=self.text(key))
        return int(number)

    def date_or(self, key: str, default: dt.date) -> dt.date:
        cell = self.cell(key)
        if is_blank(cell):
            return default
        found = date_of(cell)
        if found is None:
            raise self.error("model.sheet_date", key, value=text_of(cell))
        return found

    def flag(self, key: str, default: bool) -> bool:
        """Yes or no in any language, a tick, TRUE or 1; a blank cell is the default."""
        cell = self.cell(key)
        if is_blank(cell):
            return default
        if isinstance(cell, bool):
            return cell
        plain = {"1": "yes", "true": "yes", "y": "yes", "√": "yes", "0": "no", "false": "no", "n": "no", "×": "no"}
        return (plain.get(text_of(cell).lower()) or self.choice(key, choices("flag"))) == "yes"

    def choice(self, key: str, names: Mapping[str, Name], default: str | None = None) -> str:
        """The key of a closed list; a blank cell is the default."""
        if is_blank(self.cell(key)):
            if default is None:
                raise self.error("model.sheet_empty", key, column=self.titles[key])
            return default
        found = key_of(self.cell(key), names)
        if not found:
            raise self.error("model.sheet_choice", key, value=self.text(key), valid=listed(names.values()))
        return found


def rows_of(grid: Grid, columns: Sequence[SheetColumn]) -> list[Row]:
    """The filled rows below the header.

    Raises:
        ModelError, SeveralErrors: there is no header, or it lacks needed columns.
    """
    titles = {column.key: column.title for column in columns}
    needed = [column for column in columns if column.needed]
    top, places = _header(grid, titles)
    if not places:
        raise ModelError("model.sheet_no_header", where=grid.sheet_name, columns=listed(each.title for each in needed))
    where = address(grid.sheet_name, top + 1, 0)
    raise_problems(
        [
            ModelError("model.sheet_no_column", where=where, column=each.title)
            for each in needed
            if each.key not in places
        ]
    )
    rows = (
        Row(grid.sheet_name, number, cells, places, titles)
        for number, cells in enumerate(grid.rows[top + 1 :], start=top + 2)
    )
    return [row for row in rows if not row.is_blank()]


def _header(grid: Grid, titles: Mapping[str, Name]) -> tuple[int, dict[str, int]]:
    """The row (from 0) whose cells name most columns, and where each column stands; nothing below two matches."""
    by_title = {folded(word): key for key, title in titles.items() for word in title.all()}
    best: tuple[int, dict[str, int]] = (0, {})
    for number, cells in enumerate(grid.rows[:HEADER_WITHIN]):
        places: dict[str, int] = {}
        for place, cell in enumerate(cells):
            key = by_title.get(folded(text_of(cell)))
            if key is not None:
                places.setdefault(key, place)
        if len(places) > max(1, len(best[1])):
            best = (number, places)
    return best
