"""A whole range of ids in one trip, past xlwings' converters, which take ten times as long as the answers.

The VBA calls this for a block; single cells are answered from a snapshot (see gateway.py), tables by the functions
themselves. A block about as large as the book is answered from a table of all its cells' answers, kept for the next
calculation: one look-up a cell.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import xlwings as xw

from ..typed import WRONG, as_number
from . import functions
from .scored import session
from .scored.book import ScoredBook

ERROR_CODES = {
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
}
"""How COM hands over a cell with an error: 0x800A0000 and Excel's number. A number in a cell is always a float."""
EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's day 0 has no time zone
KEPT = 8
"""Tables kept at once."""
LARGEST = 100_000
"""Customers of a book whose tables are kept; one of this size takes some 20 MB."""
Rows = Sequence[Sequence[Any]]
Ask = Callable[[Rows], Rows]


class Table(dict[Any, Any]):
    """Cell -> answer for every id of a book, as text and as number; remembers the cells it does not have."""

    def __init__(self, book: ScoredBook, ask: Ask) -> None:
        ids = book.ids
        answers = [row[0] for row in ask([[one] for one in ids])]
        numbers = ((as_number(one), answer) for one, answer in zip(ids, answers, strict=True))
        super().__init__(chain(zip(ids, answers, strict=True), (pair for pair in numbers if pair[0] is not None)))
        self.book = book
        self.missed: set[Any] = set()

    def __missing__(self, cell: Any) -> None:
        self.missed.add(cell)


_tables: OrderedDict[tuple[Any, ...], Table] = OrderedDict()


@xw.func(category=functions.CATEGORY)
@xw.arg("cells", "raw")
@xw.arg("option1", "raw")
@xw.arg("option2", "raw")
@xw.ret("raw")
def TB_BLOCK(function: Any, cells: Any, option1: Any = None, option2: Any = None) -> Any:  # noqa: N802 - VBA calls it
    """一个函数对一块区域的回答 / A function's answers for a block of ids, in its shape."""
    asked = getattr(functions, str(function), None)
    if asked is None or asked.__annotations__.get("return") != "Answers":
        return [[WRONG]]
    takes = len(asked.__annotations__) - 2  # besides the ids and what comes back
    options = (option1, option2)[:takes]

    def ask(cells: Rows) -> Rows:
        return _carried(asked(_without_errors(cells), *options))

    rows = _rows(cells)
    table = _table(session.current(), (function, *options, *map(type, options)), len(rows) * len(rows[0]), ask)
    return ask(rows) if table is None or _may_mislead(table, rows) else _looked_up(table, rows, ask)


def _rows(cells: Any) -> Rows:
    """Two dimensions, as COM hands them over: a value, a row of values, or rows."""
    if not isinstance(cells, list | tuple):
        return [[cells]]
    return cells if isinstance(cells[0], list | tuple) else [cells]


def _table(book: ScoredBook, question: tuple[Any, ...], size: int, ask: Ask) -> Table | None:
    """The table for a question, made where the block is large enough to be worth it."""
    found = _tables.get(question)
    if found is not None and found.book is book:
        _tables.move_to_end(question)
        return found
    if not 0 < len(book.ids) <= min(2 * size, LARGEST):
        return None
    _tables[question] = Table(book, ask)
    _tables.move_to_end(question)
    while len(_tables) > KEPT:
        _tables.popitem(last=False)
    return _tables[question]


def _may_mislead(table: Table, rows: Rows) -> bool:
    """TRUE is 1 for a table, but no customer."""
    return (0 in table or 1 in table) and bool in set(map(type, chain.from_iterable(rows)))


def _looked_up(table: Table, rows: Rows, ask: Ask) -> Rows:
    table.missed.clear()
    found = [[table[cell] for cell in row] for row in rows]
    if not table.missed:
        return found
    if not table.missed.isdisjoint((0, 1)):
        return ask(rows)
    odd = list(table.missed)
    known = dict(zip(odd, (row[0] for row in ask([[cell] for cell in odd])), strict=True))
    return [
        [known[cell] if answer is None else answer for cell, answer in zip(row, answers, strict=True)]
        for row, answers in zip(rows, found, strict=True)
    ]


def _without_errors(rows: Rows) -> Rows:
    """Error cells by their texts. A number in a cell is a float, so that a whole number can only be a code."""
    if int not in set(map(type, chain.from_iterable(rows))):
        return rows
    return [[ERROR_CODES.get(cell, WRONG) if type(cell) is int else cell for cell in row] for row in rows]


def _carried(rows: Rows) -> Rows:
    """What COM can carry: nothing as an empty text, days as Excel's numbers, which is what cells hold."""
    if not {dt.datetime, dt.date, type(None)} & set(map(type, chain.from_iterable(rows))):
        return rows
    return [[_plain(value) for value in row] for row in rows]


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return _serial(value) if isinstance(value, dt.date) else value


def _serial(day: dt.date) -> float:
    moment = day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time())
    return (moment - EPOCH) / dt.timedelta(days=1)
