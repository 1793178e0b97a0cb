"""Cells of long tables, written as sheet XML without a detour over a cell object each.

XlsxWriter shapes the sheet and one sample row; the thousands of rows below are joined here. Text always
goes out as an inline string, so `=HYPERLINK(...)` from a CRM stays the text it is; where a text would turn
into a formula the moment somebody edits the cell, the style with the quote prefix is used.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

LONGEST_TEXT = 32_767
"""Letters a cell can hold; the rest of a longer text is cut."""

EXACT_WHOLE = 2**53
"""Numbers beyond it lose digits in a workbook, so they are written as text (infinity too)."""

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


@lru_cache(maxsize=10_000)
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
    lead = f'<c r="{column_letters(column)}'
    styled = f'" s="{style}"' if style else '"'
    quote = f'" s="{quoted}"' if quoted else styled
    number, words, odd = f"{styled}><v>", f'{styled} t="inlineStr">', f'{quote} t="inlineStr">'

    def cell(row: str, value: object) -> str:
        kind = type(value)
        if kind is str:
            if not value:
                return f"{lead}{row}{styled}/>" if style else ""
            look = odd if value.startswith(FORMULA_LEADS) else words  # type: ignore[attr-defined]
            return f"{lead}{row}{look}{text_xml(value)}</c>"
        if value is None or value != value:  # noqa: PLR0124 - NaN, which a workbook cannot hold
            return f"{lead}{row}{styled}/>" if style else ""
        if kind is float or kind is int:
            if -EXACT_WHOLE <= value <= EXACT_WHOLE:  # type: ignore[operator]
                return f"{lead}{row}{number}{value!r}</v></c>"
            return f"{lead}{row}{words}<is><t>{value}</t></is></c>"
        return f"{lead}{row}{styled}{rare_xml(value)}"

    return cell


def rare_xml(value: object) -> str:
    """The rest of a cell, after its style, for values that are neither text nor plain numbers."""
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.date):
        return f"><v>{day_number(value)}</v></c>"
    if isinstance(value, Decimal):
        return f"><v>{value:f}</v></c>"
    return f' t="inlineStr">{text_xml(str(value))}</c>'


def rows_xml(rows: Iterable[Sequence[object]], first_row: int, makers: Sequence[Callable[[str, object], str]],
             *, heights: Sequence[float] = (), chunk: int = 2000) -> Iterator[bytes]:  # fmt: skip
    """XML of the rows, a few thousand at a time.

    Args:
        rows: values in the order of `makers`.
        first_row: number of the first row, counted from 1.
        heights: height of each row in points, 0 for the sheet's own; empty where all rows have that.
    """
    tall = [f' ht="{height:g}" customHeight="1"' if height else "" for height in heights]
    parts: list[str] = []
    for number, row in enumerate(rows, start=first_row):
        name = str(number)
        cells = "".join([make(name, value) for make, value in zip(makers, row)])  # noqa: B905 - half the time
        height = tall[number - first_row] if tall else ""
        parts.append(f'<row r="{name}"{height}>{cells}</row>')
        if len(parts) == chunk:
            yield "".join(parts).encode("utf-8")
            parts.clear()
    if parts:
        yield "".join(parts).encode("utf-8")
