"""The small tables of the dashboard: one line per tier, who brought most, who may be leaving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..labels import text
from . import theme
from .book import Book
from .grid import panel, span
from .money import short_money
from .numbers import churn_watch, tier_overview, top_customers
from .records import Report

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LISTED = 10
ALIGNED: dict[str, dict[str, object]] = {
    "text": {"align": "left"}, "note": {"align": "left", "indent": 1}, "choice": {"align": "center"},
}  # fmt: skip
"""Kinds of columns that hold words; all others hold numbers."""


def put_overview(book: Book, sheet: Worksheet, report: Report, row: int) -> None:
    """One line per tier: customers, money, and the mean score."""
    language = book.language
    rows = [[*one[:5], one[6]] for one in tier_overview(report)]
    money = short_money(max((one[3] for one in rows), default=0), language)
    spans = [(15, 16), (17, 18), (19, 20), (21, 23), (24, 25), (26, 27)]
    titles = [text(f"publish.{key}", language) for key in ("tier", "customers", "share", "amount_short", "money_share",
                                                           "mean_score")]  # fmt: skip
    panel(book, sheet, row, 15, 27, text("publish.overview_title", language))
    kinds = ["text", "#,##0", "0.0%", money, "0.0%", "0.0"]
    put_list(book, sheet, row + 1, spans, titles, kinds, rows, text("publish.nobody", language))


def put_top(book: Book, sheet: Worksheet, report: Report, row: int) -> None:
    """The customers who brought most in 12 months, with their share."""
    language = book.language
    rows = top_customers(report, LISTED)
    total = float(report.engine.value("SELECT COALESCE(SUM(amount_12m), 0) AS amount FROM results") or 0)
    money = short_money(max((one[4] for one in rows), default=0), language)
    told = [[one[1] or one[0], one[2], one[3], one[4], one[4] / total if total else None] for one in rows]
    spans = [(0, 4), (5, 6), (7, 8), (9, 11), (12, 13)]
    titles = [text(f"publish.{key}", language) for key in ("customer", "tier", "score", "amount_short", "share")]
    kinds = ["text", "choice", "0.0", money, "0.0%"]
    panel(book, sheet, row, 0, 13, text("publish.top_title", language, count=LISTED))
    put_list(book, sheet, row + 1, spans, titles, kinds, told, text("publish.nobody", language))


def put_watch(book: Book, sheet: Worksheet, report: Report, row: int) -> None:
    """Customers overdue against their own rhythm, most money at stake first."""
    language = book.language
    rows = churn_watch(report, LISTED)
    money = short_money(max((one[6] for one in rows), default=0), language)
    told = [[one[1] or one[0], one[2], one[3], one[5], one[6]] for one in rows]
    spans = [(15, 19), (20, 21), (22, 23), (24, 25), (26, 27)]
    titles = [text(f"publish.{key}", language) for key in ("customer", "owner", "days_since", "times_overdue",
                                                           "amount_short")]  # fmt: skip
    kinds = ["text", "text", "#,##0", '0.0"×"', money]
    panel(book, sheet, row, 15, 27, text("publish.watch_title", language))
    put_list(book, sheet, row + 1, spans, titles, kinds, told, text("publish.nobody_late", language))


def put_list(book: Book, sheet: Worksheet, row: int, spans: Sequence[tuple[int, int]], titles: Sequence[str],
             kinds: Sequence[str], rows: Sequence[Sequence[object]], nobody: str) -> None:  # fmt: skip
    """A small table on the page's grid; `kinds` are text, note (text after a number), choice or number formats."""
    line: dict[str, object] = {"bottom": 1, "bottom_color": theme.HAIRLINE, "font_size": 9}
    aligned = [ALIGNED.get(kind, {"align": "right"}) for kind in kinds]
    for (first, last), title, align in zip(spans, titles, aligned, strict=True):
        span(sheet, row, first, last, title, book.formats.get(**line, **align, font_color=theme.MUTED))
    if not rows:
        span(sheet, row + 1, spans[0][0], spans[-1][1], nobody, book.formats.hint())
    for offset, values in enumerate(rows, start=1):
        for (first, last), kind, align, value in zip(spans, kinds, aligned, values, strict=True):
            look = line | align | ({} if kind in ALIGNED else {"num_format": kind})
            plain = book.formats.get(**look)
            span(sheet, row + offset, first, last, value, plain, book.formats.get(**look, quote_prefix=True))
