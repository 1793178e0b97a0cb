"""`_tierbook_totals`: what was known of everybody in a few whole numbers, so that the next refresh can say what came.

The head ends with the day of the refresh and the fingerprint of its rules. Beside them, and beside the totals of each
customer, stand those of the earlier day that this refresh told its changes against, so that a second refresh on the
same day tells the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..scoring.totals import packed_totals, put_totals
from .book import Book
from .records import Report

SHEET = "_tierbook_totals"
HEAD = ("customer_id", "totals", "totals_before")
RULES, RULES_BEFORE = len(HEAD), len(HEAD) + 1
"""Columns of the head with the fingerprints of the rules, now and before."""


def add_totals_sheet(book: Book, report: Report) -> None:
    sheet = book.hidden_sheet(SHEET)
    for column, title in enumerate([*HEAD, report.stamp.model_fingerprint, report.kept.rules_before]):
        sheet.write_string(0, column, title)
    looks = [None] * len(HEAD)
    book.long_rows(sheet, 2, looks, looks, totals_rows(report), blank_row=False)


def totals_rows(report: Report) -> list[list[object]]:
    """Customer, its totals, and its totals on the earlier day; also who has gone since."""
    now: dict[str, str] = {}
    if report.engine.has("purchases"):
        put_totals(report.engine, report.stamp.as_of)
        now = packed_totals(report.engine)
    before = report.kept.totals
    return [[customer, now.get(customer), before.get(customer)] for customer in sorted(now.keys() | before.keys())]


def totals_of(rows: Sequence[Sequence[object]], *, earlier: bool) -> tuple[dict[str, str], str]:
    """Customer -> its totals as text, and the fingerprint of the rules then.

    Args:
        earlier: those that the refresh told its changes against, in place of its own.
    """
    if not rows or len(rows[0]) <= RULES:
        return {}, ""
    at, rules = (2, RULES_BEFORE) if earlier else (1, RULES)
    fingerprint = rows[0][rules] if len(rows[0]) > rules else None
    told = {str(row[0]): str(row[at]) for row in rows[1:] if len(row) > at and row[0] and row[at]}
    return told, str(fingerprint or "")
