"""The verb `record`: take in what reps wrote on 任务, and say which words nobody understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..cleaning import Cleaned
from ..engine import Engine
from ..errors import UsageError
from ..labels import DEFAULT, Language
from .checks import NOBODY
from .intake import DEFAULT_MODEL, language_for, named_model
from .partial import with_sheets
from .request import Request
from .writing import BookReport, told, written

if TYPE_CHECKING:
    from pathlib import Path

    from ..publish.some_sheets import Builder
    from ..workbook import Book


@dataclass(frozen=True)
class Doubtful:
    """A row of 任务 somebody should look at: sheet and cell, the task's customer, the word that stands there."""

    sheet: str
    cell: str
    customer: str
    word: str


@dataclass(frozen=True)
class RecordReport(BookReport):
    """Tasks by status key; status words nobody knows; tasks done without a result."""

    counts: Mapping[str, int] = field(default_factory=dict)
    unknown: Sequence[Doubtful] = ()
    silent: Sequence[Doubtful] = ()
    language: Language = DEFAULT


def record(request: Request, *, dry_run: bool = False) -> RecordReport:
    """Take in statuses and results from 任务, put its rows in order again; no task is planned, none is dropped.

    A task with a status nobody knows counts as open, and the word stays where it was written.

    Raises:
        UsageError: the book was never refreshed, so it has no tasks.
    """
    book = request.book
    if book is None:
        raise UsageError("jobs.no_book")

    def make(before: Book) -> tuple[bytes, RecordReport]:
        return _recorded(request, book, before)

    return told(book, make) if dry_run else written(book, make, request.progress, whole=False)


def _recorded(request: Request, book: Path, before: Book) -> tuple[bytes, RecordReport]:
    from ..publish import Report, read_kept, read_written_tasks

    language = language_for(request)
    kept = read_kept(book, language, request.as_of)
    sheet, rows = read_written_tasks(book, language)
    if kept.stamp is None or not sheet:
        raise UsageError("jobs.no_tasks", book=book.name)
    request.progress("jobs.publishing", {})
    stamp = replace(kept.stamp, as_of=request.as_of, language=language)
    with Engine() as engine:  # the sheets of tasks read neither the engine nor the rules
        rules = named_model(DEFAULT_MODEL)
        report = Report(
            engine, rules, stamp, Cleaned({}), NOBODY, kept.tasks, (), language, kept,
            queued=kept.queued, remembered=kept.remembered,
        )  # fmt: skip
        brought = with_sheets(before, report, task_builders())
    return brought.data, RecordReport(
        book,
        changed=False,
        backup=None,
        sheets=brought.sheets,
        notes=brought.notes,
        open_tasks=sum(not task.is_closed for task in kept.tasks),
        counts=Counter(task.status for task in kept.tasks),
        unknown=[Doubtful(sheet, row.status_cell, row.customer, row.status_word) for row in rows if not row.status],
        silent=[
            Doubtful(sheet, row.result_cell, row.customer, row.status_word)
            for row in rows
            if row.status == "done" and not row.result
        ],
        language=language,
    )


def task_builders() -> Mapping[str, Builder]:
    """Mark -> what makes each sheet that holds the tasks."""
    from ..publish.hidden_tasks import add_done_sheet, add_queue_sheet, add_task_list_sheet
    from ..publish.sheet_tasks import add_tasks_sheet

    return {
        "tasks": add_tasks_sheet,
        "task_list": add_task_list_sheet,
        "queue": add_queue_sheet,
        "done_list": add_done_sheet,
    }
