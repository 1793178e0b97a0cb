"""From the hidden sheets a refresh writes to the scored book in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any, get_args

from ...errors import WorkbookError
from ...typed import folded, holds_results
from .book import Columns, Family, Records, ScoredBook, WhyLine, from_serial

FORMAT = "1"
STAMP, RESULTS, WHY = "_tierbook", "_tierbook_results", "_tierbook_why"
BEFORE, GAP, TASKS, MODEL = "_tierbook_before", "_tierbook_gap", "_tierbook_tasks", "_tierbook_model"
NEEDED = (STAMP, RESULTS, WHY)
PORTRAITS, MERGED = "_tierbook_portraits", "_tierbook_merged"
SHEETS = (*NEEDED, BEFORE, GAP, TASKS, MODEL, PORTRAITS, MERGED)
Rows = Sequence[Sequence[Any]]


def read(path: Path) -> ScoredBook:
    """Read what the last refresh wrote into a book.

    Raises:
        WorkbookError: the book cannot be read, was never refreshed, or by another generation of tierbook.
    """
    from ... import workbook

    present = set(workbook.sheet_names(path))
    if not set(NEEDED) <= present:
        raise WorkbookError("excel.not_scored", path=path)
    return book_of(workbook.read_sheets(path, [name for name in SHEETS if name in present]), str(path))


def book_of(sheets: Mapping[str, Rows], where: str, *, handed_over: bool = False) -> ScoredBook:
    """The book that hidden sheets describe; dates may be Excel's day numbers where a client handed them over.

    Raises:
        WorkbookError: a needed sheet is not there or damaged, or of another format; or only some sheets were chosen
            for the book, and functions are not among them.
    """
    if not set(NEEDED) <= set(sheets):
        raise WorkbookError("excel.not_scored", path=where)
    told = (row for row in sheets[STAMP] if len(row) > 1 and not _is_blank(row[0]))
    stamp = {_text(key): "" if value is None else _text(value) for key, value, *_ in told}
    if stamp.get("format") != FORMAT:
        raise WorkbookError("excel.other_format", path=where, format=stamp.get("format", ""))
    if not holds_results(stamp):
        raise WorkbookError("chosen.book_without", book=Path(where).name)
    try:
        merged = _merged(_columns(sheets[MERGED])) if MERGED in sheets else {}
        return ScoredBook(
            stamp=stamp,
            results=_records(sheets[RESULTS], "tier", "score").also_under(merged),
            names=_names(stamp),
            why=_why_lines(_columns(sheets[WHY])),
            before=_records(sheets[BEFORE]).also_under(merged)
            if BEFORE in sheets and "before_as_of" in stamp
            else None,
            gap=_records(sheets[GAP]).also_under(merged) if GAP in sheets else None,
            tasks=_tasks(_columns(sheets[TASKS])) if TASKS in sheets else None,
            rules=sheets.get(MODEL),
            merged=merged,
            portraits=_records(sheets[PORTRAITS]) if PORTRAITS in sheets else None,
            handed_over=handed_over,
        )
    except (KeyError, ValueError, TypeError, IndexError) as reason:
        raise WorkbookError("excel.damaged", path=where) from reason


def _records(rows: Rows, *needed: str) -> Records:
    """The rows that bear an id. A used range may reach below them.

    Raises:
        KeyError: a needed column is not there.
    """
    head, *body = rows
    columns = dict(_columns([head, *(row for row in body if not _is_blank(row[0]))]))
    columns["customer_id"] = [_text(one) for one in columns["customer_id"]]
    if missing := set(needed) - set(columns):
        raise KeyError(*missing)
    return Records.of(columns)


def _merged(columns: Columns) -> Mapping[str, str]:
    return {
        _text(one): _text(kept) for one, kept in zip(columns["customer_id"], columns["kept_id"], strict=True) if one
    }


def _columns(rows: Rows) -> Columns:
    """Column head -> the values below it; numbers as floats, as Excel holds them, blanks as ""."""
    return {
        str(head): [one if (kind := type(one)) is float or kind is str else _plain(one) for one in values]
        for head, *values in zip_longest(*rows)
        if not _is_blank(head)
    }


def _is_blank(cell: Any) -> bool:
    return cell is None or cell == ""


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _text(value: Any) -> str:
    """A key or a word that a spreadsheet may have taken for a number."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _names(stamp: Mapping[str, str]) -> Mapping[Family, Mapping[str, str]]:
    """`name.scale.four` = "四级分层|四級分層|Four tiers" gives four words for the key four; a key beats a name."""
    families: dict[Family, dict[str, str]] = {family: {} for family in get_args(Family)}
    for family, words in families.items():
        lead = f"name.{family}."
        named = {key.removeprefix(lead): value for key, value in stamp.items() if key.startswith(lead)}
        words.update({folded(name): key for key, value in reversed(named.items()) for name in value.split("|") if name})
        words.update({folded(key): key for key in named})
    return families


def _why_lines(columns: Columns) -> Sequence[WhyLine]:
    """Below a head: names, weights, units, then points; the first column holds the customers from the fourth row on."""
    customers = [_text(one) for one in columns["customer_id"][3:]]
    lines: list[WhyLine] = []
    for key, (name, weight, unit, *points) in columns.items():
        if key != "customer_id":
            known = (None if point == "" else point for point in points)
            lines.append(WhyLine(key, str(name), float(weight), str(unit), dict(zip(customers, known, strict=True))))
    return lines


def _tasks(columns: Columns) -> Columns:
    ids = [_text(one) for one in columns["customer_id"]]
    dates = {key: [from_serial(one) for one in columns[key]] for key in ("created", "due")}
    return {**columns, "customer_id": ids, **dates}
