"""Where a formula names cells: openpyxl's tokenizer finds the operands, and these are taken apart here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from .ranges import column_of
from .row_map import LAST_COLUMN

_BLANKS = re.compile(r"[ \n]+")
_PIECE = re.compile(r"(?:'(?:[^']|'')*'|[^':])+")
_SHEET = r"((?:'(?:[^']|'')+'|[^'!:]+)!)?"
_ADDRESS = re.compile(_SHEET + r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]+)")
_COLUMNS = re.compile(_SHEET + r"(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})")


class Address(NamedTuple):
    """One address as written; `start` and `row` are where it and its row's digits begin in the formula.

    Whole rows, such as the 5 of 5:9, have no column.
    """

    start: int
    prefix: str
    dollar: str
    column: str
    fixed: str
    row: int

    @property
    def is_fixed(self) -> bool:
        """Whether the row has its $."""
        return bool(self.fixed or (self.dollar and not self.column))

    @property
    def sheet(self) -> str | None:
        name = self.prefix[:-1]
        return (name[1:-1].replace("''", "'") if name.startswith("'") else name) or None

    @property
    def columns(self) -> tuple[int, int]:
        return (column_of(self.column), column_of(self.column)) if self.column else (0, LAST_COLUMN)


class Operand(NamedTuple):
    """An operand that names cells.

    Attributes:
        addresses: those in it, from left to right.
        is_range: they are the two ends of a range.
        is_loose: each is one end of a range whose other end is calculated or named.
        is_start: OFFSET counts from it.
        letters: where columns without $ are written, and which.
    """

    addresses: tuple[Address, ...]
    is_range: bool
    is_loose: bool
    is_start: bool
    letters: tuple[tuple[int, str], ...]


def operands(formula: str) -> list[Operand]:
    """The operands of a formula that name cells of one sheet of this book; none if it cannot be read.

    Args:
        formula: without the leading =.
    """
    from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

    try:
        tokens = Tokenizer("=" + formula).items
    except (TokenizerError, AssertionError, IndexError):
        return []
    found: list[Operand] = []
    place = 0
    is_start = False
    for token in tokens:
        blanks = _BLANKS.match(formula, place) if token.type == Token.WSPACE else None
        end = blanks.end() if blanks else place + len(token.value)
        if not blanks and not formula.startswith(token.value, place):
            return []
        is_call = token.type == Token.FUNC and token.subtype == Token.OPEN and ":" in token.value
        if (is_call or token.subtype == Token.RANGE) and "[" not in token.value:
            found += _operand(formula[place:end], place, is_call, is_start)
        if not blanks:
            is_start = token.type == Token.FUNC and token.value.upper() == "OFFSET("
        place = end
    return found


def _operand(text: str, place: int, is_call: bool, is_start: bool) -> Iterator[Operand]:
    columns = _COLUMNS.fullmatch(text)
    if columns:
        written = [(columns.start(n + 1), columns[n + 1]) for n in (2, 4) if not columns[n]]
        yield Operand((), False, False, is_start, tuple((place + start, letters) for start, letters in written))
        return
    pieces = list(_PIECE.finditer(text))
    if any("!" in later[0] and "!" not in piece[0] for piece, later in pairwise(pieces)):
        return  # Jan:Dec!A1 names several sheets
    found = [_address(piece, place) for piece in (pieces[:-1] if is_call else pieces)]
    addresses = tuple(address for address in found if address is not None)
    colons = text.count(":") - sum(piece[0].count(":") for piece in pieces)
    is_range = len(addresses) == len(pieces) == 2 and colons == 1 and _same_sheet(*addresses)
    if not is_range:
        addresses = tuple(address for address in addresses if address.column)
    letters = tuple((a.row - len(a.fixed + a.column), a.column) for a in addresses if a.column and not a.dollar)
    if addresses:
        yield Operand(addresses, is_range, colons > 0 and not is_range, is_start, letters)


def _address(piece: re.Match[str], place: int) -> Address | None:
    match = _ADDRESS.fullmatch(piece[0])
    if match is None or column_of(match[3]) > LAST_COLUMN:
        return None
    prefix, dollar, column, fixed, _ = match.groups(default="")
    start = place + piece.start()
    return Address(start, prefix, dollar, column, fixed, start + match.start(5))


def _same_sheet(first: Address, second: Address) -> bool:
    return second.prefix in {"", first.prefix} and bool(first.column) == bool(second.column)
