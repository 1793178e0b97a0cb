"""What became of tasks: the day each was finished, and finished ones as interactions of their customers."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..engine import Engine, quoted
from ..labels import name
from ..model.words import folded
from ..schema import CHANNELS
from .records import Task

KIND = "visit"
"""The kind of interaction a finished task is."""
DELIVERED = "delivered_interactions"
_CHANNEL = {folded(word): choice.key for choice in CHANNELS for word in (choice.key, *choice.name.all(), *choice.words)}


def settle(tasks: Sequence[Task], base: Mapping[str, Task], as_of: dt.date, last: dt.date | None = None) -> list[Task]:
    """The tasks with the day each was finished: that day is kept, whatever is run later.

    One finished since the last run was finished on the day of this one, unless people wrote a day. One set back to
    unfinished loses its day. A day people wrote where none was, without a status, says that the task is done.

    Args:
        base: task id -> the task as last published.
        last: the day of the last run; what was finished later than this run's day is not of it.
    """
    day = max(as_of, last) if last else as_of
    return [_settled(task, base.get(task.task_id), day, last) for task in tasks]


def _settled(task: Task, before: Task | None, day: dt.date, last: dt.date | None) -> Task:
    if task.is_closed:
        if task.closed is not None:
            return task
        if before is None or not before.is_closed:
            return replace(task, closed=max(day, task.created))
        return replace(task, closed=before.closed or min(task.due, last or day))
    if task.closed is None:
        return task
    if before is None or (not before.is_closed and before.closed is None):
        return replace(task, status="done")
    return replace(task, closed=None)


@dataclass(frozen=True)
class Outcome:
    """A finished task as an interaction: `interaction_id` is the task's id, `channel` a key of ours or ""."""

    interaction_id: str
    customer_id: str
    date: dt.date
    channel: str
    note: str


def outcomes_of(tasks: Iterable[Task]) -> list[Outcome]:
    """The tasks that were done, not those dropped, by id: each once.

    What a message did by itself is no contact: a customer who is only written to by a machine is not more active.
    """
    by_itself = set(name("followup.by_itself").all())
    done = {
        task.task_id: task
        for task in tasks
        if task.status == "done" and task.closed and task.customer_id and task.owner not in by_itself
    }
    return [
        Outcome(key, task.customer_id, task.closed, _CHANNEL.get(folded(task.channel), ""), task.result)
        for key, task in sorted(done.items())
        if task.closed
    ]


def fingerprint_of(outcomes: Sequence[Outcome]) -> str:
    """12 hex letters that change when any outcome does; blank where there is none."""
    if not outcomes:
        return ""
    said = "".join(f"{vars(one)!r};" for one in outcomes)
    return hashlib.blake2b(said.encode(), digest_size=6).hexdigest()


def put_outcomes(engine: Engine, outcomes: Sequence[Outcome]) -> int:
    """Put outcomes beside the cleaned interactions; returns how many.

    One whose customer is gone, or whose id the facts have already, is left out; one of a merged customer counts for
    the customer kept. Where nobody delivers interactions nothing is put there: everybody else would then count as
    never visited instead of unknown.
    """
    if not outcomes or not engine.rows("SELECT 1 AS one FROM interactions LIMIT 1"):
        return 0
    engine.put(
        "task_outcomes",
        {
            "interaction_id": "VARCHAR",
            "customer_id": "VARCHAR",
            "date": "DATE",
            "channel": "VARCHAR",
            "note": "VARCHAR",
        },
        [(one.interaction_id, one.customer_id, one.date, one.channel or None, one.note or None) for one in outcomes],
    )
    kinds = engine.columns("interactions")
    given = {
        "interaction_id": "told.interaction_id", "customer_id": "COALESCE(kept_id, told.customer_id)",
        "date": "told.date", "channel": "told.channel", "note": "told.note", "kind": f"'{KIND}'",
    }  # fmt: skip
    values = ", ".join(f"CAST({given.get(key, 'NULL')} AS {kind}) AS {quoted(key)}" for key, kind in kinds.items())
    put = engine.execute(f"""CREATE OR REPLACE TEMP TABLE task_interactions AS
SELECT {values}
FROM task_outcomes AS told
LEFT JOIN merged_ids ON merged_ids.customer_id = told.customer_id
WHERE COALESCE(kept_id, told.customer_id) IN (SELECT customer_id FROM customers)
  AND NOT EXISTS (SELECT 1 FROM interactions WHERE interactions.interaction_id = told.interaction_id)""")
    engine.rename("interactions", DELIVERED)
    engine.execute(
        f"CREATE TEMP VIEW interactions AS SELECT * FROM {DELIVERED} UNION ALL SELECT * FROM task_interactions"
    )
    return put
