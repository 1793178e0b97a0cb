"""Cells of people's sheets whose formulas call worksheet functions, on their way into a copy.

Rows without such a formula keep their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from ..publish.cells import text_xml
from ..typed import CELL_ERRORS
from ..workbook.cells.scan import column_index
from ..workbook.keyed.rows import Cells, Row, cells_of, in_order, row_bytes, taken_apart
from ..workbook.keyed.values import head_of, plain_text, without_formula
from .known import Place
from .table import Value

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
        spread: address -> what becomes of the other cells it spilled over.
    """

    text: str | None
    value: Value | None = None
    array: bool = False
    dynamic: bool = False
    spread: Mapping[str, Made] = field(default_factory=dict)


Maker = Callable[[Formula, Place], Made]


def rewritten(data: bytes, part: str, sheet: str, make: Maker, mark: Callable[[], int]) -> bytes:
    """A sheet with every formula that calls worksheet functions made anew; the same bytes where none does.

    Args:
        mark: gives the number that cells of spilling formulas bear.
    """
    if b"<f" not in data.replace(b":f", b"<f") or not MAY_CALL.search(data):
        return data
    taken = taken_apart(data, part)
    rows = _Rows(sheet, make, mark).rewritten(taken.rows)
    return taken.put_together(rows) if taken.differs(rows) else data


_NO_FORMULA = Formula("", "", dynamic=False)


class _Rows:
    """The rows of one sheet on their way; `_waiting`: row -> address -> what comes into cells of rows further down."""

    def __init__(self, sheet: str, make: Maker, mark: Callable[[], int]) -> None:
        self._sheet, self._make, self._mark = sheet, make, mark
        self._shared = _Shared()
        self._waiting: dict[int, dict[str, Made]] = {}

    def rewritten(self, rows: Sequence[Row]) -> list[bytes]:
        done = {row.number: self._row(row) if self._is_touched(row) else row.raw() for row in rows}
        for number in list(self._waiting):  # rows that were not there
            done[number] = self._row(Row(number, b"", b""))
        return [done[number] for number in sorted(done)]

    def _is_touched(self, row: Row) -> bool:
        if row.number in self._waiting:
            return True
        shares = bool(self._shared) and b't="shared"' in row.body
        return b"<f" in row.body and (shares or MAY_CALL.search(row.body) is not None)

    def _row(self, row: Row) -> bytes:
        cells: Cells = {}
        for letters, old in cells_of(row).items():
            address = f"{letters.decode()}{row.number}"
            cells[letters] = self._rest(old, address, Place(self._sheet, row.number, column_index(letters.decode())))
        for address, made in self._waiting.pop(row.number, {}).items():
            cells[address.rstrip("0123456789").encode()] = _cell(b"/>", _NO_FORMULA, made, address, self._mark)
        return row_bytes(row.number, row.attributes() if row.opening else b"", in_order(cells))

    def _rest(self, old: bytes, address: str, place: Place) -> bytes:
        waiting = self._waiting.get(place.row, {})
        if address in waiting:
            return _cell(old, _NO_FORMULA, waiting.pop(address), address, self._mark)
        formula = _formula_of(old, address, self._shared)
        if formula is None:
            return old
        made = self._make(formula, place)
        for other, its in made.spread.items():
            number = int(other.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
            self._waiting.setdefault(number, {})[other] = its
        return _cell(old, formula, made, address, self._mark)


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
    if value in CELL_ERRORS:
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
