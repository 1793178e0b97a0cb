"""What the cells hold that calls speak of, so that a call's answer is known before anybody calculates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..workbook.cells.scan import column_index
from .answers import Answers
from .calls import Call, constant, one_cell
from .table import Value
from .values import PER_CUSTOMER, value_of

Rows = Sequence[Sequence[object]]
_THIS_ROW = re.compile(r"(?:([^\[\]!'(),]+))?\[(?:\[#This Row\],)?(?:@)?\[?([^\[\]@#]+)\]?\]")


class NotKnown(Exception):
    """Only a program that calculates can tell."""


@dataclass(frozen=True)
class Place:
    """Where a formula stands: its sheet, its row from 1, its column from 0."""

    sheet: str
    row: int
    column: int


@dataclass
class Known:
    """Looks answers up for calls in cells.

    Args:
        read: name of a sheet -> its rows; asked once for each sheet.
        columns: lower-case table name -> column title (lower case) -> column index.
    """

    answers: Answers
    read: Callable[[str], Rows]
    columns: Mapping[str, Mapping[str, int]]
    _rows: dict[str, Rows] = field(default_factory=dict)

    def value(self, call: Call, place: Place) -> Value:
        """The answer of a call in a cell.

        Raises:
            NotKnown: an argument is calculated.
        """
        if call.function not in {*PER_CUSTOMER, "CUST_STAMP", "CUST_COUNT"}:
            raise NotKnown
        arguments = [self._argument(argument, place) for argument in call.arguments]
        return value_of(self.answers, call.function, arguments)

    def _argument(self, argument: str, place: Place) -> object:
        spelled, value = constant(argument)
        if spelled:
            return value
        cell = one_cell(argument)
        if cell is not None:
            letters = cell[1].rstrip("0123456789")
            return self._cell(cell[0] or place.sheet, int(cell[1][len(letters) :]), column_index(letters))
        found = _THIS_ROW.fullmatch(argument.strip())
        if found and ("@" in argument or "#This Row" in argument):
            return self._cell(place.sheet, place.row, self._column(found[1], found[2]))
        raise NotKnown

    def _column(self, table: str | None, title: str) -> int:
        for name, columns in self.columns.items():
            if table in (None, "") or name == str(table).casefold():
                column = columns.get(title.replace("'", "").casefold())
                if column is not None:
                    return column
        raise NotKnown

    def _cell(self, sheet: str, row: int, column: int) -> object:
        key = sheet.casefold()
        if key not in self._rows:
            self._rows[key] = self.read(sheet)
        rows = self._rows[key]
        return rows[row - 1][column] if row <= len(rows) and column < len(rows[row - 1]) else None
