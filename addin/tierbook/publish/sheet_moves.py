"""变动: who rose or fell, which indicator did it, and what had changed in the data.

Above the list stand, for the time since the last refresh and, where somebody keeps a history, for a week and a quarter,
how customers went from tier to tier and what most moves have in common.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .. import schema
from ..labels import text
from . import theme
from .book import Book
from .cause_words import causes_text, common_causes, driver_text
from .columns import Column
from .grid import span
from .moves_matrix import matrix_lines, put_matrix, steps
from .records import PastMove, Report
from .sheet_tiers import ARROWS, SIGNED, colour_changes
from .tables import HEADER_ROW
from .titled import last_row, long_sheet, place_of, shade_by_value, stamped_title, titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

PERIODS = ("run", "week", "quarter")
"""Since the last refresh, and what only a history knows."""
NAMES = (0, 2)
"""Columns of the names of a matrix; its tiers follow, one column each, up to the driver's."""


def move_columns(report: Report) -> list[Column]:
    language = report.language

    def title(key: str) -> str:
        return text(f"publish.{key}", language)

    customer = {column.key: column.name.of(language) for column in schema.CUSTOMERS.columns}
    return [
        Column("period", text("moves.period", language), "choice", width=20.0 if language == "en" else 15.0),
        Column("customer_id", customer["customer_id"], "id"),
        Column("name", customer["name"], "text", bold=True, width=32.0),
        Column("owner", customer["owner"], "text", width=11.0),
        Column("before", title("tier_before"), "choice", width=11.0),
        Column("after", title("tier_after"), "choice", width=11.0),
        Column("tier_change", title("tier_change"), "choice", width=9.0, number=ARROWS),
        Column("score_before", title("score_before"), "score", width=10.0),
        Column("score_after", title("score_after"), "score", width=10.0),
        Column("score_change", title("score_change"), "score", width=10.0, number=SIGNED),
        Column("driver", title("driver"), "long", width=26.0),
        Column("cause", text("moves.cause", language), "long", width=52.0),
    ]


def add_moves_sheet(book: Book, report: Report) -> None:
    """The matrix of each period, then all moves with driver and causes, those since the last refresh first."""
    shown = periods_shown(report)
    sheet = titled_sheet(book, "moves", hint(report, shown), title=stamped_title("moves", report))
    columns = move_columns(report)
    header = put_periods(book, sheet, report, shown)
    rows = [move_row(report, period, move) for period in shown for move in report.past.moves[period]]
    long_sheet(book, sheet, columns, rows, table="Moves", frozen=3, header=header)
    first = header + 1
    last = last_row(rows, first)
    shades = theme.shades(len(report.tier_names))
    for key in ("before", "after"):
        shade_by_value(book, sheet, place_of(columns, key), last, report.tier_names, shades, first)
    for key in ("tier_change", "score_change"):
        colour_changes(book, sheet, place_of(columns, key), last, first)


def periods_shown(report: Report) -> list[str]:
    """The periods whose moves are told: one that is told against the same day as a shorter one says nothing more."""
    past, told = report.past, set[dt.date]()
    shown = []
    for period in PERIODS:
        since = past.since.get(period)
        if period in past.moves and (since is None or since not in told):
            shown.append(period)
            told |= {since} if since else set()
    return shown


def hint(report: Report, shown: Sequence[str]) -> str:
    """What the sheet is for; how to see more where no ledger tells it, which periods are one where a ledger does."""
    language = report.language
    if not shown:
        return text("publish.moves_none_yet", language)
    more = coinciding(report, shown) if report.past.ledger else [text("moves.hint_ledger", language)]
    return " ".join([text("moves.hint", language), *more])


def coinciding(report: Report, shown: Sequence[str]) -> list[str]:
    """In words: the periods that are told from the same day as a shorter one, or that no older run begins."""
    past, language = report.past, report.language
    twins: dict[str, list[str]] = {}
    for place, period in enumerate(PERIODS):
        shorter = [one for one in PERIODS[:place] if one in shown]
        if period not in shown and shorter:
            same = [one for one in shorter if past.since.get(one) == past.since.get(period)]
            twins.setdefault([*shorter, *same][-1], []).append(text(f"moves.period_{period}", language))
    return [
        text("moves.coinciding", language, periods=text("moves.list_between", language).join(names),
             shown=text(f"moves.period_{twin}", language), since=since.isoformat())
        for twin, names in twins.items()
        if (since := past.since.get(twin))
    ]  # fmt: skip


def put_periods(book: Book, sheet: Worksheet, report: Report, shown: Sequence[str]) -> int:
    """A block for each period: its matrix, and in words what came of it; gives the row for the table's header."""
    row = HEADER_ROW
    tiers = report.tier_names
    width = next(place for place, column in enumerate(move_columns(report)) if column.key == "driver")
    for period in shown:
        counts = report.past.matrix.get(period, {})
        if not counts or NAMES[1] + len(tiers) + 1 >= width:
            continue
        look = book.formats.get(bold=True, font_color=theme.NAVY, bottom=2, bottom_color=theme.NAVY)
        span(sheet, row, 0, width + 1, period_words(report, period), look)
        places = [NAMES, *((NAMES[1] + 1 + place,) * 2 for place in range(len(tiers) + 1))]
        below = put_matrix(book, sheet, row + 1, places, matrix_lines(counts, tiers, report.language), tiers)
        for at, words in enumerate(told(report, period, counts)):
            span(sheet, row + 2 + at, width, width + 1, words, book.formats.get(align="left"))
        row = below + 1
    return row


def period_words(report: Report, period: str) -> str:
    """`近一周 · 2026-10-24 → 2026-10-31`."""
    name = text(f"moves.period_{period}", report.language)
    since = report.past.since.get(period)
    if since is None:
        return name
    until = report.stamp.as_of.isoformat()
    return text("moves.between_days", report.language, period=name, since=since.isoformat(), until=until)


def told(report: Report, period: str, counts: Mapping[tuple[str, str], int]) -> list[str]:
    """How many rose, fell, came and went, and what those who rose, and those who fell, have in common."""
    language, moves = report.language, report.past.moves[period]
    rose, fell, same = (f"{number:,}" for number in steps(counts, report.tier_names))
    lines = [text("moves.rose_fell", language, rose=rose, fell=fell, same=same)]
    new = sum(number for (was, _), number in counts.items() if not was)
    gone = sum(number for (_, now), number in counts.items() if not now)
    if new or gone:
        lines.append(text("moves.came_gone", language, new=f"{new:,}", gone=f"{gone:,}"))
    for key, sign in (("common_up", 1), ("common_down", -1)):
        common = common_causes((move.causes for move in moves if move.rank_change * sign > 0), language)
        if common:
            lines.append(text(f"moves.{key}", language, list=common))
    return lines


def move_row(report: Report, period: str, move: PastMove) -> list[object]:
    return [
        text(f"moves.period_{period}", report.language), move.customer_id, move.name, move.owner, move.before,
        move.after, move.rank_change, move.score_before, move.score_after, move.score_after - move.score_before,
        driver_text(move.drivers, report.model, report.language), causes_text(move.causes, report.language),
    ]  # fmt: skip
