"""Between a run and the ledger: what a run leaves there, and what the ledger tells the sheets of the days before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import LedgerError
from .request import Note, Request

if TYPE_CHECKING:
    from ..history import Ledger, Receipt
    from ..publish import Kept
    from ..publish.records import Past
    from ..scoring.periods import Period
    from .intake import Run
    from .kept_night import PublishedRun


def scope_of(request: Request, book: Path | None = None) -> str:
    """The name under which a history is kept: the one asked for, else the book's own, as its backups have it."""
    from ..workbook.saving.backups import backup_folder

    place = book or request.book
    return request.scope or (backup_folder(place).name if place else "")


@contextmanager
def ledger_of(request: Request) -> Iterator[Ledger | None]:
    """The ledger a request names, open; None where it names none.

    Raises:
        LedgerError, UsageError: it cannot be opened.
    """
    if not request.ledger:
        yield None
        return
    from ..history import open_ledger

    with open_ledger(request.ledger) as ledger:
        yield ledger


def past_of(request: Request, run: Run, kept: Kept, told: Sequence[Period] = ()) -> Past:
    """What the ledger knows of the days before a run's; nothing where the request names none.

    Args:
        told: periods whose figures go by where customers stood at their end.

    Raises:
        LedgerError: it cannot be read.
    """
    from ..publish.records import Past
    from .past import past_from

    with ledger_of(request) as ledger:
        return past_from(ledger, scope_of(request), run, kept, told) if ledger else Past()


def past_or_note(request: Request, run: Run, kept: Kept, told: Sequence[Period] = ()) -> tuple[Past, list[Note]]:
    """`past_of`; a ledger that refuses is told, since the sheets can be made without it."""
    from ..publish.records import Past

    try:
        return past_of(request, run, kept, told), []
    except LedgerError as refusal:
        return Past(ledger=True), [("history.not_told", {"reason": refusal})]


def keep(request: Request, published: PublishedRun) -> Receipt | None:
    """Write a run into the ledger that the request names, after its book was saved; None where it names none.

    Raises:
        LedgerError: nothing was written.
    """
    from .kept_night import night_of
    from .kept_points import add_points

    with ledger_of(request) as ledger:
        if ledger is None:
            return None
        scope = scope_of(request, published.report.book)
        receipt = ledger.keep(night_of(ledger, scope, published))
        if published.points is not None:
            add_points(ledger, scope, published.points.statement, published.run.as_of)
        return receipt


def keep_or_note(request: Request, published: PublishedRun) -> list[Note]:
    """`keep`, for a run somebody waits for: the book is saved, so a ledger that refuses is told, not raised."""
    try:
        keep(request, published)
    except LedgerError as refusal:
        return [("history.not_kept", {"reason": refusal})]
    return []
