"""Cells of long tables, written as sheet XML without a detour over a cell object each.

XlsxWriter shapes the sheet and one sample row; the thousands of rows below are joined here. Text always
goes out as an inline string, so `=HYPERLINK(...)` from a CRM stays the text it is; where a text would turn
into a formula the moment somebody edits the cell, the style with the quote prefix is used. Only a `Formula`
becomes a formula.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from xml.sax.saxutils import escape

LONGEST_TEXT = 32_767
"""Letters a cell can hold; the rest of a longer text is cut."""

EXACT_WHOLE = 2**53
"""Numbers beyond it lose digits in a workbook, so they are written as text (infinity too)."""

FORMULA_LEADS = ("=", "+", "-", "@")
EPOCH_DAY = dt.date(1899, 12, 30)
EPOCH = EPOCH_DAY.toordinal()

_UNSAFE = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\s|\s$|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class Formula:
    """A cell that is calculated. Nothing else ever is: a text stays text whatever it looks like.

    `text` is the formula as Excel stores it (English names, commas), without the leading equals sign; `value` what
    it comes to, shown until somebody calculates.
    """

    text: str
    value: str | float | bool | None = None


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
    return f'<is><t xml:space="preserve">{escape(value)}</t></is>'


def day_number(value: dt.date) -> str:
    """A date (or date with time) as a sheet counts days."""
    days = value.toordinal() - EPOCH
    if isinstance(value, dt.datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return repr(days + seconds / 86_400) if seconds else str(days)
    return str(days)


@dataclass(frozen=True)
class Look:
    """The styles of a column, as the pieces of XML that follow a cell's row number."""

    blank: str
    number: str
    words: str
    odd: str


def look_of(style: str, quoted: str) -> Look:
    """Args:
    style: style index in the sheet, as text; empty for none.
    quoted: style for text that looks like a formula.
    """
    styled = f'" s="{style}"' if style else '"'
    quote = f'" s="{quoted}"' if quoted else styled
    return Look(styled, f"{styled}><v>", f'{styled} t="inlineStr">', f'{quote} t="inlineStr">')


def rest_maker(style: str, quoted: str) -> Callable[[object], str]:
    """A function value -> XML of a cell from behind its row number; empty where there is to be no cell at all."""
    look = look_of(style, quoted)
    blank = f"{look.blank}/>" if style else ""

    def rest(value: object) -> str:
        kind = type(value)
        if kind is str:
            if not value:
                return blank
            lead = look.odd if value.startswith(FORMULA_LEADS) else look.words  # type: ignore[attr-defined]
            return f"{lead}{text_xml(value)}</c>"
        if value is None or value != value:  # noqa: PLR0124 - NaN, which a workbook cannot hold
            return blank
        if kind is float or kind is int:
            if -EXACT_WHOLE <= value <= EXACT_WHOLE:  # type: ignore[operator]
                return f"{look.number}{value!r}</v></c>"
            return f"{look.words}<is><t>{value}</t></is></c>"
        return f"{look.blank}{rare_xml(value)}"

    return rest


def rare_xml(value: object) -> str:
    """The rest of a cell, after its style, for values that are neither text nor plain numbers."""
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.date):
        return f"><v>{day_number(value)}</v></c>"
    if isinstance(value, Decimal):
        return f"><v>{value:f}</v></c>"
    if isinstance(value, Formula):
        return formula_xml(value)
    return f' t="inlineStr">{text_xml(str(value))}</c>'


def formula_xml(formula: Formula) -> str:
    """The rest of a formula's cell, after its style."""
    words, value = f"<f>{escape(formula.text)}</f>", formula.value
    if value is None:
        return f">{words}</c>"
    if isinstance(value, bool):
        return f' t="b">{words}<v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f' t="str">{words}<v>{escape(value)}</v></c>'
    return f">{words}<v>{value!r}</v></c>"
