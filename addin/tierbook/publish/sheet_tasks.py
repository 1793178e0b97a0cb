"""任务: the follow-up list. People write 状态, 结果 and 下一步; the next refresh reads them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import schema
from ..followup.notices import queued_for
from ..labels import Language, text
from . import theme
from .book import Book
from .cells import column_letters
from .columns import Column
from .records import Report
from .tables import FIRST_ROW
from .titled import DAY_CELL, last_row, long_sheet, place_of, put_day, stamped_title, titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from ..followup import Queued, Task

STATUSES = ("open", "doing", "done", "dropped")
OPEN = frozenset({"open", "doing"})
YOURS = frozenset({"status", "result", "next_step"})
"""Fields that belong to the rep once the task is there."""


def status_names(language: Language) -> dict[str, str]:
    """Status key -> the word on the sheet."""
    return {status: text(f"publish.status_{status}", language) for status in STATUSES}


def task_columns(language: Language) -> list[Column]:
    """Columns of 任务; their keys are the fields of a task."""

    def title(key: str) -> str:
        return text(f"publish.{key}", language)

    customer = {column.key: column.name.of(language) for column in schema.CUSTOMERS.columns}
    return [
        Column("task_id", title("task_id"), "id", width=17.0),
        Column("customer_id", customer["customer_id"], "id"),
        Column("name", customer["name"], "text", bold=True, width=30.0),
        Column("owner", customer["owner"], "text"),
        Column("priority", title("priority"), "flag"),
        Column("action", title("action"), "long", width=30.0),
        Column("reason", title("reason"), "long", width=34.0),
        Column("channel", title("channel"), "choice"),
        Column("created", title("created"), "date"),
        Column("due", title("due"), "date"),
        Column("status", title("status"), "choice", title("status_note"), tuple(status_names(language).values()),
               fill="yours", width=11.0),
        Column("result", title("result"), "long", title("result_note"), fill="yours", width=26.0),
        Column("next_step", title("next_step"), "long", title("next_step_note"), fill="yours", width=24.0),
        Column("closed", text("followup.closed", language), "date", text("followup.closed_note", language),
               fill="yours"),
        Column("escalated", text("followup.escalated_to", language), "text",
               text("followup.escalated_to_note", language), width=11.0),
        Column("play", title("play"), "text", width=18.0),
    ]  # fmt: skip


def task_rows(tasks: Sequence[Task], columns: Sequence[Column], language: Language) -> list[list[object]]:
    """What is still to do first, the most urgent on top; then what is finished."""
    names = status_names(language)
    return [
        [names[task.status] if column.key == "status" else getattr(task, column.key) for column in columns]
        for task in in_order(tasks)
    ]


def in_order(tasks: Sequence[Task]) -> list[Task]:
    """As `task_rows` tells them."""
    return sorted(tasks, key=lambda task: (task.status not in OPEN, task.priority, task.due, task.task_id))


def add_tasks_sheet(book: Book, report: Report) -> None:
    words = tasks_words(report.tasks, report) + waiting_words(report.queued, book.language)
    add_task_table(book, report, book.title_of("tasks"), words, report.tasks)


def tasks_words(tasks: Sequence[Task], report: Report) -> str:
    """How many of the tasks are to do, and how many of these are late."""
    still = [task for task in tasks if task.status in OPEN]
    late = sum(task.due < report.stamp.as_of for task in still)
    return text("publish.tasks_hint", report.language, open=f"{len(still):,}", late=f"{late:,}")


def add_task_table(
    book: Book, report: Report, name: str, words: str, tasks: Sequence[Task], *, table: str = "Tasks"
) -> None:
    """A sheet with a table of tasks."""
    rows = task_rows(tasks, task_columns(book.language), book.language)
    day = report.stamp.as_of.isoformat()
    title = stamped_title("tasks", report) if table == "Tasks" else f"{name} · {day}"
    sheet = _titled_table(book, name, title, words, rows, table)
    put_day(book, sheet, report.stamp.as_of)


def waiting_words(queued: Sequence[Queued], language: Language) -> str:
    """How many tasks wait until somebody's day has room, and for whom; nothing where none does."""
    if not queued:
        return ""
    return text("followup.waiting", language, count=f"{len(queued):,}", owners=queued_for(queued, language))


def add_waiting_tasks_sheet(book: Book) -> None:
    """The table without a task, for a template whose buttons must stay: a refresh fills it and leaves the sheet."""
    _titled_table(book, book.title_of("tasks"), "", text("publish_guide.for_tasks", book.language), [], "Tasks")


def _titled_table(
    book: Book, name: str, title: str, words: str, rows: Sequence[Sequence[object]], table: str
) -> Worksheet:
    sheet = titled_sheet(book, "tasks", words, title=title, name=name)
    columns = long_sheet(book, sheet, task_columns(book.language), rows, table=table, frozen=3)
    sheet.print_area(0, 0, last_row(rows), place_of(columns, "next_step"))
    _mark(book, sheet, columns, last_row(rows))
    return sheet


def _mark(book: Book, sheet: Worksheet, columns: Sequence[Column], last: int) -> None:
    """Urgent tasks and overdue dates in red, finished tasks in grey.

    The day is read from its cell, so that the rule stays as it is while rows come and go.
    """
    names = status_names(book.language)
    status, due, priority = (place_of(columns, key) for key in ("status", "due", "priority"))
    cell = f"${column_letters(status)}{FIRST_ROW + 1}"
    day = f"${column_letters(due)}{FIRST_ROW + 1}"
    finished = f'OR({cell}="{names["done"]}",{cell}="{names["dropped"]}")'
    late = f"=AND(ISNUMBER({day}),{day}<{DAY_CELL},NOT({finished}))"
    sheet.conditional_format(
        FIRST_ROW, 0, last, len(columns) - 1,
        {"type": "formula", "criteria": f"={finished}", "format": book.formats.rule(font_color=theme.MUTED)},
    )  # fmt: skip
    sheet.conditional_format(
        FIRST_ROW, due, last, due,
        {"type": "formula", "criteria": late, "format": book.formats.rule(font_color=theme.BAD, bold=True)},
    )  # fmt: skip
    sheet.conditional_format(
        FIRST_ROW, priority, last, priority,
        {"type": "cell", "criteria": "==", "value": 1, "format": book.formats.rule(font_color=theme.BAD, bold=True)},
    )  # fmt: skip
