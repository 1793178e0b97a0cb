"""Pages written to a file: the verb `dashboard`, and what a review needs to write its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine import Engine
from ..errors import UsageError
from .intake import language_for
from .request import Note, Request

if TYPE_CHECKING:
    from ..publish import Report
    from .intake import Run

SUFFIXES = (".html", ".htm")


@dataclass(frozen=True)
class PageReport:
    """A page that was written."""

    path: Path
    as_of: str
    size: int
    notes: Sequence[Note] = ()


def dashboard(request: Request, out: Path) -> PageReport:
    """Write the dashboard of a book's facts as one HTML file. The book stays as it is.

    Raises:
        UsageError: no book, or the page cannot be put there.
    """
    from ..pages.dashboard_page import dashboard_html
    from .publishing import score_for

    book = request.book
    if book is None:
        raise UsageError("jobs.no_book")
    check_page(out)
    request = replace(request, language=language_for(request))
    with Engine(memory_limit=request.memory_limit or None) as engine:
        run = score_for(request, engine)
        report, notes = _made_of(run, request, book)
        request.progress("pages.drawing", {})
        text = dashboard_html(report)
    write_page(out, text)
    return PageReport(out, run.as_of.isoformat(), len(text.encode()), notes)


def report_for(run: Run, request: Request, book: Path) -> Report:
    """What the sheets of a refresh would be made from, for a page instead."""
    return _made_of(run, request, book)[0]


def _made_of(run: Run, request: Request, book: Path) -> tuple[Report, list[Note]]:
    """The report, and what a person must know of it: a ledger that refused."""
    from ..pages.kpi_panels import periods_drawn
    from ..publish import Report, read_kept
    from .followups import tasks_for
    from .ledger import past_or_note
    from .moves import SINCE_LAST, with_moves
    from .publishing import stamp_of

    kept = read_kept(book, run.language, run.as_of)
    plan = tasks_for(run, kept)
    told = periods_drawn(run.as_of)
    past, notes = past_or_note(replace(request, book=book, language=run.language), run, kept, told)
    past = with_moves(run, kept, past)
    report = Report(run.engine, run.model, stamp_of(run), run.cleaned, run.scored, plan.tasks,
                    past.moves.get(SINCE_LAST, ()), run.language, kept, past, plan.queued, plan.remembered)  # fmt: skip
    return report, notes


def check_page(path: Path | None) -> None:
    """Say before any work where a page cannot be put."""
    if path is None:
        return
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError("pages.not_html", path=path.name)
    if not path.absolute().parent.is_dir():
        raise UsageError("jobs.no_such_folder", path=path.absolute().parent)


def write_page(path: Path, text: str) -> None:
    """Put a page in its place whole, so that a crash leaves no half one."""
    handle, part = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.stem}-", suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(text.encode("utf-8"))
        Path(part).chmod(0o644)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
