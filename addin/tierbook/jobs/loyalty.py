"""The verb `loyalty`: points of members by today's facts, on 会员积分 and, where one is named, in the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine import Engine
from ..errors import UsageError
from ..labels import DEFAULT, Language
from ..loyalty import Line, Program, Statement
from .checks import report_of
from .intake import language_for, start_run
from .kept_points import accepted_in, add_points, entries_in
from .ledger import ledger_of, scope_of
from .partial import with_sheets
from .points import points_of
from .request import Note, Request
from .writing import BookReport, told, written

if TYPE_CHECKING:
    from ..workbook import Book


@dataclass(frozen=True)
class LoyaltyReport(BookReport):
    """Everybody's points, and how many of their lines were new to the ledger. `names`: customer -> name."""

    statement: Statement = field(default_factory=lambda: Statement((), (), ()))
    program: Program | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    added: int = 0
    language: Language = DEFAULT


def loyalty(request: Request, *, dry_run: bool = False) -> LoyaltyReport:
    """Work out every member's points as of the day and write 会员积分.

    会员等级 and 兑换 are added where the book has none, and only read from then on. With a ledger every line is kept
    there, and what is known differently by now becomes correcting lines; gifts kept there stay accepted.

    Raises:
        UsageError: there is no book.
        ModelError: 会员等级 says something nobody can follow.
        WorkbookError, WorkbookInUse, LedgerError: as their rooms say.
    """
    book = request.book
    if book is None:
        raise UsageError("jobs.no_book")
    with ledger_of(request) as ledger:
        accepted = accepted_in(entries_in(ledger, scope_of(request))) if ledger else set()

    def make(before: Book) -> tuple[bytes, LoyaltyReport]:
        return _made(request, book, before, accepted)

    report = told(book, make) if dry_run else written(book, make, request.progress, whole=False)
    return report if dry_run else _kept(request, report)


def _kept(request: Request, report: LoyaltyReport) -> LoyaltyReport:
    """The report, after what the ledger does not hold was added to it."""
    with ledger_of(request) as ledger:
        if ledger is None:
            return report
        added = add_points(ledger, scope_of(request), report.statement, request.as_of)
    note: Note = ("loyalty.kept", {"count": added.count})
    if added.last is not None:
        note = ("loyalty.past_day", {"last": added.last.isoformat(), "as_of": request.as_of.isoformat()})
    return replace(report, added=added.count, notes=[*report.notes, note])


def _made(
    request: Request, book: Path, before: Book, accepted: Collection[tuple[str, str]]
) -> tuple[bytes, LoyaltyReport]:
    language = language_for(request)
    with Engine(memory_limit=request.memory_limit or None) as engine:
        run = start_run(replace(request, language=language), engine, results_only=True)
        points = points_of(run, request, book, accepted)
        request.progress("jobs.publishing", {})
        brought = with_sheets(before, report_of(run), points.builders)
        names = dict(engine.rows("SELECT customer_id, name FROM results"))
    return brought.data, LoyaltyReport(
        book, changed=False, backup=None, sheets=brought.sheets, notes=[*points.notes, *brought.notes],
        statement=points.statement, program=points.program, names=names, language=language,
    )  # fmt: skip


def lines_of(report: LoyaltyReport, customer_id: str) -> list[Line]:
    """One customer's account, the latest line first."""
    return [line for line in reversed(report.statement.lines) if line.customer_id == customer_id]
