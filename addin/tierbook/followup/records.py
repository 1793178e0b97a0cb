"""What a follow-up task is, and what planning gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..scoring.records import Notice

CLOSED = frozenset({"done", "dropped"})


class TaskLike(Protocol):
    """A task as somebody else holds it, for example read back from a 任务 sheet; the fields of `Task`."""

    @property
    def task_id(self) -> str: ...
    @property
    def customer_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def play(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def created(self) -> dt.date: ...
    @property
    def due(self) -> dt.date: ...
    @property
    def priority(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def result(self) -> str: ...
    @property
    def next_step(self) -> str: ...


@dataclass(frozen=True)
class Task:
    """Somebody's next step with a customer.

    Args:
        task_id: stable; equal for the same customer, play and period however often it is planned.
        play: key of the playbook line that asked for it; "" or a stranger where a person made the task.
        owner: who does it; "" where nobody looks after the customer.
        priority: 1 is most urgent.
        status: open, doing, done or dropped; any other word counts as not finished.
        result, next_step: what people wrote; planning never changes them.
        closed: the day it was finished or dropped, where known.
    """

    task_id: str
    customer_id: str
    name: str
    play: str
    reason: str
    action: str
    channel: str
    owner: str
    created: dt.date
    due: dt.date
    priority: int
    status: str = "open"
    result: str = ""
    next_step: str = ""
    closed: dt.date | None = None

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    @classmethod
    def of(cls, row: TaskLike) -> Task:
        """The same task, whoever held it."""
        if isinstance(row, cls):
            return row
        return cls(
            row.task_id, row.customer_id, row.name, row.play, row.reason, row.action, row.channel, row.owner,
            row.created, row.due, row.priority, row.status, row.result, row.next_step, getattr(row, "closed", None),
        )  # fmt: skip


@dataclass(frozen=True)
class TaskPlan:
    """All tasks in the order they should be done: unfinished ones first, then by priority, due day and score.

    `tasks` = `new` and `kept`. `kept` are the tasks there were, with everything people wrote.
    """

    tasks: Sequence[Task]
    new: Sequence[Task]
    kept: Sequence[Task]
    notices: Sequence[Notice]
