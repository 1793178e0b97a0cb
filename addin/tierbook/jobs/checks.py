"""Verbs about the data themselves: check the facts without scoring, draw a sample to compare with documents."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..cleaning import Cleaned, clean
from ..cleaning.quality import Quality, quality
from ..engine import Engine
from ..errors import UsageError
from ..labels import DEFAULT, Language
from ..model.settings import with_settings
from ..scoring import Scored
from .intake import Run, fingerprint_of, language_for, load_sources, rules_for, start_run, step_told
from .overrides import put_by_hand, written_by_hand
from .pairs import decided_pairs, fingerprint_of_pairs
from .partial import with_sheets
from .publishing import stamp_of
from .request import Request
from .writing import BookReport, told, written

if TYPE_CHECKING:
    from ..publish import AuditRow, Report
    from ..workbook import Book

NOBODY = Scored(0, 0, ())
SEEDS = 2**31 - 1
"""Seeds of a sample lie below it."""


@dataclass(frozen=True)
class CheckReport(BookReport):
    """What cleaning found; `accounts` say where every delivered row went, `quality` what was done to cells."""

    accounts: Cleaned | None = None
    quality: Quality = field(default_factory=Quality)
    language: Language = DEFAULT


@dataclass(frozen=True)
class AuditReport(BookReport):
    """`customers` were drawn, with `fields` to compare; `entries` of the sample before went to a dated copy."""

    customers: int = 0
    fields: int = 0
    entries: int = 0
    language: Language = DEFAULT


def check(request: Request, *, dry_run: bool = False) -> CheckReport:
    """Clean the facts and say what is odd about them; of a book only 数据检查 and 疑似重复 change. Nothing is scored.

    Without a book the files alone are checked, and nothing is written.
    """
    book = request.book
    if book is None:
        with Engine(memory_limit=request.memory_limit or None) as engine:
            return check_report(cleaned_run(request, engine), Path())

    def make(before: Book) -> tuple[bytes, CheckReport]:
        return _checked(request, book, before)

    return told(book, make) if dry_run else written(book, make, request.progress, whole=False)


def _checked(request: Request, book: Path, before: Book) -> tuple[bytes, CheckReport]:
    from ..publish import Kept, read_kept
    from ..publish.sheet_check import add_check_sheet
    from ..publish.sheet_duplicates import add_duplicates_sheet

    with Engine(memory_limit=request.memory_limit or None) as engine:
        run = cleaned_run(request, engine)
        request.progress("jobs.publishing", {})
        kept = Kept(pair_rows=read_kept(book, run.language).pair_rows)
        builders = {"data_check": add_check_sheet, "duplicates": add_duplicates_sheet}
        brought = with_sheets(before, replace(report_of(run), kept=kept), builders)
        return brought.data, replace(check_report(run, book), sheets=brought.sheets, notes=brought.notes)


def check_report(run: Run, book: Path) -> CheckReport:
    done = quality(run.engine, run.cleaned.accounts)
    return CheckReport(
        book, changed=False, backup=None, sheets=(), accounts=run.cleaned, quality=done, language=run.language
    )


def cleaned_run(request: Request, engine: Engine) -> Run:
    """The facts read and cleaned, as a run that has scored nobody."""
    language = language_for(request)
    request.progress("jobs.reading_model", {})
    rules = rules_for(request, language)
    model = rules.model
    sources = load_sources(request, engine, language)
    by_hand, pairs = written_by_hand(request.book, model, language), decided_pairs(request.book, language)
    rows = sum(source.rows for source in sources.values())
    request.progress("jobs.cleaning", {"rows": rows})
    engine.expect(rows, step_told(request))
    with engine.at_once():
        cleaned = clean(engine, sources, model, request.as_of, pairs)
        cleaned = put_by_hand(engine, by_hand, model, request.as_of, cleaned)
    told = fingerprint_of(sources, by_hand.fingerprint + fingerprint_of_pairs(pairs))
    return Run(engine, model, sources, cleaned, NOBODY, request.as_of, language, told, rules)


def report_of(run: Run) -> Report:
    """What a sheet is made from, without tasks, moves or anything the book held."""
    from ..publish import Report

    return Report(run.engine, run.model, stamp_of(run), run.cleaned, run.scored, (), (), run.language)


def audit(request: Request, *, force: bool = False, dry_run: bool = False) -> AuditReport:
    """Draw a new sample of customers into 抽样核对, by the lot of the day: another day draws others.

    Args:
        force: also where people have begun to compare; the sheet they wrote into stays as a dated copy.

    Raises:
        UsageError: people have begun, and `force` is not set; their sheet stays as it is.
    """
    book = request.book
    if book is None:
        raise UsageError("jobs.no_book")

    def make(before: Book) -> tuple[bytes, AuditReport]:
        return _drawn(request, book, before, force=force)

    return told(book, make) if dry_run else written(book, make, request.progress, whole=False)


def _drawn(request: Request, book: Path, before: Book, *, force: bool) -> tuple[bytes, AuditReport]:
    from ..publish import read_kept
    from ..publish.sheet_audit import add_audit_sheet, draw_sample

    language = language_for(request)
    entries = sum(is_filled(row) for row in read_kept(book, language).audit)
    if entries and not force:
        raise UsageError("jobs.audit_begun", count=entries)
    with Engine(memory_limit=request.memory_limit or None) as engine:
        run = start_run(replace(request, language=language), engine)
        seed = (run.model.whole("audit_seed") + request.as_of.toordinal()) % SEEDS
        report = report_of(replace(run, model=with_settings(run.model, (f"audit_seed={seed}",))))
        sample = draw_sample(report)
        request.progress("jobs.publishing", {})
        brought = with_sheets(before, report, {"audit": add_audit_sheet})
    return brought.data, AuditReport(
        book,
        changed=False,
        backup=None,
        sheets=brought.sheets,
        notes=brought.notes,
        customers=len({one.customer_id for one in sample}),
        fields=len(sample),
        entries=entries,
        language=language,
    )


def is_filled(row: AuditRow) -> bool:
    """Whether a person has written into a row of the sample."""
    return row.document not in (None, "") or bool(row.remark)
