"""What a follow-up task is, and what planning gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ..scoring.records import Notice

CLOSED = frozenset({"done", "dropped"})

Pair = tuple[str, str]
"""Customer id and play key."""


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
        escalated: who was told because it stayed undone for too long; "" where nobody was.
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
    escalated: str = ""

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED


@dataclass(frozen=True)
class Queued:
    """What a play asks for with a customer, waiting until its owner's day has room.

    `since` is the day it was first wanted, `score` the customer's.
    """

    customer_id: str
    play: str
    owner: str
    priority: int
    since: dt.date
    score: float = 0.0


@dataclass(frozen=True)
class TaskPlan:
    """All tasks in the order they should be done: unfinished ones first, then by priority, due day and score.

    `tasks` = `new` and `kept`. `kept` are the tasks there were, with everything people wrote; of these `escalated`
    went to the boss in this planning. `remembered` are tasks that left the list, now or before, and still count
    (cool-downs, what was done with a customer). `queued` wait, the next to be handed out first.
    """

    tasks: Sequence[Task]
    new: Sequence[Task]
    kept: Sequence[Task]
    notices: Sequence[Notice]
    queued: Sequence[Queued] = ()
    escalated: Sequence[Task] = ()
    remembered: Sequence[Task] = ()
