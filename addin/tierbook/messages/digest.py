"""The morning mail: what a rep does today and why; what a boss must look at. One mail for each person."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..followup.records import Task
from .compose import Scene
from .records import Contact, Person

A_DAY = 10
"""Tasks shown for today to somebody whose daily number nobody wrote down."""
MOST = 12
"""Rows of every other list; the rest is counted."""
AT_RISK = "at_risk"
VALUES = ("clv", "amount_12m", "amount_all")
"""What orders customers at risk: the first of these that the results have."""


@dataclass(frozen=True)
class TaskLine:
    """A task as its owner reads it. `late` counts days past due; `is_new` came with the last refresh."""

    customer: str
    customer_id: str
    person: str
    phone: str
    tier: str
    action: str
    reason: str
    channel: str
    owner: str
    due: dt.date
    late: int
    priority: int
    is_new: bool


@dataclass(frozen=True)
class Moved:
    """A customer whose tier changed; `why` names the indicator that did most of it."""

    customer: str
    customer_id: str
    owner: str
    before: str
    after: str
    rose: bool
    why: str = ""


@dataclass(frozen=True)
class AtRisk:
    """A customer about to be lost. `chance` of no order, 0 to 1, and `value` in money where known."""

    customer: str
    customer_id: str
    owner: str
    tier: str
    phone: str
    days: int | None
    chance: float | None
    value: float | None
    is_new: bool


@dataclass(frozen=True)
class RepLine:
    """How one of a boss's people stands."""

    name: str
    open: int
    late: int
    today: int
    waiting: int
    done: int
    at_risk: int

    @property
    def is_idle(self) -> bool:
        return not any((self.open, self.waiting, self.done, self.at_risk))


@dataclass(frozen=True)
class Block:
    """A list that is cut where it grows too long; `more` rows are only counted."""

    rows: Sequence[TaskLine | Moved | AtRisk | RepLine]
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.rows) + self.more


@dataclass(frozen=True)
class Digest:
    """One person's mail. The lists of the team are empty for who has none."""

    person: Person
    day: dt.date
    as_of: dt.date
    late: Block
    today: Block
    moves: Block
    risks: Block
    escalated: Block
    team: Block
    waiting: int = 0
    conflicts: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        blocks = (self.late, self.today, self.moves, self.risks, self.escalated)
        idle = all(isinstance(row, RepLine) and row.is_idle for row in self.team.rows)
        return idle and not any(block.count for block in blocks) and not self.conflicts


@dataclass(frozen=True)
class News:
    """What a night found beside the results: moves, tasks that wait for room, contradictions between books."""

    moves: Sequence[Moved] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)
    conflicts: Sequence[str] = ()


def digests_for(scene: Scene, news: News) -> list[Digest]:
    """The mail of everybody with something in it, by name.

    Who is somebody's boss gets the team's lists too: those of all below, however far.
    """
    teams = teams_of(scene.people.values())
    facts = _Facts.of(scene)
    found = [_digest(person, teams.get(name, ()), facts, news) for name, person in sorted(scene.people.items())]
    return [digest for digest in found if not digest.is_empty]


def teams_of(people: Iterable[Person]) -> dict[str, Sequence[str]]:
    """Boss -> everybody below, by name. A round of bosses ends where it began."""
    known = list(people)
    under: dict[str, list[str]] = {}
    for person in known:
        if person.boss and person.boss != person.name:
            under.setdefault(person.boss, []).append(person.name)

    def below(boss: str, seen: frozenset[str]) -> set[str]:
        direct = set(under.get(boss, ())) - seen
        return direct.union(*(below(name, seen | direct | {boss}) for name in direct))

    return {boss: sorted(below(boss, frozenset({boss}))) for boss in under}


@dataclass(frozen=True)
class _Facts:
    scene: Scene
    tasks: Sequence[TaskLine]
    """Unfinished ones, in the order of 任务."""
    risks: Sequence[AtRisk]
    done: Counter[str]
    """Owner -> tasks finished on the day of the refresh or the day before, where the day is known."""
    escalated: Mapping[str, Sequence[TaskLine]]

    @classmethod
    def of(cls, scene: Scene) -> _Facts:
        still = [task for task in scene.tasks if not task.is_closed]
        still.sort(key=lambda task: (task.priority, task.due, task.customer_id, task.task_id))
        since = scene.day - dt.timedelta(days=1)
        finished = [task for task in scene.tasks if task.status == "done" and task.closed is not None]
        done = Counter(task.owner for task in finished if task.closed is not None and task.closed >= since)
        escalated: dict[str, list[TaskLine]] = {}
        for task in still:
            if task.escalated:
                escalated.setdefault(task.escalated, []).append(task_line(scene, task))
        return cls(scene, [task_line(scene, task) for task in still], at_risk(scene, still), done, escalated)


def task_line(scene: Scene, task: Task) -> TaskLine:
    contact, row = scene.contacts.get(task.customer_id), scene.results.get(task.customer_id, {})
    return TaskLine(
        customer=task.name,
        customer_id=task.customer_id,
        person=_person(contact, task.name),
        phone=contact.phones[0] if contact and contact.phones else "",
        tier=str(row.get("tier") or ""),
        action=task.action,
        reason=task.reason,
        channel=task.channel,
        owner=task.owner,
        due=task.due,
        late=max((scene.day - task.due).days, 0),
        priority=task.priority,
        is_new=is_news(scene, task),
    )


def is_news(scene: Scene, task: Task) -> bool:
    """Whether a task came with the last refresh, and other tasks were there before it."""
    return not scene.is_first and task.created >= scene.as_of


def _person(contact: Contact | None, name: str) -> str:
    return contact.person if contact and contact.person != name else ""


def at_risk(scene: Scene, tasks: Sequence[Task]) -> list[AtRisk]:
    """Customers in the stage before being lost, the most valuable first; new where a task came of it last night."""
    names = {name for stage in scene.model.stages if stage.key == AT_RISK for name in stage.name.all()}
    fresh = {task.customer_id for task in tasks if is_news(scene, task) and task.play.startswith("wake_up")}
    found = []
    for customer_id, row in scene.results.items():
        if row.get("stage") not in names:
            continue
        contact = scene.contacts.get(customer_id)
        value = next((_number(row[key]) for key in VALUES if key in row), None)
        days = _number(row.get("recency_days"))
        found.append(
            AtRisk(
                customer=str(row.get("name") or customer_id),
                customer_id=customer_id,
                owner=str(row.get("owner") or ""),
                tier=str(row.get("tier") or ""),
                phone=contact.phones[0] if contact and contact.phones else "",
                days=None if days is None else int(days),
                chance=_number(row.get("churn_risk")),
                value=value,
                is_new=customer_id in fresh,
            )
        )
    return sorted(found, key=lambda one: (-(one.value or 0.0), one.customer_id))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _digest(person: Person, team: Sequence[str], facts: _Facts, news: News) -> Digest:
    mine, scope = [line for line in facts.tasks if line.owner == person.name], {person.name, *team}
    late = sorted((line for line in mine if line.late), key=lambda line: (line.priority, -line.late, line.customer_id))
    return Digest(
        person=person,
        day=facts.scene.day,
        as_of=facts.scene.as_of,
        late=cut(late, MOST),
        today=cut([line for line in mine if not line.late], person.a_day or A_DAY),
        moves=cut([move for move in news.moves if move.owner in scope], MOST),
        risks=cut([risk for risk in facts.risks if risk.owner in scope], MOST),
        escalated=cut(facts.escalated.get(person.name, ()), MOST),
        team=Block([_rep(name, facts, news) for name in team]),
        waiting=news.waiting.get(person.name, 0),
        conflicts=news.conflicts if team else (),
    )


def _rep(name: str, facts: _Facts, news: News) -> RepLine:
    lines = [line for line in facts.tasks if line.owner == name]
    return RepLine(
        name=name,
        open=len(lines),
        late=sum(line.late > 0 for line in lines),
        today=sum(line.due == facts.scene.day for line in lines),
        waiting=news.waiting.get(name, 0),
        done=facts.done[name],
        at_risk=sum(risk.owner == name for risk in facts.risks),
    )


def cut(rows: Sequence[TaskLine | Moved | AtRisk | RepLine], most: int) -> Block:
    return Block(rows[:most], max(len(rows) - most, 0))
