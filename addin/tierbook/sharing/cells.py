"""Cells of people's sheets whose formulas call worksheet functions, on their way into a copy.

Rows without such a formula keep their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from ..publish.cells import text_xml
from ..workbook.cells.scan import column_index
from ..workbook.keyed.rows import Cells, Row, cells_of, row_bytes, taken_apart
from ..workbook.keyed.values import head_of, plain_text, without_formula
from .answers import Value
from .ids import ERRORS
from .known import Place

MAY_CALL = re.compile(rb"CUST_[A-Za-z]", re.IGNORECASE)
_FORMULA = re.compile(rb"<f((?:\s[^>]*?)?)(?:/>|>([^<]*)</f>)")
_ATTRIBUTE = re.compile(rb'\s([A-Za-z0-9:]+)="([^"]*)"')
_VALUE = re.compile(rb"<v(?:\s[^>]*)?>[^<]*</v>|<v/>")
_MARK = re.compile(rb'\scm="([0-9]+)"')


@dataclass(frozen=True)
class Formula:
    """A formula as a cell has it.

    Args:
        text: without the leading =.
        spills_over: the cells of an array formula, such as B2:B9; "" for any other.
        dynamic: an array formula of Excel 365, which spills by itself.
    """

    text: str
    spills_over: str
    dynamic: bool


@dataclass(frozen=True)
class Made:
    """What becomes of a formula.

    Args:
        text: the new formula; None: only its value stays.
        value: what the cell shows; None: what it showed, unless that was an error.
        array: the formula is an array formula; dynamic: one of Excel 365.
    """

    text: str | None
    value: Value | None = None
    array: bool = False
    dynamic: bool = False


Maker = Callable[[Formula, Place], Made]


def rewritten(data: bytes, part: str, sheet: str, make: Maker, mark: Callable[[], int]) -> bytes:
    """A sheet with every formula that calls worksheet functions made anew; the same bytes where none does.

    Args:
        mark: gives the number that cells of spilling formulas bear.
    """
    if b"<f" not in data.replace(b":f", b"<f") or not MAY_CALL.search(data):
        return data
    taken = taken_apart(data, part)
    shared = _Shared()
    rows = [_row(row, sheet, shared, make, mark) if _is_touched(row, shared) else row.raw() for row in taken.rows]
    return taken.put_together(rows) if taken.differs(rows) else data


class _Shared:
    """Formulas that cells share: the first cell spells one out, the others name its number."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[str, str]] = {}

    def __bool__(self) -> bool:
        return bool(self._known)

    def learn(self, number: bytes, text: str, address: str) -> None:
        self._known[number] = (text, address)

    def text(self, number: bytes, address: str) -> str:
        """The formula as it reads in another cell; "" for one without a call of ours."""
        if number not in self._known:
            return ""
        from openpyxl.formula.translate import Translator

        formula, origin = self._known[number]
        return str(Translator("=" + formula, origin).translate_formula(address))[1:]


def _is_touched(row: Row, shared: _Shared) -> bool:
    return b"<f" in row.body and (MAY_CALL.search(row.body) is not None or (bool(shared) and b't="shared"' in row.body))


def _row(row: Row, sheet: str, shared: _Shared, make: Maker, mark: Callable[[], int]) -> bytes:
    cells: Cells = {}
    for letters, old in cells_of(row).items():
        rest = old
        formula = _formula_of(old, f"{letters.decode()}{row.number}", shared)
        if formula is not None:
            place = Place(sheet, row.number, column_index(letters.decode()))
            rest = _cell(old, formula, make(formula, place), f"{letters.decode()}{row.number}", mark)
        cells[letters] = rest
    return row_bytes(row.number, row.attributes(), cells)


def _formula_of(rest: bytes, address: str, shared: _Shared) -> Formula | None:
    """The formula of a cell that calls a function of ours; None for every other cell."""
    found = _FORMULA.search(rest) if b"<f" in rest else None
    if found is None:
        return None
    told = dict(_ATTRIBUTE.findall(found[1]))
    kind, text = told.get(b"t"), plain_text(found[2] or b"")
    if kind == b"shared":
        number = told.get(b"si", b"")
        if text and MAY_CALL.search(found[2]):
            shared.learn(number, text, address)
        text = text or shared.text(number, address)
    if not MAY_CALL.search(text.encode()) or kind == b"dataTable":
        return None
    is_array = kind == b"array"
    return Formula(text, told.get(b"ref", address.encode()).decode() if is_array else "", is_array and b" cm=" in rest)


def _cell(rest: bytes, formula: Formula, made: Made, address: str, mark: Callable[[], int]) -> bytes:
    """The rest of the cell as it goes into the copy."""
    if made.text is None and made.value is None:
        return without_formula(rest)
    head = rest.partition(b">")[0]
    style = head_of(head).style
    look = b' s="%d"' % style if style else b""
    kind, value = _shown(made.value) if made.value is not None else _as_before(rest)
    if made.text is None:
        return look + kind + b">" + value + b"</c>"
    attributes = b""
    if made.array:
        attributes = b' t="array" ref="%b"' % (formula.spills_over or address).encode()
    if made.dynamic:
        old = _MARK.search(head)
        look += b' cm="%b"' % (old[1] if old else b"%d" % mark())
    return b"%b%b><f%b>%b</f>%b</c>" % (look, kind, attributes, escape(made.text).encode(), value)


def _shown(value: Value) -> tuple[bytes, bytes]:
    """The kind of a cell, and the element that holds its value."""
    if isinstance(value, bool):
        return b' t="b"', b"<v>%d</v>" % value
    if isinstance(value, float | int):
        return b"", b"<v>%b</v>" % repr(value).encode()
    if value in ERRORS:
        return b' t="e"', b"<v>%b</v>" % value.encode()
    words = (
        text_xml(value).removeprefix("<is><t>").removeprefix('<is><t xml:space="preserve">').removesuffix("</t></is>")
    )
    return b' t="str"', b"<v>%b</v>" % words.encode()


def _as_before(rest: bytes) -> tuple[bytes, bytes]:
    """What the cell showed; nothing where that was an error, which stood there for want of the add-in."""
    told = head_of(rest.partition(b">")[0])
    found = _VALUE.search(rest)
    if told.kind == b"e" or found is None:
        return b"", b""
    return b"" if told.kind == b"n" else b' t="%b"' % told.kind, found[0]
