"""Formulas of a sheet whose rows move: each goes on meaning what it meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

from ...errors import WorkbookError
from ..cells.scan import column_index
from ..moved import RowMap, moved_formula
from .layout import Box, box_of, ref_of
from .rows import Cells, Row, cells_of
from .values import plain_text

_FORMULA = re.compile(rb"<f((?:\s[^>]*?)?)(?:/>|>([^<]*)</f>)")
_ATTRIBUTE = re.compile(rb'\s([A-Za-z0-9:]+)="([^"]*)"')
_MAY_NAME_ROWS = re.compile(rb"[A-Za-z]\$?[0-9]|[0-9]\s*:")
_SHARED, _ARRAY, _TABLE = b"shared", b"array", b"dataTable"
_OF_SHARING = (b"t", b"ref", b"si")


class Formulas:
    """The formulas of one sheet on their way to new rows.

    Args:
        rows: all rows of the sheet as they stand.

    Raises:
        WorkbookError: a formula that fills several cells reaches into the body, whose rows go different ways.
    """

    def __init__(self, rows: Iterable[Row], moved: RowMap, sheet: str) -> None:
        self._moved = moved
        self._sheet = sheet
        self._shared: dict[bytes, tuple[str, str]] = {}
        self.any = False
        for row in rows:
            if b"<f" in row.body:
                self.any = True
                if b't="' in row.body and not moved.nothing_moves:
                    self._gather(row)

    def settled(self, cells: Cells, old_row: int, new_row: int) -> Cells:
        """Cells of a row with their formulas as they must read in the row's new place."""
        if not self.any or self._moved.nothing_moves:
            return cells
        return {letters: self._cell(letters, rest, old_row, new_row) if b"<f" in rest else rest
                for letters, rest in cells.items()}  # fmt: skip

    def _gather(self, row: Row) -> None:
        """Remember formulas that others share; refuse those that cannot be taken apart."""
        for letters, rest in cells_of(row).items():
            found = _FORMULA.search(rest)
            if found is None or b't="' not in found[1]:
                continue
            told = dict(_ATTRIBUTE.findall(found[1]))
            if told.get(b"t") == _SHARED and found[2]:
                self._shared[told.get(b"si", b"")] = plain_text(found[2]), f"{letters.decode()}{row.number}"
            elif told.get(b"t") in {_ARRAY, _TABLE} and b"ref" in told:
                self._refuse_torn(box_of(told[b"ref"].decode()))

    def _refuse_torn(self, box: Box) -> None:
        moved = self._moved
        across_rows = box[1] != box[3] and box[1] <= moved.last and box[3] >= moved.first
        if across_rows and moved.travels(box[0], box[2]):
            raise WorkbookError("workbook.array_in_table", sheet=self._sheet, cells=ref_of(box))

    def _cell(self, letters: bytes, rest: bytes, old_row: int, new_row: int) -> bytes:
        found = _FORMULA.search(rest)
        if found is None:
            return rest
        attributes, text = found[1], found[2] or b""
        told = dict(_ATTRIBUTE.findall(attributes)) if attributes else {}
        kind = told.get(b"t")
        if kind == _SHARED:
            if told.get(b"si", b"") not in self._shared:
                return rest
            text = self._unshared(told[b"si"], f"{letters.decode()}{old_row}")
            attributes = _without(attributes, _OF_SHARING)
        elif kind in {_ARRAY, _TABLE}:
            attributes = self._moved_attributes(attributes, told, old_row, new_row)
        text = self._text(text, letters, old_row, new_row)
        made = b"<f%b>%b</f>" % (attributes, text) if text else b"<f%b/>" % attributes
        return rest[: found.start()] + made + rest[found.end() :]

    def _unshared(self, number: bytes, place: str) -> bytes:
        from openpyxl.formula.translate import Translator

        formula, origin = self._shared[number]
        translated = Translator("=" + formula, origin).translate_formula(place)
        return escape(translated[1:]).encode()

    def _text(self, text: bytes, letters: bytes, old_row: int, new_row: int) -> bytes:
        if not _MAY_NAME_ROWS.search(text):
            return text
        before = plain_text(text)
        after = moved_formula(before, self._moved, sheet=self._sheet, here=True, old_row=old_row, new_row=new_row)
        return text if after == before else escape(after).encode()

    def _moved_attributes(self, attributes: bytes, told: dict[bytes, bytes], old_row: int, new_row: int) -> bytes:
        """The range of an array formula and the input cells of a data table, moved."""
        if b"ref" in told:
            box = box_of(told[b"ref"].decode())
            ref = ref_of((box[0], box[1] + new_row - old_row, box[2], box[3] + new_row - old_row))
            if box[0] == box[2] and box[1] == box[3]:
                ref = ref.partition(":")[0]
            attributes = _replaced(attributes, b"ref", ref)
        for name in (b"r1", b"r2"):
            if name in told:
                place = told[name].decode()
                letters = place.rstrip("0123456789")
                row = self._moved.row(int(place[len(letters) :]), column_index(letters))
                if row is not None:
                    attributes = _replaced(attributes, name, f"{letters}{row}")
        return attributes


def fill_text(formula: str, letters: bytes, from_row: int, to_row: int) -> str:
    """A formula as it reads when it is filled down a column."""
    if from_row == to_row or not _MAY_NAME_ROWS.search(formula.encode()):
        return formula
    from openpyxl.formula.translate import Translator

    column = letters.decode()
    return str(Translator("=" + formula, f"{column}{from_row}").translate_formula(f"{column}{to_row}"))[1:]


def formula_cell(formula: str, style: int, array: str = "") -> bytes:
    """The rest of a cell with a formula of people's and no value yet.

    Args:
        array: the cell's address where the formula is an array formula.
    """
    look = b' s="%d"' % style if style else b""
    kind = b' t="array" ref="%b"' % array.encode() if array else b""
    return b"%b><f%b>%b</f></c>" % (look, kind, escape(formula).encode())


def formula_in(rest: bytes | None) -> str:
    """The text of a cell's own formula; "" where it has none or shares another cell's."""
    found = _FORMULA.search(rest) if rest and b"<f" in rest else None
    return plain_text(found[2]) if found and found[2] else ""


def _without(attributes: bytes, names: tuple[bytes, ...]) -> bytes:
    return _ATTRIBUTE.sub(lambda found: b"" if found[1] in names else found[0], attributes)


def _replaced(attributes: bytes, name: bytes, value: str) -> bytes:
    return re.sub(rb'(\s%b=")[^"]*"' % name, rb"\g<1>" + value.encode() + b'"', attributes, count=1)
