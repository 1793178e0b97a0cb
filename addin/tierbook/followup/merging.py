"""Tasks that several people wrote into, in several sheets or books: one list, and nothing anybody typed lost.

Three-way: what was last published is the base. Where one side changed a field, that side counts; where several did,
texts are joined, the further status counts, and the conflict is told with everybody's value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .records import Task

STEPS = ("open", "doing", "dropped", "done")
"""Statuses, each further than the one before; any other word counts as not begun."""
TEXTS = frozenset({"result", "next_step"})
FIELDS = (
    *("status", "result", "next_step", "closed", "owner", "priority", "due", "action", "reason", "channel", "created"),
    *("name", "play", "escalated"),
)
"""What may differ, in the order in which conflicts are told."""


@dataclass(frozen=True)
class Version:
    """The tasks of one sheet as they stand, and what was last published there where that differs from the rest."""

    where: str
    tasks: Sequence[Task]
    base: Sequence[Task] | None = None


@dataclass(frozen=True)
class Conflict:
    """A field of a task that was changed to different values; `said` holds place and value, `kept` what counts."""

    task_id: str
    customer_id: str
    field: str
    said: Sequence[tuple[str, object]]
    kept: object


@dataclass(frozen=True)
class Merged:
    """One list of tasks in the order of base and versions.

    `restored` are unfinished tasks somebody deleted everywhere: they are in `tasks` as they were last published.
    `removed` are finished ones: they are not.
    """

    tasks: Sequence[Task]
    conflicts: Sequence[Conflict] = ()
    restored: Sequence[Task] = ()
    removed: Sequence[Task] = ()


def merge(base: Sequence[Task], versions: Sequence[Version]) -> Merged:
    """Bring several versions of the tasks together.

    A task without a base is new: all its versions count as changed. What a version does not hold it says nothing of;
    a task no version holds any more was deleted by people. Equal values are no conflict, nor is a text that holds
    the other: the longer one counts.

    Args:
        base: the tasks as last published, for versions without one of their own.
    """
    common = {task.task_id: task for task in base}
    held: dict[str, list[tuple[Version, Task]]] = {}
    for version in versions:
        for task in version.tasks:
            held.setdefault(task.task_id, []).append((version, task))
    own = {id(version): _by_id(version.base) for version in versions if version.base is not None}
    tasks: list[Task] = []
    conflicts: list[Conflict] = []
    for task_id, found in held.items():
        before = [own.get(id(version), common).get(task_id) for version, _ in found]
        merged, told = _merged(common.get(task_id), found, before)
        tasks.append(merged)
        conflicts += told
    missing = [task for task in base if task.task_id not in held]
    restored = [task for task in missing if not task.is_closed]
    return Merged([*tasks, *restored], conflicts, restored, [task for task in missing if task.is_closed])


def _by_id(tasks: Iterable[Task] | None) -> dict[str, Task]:
    return {task.task_id: task for task in tasks or ()}


def _merged(
    common: Task | None, found: Sequence[tuple[Version, Task]], before: Sequence[Task | None]
) -> tuple[Task, list[Conflict]]:
    """One task of its versions; `before` is what was published where each of them stands."""
    start = common or next((task for task in before if task), found[0][1])
    values: dict[str, Any] = {}
    conflicts = []
    for field in FIELDS:
        said = [
            (version.where, getattr(task, field))
            for (version, task), base in zip(found, before, strict=True)
            if base is None or not same(getattr(task, field), getattr(base, field))
        ]
        if not said:
            continue
        values[field] = settled(field, [value for _, value in said])
        if len({told(value) for _, value in said}) > 1 and not _one_holds_all(field, [value for _, value in said]):
            conflicts.append(Conflict(start.task_id, start.customer_id, field, said, values[field]))
    return replace(start, **values), conflicts


def same(one: object, other: object) -> bool:
    """Whether two values say the same; spaces around a text do not count."""
    return told(one) == told(other)


def told(value: object) -> str:
    """A value as it is compared."""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def settled(field: str, values: Sequence[Any]) -> object:
    """What counts of the values a field was changed to, in the order of their versions."""
    if len({told(value) for value in values}) == 1:
        return values[0]
    if field in TEXTS:
        return joined(values)
    return CHOICE.get(field, _first)(values)


def joined(values: Iterable[str]) -> str:
    """All texts, one after the other; one that stands in another is not said twice."""
    words = list(dict.fromkeys(filter(None, map(told, values))))
    return "；".join(one for one in words if not any(one != other and one in other for other in words))


def _one_holds_all(field: str, values: Sequence[Any]) -> bool:
    """Whether one of the texts says everything the others do."""
    return field in TEXTS and joined(values) in map(told, values)


def _first(values: Sequence[Any]) -> object:
    return next((value for value in values if told(value)), values[0])


def _further(values: Sequence[str]) -> str:
    return max(values, key=lambda status: STEPS.index(status) if status in STEPS else -1)


def _latest(values: Sequence[dt.date | None]) -> dt.date | None:
    return max((value for value in values if value), default=None)


CHOICE: Mapping[str, Callable[[Sequence[Any]], object]] = {
    "status": _further, "closed": _latest, "due": min, "created": min, "priority": min,
}  # fmt: skip
"""How different values of a field are settled; elsewhere the first that says something counts."""
