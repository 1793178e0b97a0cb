"""Tasks in the ledger: what never changes once, and each state somebody left them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .records import TaskEvent, TaskKept
from .states import day_of
from .tables import tables
from .words import insert

if TYPE_CHECKING:
    import datetime as dt

    import sqlalchemy as sa

STATE = ("status", "owner", "due", "priority", "result", "next_step", "closed", "escalated")
"""What happens to a task."""
WORDS = frozenset({"status", "owner", "escalated"})
State = tuple[Any, ...]
Changed = tuple[dict[str, object] | None, dict[str, object]]
"""The row of a task that is new, else None; the row of its state."""


def changed_tasks(
    connection: sa.Connection, scope: int, tasks: Sequence[TaskKept], customers: Mapping[str, int],
    words: Mapping[str, int | None],
) -> dict[str, Changed]:  # fmt: skip
    """Tasks that the ledger does not know, or knows otherwise. A task that is told of no more stays as it was."""
    import sqlalchemy as sa

    task = tables().task
    numbers: dict[str, int] = dict(
        connection.execute(sa.select(task.c.task_id, task.c.no).where(task.c.scope == scope)).all()
    )
    states = last_states(connection, scope)
    last = len(numbers)
    changed: dict[str, Changed] = {}
    for one in {one.task_id: one for one in tasks}.values():
        number, made = numbers.get(one.task_id), None
        if number is None:
            last += 1
            number = last
            made = {"scope": scope, "no": number, "task_id": one.task_id, "customer": customers[one.customer_id],
                    "play": words[one.play], "channel": words[one.channel], "reason": one.reason,
                    "action": words[one.action], "created": one.created}  # fmt: skip
        state = tuple(words[getattr(one, key)] if key in WORDS else getattr(one, key) for key in STATE)
        if states.get(number) != state:
            changed[one.task_id] = (made, {"scope": scope, "task": number, **dict(zip(STATE, state, strict=True))})
    return changed


def last_states(connection: sa.Connection, scope: int) -> dict[int, State]:
    """Number of each task -> its last state."""
    import sqlalchemy as sa

    event = tables().task_event
    last = (
        sa.select(event.c.task, sa.func.max(event.c.moment).label("moment"))
        .where(event.c.scope == scope)
        .group_by(event.c.task)
        .subquery()
    )
    query = (
        sa.select(event.c.task, *(event.c[key] for key in STATE))
        .join(last, sa.and_(event.c.task == last.c.task, event.c.moment == last.c.moment))
        .where(event.c.scope == scope)
    )
    return {number: tuple(state) for number, *state in connection.execute(query)}


def write_tasks(connection: sa.Connection, scope: int, moment: int, changed: Mapping[str, Changed]) -> None:
    insert(connection, tables().task, [made for made, _ in changed.values() if made])
    insert(connection, tables().task_event, [state | {"moment": moment} for _, state in changed.values()])


def events(
    connection: sa.Connection, scope: int, words: Mapping[int | None, str], *,
    since: int = 0, until: int | None = None, customer: int | None = None,
) -> list[TaskEvent]:  # fmt: skip
    """States by moment and task id, of runs after `since` up to `until`."""
    import sqlalchemy as sa

    task, event, run, known = tables().task, tables().task_event, tables().run, tables().customer
    query = (
        sa.select(task, event, known.c.customer_id, run.c.kept_at)
        .join(task, sa.and_(task.c.scope == event.c.scope, task.c.no == event.c.task))
        .join(known, sa.and_(known.c.scope == event.c.scope, known.c.no == task.c.customer))
        .join(run, sa.and_(run.c.scope == event.c.scope, run.c.moment == event.c.moment))
        .where(event.c.scope == scope, event.c.moment > since)
        .order_by(event.c.moment, task.c.task_id)
    )
    if until is not None:
        query = query.where(event.c.moment <= until)
    if customer is not None:
        query = query.where(task.c.customer == customer)
    firsts: dict[str, int] = _first_moments(connection, scope) if since else {}
    found: list[TaskEvent] = []
    for row in connection.execute(query).mappings():
        one = _task_of(row, words)
        first = firsts.setdefault(one.task_id, row["moment"])
        found.append(TaskEvent(one, day_of(row["moment"]), row["kept_at"], is_new=first == row["moment"]))
    return found


def _first_moments(connection: sa.Connection, scope: int) -> dict[str, int]:
    import sqlalchemy as sa

    task, event = tables().task, tables().task_event
    query = (
        sa.select(task.c.task_id, sa.func.min(event.c.moment))
        .join(event, sa.and_(task.c.scope == event.c.scope, task.c.no == event.c.task))
        .where(task.c.scope == scope)
        .group_by(task.c.task_id)
    )
    return dict(connection.execute(query).all())


def _task_of(row: sa.RowMapping, words: Mapping[int | None, str]) -> TaskKept:
    def day(key: str) -> dt.date | None:
        found: dt.date | None = row[key]
        return found

    return TaskKept(
        task_id=row["task_id"], customer_id=row["customer_id"], play=words[row["play"]], reason=row["reason"],
        action=words[row["action"]], channel=words[row["channel"]], created=day("created"), due=day("due"),
        owner=words[row["owner"]], priority=row["priority"] or 0, status=words[row["status"]], result=row["result"],
        next_step=row["next_step"], closed=day("closed"), escalated=words[row["escalated"]],
    )  # fmt: skip
