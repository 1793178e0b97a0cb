"""The hidden sheets of tasks: those of 任务, those that left it, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .book import Book
from .records import Report
from .sheet_tasks import in_order

if TYPE_CHECKING:
    from ..followup import Task

TASKS, DONE, QUEUE = "_tierbook_tasks", "_tierbook_done", "_tierbook_queue"
TASK_FIELDS = (
    *("task_id", "customer_id", "name", "owner", "priority", "action", "reason", "channel", "created", "due", "status"),
    *("result", "next_step", "play", "closed", "escalated"),
)
"""Columns of `_tierbook_tasks` and `_tierbook_done`: the fields of a task; the status by its key."""
QUEUE_FIELDS = ("customer_id", "play", "owner", "priority", "since")
DAYS = frozenset({"created", "due", "closed", "since"})


def add_task_list_sheet(book: Book, report: Report) -> None:
    """Every task in the order of 任务, by the keys of its fields, whatever people do with the sheet they see."""
    _put_tasks(book, TASKS, in_order(report.tasks))


def add_done_sheet(book: Book, report: Report) -> None:
    """Tasks that left 任务, the earliest finished first."""
    _put_tasks(book, DONE, report.remembered)


def add_queue_sheet(book: Book, report: Report) -> None:
    """What waits until its owner's day has room, the next to be handed out first."""
    rows = [[getattr(one, field) for field in QUEUE_FIELDS] for one in report.queued]
    _put(book, QUEUE, QUEUE_FIELDS, rows)


def _put_tasks(book: Book, name: str, tasks: Sequence[Task]) -> None:
    _put(book, name, TASK_FIELDS, [[getattr(task, field) for field in TASK_FIELDS] for task in tasks])


def _put(book: Book, name: str, fields: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    sheet = book.hidden_sheet(name)
    for column, field in enumerate(fields):
        sheet.write_string(0, column, field)
    day = book.formats.get(num_format="yyyy-mm-dd")
    looks = [day if field in DAYS else None for field in fields]
    book.long_rows(sheet, 2, looks, looks, rows, blank_row=False)
