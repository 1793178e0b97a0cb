"""任务-张伟: a sheet of each person's own tasks, for books whose parameter `task_sheets` asks for them.

What people write there counts as if written on 任务. A sheet that is there stays, also when its person has nothing to
do or the parameter changes: it is then empty and says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..labels import Language, name, text
from .book import Book
from .records import Kept, Report
from .sheet_tasks import add_task_table, tasks_words

if TYPE_CHECKING:
    from ..followup import Task
    from ..model.types import Model

LEAD = "tasks_"
"""What the marks of these sheets begin with."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def person_mark(person: str) -> str:
    """The mark of a person's sheet: the same whatever the sheet is called."""
    return LEAD + hashlib.blake2b(person.encode(), digest_size=4).hexdigest()


def people_of(task: Task) -> list[str]:
    """On whose sheets a task stands: its owner's, and that of the boss it went to; a message's on nobody's."""
    named = dict.fromkeys(filter(None, (task.owner, task.escalated)))
    return [person for person in named if person not in name("followup.by_itself").all()]


def is_each(model: Model) -> bool:
    return "task_sheets" in model.params and model.param("task_sheets") == "each"


def person_titles(tasks: Sequence[Task], kept: Kept, model: Model, language: Language) -> dict[str, str]:
    """Mark -> name of every person's sheet a refresh writes: those that are there, then new ones by name."""
    found = dict(sorted(kept.person_sheets.items()))
    if is_each(model):
        lead = text("sheets.tasks", language)
        for person in sorted({person for task in tasks for person in people_of(task)}):
            found.setdefault(person_mark(person), f"{lead}-{_FORBIDDEN.sub('_', person)}")
    return found


def person_builders(
    report: Report, titles: Mapping[str, str], *, filled: bool
) -> dict[str, Callable[[Book, Report], None]]:
    """Mark -> what adds the person's sheet to a donor; without tasks unless `filled`."""
    by_mark: dict[str, list[Task]] = {mark: [] for mark in titles}
    for task in report.tasks if filled else ():
        for person in people_of(task):
            by_mark.setdefault(person_mark(person), []).append(task)

    def builder(mark: str, called: str) -> Callable[[Book, Report], None]:
        return lambda book, report: _add(book, report, mark, called, by_mark[mark])

    return {mark: builder(mark, called) for mark, called in titles.items()}


def _add(book: Book, report: Report, mark: str, called: str, tasks: Sequence[Task]) -> None:
    words = tasks_words(tasks, report) if tasks else text("followup.person_none", book.language)
    add_task_table(book, report, called, words, tasks, table=table_of(mark))


def table_of(mark: str) -> str:
    """Display name of the sheet's table."""
    return f"Tasks_{mark.removeprefix(LEAD)}"
