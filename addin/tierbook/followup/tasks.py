"""The follow-up list: what the playbook asks for now, beside what was asked before."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..engine import Engine
from ..labels import Language
from ..model.types import Model, Play
from ..model.words import Vocabulary
from ..schema import CHANNELS
from .calendar import IsWorkday, add_workdays, is_chinese_workday
from .movement import Previous, find_moves
from .notices import Situation, notices_of
from .records import Task, TaskPlan
from .texts import PlayTexts
from .triggers import Hit, find_hits, hits_of, scores_of

CUSTOMERS_OWN = "owner"
"""`Play.owner` that means the rep who looks after the customer; anything else is a person's name."""

Pair = tuple[str, str]
"""Customer id and play key."""


def plan_tasks(
    engine: Engine,
    model: Model,
    as_of: dt.date,
    existing: Sequence[Task],
    language: Language,
    *,
    previous: Previous | None = None,
    is_workday: IsWorkday | None = None,
) -> TaskPlan:
    """Plan who does what with which customer, as of a date.

    A customer has at most one unfinished task per play. A finished or dropped task keeps its play away from the
    customer until the play's cool-down has passed. Existing tasks stay exactly as they are, also where their
    reason is gone: a notice says so.

    Args:
        engine: holds what `scoring.score` makes.
        existing: the tasks there were, with what people wrote into them.
        previous: customer id -> (tier, score) before this run, for conditions on who rose or fell.
        is_workday: which days are worked; Chinese working days where not given.

    Raises:
        ModelError: a play's condition or text cannot be understood, or its due_days are negative.
    """
    find_moves(engine, model, previous or {})
    find_hits(engine, model, as_of)
    return plan_from_hits(engine, model, as_of, existing, language, is_workday=is_workday)


def plan_from_hits(
    engine: Engine,
    model: Model,
    as_of: dt.date,
    existing: Sequence[Task],
    language: Language,
    *,
    is_workday: IsWorkday | None = None,
) -> TaskPlan:
    """`plan_tasks` for conditions already found: `play_hits`, one row per customer_id and play_key that holds."""
    kept = with_ids(existing)
    plays = [play for play in model.playbook if play.enabled]
    blocked = blocked_pairs(kept, plays, as_of)
    taken = {task.task_id for task in kept}
    names = Vocabulary.of(model)
    new: list[Task] = []
    wanted: set[Pair] = set()
    for play in plays:
        hits = hits_of(engine, play, PlayTexts.of(play, names, language), model, language)
        wanted.update((hit.customer_id, play.key) for hit in hits)
        free = [hit for hit in hits if (hit.customer_id, play.key) not in blocked]
        due = add_workdays(as_of, play.due_days, is_workday or is_chinese_workday)
        new += [new_task(play, hit, as_of, due, taken, language) for hit in free]
    scores = scores_of(engine, [*kept, *new])
    situation = Situation(as_of, kept, new, wanted, scores.keys(), guessed_calendar=is_workday is None)
    return TaskPlan(
        in_order([*kept, *new], scores), in_order(new, scores), kept, notices_of(situation, model, language)
    )


def blocked_pairs(tasks: Iterable[Task], plays: Iterable[Play], as_of: dt.date) -> set[Pair]:
    """Customers and plays that get no new task: one is unfinished, or one was finished too short a time ago.

    The day of closing counts as the first day of the cool-down: closed on the 1st with 30 days, the play is free
    again on the 31st. Where nobody noted that day, the due day stands for it.
    """
    rest_days = {play.key: max(play.cool_down_days, 1) for play in plays}
    blocked = set()
    for task in tasks:
        closed = task.closed or task.due or task.created
        resting = task.play in rest_days and (as_of - closed).days < rest_days[task.play]
        if not task.is_closed or resting:
            blocked.add((task.customer_id, task.play))
    return blocked


def new_task(play: Play, hit: Hit, as_of: dt.date, due: dt.date, taken: set[str], language: Language) -> Task:
    """The task a play makes for a customer; its id joins `taken`."""
    period = as_of.toordinal() // max(play.cool_down_days, 1)
    task_id = task_id_of(hit.customer_id, play.key, str(period))
    if task_id in taken:
        task_id = task_id_of(hit.customer_id, play.key, as_of.isoformat())
    taken.add(task_id)
    return Task(
        task_id=task_id,
        customer_id=hit.customer_id,
        name=hit.name,
        play=play.key,
        reason=hit.reason,
        action=hit.action,
        channel=channel_name(play.channel, language),
        owner=hit.owner if play.owner == CUSTOMERS_OWN else play.owner,
        created=as_of,
        due=due,
        priority=play.priority,
    )


def task_id_of(customer_id: str, play: str, period: str) -> str:
    """A task's number: T and 12 hex letters, always the same for the same customer, play and period.

    The period of a planned task is the number of cool-downs since year 1, so that planning again within one gives
    the same number; that of a task somebody typed is its own text.
    """
    told = "\n".join((customer_id, play, period))
    return "T" + hashlib.blake2b(told.encode(), digest_size=6).hexdigest()


def with_ids(tasks: Sequence[Task]) -> list[Task]:
    """The tasks, each with a number of its own: rows people typed or copied get one from what they say."""
    seen: set[str] = set()
    found = []
    for task in tasks:
        task_id, copies = task.task_id, 0
        while not task_id or task_id in seen:
            said = "\n".join((task.action, task.reason, task.created.isoformat(), str(copies)))
            task_id = task_id_of(task.customer_id, task.play, said)
            copies += 1
        seen.add(task_id)
        found.append(task if task_id == task.task_id else replace(task, task_id=task_id))
    return found


def channel_name(channel: str, language: Language) -> str:
    """The channel as people read it; one that is not on our list is shown as written."""
    return next((choice.name.of(language) for choice in CHANNELS if choice.key == channel), channel)


def in_order(tasks: Iterable[Task], scores: Mapping[str, float]) -> list[Task]:
    """Unfinished tasks first; then by priority, due day, and score of the customer, highest first."""
    return sorted(
        tasks,
        key=lambda task: (
            task.is_closed, task.priority, task.due, -scores.get(task.customer_id, 0.0), task.customer_id, task.task_id,
        ),
    )  # fmt: skip
