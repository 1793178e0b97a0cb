"""What a book says of its tasks: every sheet that shows them, brought together, and what became of earlier ones."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..followup import Queued, Task
from ..followup.merging import Conflict, Version, merge
from ..followup.outcomes import settle
from ..labels import Language
from .held import LEAST_URGENT, NO_DAY, Rows, date_of, number_of, tasks_of, text_of
from .hidden_tasks import DONE, QUEUE, QUEUE_FIELDS, TASK_FIELDS, TASKS
from .records import Stamp
from .sheet_tasks import YOURS

TASK_SHEETS = (TASKS, DONE, QUEUE)
"""Hidden sheets to read."""


@dataclass(frozen=True)
class KeptTasks:
    """The tasks with what people wrote, and what planning must know beside them; fields as in `records.Kept`.

    `rows` and `rewritten` are by mark of the sheet.
    """

    tasks: Sequence[Task] = ()
    rows: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    remembered: Sequence[Task] = ()
    queued: Sequence[Queued] = ()
    conflicts: Sequence[Conflict] = ()
    restored: Sequence[Task] = ()
    rewritten: Mapping[str, frozenset[str]] = field(default_factory=dict)
    persons_filled: bool = False
    published: Sequence[Task] = ()


def kept_tasks(
    held: Mapping[str, Rows], names: Mapping[str, str], language: Language, stamp: Stamp | None,
    as_of: dt.date | None = None,
) -> KeptTasks:  # fmt: skip
    """The tasks of the sheets people write on, each field as the last of them changed it.

    Args:
        held: rows of sheets by name, the hidden ones too.
        names: mark -> name of the sheets that show tasks; "tasks" is 任务 itself.
        as_of: the day about to be planned, on which what was finished since is dated; None: nothing is dated.
    """
    read = {mark: tasks_of(held.get(name, ()), language, stamp) for mark, name in sorted(names.items())}
    shown = {mark: tasks if mark == "tasks" else owned(tasks) for mark, (tasks, _) in read.items()}
    base = stored_tasks(held.get(TASKS, ()))
    versions = [Version(names[mark], tasks) for mark, tasks in shown.items()] or [Version("", base)]
    merged = merge(base, versions)
    last = stamp.as_of if stamp else None
    tasks, removed = list(merged.tasks), list(merged.removed)
    if as_of is not None:
        tasks = settle(tasks, {task.task_id: task for task in base}, as_of, last)
        removed = settle(removed, {}, as_of, last)
    return KeptTasks(
        tasks=tasks,
        rows={mark: told for mark, (_, told) in read.items() if told},
        remembered=[*stored_tasks(held.get(DONE, ())), *removed],
        queued=stored_queue(held.get(QUEUE, ())),
        conflicts=merged.conflicts,
        restored=merged.restored,
        rewritten={mark: fields for mark, there in shown.items() if (fields := rewritten(there, tasks))},
        persons_filled=any(tasks for mark, tasks in shown.items() if mark != "tasks"),
        published=base,
    )


def owned(tasks: Sequence[Task]) -> list[Task]:
    """The tasks of one person's sheet: a row somebody typed there without an owner is that person's."""
    owners = Counter(task.owner for task in tasks if task.owner)
    if not owners:
        return list(tasks)
    person = min(owners, key=lambda owner: (-owners[owner], owner))
    return [task if task.owner else replace(task, owner=person) for task in tasks]


def rewritten(shown: Sequence[Task], tasks: Sequence[Task]) -> frozenset[str]:
    """The fields people fill in whose value now differs from what stands on the sheet.

    Where the status is written anew, so is the result, which then holds any status word nobody knows.
    """
    there = {task.task_id: task for task in shown}
    pairs = [(there[task.task_id], task) for task in tasks if task.task_id in there]
    found = {key for key in YOURS if any(getattr(one, key) != getattr(now, key) for one, now in pairs)}
    return frozenset(found | ({"result"} if "status" in found else set()))


def stored_tasks(rows: Rows) -> list[Task]:
    """The tasks of `_tierbook_tasks` or `_tierbook_done`; books from before know fewer fields."""
    found = []
    for row in _stored(rows, TASK_FIELDS):
        created, due = date_of(row["created"]), date_of(row["due"])
        words = {key: text_of(row[key]) for key in TASK_FIELDS if key not in ("created", "due", "closed", "priority")}
        priority = row["priority"]
        found.append(
            Task(
                **words,
                created=created or due or NO_DAY,
                due=due or created or NO_DAY,
                closed=date_of(row["closed"]),
                priority=int(priority) if isinstance(priority, (int, float)) else LEAST_URGENT,
            )
        )
    return [task for task in found if task.task_id]


def stored_queue(rows: Rows) -> list[Queued]:
    """What waited when the book was last refreshed."""
    return [
        Queued(
            customer_id=text_of(row["customer_id"]),
            play=text_of(row["play"]),
            owner=text_of(row["owner"]),
            priority=int(number_of(row["priority"])),
            since=date_of(row["since"]) or NO_DAY,
        )
        for row in _stored(rows, QUEUE_FIELDS)
    ]


def _stored(rows: Rows, fields: Sequence[str]) -> list[dict[str, object]]:
    """Rows of a hidden sheet by the keys in its first row; None where it does not have one."""
    if not rows:
        return []
    places = {text_of(title): place for place, title in enumerate(rows[0])}
    return [
        {key: row[places[key]] if places.get(key, len(row)) < len(row) else None for key in fields} for row in rows[1:]
    ]
