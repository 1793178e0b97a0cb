"""On the dashboard: how customers went from tier to tier, and whose step was the largest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..labels import text
from . import theme
from .book import Book
from .cause_words import cause_words
from .dashboard_lists import put_list
from .grid import panel, span
from .moves_matrix import matrix_lines, put_matrix
from .records import PastMove, Report
from .sheet_moves import period_words, periods_shown

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

PREFERRED = ("week", "run", "quarter")
"""Periods a Monday asks about, the first that is known."""
LISTED = 8
MATRIX = (0, 12)
MOVERS = (14, 27)
MOST_TIERS = 6


def shown_period(report: Report) -> str:
    """The period whose moves are shown; "" where nothing is known of any."""
    known = periods_shown(report)
    return next((period for period in PREFERRED if period in known), "")


def put_moves(book: Book, sheet: Worksheet, report: Report, row: int) -> int:
    """Both panels from `row` on; gives the first row below."""
    period = shown_period(report)
    return max(_put_matrix(book, sheet, report, row, period), _put_movers(book, sheet, report, row, period))


def _put_matrix(book: Book, sheet: Worksheet, report: Report, row: int, period: str) -> int:
    language, tiers = book.language, report.tier_names
    words = text("kpis.moves_title", language)
    panel(book, sheet, row, *MATRIX, f"{words} · {period_words(report, period)}" if period else words)
    counts = report.past.matrix.get(period, {})
    if not counts or len(tiers) > MOST_TIERS:
        span(sheet, row + 1, *MATRIX, text("kpis.no_moves_yet", language), book.formats.hint())
        return row + 2
    width = 9 // (len(tiers) + 1) if len(tiers) > 4 else 2
    first = MATRIX[1] + 1 - width * (len(tiers) + 1)
    places = [(0, first - 1), *((first + width * at, first + width * (at + 1) - 1) for at in range(len(tiers) + 1))]
    return put_matrix(book, sheet, row + 1, places, matrix_lines(counts, tiers, language), tiers, size=9)


def _put_movers(book: Book, sheet: Worksheet, report: Report, row: int, period: str) -> int:
    language = book.language
    panel(book, sheet, row, *MOVERS, text("kpis.movers_title", language))
    moves = largest(report.past.moves.get(period, ()))
    rows = [
        [move.name or move.customer_id, f"{move.before} → {move.after}", move.score_after - move.score_before,
         cause_words(move.causes, language)]
        for move in moves
    ]  # fmt: skip
    spans = [(14, 18), (19, 21), (22, 23), (24, 27)]
    titles = [text("publish.customer", language), text("kpis.step", language), text("kpis.score_change", language),
              text("moves.cause", language)]  # fmt: skip
    kinds = ["text", "text", "+0.0;-0.0;0.0", "note"]
    nobody = text("kpis.nobody_moved" if period else "kpis.no_moves_yet", language)
    put_list(book, sheet, row + 1, spans, titles, kinds, rows, nobody)
    for at, move in enumerate(moves):
        colour = theme.GOOD if move.rank_change > 0 else theme.BAD
        look = book.formats.get(bottom=1, bottom_color=theme.HAIRLINE, font_size=9, align="left", font_color=colour)
        sheet.write_string(row + 2 + at, spans[1][0], str(rows[at][1]), look)
    return row + 2 + max(len(rows), 1)


def largest(moves: Sequence[PastMove]) -> list[PastMove]:
    """The largest steps, of equal ones those with the largest change of score."""
    ranked = sorted(moves, key=lambda move: (-abs(move.rank_change), -abs(move.score_after - move.score_before),
                                             move.customer_id))  # fmt: skip
    return ranked[:LISTED]
