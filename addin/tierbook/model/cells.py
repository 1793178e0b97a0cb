"""What a person typed in a cell, as a number, text, date, yes or no; whatever type the book gave it."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from ..labels import Name
from .version import plain
from .words import folded

_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:[ T].*)?")
_FIRST_SERIAL = dt.date(1899, 12, 30)
"""Day 0 of a sheet's dates, as they count from March 1900 on."""


def is_blank(cell: object) -> bool:
    """Nothing there: None, white space, or the NaN some readers give for an empty cell."""
    return (
        cell is None or (isinstance(cell, str) and not cell.strip()) or (isinstance(cell, float) and math.isnan(cell))
    )


def text_of(cell: object) -> str:
    """The cell's text, trimmed; 40.0 is "40"."""
    if is_blank(cell):
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float | Decimal):
        return plain(Decimal(repr(cell)) if isinstance(cell, float) else cell)
    if isinstance(cell, dt.date | dt.datetime):
        return cell.isoformat()[:10]
    return str(cell).strip()


def number_of(cell: object) -> Decimal | None:
    """The cell's number; text such as "1,000", "60%" or full-width digits counts. None where it is none."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | Decimal):
        return Decimal(cell)
    if isinstance(cell, float):
        return Decimal(repr(cell)) if math.isfinite(cell) else None
    text = unicodedata.normalize("NFKC", str(cell)).replace(",", "").replace(" ", "")
    percent = text.endswith("%")
    try:
        number = Decimal(text.removesuffix("%"))
    except InvalidOperation:
        return None
    if not number.is_finite() or "_" in text:
        return None
    return number / 100 if percent else number


def date_of(cell: object) -> dt.date | None:
    """The cell's date: a date, ISO or 2026/1/31 or 2026年1月31日 as text, or a sheet's day number."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 1 <= cell < 2_958_466:
        return _FIRST_SERIAL + dt.timedelta(days=int(cell))
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", str(cell)).strip())
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def key_of(cell: object, names: Mapping[str, Name]) -> str:
    """The key of a closed list that the cell means: a key or its name in any language; "" where none."""
    fold = folded(text_of(cell))
    return next((key for key, name in names.items() if fold in map(folded, (key, *name.all()))), "")
