"""The references to cells inside a formula: found by openpyxl's tokenizer, rewritten in place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from .ranges import column_of, letters
from .row_map import LAST_COLUMN, LAST_ROW

_NUMBER = re.compile(r"(?<![/0-9])[0-9]+")
"""Digits; not those of #DIV/0!."""

_BLANKS = re.compile(r"[ \n]+")
_PIECE = re.compile(r"(?:'(?:[^']|'')*'|[^':])+")
_ADDRESS = re.compile(r"((?:'(?:[^']|'')+'|[^'!:]+)!)?(\$?)([A-Za-z]{0,3})(\$?)([0-9]{1,7})")
_COLUMNS = re.compile(r"((?:'(?:[^']|'')+'|[^'!:]+)!)?(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})")

Rows = tuple[int, int]
_Span = tuple[int, int, bool]
"""Start and end of an operand, and whether it is the beginning of a function call such as A1:INDEX(."""


@dataclass(frozen=True)
class Reference:
    """A cell, a range, or rows, as a formula names them.

    Attributes:
        sheet: None where the formula names none.
        rows: first and second row as written; twice the same for one cell.
        fixed: whether each of them has its $.
        columns: first and last, from 0.
        one: a single address, without a colon.
        loose: one end of a range whose other end is calculated, as in A1:INDEX(...).
    """

    sheet: str | None
    rows: Rows
    fixed: tuple[bool, bool]
    columns: tuple[int, int]
    one: bool
    loose: bool = False


Change = Callable[[Reference], Rows | None]
"""The rows a reference names after the move, in the order of the old ones; None: they are gone."""


def rewritten(formula: str, change: Change, right: int = 0) -> str:
    """A formula with other rows in its references; all else, blanks too, stays as it is written.

    Columns without $ are moved to the right by so many. References to other books, to several sheets at once, to
    whole columns and to tables are not shown to `change`, nor is anything in a formula that the tokenizer
    cannot read.
    """
    numbers = [match.span() for match in _NUMBER.finditer(formula)]
    if not numbers and not right:
        return formula
    spans = _operands(_NUMBER.sub("1", formula))
    longer = list(accumulate((end - start - 1 for start, end in numbers), initial=0))
    places = [start - longer[index] for index, (start, _) in enumerate(numbers)]
    made, done = [], 0
    for begin, stop, is_call in spans:
        start = begin + longer[bisect_left(places, begin)]
        end = stop + longer[bisect_left(places, stop)]
        made += [formula[done:start], _changed(formula[start:end], is_call, change, right)]
        done = end
    return "".join([*made, formula[done:]])


@lru_cache(maxsize=4096)
def _operands(formula: str) -> tuple[_Span, ...]:
    """Where a formula may name cells. Called with every number as 1: a column filled down is read once."""
    from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

    try:
        tokens = Tokenizer("=" + formula).items
    except (TokenizerError, AssertionError, IndexError):
        return ()
    spans: list[_Span] = []
    place = 0
    for token in tokens:
        blanks = _BLANKS.match(formula, place) if token.type == Token.WSPACE else None
        end = blanks.end() if blanks else place + len(token.value)
        if not blanks and not formula.startswith(token.value, place):
            return ()
        is_call = token.type == Token.FUNC and token.subtype == Token.OPEN and ":" in token.value
        if (is_call or token.subtype == Token.RANGE) and "[" not in token.value:
            spans.append((place, end, is_call))
        place = end
    return tuple(spans)


@dataclass(frozen=True)
class _Address:
    """One address as written: sheet with its !, $, column letters (none for whole rows), $, row."""

    prefix: str
    dollar: str
    column: str
    fixed: str
    row: int

    @property
    def exists(self) -> bool:
        return column_of(self.column) <= LAST_COLUMN and 1 <= self.row <= LAST_ROW

    @property
    def is_fixed(self) -> bool:
        return bool(self.fixed or (self.dollar and not self.column))

    @property
    def sheet(self) -> str | None:
        name = self.prefix[:-1]
        return (name[1:-1].replace("''", "'") if name.startswith("'") else name) or None

    def text(self, row: int, right: int) -> str:
        return f"{self.prefix}{_sideways(self.dollar, self.column, right)}{self.fixed}{row}"


def _address(piece: str) -> _Address | None:
    match = _ADDRESS.fullmatch(piece)
    if match is None:
        return None
    prefix, dollar, column, fixed, row = match.groups(default="")
    address = _Address(prefix, dollar, column, fixed, int(row))
    return address if address.exists else None


def _changed(operand: str, is_call: bool, change: Change, right: int) -> str:
    columns = _COLUMNS.fullmatch(operand)
    if columns:
        prefix, dollar, first, dollar2, second = columns.groups(default="")
        return f"{prefix}{_sideways(dollar, first, right)}:{_sideways(dollar2, second, right)}"
    pieces = list(_PIECE.finditer(operand))
    found = [_address(piece[0]) for piece in pieces]
    if is_call:
        found[-1] = None
    if any("!" in later[0] and "!" not in piece[0] for piece, later in pairwise(pieces)):
        return operand  # Jan:Dec!A1 names several sheets
    colons = operand.count(":") - sum(piece[0].count(":") for piece in pieces)
    if len(found) == 2 and found[0] and found[1] and colons == 1:
        return _changed_range(found[0], found[1], change, right) or operand
    made, done = [], 0
    for piece, address in zip(pieces, found, strict=True):
        if address and address.column:
            made += [operand[done : piece.start()], _changed_cell(address, colons > 0, change, right)]
            done = piece.end()
    return "".join([*made, operand[done:]])


def _changed_cell(cell: _Address, loose: bool, change: Change, right: int) -> str:
    place = column_of(cell.column)
    fixed = cell.is_fixed, cell.is_fixed
    rows = change(Reference(cell.sheet, (cell.row, cell.row), fixed, (place, place), True, loose))
    return cell.prefix + "#REF!" if rows is None else cell.text(rows[0], right)


def _changed_range(first: _Address, second: _Address, change: Change, right: int) -> str | None:
    """None: not a range of one sheet."""
    if second.prefix not in {"", first.prefix} or bool(first.column) != bool(second.column):
        return None
    columns = sorted((column_of(first.column), column_of(second.column))) if first.column else [0, LAST_COLUMN]
    fixed = first.is_fixed, second.is_fixed
    rows = change(Reference(first.sheet, (first.row, second.row), fixed, (columns[0], columns[1]), False))
    if rows is None:
        return first.prefix + "#REF!"
    return f"{first.text(rows[0], right)}:{second.text(rows[1], right)}"


def _sideways(dollar: str, column: str, right: int) -> str:
    if dollar or not column or not right:
        return dollar + column
    return letters((column_of(column) + right) % (LAST_COLUMN + 1))
