"""Calls of worksheet functions inside formulas: found by openpyxl's tokenizer, replaced in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.formula.tokenizer import Token

MAY_CALL = re.compile(r"CUST_[A-Za-z]", re.IGNORECASE)
_NAME = re.compile(r"(?:(\[[0-9]+\])!|_xll\.|_xludf\.)?(CUST_[A-Z_]+)\(", re.IGNORECASE)
"""How a file writes a call: bare, as a function of an add-in's book (`[1]!`), or with a prefix of older programs."""
_BLANKS = re.compile(r"[ \n]+")
_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_ONE_CELL = re.compile(rf"(?:((?:'(?:[^']|'')+'|[^'!:\[\]]+)!)?({_CELL}))")
_BLOCK = re.compile(rf"((?:'(?:[^']|'')+'|[^'!:\[\]]+)!)?({_CELL}:{_CELL})")
_THIS_ROW = re.compile(r"\[@|#This Row\]|\[#[^\]]*本行", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """A call: `function` in capitals, its arguments as written ("" for an omitted one)."""

    function: str
    arguments: Sequence[str]

    def argument(self, place: int) -> str:
        return self.arguments[place] if place < len(self.arguments) else ""


@dataclass
class _Open:
    """A call whose closing bracket is yet to come."""

    function: str
    pieces: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)


Change = Callable[[Call], str | None]
"""What stands in a call's place; None: it cannot be replaced."""


class CannotReplace(Exception):
    """A formula with a call that cannot be replaced, or one that nobody can read."""


def replaced(formula: str, change: Change) -> str:
    """A formula with every call of ours changed, the innermost first; everything else as it is written.

    Args:
        formula: without the leading =.

    Raises:
        CannotReplace: one of the calls cannot be replaced, or the formula cannot be read.
    """
    stack = [_Open("")]
    for token, written in _tokens(formula):
        if token.subtype == token.OPEN:
            found = _NAME.fullmatch(written) if token.type == token.FUNC else None
            stack.append(_Open(found[2].upper() if found else "", [] if found else [written]))
        elif token.subtype == token.CLOSE:
            closed = stack.pop()
            if not stack:
                raise CannotReplace(formula)
            stack[-1].pieces.append(_closed(closed, written, change, formula))
        elif token.type == token.SEP and token.subtype == token.ARG and stack[-1].function:
            stack[-1].arguments.append("".join(stack[-1].pieces).strip())
            stack[-1].pieces = []
        else:
            stack[-1].pieces.append(written)
    if len(stack) != 1:
        raise CannotReplace(formula)
    return "".join(stack[0].pieces)


def calls_in(formula: str) -> list[Call]:
    """The calls in a formula, inner ones first; none where it cannot be read."""
    found: list[Call] = []

    def note(call: Call) -> str:
        found.append(call)
        return written(call)

    try:
        replaced(formula, note)
    except CannotReplace:
        return []
    return found


def only_call(formula: str) -> Call | None:
    """The call a formula consists of; None where there is more in it."""
    calls = calls_in(formula)
    return calls[-1] if len(calls) == 1 and bare(formula) == written(calls[0]) else None


def bare(formula: str) -> str:
    """A formula whose calls of ours bear no prefix."""
    return replaced(formula, written)


def written(call: Call) -> str:
    """A call as it is typed."""
    return f"{call.function}({','.join(call.arguments)})"


def is_one_value(argument: str) -> bool:
    """Whether an argument surely is one value, not several cells: no range, no table column, no array constant."""
    for token, words in _tokens(argument):
        if token.type == token.ARRAY:
            return False
        if token.type == token.OPERAND and token.subtype == token.RANGE:
            if not (one_cell(words) or _THIS_ROW.search(words)):
                return False
        elif token.type == token.OP_IN and words in {":", ","}:
            return False
    return True


def one_cell(argument: str) -> tuple[str, str] | None:
    """(sheet or "", address without $) where an argument is the address of one cell."""
    found = _ONE_CELL.fullmatch(argument.strip())
    if found is None:
        return None
    sheet = (found[1] or "")[:-1]
    sheet = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
    return sheet, found[2].replace("$", "").upper()


def block(argument: str) -> tuple[str, str] | None:
    """(sheet as written, such as 'Jan'!, or "", addresses without $) where an argument is a block of cells."""
    found = _BLOCK.fullmatch(argument.strip())
    return (found[1] or "", found[2].replace("$", "").upper()) if found else None


def constant(argument: str) -> tuple[bool, object]:
    """Whether an argument is written out in the formula, and its value; None for an omitted one."""
    words = argument.strip()
    if not words:
        return True, None
    if len(words) >= 2 and words[0] == words[-1] == '"' and '"' not in words[1:-1].replace('""', ""):
        return True, words[1:-1].replace('""', '"')
    if _NUMBER.fullmatch(words):
        return True, float(words)
    if words.upper() in {"TRUE", "FALSE"}:
        return True, words.upper() == "TRUE"
    return False, None


def _closed(closed: _Open, bracket: str, change: Change, formula: str) -> str:
    inside = "".join(closed.pieces)
    if not closed.function:
        return inside + bracket
    arguments = [*closed.arguments, inside.strip()]
    made = change(Call(closed.function, arguments if len(arguments) > 1 or arguments[0] else []))
    if made is None:
        raise CannotReplace(formula)
    return made


def _tokens(formula: str) -> Iterator[tuple[Token, str]]:
    """Tokens and how they are written: the tokenizer shortens blanks.

    Raises:
        CannotReplace: the tokenizer cannot read it.
    """
    from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

    try:
        tokens = Tokenizer("=" + formula).items
    except (TokenizerError, AssertionError, IndexError) as problem:
        raise CannotReplace(formula) from problem
    place = 0
    for token in tokens:
        blanks = _BLANKS.match(formula, place) if token.type == Token.WSPACE else None
        end = blanks.end() if blanks else place + len(token.value)
        if not blanks and not formula.startswith(token.value, place):
            raise CannotReplace(formula)
        yield token, formula[place:end]
        place = end
