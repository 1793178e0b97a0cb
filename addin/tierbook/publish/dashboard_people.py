"""On the dashboard: what everybody has to do, and how much of what was due is done."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..labels import text
from .book import Book
from .dashboard_lists import put_list
from .grid import panel
from .records import Report

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

WEEKS = 4
LISTED = 10
PANEL = (0, 13)
SPANS = [(0, 3), (4, 5), (6, 7), (8, 9), (10, 11), (12, 13)]


@dataclass(frozen=True)
class Progress:
    """One person's tasks. `done` and `due` are of the last weeks: finished in them; due in them and not dropped.

    `kept` of those due are done.
    """

    owner: str
    open: int
    overdue: int
    queued: int
    done: int
    due: int
    kept: int

    @property
    def rate(self) -> float | None:
        return self.kept / self.due if self.due else None


def progress(report: Report) -> list[Progress]:
    """Everybody who has or had something to do, most open tasks first; "" are tasks nobody has."""
    as_of = report.stamp.as_of
    since = as_of - dt.timedelta(weeks=WEEKS)
    counts: dict[str, Counter[str]] = {}
    for task in {task.task_id: task for task in (*report.remembered, *report.tasks)}.values():
        mine = counts.setdefault(task.owner, Counter())
        done = task.status == "done"
        mine["open"] += not task.is_closed
        mine["overdue"] += not task.is_closed and task.due < as_of
        mine["done"] += done and since < (task.closed or task.due) <= as_of
        due = since < task.due <= as_of and task.status != "dropped"
        mine["due"] += due
        mine["kept"] += due and done
    for waiting in report.queued:
        counts.setdefault(waiting.owner, Counter())["queued"] += 1
    told = (
        Progress(owner, *(mine[key] for key in ("open", "overdue", "queued", "done", "due", "kept")))
        for owner, mine in counts.items()
    )
    busy = (one for one in told if one.open or one.queued or one.done or one.due)
    return sorted(busy, key=lambda one: (not one.owner, -one.open, one.owner))


def put_people(book: Book, sheet: Worksheet, report: Report, row: int) -> None:
    language = book.language
    rows = [
        [one.owner or text("publish.no_owner", language), one.open, one.overdue, one.queued, one.done, one.rate]
        for one in progress(report)[:LISTED]
    ]
    titles = [text("publish.owner", language), *(text(f"kpis.{key}", language)
                                                 for key in ("open", "overdue", "queued", "done", "rate"))]  # fmt: skip
    panel(book, sheet, row, *PANEL, text("kpis.people_title", language, weeks=WEEKS))
    number = "#,##0;;–"
    put_list(book, sheet, row + 1, SPANS, titles, ["text", number, number, number, number, "0%"], rows,
             text("kpis.no_tasks", language))  # fmt: skip
