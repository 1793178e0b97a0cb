"""How much each person is given: a day's load, the rest waits in a queue.

A person is handed at most their daily load of new tasks per working day, and none beyond `load_days` days' worth of
unfinished ones. Days off belong to the working day after them: what is planned on Saturday, Sunday and Monday together
is Monday's load. Tasks of the highest priority pass a backlog, but not the day's load. Customers nobody looks after
count as one person's; what a message does by itself is no load at all.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..model.types import Model
from .calendar import IsWorkday, add_workdays
from .people import BY_ITSELF
from .records import Queued, Task

URGENT = 1
"""The priority no backlog holds back."""
PARAMS = ("tasks_per_day", "load_days")
"""A model without them hands out everything."""


@dataclass(frozen=True)
class Loads:
    """What people take on: tasks a day by name, what anybody else does, and how many days' worth may lie open.

    `usual` None: no limit for anybody.
    """

    usual: int | None = None
    days: int = 1
    of: Mapping[str, int] = field(default_factory=dict)

    def daily(self, person: str) -> int | None:
        return None if self.usual is None else self.of.get(person, self.usual)


def loads_of(model: Model, tasks_per_day: Mapping[str, int]) -> Loads:
    """The loads of a model and of the people whose own is known."""
    if any(key not in model.params for key in PARAMS):
        return Loads()
    return Loads(model.whole("tasks_per_day"), model.whole("load_days"), tasks_per_day)


def hand_out(
    wanted: Iterable[Queued], tasks: Sequence[Task], loads: Loads, as_of: dt.date, is_workday: IsWorkday
) -> tuple[list[Queued], list[Queued]]:
    """Split what is wanted into what is handed out now and what waits, both in the order of `in_turn`.

    Args:
        tasks: the tasks people have; those a play made on this working day count towards its load.
    """
    turns = in_turn(wanted)
    if loads.usual is None:
        return turns, []
    working = _working_day(as_of, is_workday)
    given = Counter(task.owner for task in tasks if task.play and _working_day(task.created, is_workday) == working)
    unfinished = Counter(task.owner for task in tasks if not task.is_closed)
    handed: list[Queued] = []
    waiting: list[Queued] = []
    for one in turns:
        if one.owner == BY_ITSELF:
            handed.append(one)
            continue
        daily = loads.daily(one.owner) or 0
        has_room = unfinished[one.owner] < daily * loads.days or one.priority <= URGENT
        if given[one.owner] < daily and has_room:
            given[one.owner] += 1
            unfinished[one.owner] += 1
            handed.append(one)
        else:
            waiting.append(one)
    return handed, waiting


def in_turn(wanted: Iterable[Queued]) -> list[Queued]:
    """The most urgent first; as urgent: who waits longest, then the highest score."""
    return sorted(wanted, key=lambda one: (one.priority, one.since, -one.score, one.customer_id, one.play))


def _working_day(day: dt.date, is_workday: IsWorkday) -> dt.date:
    return add_workdays(day, 0, is_workday)
