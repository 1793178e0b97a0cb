"""From the three hidden sheets a refresh writes to the scored book in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, get_args

from ..errors import WorkbookError
from .book import Family, ScoredBook, WhyLine, folded
from .ids import as_number

FORMAT = "1"
STAMP, RESULTS, WHY = "_tierbook", "_tierbook_results", "_tierbook_why"
Rows = Sequence[Sequence[Any]]


def read(path: Path) -> ScoredBook:
    """Read what the last refresh wrote into a book.

    Raises:
        WorkbookError: the book cannot be read, was never refreshed, or by another generation of tierbook.
    """
    from .. import workbook

    if not {STAMP, RESULTS, WHY} <= set(workbook.sheet_names(path)):
        raise WorkbookError("excel.not_scored", path=path)
    sheets = workbook.read_sheets(path, [STAMP, RESULTS, WHY])
    stamp = {str(key): "" if value is None else str(value) for key, value, *_ in sheets[STAMP]}
    if stamp.get("format") != FORMAT:
        raise WorkbookError("excel.other_format", path=path, format=stamp.get("format", ""))
    columns, why = _columns(sheets[RESULTS]), _why_lines(_columns(sheets[WHY]))
    return ScoredBook(stamp, columns, _places(columns["customer_id"]), _names(stamp), why)


def _columns(rows: Rows) -> Mapping[str, Sequence[Any]]:
    """Column head -> the values below it; numbers as floats, as Excel holds them, blanks as ""."""
    return {str(column[0]): [_plain(value) for value in column[1:]] for column in zip_longest(*rows)}


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _places(customers: Sequence[str]) -> Mapping[str | float, int]:
    places: dict[str | float, int] = {}
    for place, customer in enumerate(customers):
        places[customer] = place
        number = as_number(customer)
        if number is not None:
            places[number] = place
    return places


def _names(stamp: Mapping[str, str]) -> Mapping[Family, Mapping[str, str]]:
    """`name.scale.four` = "四级分层|四級分層|Four tiers" gives four words for the key four; a key beats a name."""
    families: dict[Family, dict[str, str]] = {family: {} for family in get_args(Family)}
    for family, words in families.items():
        lead = f"name.{family}."
        named = {key.removeprefix(lead): value for key, value in stamp.items() if key.startswith(lead)}
        words.update({folded(name): key for key, value in reversed(named.items()) for name in value.split("|") if name})
        words.update({folded(key): key for key in named})
    return families


def _why_lines(columns: Mapping[str, Sequence[Any]]) -> Sequence[WhyLine]:
    """Below a head: names, weights, units, then points; the first column holds the customers from the fourth row on."""
    customers = columns["customer_id"][3:]
    lines = []
    for key, (name, weight, unit, *points) in columns.items():
        if key != "customer_id":
            known = (None if point == "" else point for point in points)
            lines.append(WhyLine(key, str(name), float(weight), str(unit), dict(zip(customers, known, strict=True))))
    return lines
