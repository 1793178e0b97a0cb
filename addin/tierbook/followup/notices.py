"""What whoever runs the planning should know about the list."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from ..labels import Language, text
from ..model.types import Model
from ..scoring.records import Notice
from .calendar import unpublished_years
from .records import Queued, Task

EXAMPLES = 5
"""So many customers are named in a notice; the rest is counted."""


@dataclass(frozen=True)
class Situation:
    """A planning and what it found.

    Args:
        wanted: customer and play of every condition that holds now.
        known: customers of these tasks who are in the results.
        guessed_calendar: whether due days came from the Chinese calendar, which may not know a year yet.
        escalated, without_boss: tasks overdue for too long that went to a boss now, and those without one.
        merged: ids that belong to another customer now.
    """

    as_of: dt.date
    kept: Sequence[Task]
    new: Sequence[Task]
    wanted: Set[tuple[str, str]]
    known: Set[str]
    guessed_calendar: bool
    escalated: Sequence[Task] = ()
    without_boss: Sequence[Task] = ()
    queued: Sequence[Queued] = ()
    merged: Mapping[str, str] = field(default_factory=dict)


def notices_of(situation: Situation, model: Model, language: Language) -> list[Notice]:
    """All notices, each kind once, in a fixed order."""
    return [
        *_about("followup.no_owner", [task for task in situation.new if not task.owner], language),
        *_escalated(situation, language),
        *_about("followup.no_boss", situation.without_boss, language),
        *_queued(situation, language),
        *_about("followup.reason_gone", _reason_gone(situation, model), language),
        *_about("followup.unknown_customer", _unknown_customer(situation), language),
        *_unpublished(situation),
    ]


def _reason_gone(situation: Situation, model: Model) -> list[Task]:
    """Unfinished tasks whose play is still in the book but no longer holds for the customer."""
    plays = {play.key for play in model.playbook}
    return [
        task
        for task in situation.kept
        if not task.is_closed
        and task.play in plays
        and task.customer_id in situation.known
        and (situation.merged.get(task.customer_id, task.customer_id), task.play) not in situation.wanted
    ]


def _unknown_customer(situation: Situation) -> list[Task]:
    return [task for task in situation.kept if not task.is_closed and task.customer_id not in situation.known]


def _about(key: str, tasks: Iterable[Task], language: Language) -> list[Notice]:
    """One notice on some tasks, naming the first few customers; none where there are no tasks."""
    concerned = list(tasks)
    if not concerned:
        return []
    customers = sorted({task.customer_id for task in concerned})
    named = text("followup.between", language).join(customers[:EXAMPLES]) + (" …" if len(customers) > EXAMPLES else "")
    return [Notice(key, {"count": len(concerned), "customers": named})]


def _escalated(situation: Situation, language: Language) -> list[Notice]:
    """One notice per boss."""
    by_boss: dict[str, list[Task]] = {}
    for task in situation.escalated:
        by_boss.setdefault(task.escalated, []).append(task)
    return [
        Notice(one.key, {**one.values, "boss": boss})
        for boss, tasks in sorted(by_boss.items())
        for one in _about("followup.escalated", tasks, language)
    ]


def _queued(situation: Situation, language: Language) -> list[Notice]:
    """How many wait, and for whom."""
    if not situation.queued:
        return []
    return [
        Notice("followup.queued", {"count": len(situation.queued), "owners": queued_for(situation.queued, language)})
    ]


def queued_for(queued: Iterable[Queued], language: Language) -> str:
    """`张伟 12、陈晨 3`: who has most waiting first."""
    counts = Counter(one.owner or text("followup.nobody", language) for one in queued)
    most = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    named = [f"{owner} {count:,}" for owner, count in most[:EXAMPLES]] + (["…"] if len(most) > EXAMPLES else [])
    return text("followup.between", language).join(named)


def _unpublished(situation: Situation) -> list[Notice]:
    if not situation.new or not situation.guessed_calendar:
        return []
    years = unpublished_years(situation.as_of, max(task.due for task in situation.new))
    return [Notice("followup.unpublished_year", {"year": year}) for year in years]
