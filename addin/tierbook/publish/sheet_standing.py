"""`_tierbook_standing`: in which tier everybody is since when, for models that hold tiers steady.

The head ends with the day of the refresh. Beside the tier and its first day stand those of the earlier day that this
refresh went by, so that a second refresh on the same day goes by the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ..engine import quoted
from ..scoring.steady import STANDING, Stood, is_steady
from .book import Book
from .records import Report

SHEET = "_tierbook_standing"
HEAD = ("customer_id", "tier", "since", "tier_before", "since_before")


def add_standing_sheet(book: Book, report: Report) -> None:
    sheet = book.hidden_sheet(SHEET)
    for column, title in enumerate([*HEAD, report.stamp.as_of.isoformat()]):
        sheet.write_string(0, column, title)
    looks = [None] * len(HEAD)
    book.long_rows(sheet, 2, looks, looks, standing_rows(report) if is_steady(report.model) else [], blank_row=False)


def standing_rows(report: Report) -> list[list[object]]:
    """Customer, tier, its first day (blank: not known), and both before."""
    engine, today = report.engine, report.stamp.as_of
    before: dict[str, tuple[str, dt.date | None]] = {}
    if engine.has(STANDING):
        found = engine.rows(f"SELECT customer_id, tier, since FROM {STANDING}")
        before = {customer: (tier, since) for customer, tier, since in found}
    main = quoted(f"tier_{report.model.main_scale}")
    rows: list[list[object]] = []
    for customer, tier in engine.rows(f"SELECT customer_id, {main} FROM tiers ORDER BY customer_id"):
        was, since = before.get(customer, (None, None))
        first = since if was == tier else today if before else None
        rows.append([customer, tier, _iso(first), was, _iso(since)])
    return rows


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def standing_of(rows: Sequence[Sequence[object]], day: dt.date) -> list[Stood] | None:
    """Where everybody stood before a day; None where the sheet does not tell."""
    if len(rows) < 2 or len(rows[0]) <= len(HEAD):
        return None
    written = _day(rows[0][len(HEAD)])
    if written is None or written > day:
        return None
    tier, since = (3, 4) if written == day else (1, 2)
    full = [[*row, *[None] * len(HEAD)] for row in rows[1:] if row and row[0]]
    return [(str(row[0]), str(row[tier]), _day(row[since])) for row in full if row[tier]]


def _day(cell: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(cell)[:10]) if cell else None
    except ValueError:
        return None
