"""The follow-up list: what the playbook asks for now, beside what was asked before."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..engine import Engine
from ..labels import Language, text
from ..model.types import Model, Play
from ..model.words import Vocabulary
from ..schema import CHANNELS
from .calendar import IsWorkday, add_workdays, workdays_of
from .care import find_care, greeting_days
from .escalation import Escalated, escalate
from .load import hand_out, loads_of
from .movement import Previous, find_moves
from .notices import Situation, notices_of
from .people import BY_ITSELF, People, people_of
from .records import Pair, Queued, Task, TaskPlan
from .texts import PlayTexts
from .triggers import Hit, find_hits, hits_of, put_offers, scores_of, wanted_of


def plan_tasks(
    engine: Engine,
    model: Model,
    as_of: dt.date,
    existing: Sequence[Task],
    language: Language,
    *,
    previous: Previous | None = None,
    waiting: Mapping[Pair, dt.date] | None = None,
    remembered: Sequence[Task] = (),
    is_workday: IsWorkday | None = None,
) -> TaskPlan:
    """Plan who does what with which customer, as of a date.

    A customer has at most one unfinished task per play. A finished or dropped task keeps its play away from the
    customer until the play's cool-down has passed. Nobody is handed more than their load (see `load`); the rest
    waits. Existing tasks stay as they are, also where their reason is gone (a notice says so), but for two things:
    what is overdue for too long goes to the boss, and what was finished long ago leaves the list.

    Args:
        engine: holds what `scoring.score` makes, and `people` and `merged_ids` where cleaning made them.
        existing: the tasks there were, with what people wrote into them.
        previous: customer id -> (tier, score) before this run, for conditions on who rose or fell.
        waiting: since when what was queued last time waits.
        remembered: tasks that left the list before; they still keep their plays away.
        is_workday: which days are worked; where not given Chinese working days, but for those the model names.

    Raises:
        ModelError: a play's condition or text cannot be understood, or its due_days are negative.
    """
    find_moves(engine, model, previous or {})
    find_care(engine, model, as_of)
    find_hits(engine, model, as_of)
    put_offers(engine, model, as_of)
    return plan_from_hits(
        engine, model, as_of, existing, language, waiting=waiting, remembered=remembered, is_workday=is_workday
    )


def plan_from_hits(
    engine: Engine,
    model: Model,
    as_of: dt.date,
    existing: Sequence[Task],
    language: Language,
    *,
    waiting: Mapping[Pair, dt.date] | None = None,
    remembered: Sequence[Task] = (),
    is_workday: IsWorkday | None = None,
) -> TaskPlan:
    """`plan_tasks` for conditions already found: `play_hits`, one row per customer_id and play_key that holds."""
    works = is_workday or workdays_of(model)
    people, merged = people_of(engine), merged_ids(engine)
    plays = {play.key: play for play in model.playbook if play.enabled}
    told = escalated_of(with_ids(existing), people, model, as_of, works)
    kept, gone = parted(told.tasks, remembered, model, as_of)
    known = [*kept, *gone]
    wanted = wanted_of(engine, plays, people, waiting or {}, as_of)
    blocked = {(merged.get(customer, customer), play) for customer, play in blocked_pairs(known, plays.values(), as_of)}
    free = [one for one in wanted if (one.customer_id, one.play) not in blocked]
    handed, queued = hand_out(free, known, loads_of(model, people.tasks_per_day), as_of, works)
    new = new_tasks(engine, model, handed, {task.task_id for task in known}, as_of, language, works)
    scores = scores_of(engine, [*kept, *new], merged)
    situation = Situation(
        as_of=as_of,
        kept=kept,
        new=new,
        wanted={(one.customer_id, one.play) for one in wanted},
        known=scores.keys(),
        guessed_calendar=is_workday is None,
        escalated=told.new,
        without_boss=told.without_boss,
        queued=queued,
        merged=merged,
    )
    return TaskPlan(
        tasks=in_order([*kept, *new], scores),
        new=in_order(new, scores),
        kept=kept,
        notices=notices_of(situation, model, language),
        queued=queued,
        escalated=told.new,
        remembered=gone,
    )


def escalated_of(
    tasks: Sequence[Task], people: People, model: Model, as_of: dt.date, is_workday: IsWorkday
) -> Escalated:
    """The tasks after those overdue for too long went to the boss; a model that does not say how long leaves them."""
    if "escalate_after_days" not in model.params:
        return Escalated(tasks)
    return escalate(tasks, people, as_of, model.whole("escalate_after_days"), is_workday)


def parted(
    tasks: Sequence[Task], remembered: Sequence[Task], model: Model, as_of: dt.date
) -> tuple[list[Task], list[Task]]:
    """The tasks that stay on the list, and those that left it: finished at least `keep_done_days` days ago.

    What left is forgotten after `remember_done_days` days. One that is on the list again is not remembered.
    """
    keep = model.whole("keep_done_days") if "keep_done_days" in model.params else None
    last = model.whole("remember_done_days") if "remember_done_days" in model.params else 0
    stay = [task for task in tasks if keep is None or not is_old(task, keep, as_of)]
    there = {task.task_id for task in stay}
    left = {task.task_id: task for task in (*remembered, *tasks) if task.task_id not in there}
    return stay, sorted(
        (task for task in left.values() if task.closed is None or (as_of - task.closed).days <= max(last, keep or 0)),
        key=lambda task: (task.closed or task.due, task.task_id),
    )


def is_old(task: Task, days: int, as_of: dt.date) -> bool:
    """Whether a task was finished at least so many days ago."""
    return task.is_closed and task.closed is not None and (as_of - task.closed).days >= days


def merged_ids(engine: Engine) -> dict[str, str]:
    """Customer id -> the id whose customer it is now, for those that were merged into another."""
    if not engine.has("merged_ids"):
        return {}
    return dict(engine.rows("SELECT customer_id, kept_id FROM merged_ids"))


def new_tasks(
    engine: Engine, model: Model, handed: Sequence[Queued], taken: set[str], as_of: dt.date, language: Language,
    is_workday: IsWorkday,
) -> list[Task]:  # fmt: skip
    """The tasks that are handed out, with their words, play after play in the order of the playbook."""
    names = Vocabulary.of(model)
    new: list[Task] = []
    for play in model.playbook:
        if not play.enabled:
            continue
        due = add_workdays(as_of, play.due_days, is_workday)
        texts = PlayTexts.of(play, names, language)
        owners = {one.customer_id: one.owner for one in handed if one.play == play.key}
        hits = hits_of(engine, play, texts, model, language, sorted(owners))
        greeted = greeting_days(engine, play, names, sorted(owners), as_of, is_workday)
        new += [
            new_task(play, hit, owners[hit.customer_id], as_of, greeted.get(hit.customer_id, due), taken, language)
            for hit in hits
        ]
    return new


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


def new_task(
    play: Play, hit: Hit, owner: str, as_of: dt.date, due: dt.date, taken: set[str], language: Language
) -> Task:
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
        owner=text("followup.by_itself", language) if owner == BY_ITSELF else owner,
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
