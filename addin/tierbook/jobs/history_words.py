"""A customer's history in words: each stay in a tier, each state of a task, each line of its books."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import TierbookError
from ..labels import Language, text
from ..loyalty import Line, line_of
from ..model.load import load_toml
from .kept_points import POINTS_BOOK

if TYPE_CHECKING:
    from ..history import CustomerHistory, Entry, ModelKept, Standing, TaskEvent
    from ..model.types import Model

POINT = 1_000_000
SEEN = 0.05
"""Points that one decimal shows."""


@dataclass(frozen=True)
class Names:
    """Words for the keys a ledger holds, in one language; a key that the last rules do not know stands for itself."""

    tiers: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)

    def tier(self, key: str) -> str:
        return self.tiers.get(key, key)

    def group(self, key: str) -> str:
        return self.groups.get(key, key)


@dataclass(frozen=True)
class StoryLine:
    """A day in a customer's history: what kind of thing happened, and the words for it."""

    day: dt.date
    kind: str
    words: str


def lines_of(found: CustomerHistory, names: Names, language: Language) -> list[StoryLine]:
    """Everything that happened, by day; on a day tiers first, then tasks, then points and messages."""
    lines = [*_stays(found, names, language), *_tasks(found.events, language), *_entries(found.entries, language)]
    return sorted(lines, key=lambda line: line.day)


def names_of(models: Sequence[ModelKept], language: Language) -> Names:
    """The words of the last rules kept; none where this tierbook cannot read them."""
    if not models:
        return Names()
    try:
        model = load_toml(models[-1].toml, where=models[-1].label)
    except TierbookError:
        return Names()
    return _names(model, language)


def _names(model: Model, language: Language) -> Names:
    tiers = model.scale(model.main_scale).tiers
    groups = {one.key: one.name for one in model.rfm.classes} | {one.key: one.name for one in model.stages}
    return Names(
        {tier.key: tier.name.of(language) for tier in tiers},
        {key: name.of(language) for key, name in groups.items()},
        {one.key: one.name.of(language) for one in model.indicators},
        {tier.key: rank for rank, tier in enumerate(tiers)},
    )


def _stays(found: CustomerHistory, names: Names, language: Language) -> Iterator[StoryLine]:
    def say(entry: str, **values: object) -> str:
        return text(f"history.{entry}", language, **values)

    before: Standing | None = None
    for stay in found.stays:
        now = stay.standing
        if now is None:
            yield StoryLine(stay.day, "gone", say("story_gone"))
        elif before is None:
            yield StoryLine(stay.day, "tier", say("story_first", tier=names.tier(now.tier), **_beside(now, names)))
        elif before.tier != now.tier:
            entry = "story_rose" if names.ranks.get(now.tier, 0) > names.ranks.get(before.tier, 0) else "story_fell"
            words = say(entry, before=names.tier(before.tier), tier=names.tier(now.tier), **_beside(now, names))
            why = _drivers(stay.move.driver, names) if stay.move else ""
            yield StoryLine(stay.day, "tier", words + (say("story_because", why=why) if why else ""))
        else:
            yield StoryLine(stay.day, "group", _regrouped(before, now, names, language))
        before = now


def _beside(now: Standing, names: Names) -> dict[str, str]:
    score = "-" if now.score is None else f"{now.score / POINT:.1f}"
    return {"score": score, "segment": names.group(now.segment) or "-", "stage": names.group(now.stage) or "-"}


def _regrouped(before: Standing, now: Standing, names: Names, language: Language) -> str:
    pairs = [
        (key, getattr(before, key), getattr(now, key))
        for key in ("segment", "stage", "owner")
        if getattr(before, key) != getattr(now, key)
    ]
    return text("history.between", language).join(
        text(f"history.story_{key}", language, before=names.group(was) or "-", now=names.group(is_now) or "-")
        for key, was, is_now in pairs
    )


def _drivers(told: str, names: Names, most: int = 3) -> str:
    """`近12个月金额 -12.0，最近消费天数 +3.1`: the indicators whose points changed most."""
    try:
        pairs = [(str(key), int(points)) for key, points in json.loads(told)] if told else []
    except (ValueError, TypeError):
        return ""
    seen = [(names.indicators.get(key, key), points / POINT) for key, points in pairs[:most]]
    return "，".join(f"{name} {points:+.1f}" for name, points in seen if abs(points) >= SEEN)


def _tasks(events: Sequence[TaskEvent], language: Language) -> Iterator[StoryLine]:
    for event in events:
        task = event.task
        status = text(f"publish.status_{task.status}", language) if task.status in _STATUSES else task.status
        said = [one for one in (task.result, task.next_step) if one]
        words = text(
            "history.story_task_new" if event.is_new else "history.story_task", language,
            task=task.task_id, action=task.action or task.play, owner=task.owner or "-", status=status,
            due=task.due.isoformat() if task.due else "-", said="：" + "；".join(said) if said else "",
        )  # fmt: skip
        yield StoryLine(event.day, "task", words)


_STATUSES = frozenset({"open", "doing", "done", "dropped"})


def _points(line: Line, language: Language) -> str:
    kind = text(f"loyalty.kind_{line.kind}", language)
    return text("loyalty.line", language, kind=kind, points=f"{line.points:+,}", about=line.about).strip()


def _entries(books: Mapping[str, Sequence[Entry]], language: Language) -> Iterator[StoryLine]:
    titles = {"points": text("history.book_points", language), "messages": text("history.book_messages", language)}
    for book, entries in books.items():
        for entry in entries:
            try:
                told = json.loads(entry.data)
            except ValueError:
                told = entry.data
            words = "，".join(f"{key} {value}" for key, value in told.items()) if isinstance(told, dict) else str(told)
            if book == POINTS_BOOK and isinstance(told, dict) and told.keys() >= {"kind", "points", "subject"}:
                words = _points(line_of(entry.customer_id, entry.day, entry.data), language)
            yield StoryLine(entry.day, book, f"{titles.get(book, book)}：{words}")
