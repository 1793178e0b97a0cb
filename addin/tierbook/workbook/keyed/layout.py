"""Where a table lies on a sheet, which of its columns are ours, and how far people's columns reach beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from ...errors import WorkbookError
from ..cells.careful import column_letters
from ..cells.scan import column_index
from ..moved.row_map import LAST_COLUMN
from ..ours.tables import name_of, tables_on
from ..package.opc import Package
from ..package.sheet_list import Sheet
from ..package.xml_parts import MAIN, children, number_of
from .keyed import Keyed
from .rows import Row, cells_of, index_of
from .values import as_title, has_formula, value_of

_REF = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)(?::\$?([A-Z]{1,3})\$?([0-9]+))?")

Box = tuple[int, int, int, int]
"""First column (from 0), first row (from 1), last column, last row."""


@dataclass(frozen=True)
class Table:
    """A named table as its part tells it. Columns count from 0, rows from 1; totals rows stand below the body."""

    root: etree._Element
    first_column: int
    last_column: int
    header: int
    last: int
    titles: tuple[str, ...]

    @property
    def first(self) -> int:
        return self.header + 1

    def letters(self, title: str) -> bytes | None:
        """Letters of the column with that title."""
        wanted = as_title(title)
        for place, known in enumerate(self.titles):
            if as_title(known) == wanted:
                return letters_of(self.first_column + place)
        return None

    def formula(self, place: int) -> etree._Element | None:
        """The formula of a calculated column, by its place among the titles."""
        return children(self.root.find(MAIN + "tableColumns"))[place].find(MAIN + "calculatedColumnFormula")


@dataclass(frozen=True)
class Column:
    """A column of the table that the donor has too. `mine` and `theirs` are letters in the book and the donor."""

    title: str
    mine: bytes
    theirs: bytes
    ours: bool
    new: bool


@dataclass(frozen=True)
class Layout:
    """The two tables side by side.

    Attributes:
        columns: what both have, by their place in the book; new ones last.
        last_column: last column of the table after the update.
        travel: first and last column that go along with their row.
        beside: letters of people's columns right of the table that have something in them.
        side_last: last body row with something outside the columns that travel, which stays where it is; the
            table does not shrink above it. 0 if there is none.
    """

    mine: Table
    theirs: Table
    key: bytes
    their_key: bytes
    columns: tuple[Column, ...]
    last_column: int
    travel: tuple[int, int]
    beside: tuple[bytes, ...]
    side_last: int


def find_table(package: Package, sheet: Sheet, keyed: Keyed) -> Table | None:
    """The sheet's table of that name in any case, else one that begins with it, with the key among its titles."""
    found = [(name, _table(root)) for name, root in tables_on(package, sheet.part).items()]
    wanted = keyed.table.casefold()
    fitting = [(name, table) for name, table in found
               if name.startswith(wanted) and table is not None and table.letters(keyed.key)]  # fmt: skip
    fitting.sort(key=lambda named: (named[0] != wanted, named[0]))
    return fitting[0][1] if fitting else None


def lay_out(package: Package, sheet: Sheet, mine: Table, theirs: Table, keyed: Keyed, rows: Sequence[Row]) -> Layout:
    """Match the columns of the two tables and find out what stands beside people's.

    Right of the table people's columns travel up to the first blank one; all columns do where nothing stands
    further out, so that whole rows stay together.

    Raises:
        WorkbookError: another table is in the way of the donor's new columns.
    """
    others = [box for box in _other_boxes(package, sheet, mine) if box[1] <= mine.last and box[3] >= mine.header]
    used = _Used(mine, [row for row in rows if mine.header <= row.number <= mine.last])
    end = mine.last_column
    while used.has(end + 1) and not _in_boxes(end + 1, others):
        end += 1
    beside = tuple(letters_of(column) for column in range(mine.last_column + 1, end + 1))
    known, new = _matched(mine, theirs, keyed, end + 1)
    last_column = max([mine.last_column, *(index_of(column.mine) for column in new)])
    for column in range(end + 1, last_column + 1):
        if used.has(column) or _in_boxes(column, others):
            raise WorkbookError("workbook.no_room_beside", sheet=sheet.name, column=column_letters(column))
    travel = (
        mine.first_column if used.left or _any_left(mine, others) else 0,
        max(end, last_column) if used.right(end) or _any_right(end, others) else LAST_COLUMN,
    )
    key, their_key = mine.letters(keyed.key), theirs.letters(keyed.key)
    assert key is not None and their_key is not None
    side = [min(box[3], mine.last) for box in others if box[0] < travel[0] or box[2] > travel[1]]
    side_last = max([used.side_last(travel), *side])
    return Layout(mine, theirs, key, their_key, (*known, *new), last_column, travel, beside, side_last)


def letters_of(column: int) -> bytes:
    return column_letters(column).encode()


def box_of(ref: str) -> Box:
    """A1:B3 -> (0, 1, 1, 3).

    Raises:
        WorkbookError: not a range.
    """
    found = _REF.fullmatch(ref)
    if found is None:
        raise WorkbookError("workbook.part_damaged", part=ref)
    left, top, right, bottom = found.groups()
    return column_index(left), int(top), column_index(right or left), int(bottom or top)


def ref_of(box: Box) -> str:
    return f"{column_letters(box[0])}{box[1]}:{column_letters(box[2])}{box[3]}"


class _Used:
    """What stands outside a table in the rows of its header and body."""

    def __init__(self, table: Table, rows: Sequence[Row]) -> None:
        self._last: dict[int, int] = {}
        for row in rows:
            self._look(table, row)
        self._table = table
        self.left = any(column < table.first_column for column in self._last)

    def has(self, column: int) -> bool:
        return column in self._last

    def right(self, end: int) -> bool:
        return any(column > end for column in self._last)

    def side_last(self, travel: tuple[int, int]) -> int:
        return max((row for column, row in self._last.items() if not travel[0] <= column <= travel[1]), default=0)

    def _look(self, table: Table, row: Row) -> None:
        """Only rows that reach beyond the table are looked at cell by cell."""
        if not row.body:
            return
        start, digits = row.body.rindex(b'<c r="') + 6, len(str(row.number))
        last = row.body[start : row.body.index(b'"', start) - digits]
        first = row.body[6 : row.body.index(b'"', 6) - digits]
        if index_of(first) >= table.first_column and index_of(last) <= table.last_column:
            return
        for letters, rest in cells_of(row).items():
            column = index_of(letters)
            outside = not table.first_column <= column <= table.last_column
            if outside and (has_formula(rest) or value_of(rest, _ANY) is not None):
                self._last[column] = row.number


class _Any(Sequence[str]):
    """Shared texts where only their being there counts."""

    def __len__(self) -> int:
        return 2**31

    def __getitem__(self, place: object) -> str:
        return "x"


_ANY = _Any()


def _matched(mine: Table, theirs: Table, keyed: Keyed, room: int) -> tuple[list[Column], list[Column]]:
    """Columns both have, by place in the book, and the donor's new ones, from column `room` on."""
    ours = {as_title(title) for title in keyed.ours}
    known: list[Column] = []
    new: list[Column] = []
    for place, title in enumerate(theirs.titles):
        letters = mine.letters(title)
        there = letters_of(theirs.first_column + place)
        if letters is not None:
            known.append(Column(title, letters, there, as_title(title) in ours, new=False))
        else:
            new.append(Column(title, letters_of(room + len(new)), there, as_title(title) in ours, new=True))
    known.sort(key=lambda column: index_of(column.mine))
    return known, new


def _table(root: etree._Element) -> Table | None:
    """None where the table has no header row of its own."""
    if root.get("headerRowCount", "1") == "0":
        return None
    left, top, right, bottom = box_of(root.get("ref", ""))
    titles = tuple(column.get("name", "") for column in children(root.find(MAIN + "tableColumns")))
    last = bottom - number_of(root, "totalsRowCount")
    if len(titles) != right - left + 1 or last <= top:
        return None
    return Table(root, left, right, top, last, titles)


def _other_boxes(package: Package, sheet: Sheet, mine: Table) -> list[Box]:
    own = name_of(mine.root).casefold()
    roots = [root for name, root in tables_on(package, sheet.part).items() if name != own]
    return [box_of(root.get("ref", "")) for root in roots]


def _in_boxes(column: int, boxes: Sequence[Box]) -> bool:
    return any(box[0] <= column <= box[2] for box in boxes)


def _any_left(mine: Table, boxes: Sequence[Box]) -> bool:
    return any(box[0] < mine.first_column for box in boxes)


def _any_right(end: int, boxes: Sequence[Box]) -> bool:
    return any(box[2] > end for box in boxes)
