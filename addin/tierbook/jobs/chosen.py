"""A book that holds only some of our sheets: what publishing asks of its past, its stamp, and what it must tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import LedgerError
from .ledger import ledger_of, past_or_note, scope_of
from .moves import SINCE_LAST, earlier_of, with_moves, with_period
from .request import Note, Request

if TYPE_CHECKING:
    from ..labels import Language
    from ..publish import Kept, Report, Stamp
    from ..publish.book import Book
    from ..publish.chosen import Chosen
    from ..publish.records import Past
    from ..publish.some_sheets import Builder
    from ..scoring.periods import Period
    from .intake import Run

TELLS_PAST = frozenset({"moves", "dashboard", "review"})
"""Sheets that show what the history tells."""
FUNCTION, FUNCTIONS = "CUST_", "functions"


def past_shown(
    request: Request, run: Run, kept: Kept, chosen: Chosen | None, told: Sequence[Period]
) -> tuple[Past, list[Note]]:
    """What the sheets of a book are told of the days before, with the moves since the last run.

    A book that does not show it is asked for nothing but those moves; where it does not remember what the scores of
    the earlier day were made of, the ledger does.

    Args:
        told: periods whose figures go by where customers stood at their end.
    """
    from ..publish.records import Past

    if chosen is None or TELLS_PAST & chosen.sheets:
        past, notes = past_or_note(request, run, kept, told)
        return with_moves(run, kept, past), notes
    by_ledger = None if chosen.tells_changes else _moves_by_ledger(request, run, kept)
    return by_ledger or with_moves(run, kept, Past()), []


def _moves_by_ledger(request: Request, run: Run, kept: Kept) -> Past | None:
    """The moves since the book's last refresh, explained by what the ledger knows of that day; None if it does not."""
    from ..publish.records import Past
    from .past import with_driven

    earlier = earlier_of(kept)
    if earlier is None or not request.ledger:
        return None
    try:
        with ledger_of(request) as ledger:
            scope = scope_of(request)
            last = ledger.last_run(scope, earlier.day) if ledger else None
            if ledger is None or last is None or last.as_of != earlier.day:
                return None
            points, totals = ledger.points(scope, earlier.day), ledger.facts(scope, earlier.day)
    except LedgerError:
        return None
    told = replace(earlier, points=points, totals=totals, rules=last.model_fingerprint)
    return with_driven(with_period(run, Past(), SINCE_LAST, told), SINCE_LAST)


def stamped(stamp: Stamp, chosen: Chosen | None, kept: Kept, ours: Mapping[str, str]) -> Stamp:
    """The stamp with the sheets that were chosen and the days that others still show."""
    from ..publish.chosen import left_out

    return stamp if chosen is None else replace(
        stamp, chosen=chosen.words(), left=left_out(ours, chosen, kept.stamp)
    )  # fmt: skip


def answers_of(chosen: Chosen | None, kept: Kept) -> dict[str, Builder]:
    """The hidden sheets of tasks as people left them, for a book that shows no tasks any more but did.

    What they wrote counts once: the next refresh finds it as it was published.
    """
    from ..publish.hidden_tasks import add_done_sheet, add_task_list_sheet

    if chosen is None or "tasks" in chosen.sheets or not (kept.tasks or kept.remembered):
        return {}

    def add_tasks(book: Book, report: Report) -> None:
        add_task_list_sheet(book, replace(report, tasks=kept.tasks))

    def add_done(book: Book, report: Report) -> None:
        add_done_sheet(book, replace(report, remembered=kept.remembered))

    return {"task_list": add_tasks, "done_list": add_done}


def chosen_notes(
    before: bytes, stamp: Stamp, chosen: Chosen | None, ours: Mapping[str, str], language: Language
) -> list[Note]:
    """Which sheets of the book still show an older day, and which hold functions that nothing answers any more."""
    from ..labels import text
    from ..publish.chosen import CARD, left_words
    from ..workbook.calling import sheets_calling

    if chosen is None:
        return []
    notes: list[Note] = []
    if left := left_words(stamp.left, ours, stamp.as_of, language):
        notes.append(("chosen.sheets_left", {"sheets": left}))
    if CARD in stamp.left and not chosen.whole_results:
        notes.append(("chosen.card_empty", {"sheet": ours[CARD]}))
    if not chosen.functions and (calling := sheets_calling(before, FUNCTION)):
        notes.append(("chosen.no_functions", {"sheets": text("chosen.between", language).join(calling)}))
    return notes


def tells_changes(words: Sequence[str]) -> bool:
    """Whether a book for which these sheets were chosen tells why somebody moved."""
    from ..publish.chosen import chosen_of

    chosen = chosen_of(words)
    return chosen is None or chosen.tells_changes


def shows_tasks(words: Sequence[str]) -> bool:
    """Whether a book for which these sheets were chosen shows tasks."""
    from ..publish.chosen import chosen_of

    chosen = chosen_of(words)
    return chosen is None or "tasks" in chosen.sheets
