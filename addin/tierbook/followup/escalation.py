"""Tasks that stayed undone for too long go to the boss."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..labels import name
from .calendar import IsWorkday, add_workdays
from .load import URGENT
from .people import People
from .records import Task


@dataclass(frozen=True)
class Escalated:
    """All tasks, those that went to a boss just now, and those that should have but nobody is named."""

    tasks: Sequence[Task]
    new: Sequence[Task] = ()
    without_boss: Sequence[Task] = ()


def escalate(tasks: Sequence[Task], people: People, as_of: dt.date, days: int, is_workday: IsWorkday) -> Escalated:
    """Tell the owner's boss of every unfinished task overdue for more than `days` working days.

    The task stays with its owner; it becomes most urgent and bears the boss's name until it is finished. The
    `days`-th working day after the due day is still in time. Where 人员 names no boss at all nobody is missing, and a
    boss without a boss is told by the colour of the due day.
    """
    top, by_itself = set(people.boss.values()), set(name("followup.by_itself").all())
    kept: list[Task] = []
    new: list[Task] = []
    without: list[Task] = []
    for task in tasks:
        late = not task.is_closed and not task.escalated and task.due < as_of and task.owner not in by_itself
        if not late or as_of <= add_workdays(task.due, days, is_workday):
            kept.append(task)
        elif boss := people.boss.get(task.owner):
            new.append(replace(task, escalated=boss, priority=min(task.priority, URGENT)))
            kept.append(new[-1])
        else:
            kept.append(task)
            if top and task.owner not in top:
                without.append(task)
    return Escalated(kept, new, without)
