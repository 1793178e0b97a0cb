"""Cells of long tables, written as sheet XML without a detour over a cell object each.

XlsxWriter shapes the sheet and one sample row; the thousands of rows below are joined here. Text always
goes out as an inline string, so `=HYPERLINK(...)` from a CRM stays the text it is; where a text would turn
into a formula the moment somebody edits the cell, the style with the quote prefix is used.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

LONGEST_TEXT = 32_767
"""Letters a cell can hold; the rest of a longer text is cut."""

EXACT_WHOLE = 2**53
"""Whole numbers beyond it lose digits in a workbook, so they are written as text."""

FORMULA_LEADS = ("=", "+", "-", "@")
EPOCH = dt.date(1899, 12, 30).toordinal()

_UNSAFE = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\s|\s$|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")


def column_letters(index: int) -> str:
    """Name of a column: 0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def text_xml(value: str) -> str:
    """The `<is>` of a text: escaped, cut at what a cell can hold, spaces at its ends kept."""
    value = value[:LONGEST_TEXT]
    if not _UNSAFE.search(value):
        return f"<is><t>{value}</t></is>"
    value = _LOOKS_ESCAPED.sub(r"_x005F_\1", value)
    value = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<is><t xml:space="preserve">{value}</t></is>'


def day_number(value: dt.date) -> str:
    """A date (or date with time) as a sheet counts days."""
    days = value.toordinal() - EPOCH
    if isinstance(value, dt.datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return repr(days + seconds / 86_400) if seconds else str(days)
    return str(days)


def cell_maker(column: int, style: str, quoted: str) -> Callable[[str, object], str]:
    """A function (row number, value) -> XML of one cell of a column.

    Args:
        column: index from 0.
        style: style index in the sheet, as text; empty for none.
        quoted: style for text that looks like a formula.
    """
    letters = column_letters(column)
    styled = f' s="{style}"' if style else ""
    quote = f' s="{quoted}"' if quoted else styled
    blank = f'<c r="{letters}#"{styled}/>' if styled else ""

    def cell(row: str, value: object) -> str:
        if value is None or value == "":
            return blank.replace("#", row)
        if isinstance(value, str):
            look = quote if value.startswith(FORMULA_LEADS) else styled
            return f'<c r="{letters}{row}"{look} t="inlineStr">{text_xml(value)}</c>'
        content = value_xml(value)
        return f'<c r="{letters}{row}"{styled}{content}' if content else blank.replace("#", row)

    return cell


def value_xml(value: object) -> str:
    """The rest of a cell that holds no text, after its style; empty for what a workbook cannot hold (NaN)."""
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int):
        exact = abs(value) <= EXACT_WHOLE
        return f"><v>{value}</v></c>" if exact else f' t="inlineStr"><is><t>{value}</t></is></c>'
    if isinstance(value, float):
        return f"><v>{value!r}</v></c>" if math.isfinite(value) else ""
    if isinstance(value, dt.date):
        return f"><v>{day_number(value)}</v></c>"
    if isinstance(value, Decimal):
        return f"><v>{value:f}</v></c>"
    return f' t="inlineStr">{text_xml(str(value))}</c>'


def rows_xml(rows: Iterable[Sequence[object]], first_row: int, makers: Sequence[Callable[[str, object], str]],
             *, chunk: int = 2000) -> Iterator[bytes]:  # fmt: skip
    """XML of the rows, a few thousand at a time.

    Args:
        rows: values in the order of `makers`.
        first_row: number of the first row, counted from 1.
    """
    parts: list[str] = []
    for number, row in enumerate(rows, start=first_row):
        name = str(number)
        cells = "".join([make(name, value) for make, value in zip(makers, row, strict=True)])
        parts.append(f'<row r="{name}">{cells}</row>')
        if len(parts) == chunk:
            yield "".join(parts).encode("utf-8")
            parts.clear()
    if parts:
        yield "".join(parts).encode("utf-8")
