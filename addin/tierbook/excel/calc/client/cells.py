"""What a cell of Calc holds, and how an error gets into one."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from typing import Any

_QUIET = 0x7FF8000000000000
_CODES = {
    "#N/A": 32767,
    "#VALUE!": 519,
    "#NUM!": 503,
    "#REF!": 524,
    "#DIV/0!": 532,
    "#NAME?": 525,
    "#NULL!": 521,
    "#SPILL!": 519,
    "#CALC!": 519,
    "#GETTING_DATA": 519,
}
EXACT_BELOW = 1e15
_WHOLE = re.compile(r"(-?[0-9]+)\.0+")


def error(code: int) -> float:
    """A number that Calc takes for an error: it keeps its errors as the payload of a NaN, also inside a table.

    An exception would do for #VALUE! alone, and None for #N/A alone.
    """
    return struct.unpack("<d", struct.pack("<Q", _QUIET | code))[0]  # type: ignore[no-any-return]


ERRORS = {text: error(code) for text, code in _CODES.items()}
"""The error of each error text."""


def shown(value: Any) -> Any:
    """An answer as Calc takes it: numbers as floats (it shows 0 for True), error texts as errors, nothing as ""."""
    if isinstance(value, str):
        return ERRORS.get(value, value)
    return "" if value is None else float(value)


def id_of(cell: Any) -> str:
    """A cell as the id it stands for: a whole number is its digits, anything else what it says.

    A 0 is a blank cell: Calc hands over the one for the other. A number of more than 15 digits may have lost some.
    """
    if isinstance(cell, str):
        return cell
    if not cell:
        return ""
    if abs(cell) >= EXACT_BELOW:
        return "#NUM!"
    return str(int(cell)) if cell == int(cell) else repr(cell)


def typed_id(text: str) -> str | None:
    """The id that a text of plain ASCII means, as tierbook reads it; None where tierbook itself must say."""
    if not text.isascii():
        return None
    trimmed = text.strip()
    whole = _WHOLE.fullmatch(trimmed)
    return whole.group(1) if whole else trimmed


def word(value: Any) -> str | float | list[list[Any]] | None:
    """An argument that is one value: None where it was omitted, or where the cell it names is blank.

    A 0 is a blank cell here too; none of our arguments means anything by 0.
    """
    if isinstance(value, tuple):
        rows = [list(row) for row in value]
        if len(rows) != 1 or len(rows[0]) != 1:
            return rows
        value = rows[0][0]
    if value is None or value in (0.0, ""):
        return None
    return value  # type: ignore[no-any-return]


def block(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """A range, its blank cells None; a 0 is a 0 unless it stands alone."""
    if len(rows) == 1 and len(rows[0]) == 1:
        return [[rows[0][0] or None]]
    return [[None if cell == "" else cell for cell in row] for row in rows]


def table(rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Rows as Calc takes them.

    In a table of texts and anything else Calc keeps the texts in a way that `=`, COUNTIF and MATCH never find ("" is
    found), so errors between texts stay texts too.
    """
    cells = [cell for row in rows for cell in row]
    if all(cell is None or isinstance(cell, str) for cell in cells) and any(
        cell not in ERRORS for cell in cells if cell
    ):
        return tuple(tuple("" if cell is None else cell for cell in row) for row in rows)
    return tuple(tuple(map(shown, row)) for row in rows)
