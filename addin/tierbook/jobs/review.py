"""The verb `review`: the quarter that is over, as a set of sheets in the book and as a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine import Engine, Step
from ..errors import ScoringError, UsageError
from ..scoring import score
from .checks import report_of
from .intake import DEFAULT_MODEL, Run, language_for, named_model, rules_for, start_run
from .pages import check_page, write_page
from .partial import with_sheets
from .request import Note, Request
from .writing import BookReport, told, written

if TYPE_CHECKING:
    import datetime as dt

    from ..labels import Language
    from ..model.types import Model
    from ..publish import Report
    from ..publish.review import Quarter, Review
    from ..workbook import Book


@dataclass(frozen=True)
class ReviewReport(BookReport):
    """What a review found; `page` is its HTML text where one was asked for."""

    review: Review | None = None
    page: str = ""


def review(request: Request, *, html: Path | None = None, dry_run: bool = False) -> BookReport:
    """Review the last quarter that is over: bring 复盘 and the sheets around it up to date, and write a page.

    Tiers of the quarter's figures are those in which it began, by the rules of today; so the customers known then are
    scored as of that day again.

    Args:
        html: file for the page; it is written also where the book is in use.

    Raises:
        UsageError: no book, or the page cannot be put there.
    """
    book = request.book
    if book is None:
        raise UsageError("jobs.no_book")
    check_page(html)
    made: list[ReviewReport] = []

    def make(before: Book) -> tuple[bytes, ReviewReport]:
        data, report = _reviewed(request, book, before, page=html is not None)
        made[:] = [report]
        return data, report

    if html is None or dry_run:
        done = told(book, make) if dry_run else written(book, make, request.progress, whole=False)
        return replace(done, notes=[*done.notes, ("review.would_write_page", {"path": html})]) if html else done
    try:
        done = written(book, make, request.progress, whole=False)
    finally:
        if made:
            write_page(html, made[0].page)
    return replace(done, notes=[*done.notes, ("review.written_page", {"path": html})])


def _reviewed(request: Request, book: Path, before: Book, *, page: bool) -> tuple[bytes, ReviewReport]:
    from ..publish import read_kept
    from ..publish.review import quarter_of, review_of
    from ..publish.review_sheets import review_builders
    from .ledger import past_or_note

    request = replace(request, language=language_for(request))
    quarter = quarter_of(request.as_of)
    with Engine(memory_limit=request.memory_limit or None) as engine:
        run = _scored(request, engine, quarter)
        kept = read_kept(book, run.language, run.as_of)
        past, unread = past_or_note(request, run, kept)
        request.progress("review.measuring", {"quarter": quarter.name})
        report = replace(report_of(run), kept=kept, tasks=kept.tasks, remembered=kept.remembered, past=past)
        unread += _put_gifts(run, request, book, before)
        found = review_of(report, quarter)
        request.progress("jobs.publishing", {})
        brought = with_sheets(before, report, review_builders(found))
        text = _page(report, found) if page else ""
    judged = [one for one in found.targets if one.met is not None]
    summary = ("review.summary_line", {
        "quarter": quarter.name, "targets": len(judged), "below": sum(one.met is False for one in judged),
        "tags": len(found.suggested), "finished": found.finished,
    })  # fmt: skip
    return brought.data, ReviewReport(
        book, changed=False, backup=None, sheets=brought.sheets,
        notes=[*run.rules.notes, *unread, summary, *brought.notes], review=found, page=text,
    )  # fmt: skip


def _put_gifts(run: Run, request: Request, book: Path, before: Book) -> list[Note]:
    """Make the relation of what members redeemed, where the rules say what a point is worth and the book has any."""
    from ..publish import born_with
    from ..publish.review.quarter import GIFTS
    from ..publish.review.returns import OF_A_POINT
    from ..workbook import find_owned
    from .points import points_again

    if not run.model.params[OF_A_POINT].value:
        return []
    points, notes = points_again(run, request, book, find_owned(before.data, born_with(run.language)))
    if points is None:
        return notes
    gifts = [(line.customer_id, line.day, -line.points) for line in points.statement.lines if line.kind == "redeem"]
    run.engine.put(GIFTS, {"customer_id": "VARCHAR", "day": "DATE", "points": "BIGINT"}, gifts)
    return []


def _page(report: Report, found: Review) -> str:
    from ..pages.review_page import review_html

    return review_html(report, found)


def _scored(request: Request, engine: Engine, quarter: Quarter) -> Run:
    """The run of today, with where customers stood when the two quarters began.

    A model made before there were reviews takes their parameters from the general one.
    """
    from ..publish.review.quarter import BEFORE, NOW

    language = language_for(request)
    request.progress("jobs.reading_model", {})
    rules = rules_for(request, language)
    model = replace(rules.model, params={**named_model(DEFAULT_MODEL).params, **rules.model.params})

    def past_first(engine: Engine) -> None:
        for name, day in ((BEFORE, quarter.eve_before), (NOW, quarter.eve)):
            request.progress("review.scoring_then", {"day": day.isoformat()})
            _stood(engine, model, language, name, day)

    return start_run(request, engine, model=replace(rules, model=model), cleaned_first=past_first)


def _stood(engine: Engine, model: Model, language: Language, name: str, day: dt.date) -> None:
    """Make the relation of where customers known on the day stood; none where nobody was known."""
    from ..backtest import forget_newcomers
    from ..publish.review import standing_steps

    engine.run(Step("review_customers", "SELECT * FROM customers"))
    forget_newcomers(engine, day)
    try:
        score(engine, model, day, language)
        engine.run_all(standing_steps(model, name))
    except ScoringError:
        engine.drop(name)
    finally:
        engine.drop("customers")
        engine.run(Step("customers", "SELECT * FROM review_customers", keep=False))
