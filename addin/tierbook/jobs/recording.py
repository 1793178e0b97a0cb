"""The verb `record`: take in what reps wrote on 任务, and say which words nobody understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..cleaning import Cleaned
from ..engine import Engine
from ..errors import UsageError
from ..followup.merging import joined
from ..followup.outcomes import settle
from ..labels import DEFAULT, LANGUAGES, Language, Name, text
from .checks import NOBODY
from .followups import merging_notices
from .intake import DEFAULT_MODEL, language_for, named_model
from .partial import with_sheets
from .request import Request
from .writing import BookReport, told, written

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from ..followup import Task
    from ..publish import Kept
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


@dataclass(frozen=True)
class Entry:
    """What somebody records of one task without opening the book.

    Args:
        task: its id, or the id of a customer with exactly one unfinished task.
        status: a status word in any language; "" leaves it. `result` and `next_step` are put behind what is there.
    """

    task: str
    status: str = ""
    result: str = ""
    next_step: str = ""


def record(
    request: Request, *, entry: Entry | None = None, entries: Sequence[Entry] = (), dry_run: bool = False
) -> RecordReport:
    """Take in statuses and results from 任务, put its rows in order again; no task is planned, none is dropped.

    A task with a status nobody knows counts as open, and the word stays where it was written.

    Args:
        entry: what to write into one task first; finished on the request's day.
        entries: the same for several tasks.

    Raises:
        UsageError: the book was never refreshed, so it has no tasks; no task is meant by the entry, or several are;
            its status is not one we know, or it says nothing.
    """
    book = request.book
    if book is None:
        raise UsageError("jobs.no_book")

    def make(before: Book) -> tuple[bytes, RecordReport]:
        return _recorded(request, book, before, [entry, *entries] if entry else entries)

    return told(book, make) if dry_run else written(book, make, request.progress, whole=False)


def _recorded(request: Request, book: Path, before: Book, entries: Sequence[Entry]) -> tuple[bytes, RecordReport]:
    from ..publish import Report, read_kept, read_written_tasks
    from ..publish.person_sheets import person_builders

    language = language_for(request)
    kept = read_kept(book, language, request.as_of)
    sheet, rows = read_written_tasks(book, language)
    last = kept.stamp
    if last is None or not sheet:
        raise UsageError("jobs.no_tasks", book=book.name)
    told_of = merging_notices(kept, language)
    for entry in entries:
        kept = entered(kept, entry, request.as_of)
    request.progress("jobs.publishing", {})
    stamp = replace(last, as_of=request.as_of, language=language)
    with Engine() as engine:  # the sheets of tasks read neither the engine nor the rules
        rules = named_model(DEFAULT_MODEL)
        report = Report(
            engine, rules, stamp, Cleaned({}), NOBODY, kept.tasks, (), language, kept,
            queued=kept.queued, remembered=kept.remembered,
        )  # fmt: skip
        persons = person_builders(report, kept.person_sheets, filled=kept.persons_filled)
        brought = with_sheets(before, report, {**task_builders(), **persons})
    return brought.data, RecordReport(
        book,
        changed=False,
        backup=None,
        sheets=brought.sheets,
        notes=[*((one.key, one.values) for one in told_of), *brought.notes],
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


def entered(kept: Kept, entry: Entry, as_of: dt.date) -> Kept:
    """What a book holds, with an entry in it."""
    task = meant(kept.tasks, entry.task)
    changes: dict[str, Any] = {}
    if entry.status:
        changes["status"] = known_status(entry.status)
    for key in ("result", "next_step"):
        if added := getattr(entry, key).strip():
            changes[key] = joined([getattr(task, key), added])
    if not changes:
        raise UsageError("followup.nothing_to_record")
    [now] = settle([replace(task, **changes)], {task.task_id: task}, as_of)
    written = frozenset(changes.keys() | ({"result"} if "status" in changes else set()))
    sheets = ("tasks", *kept.person_sheets)
    rewritten = {mark: kept.rewritten.get(mark, frozenset()) | written for mark in sheets}
    tasks = [now if one.task_id == task.task_id else one for one in kept.tasks]
    return replace(kept, tasks=tasks, rewritten=rewritten)


def meant(tasks: Sequence[Task], word: str) -> Task:
    """The task somebody means: by its id, or the only unfinished one of a customer.

    Raises:
        UsageError: there is none, or there are several.
    """
    wanted = word.strip().casefold()
    found = [task for task in tasks if task.task_id.casefold() == wanted]
    found = found or [task for task in tasks if task.customer_id.casefold() == wanted and not task.is_closed]
    if not found:
        raise UsageError("followup.no_such_task", word=word)
    if len(found) > 1:
        listed = "; ".join(f"{task.task_id} {task.action}" for task in found)
        raise UsageError("followup.several_tasks", word=word, tasks=listed)
    return found[0]


def known_status(word: str) -> str:
    """The key of a status word in any language.

    Raises:
        UsageError: it is none.
    """
    from ..publish.held import status_of
    from ..publish.sheet_tasks import STATUSES

    key = status_of(word)
    if key is None:
        names = Name(*("、".join(text(f"publish.status_{one}", each) for one in STATUSES) for each in LANGUAGES))
        raise UsageError("followup.unknown_status", word=word, known=names)
    return key


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
