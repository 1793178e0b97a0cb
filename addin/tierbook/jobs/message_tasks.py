"""Tasks that a message carries out: done once it is on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import WorkbookInUse
from ..labels import text
from .recording import Entry, record

if TYPE_CHECKING:
    from ..messages.compose import Scene
    from ..messages.log import SentLog
    from ..messages.topics import Topic
    from .request import Request


@dataclass(frozen=True)
class Closed:
    """How many tasks were noted as done; `waiting` could not be, for somebody holds the book."""

    count: int = 0
    waiting: int = 0


def done_by_message(scene: Scene, topics: list[Topic]) -> dict[str, str]:
    """Task -> name of the template that carries it out, for every task nobody has taken up."""
    named = {play.key: next((topic for topic in topics if topic.closes and topic.serves(play.key)), None)
             for play in scene.model.playbook}  # fmt: skip
    found = {}
    for task in scene.tasks:
        topic = named.get(task.play)
        if task.status == "open" and topic is not None:
            found[task.task_id] = topic.name.of(scene.language)
    return found


def close_tasks(request: Request, carried: Mapping[str, str], log: SentLog) -> Closed:
    """Note in the book what went out: today's and what an earlier night could not write, for somebody held the book.

    A message of which nobody knows whether it arrived leaves its task open.
    """
    from ..messages.compose import task_key
    from .intake import language_for

    language = language_for(request)
    gone = {task: log.gone_on(task_key(task)) for task in carried}
    entries = [
        Entry(task, "done", text("messages.task_done", language, topic=carried[task], day=day.isoformat()))
        for task, day in gone.items()
        if day is not None
    ]
    if not entries:
        return Closed()
    try:
        record(replace(request, files={}, language=None), entries=entries)
    except WorkbookInUse:
        return Closed(waiting=len(entries))
    return Closed(len(entries))
