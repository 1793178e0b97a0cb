"""What whoever runs the planning should know about the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from ..labels import Language, text
from ..model.types import Model
from ..scoring.records import Notice
from .calendar import unpublished_years
from .records import Task

EXAMPLES = 5
"""So many customers are named in a notice; the rest is counted."""


@dataclass(frozen=True)
class Situation:
    """A planning and what it found.

    Args:
        wanted: customer and play of every condition that holds now.
        known: customers of these tasks who are in the results.
        guessed_calendar: whether due days came from the Chinese calendar, which may not know a year yet.
    """

    as_of: dt.date
    kept: Sequence[Task]
    new: Sequence[Task]
    wanted: Set[tuple[str, str]]
    known: Set[str]
    guessed_calendar: bool


def notices_of(situation: Situation, model: Model, language: Language) -> list[Notice]:
    """All notices, each kind once, in a fixed order."""
    return [
        *_about("followup.no_owner", [task for task in situation.new if not task.owner], language),
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
        and (task.customer_id, task.play) not in situation.wanted
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


def _unpublished(situation: Situation) -> list[Notice]:
    if not situation.new or not situation.guessed_calendar:
        return []
    years = unpublished_years(situation.as_of, max(task.due for task in situation.new))
    return [Notice("followup.unpublished_year", {"year": year}) for year in years]
