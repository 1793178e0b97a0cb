"""The verb `loyalty`: points of members by today's facts, on 会员积分 and, where one is named, in the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine import Engine
from ..errors import UsageError
from ..labels import DEFAULT, Language, text
from ..loyalty import Entry, Line, Program, Redemption, Statement, corrections, entry_of, line_of, program_of
from ..loyalty import purchases as bought_in
from ..loyalty import statement as account_for
from ..loyalty.program import PARAMS
from .checks import report_of
from .intake import DEFAULT_MODEL, Run, language_for, named_model, start_run
from .ledger import ledger_of, scope_of
from .partial import with_sheets
from .request import Note, Request
from .writing import BookReport, told, written

if TYPE_CHECKING:
    from ..loyalty import Grade
    from ..model.types import Model
    from ..publish.some_sheets import Builder
    from ..workbook import Book

POINTS_BOOK = "points"
"""The ledger's append-only book of points."""
NAMED = 3
"""So many refused rows are told in words; the sheet has all."""


@dataclass(frozen=True)
class LoyaltyReport(BookReport):
    """Everybody's points. `wanted` are the lines the ledger is to hold, `added` how many were new to it."""

    statement: Statement = field(default_factory=lambda: Statement((), (), ()))
    program: Program | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    added: int = 0
    language: Language = DEFAULT


@dataclass(frozen=True)
class Written:
    """What people wrote in the book: grades (None: not there yet), rows of 兑换; and which sheets are missing."""

    grades: Sequence[Grade] | None
    redemptions: Sequence[Redemption]
    missing: Sequence[str]
    where: str


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
    kept = kept_entries(request)

    def make(before: Book) -> tuple[bytes, LoyaltyReport]:
        return _made(request, book, before, kept)

    report = told(book, make) if dry_run else written(book, make, request.progress, whole=False)
    if dry_run or not request.ledger:
        return report
    return keep(request, report, kept)


def kept_entries(request: Request) -> list[Entry]:
    """The lines the ledger holds; none where the request names none."""
    with ledger_of(request) as ledger:
        held = ledger.entries(scope_of(request), POINTS_BOOK) if ledger else []
    return [Entry(one.entry_id, line_of(one.customer_id, one.day, one.data)) for one in held]


def keep(request: Request, report: LoyaltyReport, kept: Sequence[Entry]) -> LoyaltyReport:
    """Add to the ledger what it does not hold. A day before the last one kept adds nothing, and says so."""
    from ..history import Entry as Kept

    last = max((entry.line.day for entry in kept), default=request.as_of)
    if last > request.as_of:
        note: Note = ("loyalty.past_day", {"last": last.isoformat(), "as_of": request.as_of.isoformat()})
        return replace(report, notes=[*report.notes, note])
    new = corrections(kept, report.statement.lines, request.as_of)
    with ledger_of(request) as ledger:
        assert ledger is not None, "keep is called with a ledger"
        lines = [Kept(one.entry_id, one.line.day, one.line.customer_id, entry_of(one.line)) for one in new]
        added = len(ledger.add_entries(scope_of(request), POINTS_BOOK, lines))
    return replace(report, added=added, notes=[*report.notes, ("loyalty.kept", {"count": added})])


def _made(request: Request, book: Path, before: Book, kept: Sequence[Entry]) -> tuple[bytes, LoyaltyReport]:
    from ..publish.loyalty_inputs import BUILDERS, shipped_grades
    from ..publish.sheet_members import add_members_sheet

    language = language_for(request)
    with Engine(memory_limit=request.memory_limit or None) as engine:
        run = start_run(replace(request, language=language), engine, results_only=True)
        inputs = written_in(book, language, merged_in(engine))
        program = program_of(with_points(run.model), inputs.grades or shipped_grades(language), where=inputs.where)
        statement = stated(run, inputs.redemptions, program, accepted_in(kept), request)
        builders: dict[str, Builder] = {"members": partial(add_members_sheet, statement=statement, program=program)}
        builders |= {mark: BUILDERS[mark] for mark in inputs.missing}
        request.progress("jobs.publishing", {})
        brought = with_sheets(before, report_of(run), builders)
        names = dict(engine.rows("SELECT customer_id, name FROM results"))
    notes = [*refused_note(statement, language), *added_note(inputs.missing, language), *brought.notes]
    return brought.data, LoyaltyReport(
        book, changed=False, backup=None, sheets=brought.sheets, notes=notes, statement=statement, program=program,
        names=names, language=language,
    )  # fmt: skip


def stated(
    run: Run, redeemed: Sequence[Redemption], program: Program, accepted: Collection[tuple[str, str]], request: Request
) -> Statement:
    orders = bought_in(run.engine, run.as_of)
    request.progress("loyalty.making", {"orders": len(orders)})
    known = {customer for (customer,) in run.engine.rows("SELECT customer_id FROM customers")}
    return account_for(orders, redeemed, program, run.as_of, known=known, accepted=accepted)


def written_in(book: Path, language: Language, merged: Mapping[str, str]) -> Written:
    """What the people's sheets say, wherever they were moved and whatever they are called now.

    A sheet that bears the name and was never ours counts as theirs too.
    """
    from ..publish.loyalty_inputs import GRADES, REDEMPTIONS, missing_inputs, written_grades, written_redemptions
    from ..publish.readback import our_names
    from ..workbook import read_rows, sheet_names

    present = set(sheet_names(book))
    named = {mark: text(f"sheets.{mark}", language) for mark in (GRADES, REDEMPTIONS)}
    ours = our_names(book, language)
    places = {mark: ours.get(mark, name) for mark, name in named.items() if ours.get(mark, name) in present}
    where = places.get(GRADES, named[GRADES])
    return Written(
        grades=written_grades(read_rows(book, where), language, where) if GRADES in places else None,
        redemptions=written_redemptions(read_rows(book, places[REDEMPTIONS]), language, merged)
        if REDEMPTIONS in places
        else (),
        missing=missing_inputs(places),
        where=where,
    )


def merged_in(engine: Engine) -> dict[str, str]:
    """Id -> the id under which that customer counts, of those merged into another."""
    return dict(engine.rows("SELECT customer_id, kept_id FROM merged_ids")) if engine.has("merged_ids") else {}


def accepted_in(kept: Sequence[Entry]) -> set[tuple[str, str]]:
    """Customer and subject of the gifts that an account holds already."""
    sums: dict[tuple[str, str], int] = {}
    for entry in kept:
        if entry.line.subject.startswith("redeem:"):
            key = (entry.line.customer_id, entry.line.subject)
            sums[key] = sums.get(key, 0) + entry.line.points
    return {key for key, points in sums.items() if points}


def with_points(model: Model) -> Model:
    """The model with the parameters of points, from the shipped one where it was made before there were any."""
    given = {key: named_model(DEFAULT_MODEL).params[key] for key in PARAMS if key not in model.params}
    return replace(model, params={**model.params, **given}) if given else model


def refused_note(statement: Statement, language: Language) -> list[Note]:
    from ..publish.sheet_members import refused_words

    if not statement.refused:
        return []
    rows = [
        text("loyalty.refused_row", language, row=one.row, reason=refused_words(one, language))
        for one in statement.refused[:NAMED]
    ]
    told = text("loyalty.between", language).join(rows) + (" …" if len(statement.refused) > NAMED else "")
    return [("loyalty.refused", {"count": len(statement.refused), "rows": told})]


def added_note(missing: Sequence[str], language: Language) -> list[Note]:
    if not missing:
        return []
    names = text("screen.between", language).join(text(f"sheets.{mark}", language) for mark in missing)
    return [("loyalty.sheets_added", {"sheets": names})]


def lines_of(report: LoyaltyReport, customer_id: str) -> list[Line]:
    """One customer's account, the latest line first."""
    return [line for line in reversed(report.statement.lines) if line.customer_id == customer_id]
