"""Points of a book's members, and the ledger of them: lines only added, under ids that are never given twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..loyalty import Entry, Program, Statement, corrections, entry_of, line_of
from .request import Note

if TYPE_CHECKING:
    from ..history import Ledger
    from ..publish.some_sheets import Builder

POINTS_BOOK = "points"
"""The ledger's append-only book of points."""


@dataclass(frozen=True)
class Points:
    """Everybody's points in a book, the sheets that show them by mark, and what a person should know."""

    statement: Statement
    program: Program
    builders: Mapping[str, Builder]
    notes: Sequence[Note] = field(default_factory=tuple)


@dataclass(frozen=True)
class Added:
    """How many lines were new; `last` is the last day kept where that is after the day of the statement: none then."""

    count: int
    last: dt.date | None = None


def entries_in(ledger: Ledger, scope: str) -> list[Entry]:
    """The lines kept so far."""
    held = ledger.entries(scope, POINTS_BOOK)
    return [Entry(one.entry_id, line_of(one.customer_id, one.day, one.data)) for one in held]


def accepted_in(kept: Sequence[Entry]) -> set[tuple[str, str]]:
    """Customer and subject of the gifts that an account holds already."""
    sums: dict[tuple[str, str], int] = {}
    for entry in kept:
        if entry.line.subject.startswith("redeem:"):
            key = (entry.line.customer_id, entry.line.subject)
            sums[key] = sums.get(key, 0) + entry.line.points
    return {key for key, points in sums.items() if points}


def add_points(ledger: Ledger, scope: str, statement: Statement, as_of: dt.date) -> Added:
    """Add what the ledger does not hold. A day before the last one kept adds nothing: it knows less."""
    from ..history import Entry as Kept

    kept = entries_in(ledger, scope)
    last = max((entry.line.day for entry in kept), default=as_of)
    if last > as_of:
        return Added(0, last)
    new = corrections(kept, statement.lines, as_of)
    lines = [Kept(one.entry_id, one.line.day, one.line.customer_id, entry_of(one.line)) for one in new]
    return Added(len(ledger.add_entries(scope, POINTS_BOOK, lines)))
