"""`followups --ics`: the tasks of a book as calendar files, one for each person."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..labels import Language, text
from .intake import DEFAULT_MODEL, language_for, model_for, named_model
from .listing import whole
from .request import Request

if TYPE_CHECKING:
    from ..followup import Task

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""Names Windows keeps for itself."""
LONGEST_NAME = 60


@dataclass(frozen=True)
class Calendars:
    """Files written (or to be written) into a folder, by name; `tasks` are the unfinished ones in them."""

    folder: Path
    files: Sequence[str]
    tasks: int


def calendars(request: Request, folder: Path, *, dry_run: bool = False) -> Calendars:
    """Write the tasks that stand in the book, a file for each person; the folder is made where it is missing.

    Raises:
        UsageError: no book, it was never refreshed, or the folder cannot be written.
    """
    from ..followup.calendar_file import calendar_of
    from ..publish import read_kept

    if request.book is None:
        raise UsageError("jobs.no_book")
    check_folder(folder)
    language = language_for(request)
    kept = read_kept(request.book, language)
    if kept.stamp is None:
        raise UsageError("jobs.no_tasks", book=request.book.name)
    of_person: dict[str, list[Task]] = defaultdict(list)
    for task in kept.tasks:
        of_person[task.owner.strip()].append(task)
    names = file_names(of_person, language)
    if not dry_run:
        folder.mkdir(parents=True, exist_ok=True)
        hour = alarm_hour(request, language)
        for person, tasks in of_person.items():
            data = calendar_of(person, tasks, request.as_of, language, alarm_hour=hour)
            whole(folder / names[person], partial(_put, data=data))
    return Calendars(folder, sorted(names.values()), sum(not task.is_closed for task in kept.tasks))


def _put(part: Path, *, data: bytes) -> None:
    part.write_bytes(data)


def check_folder(folder: Path) -> None:
    """Raises: UsageError where something that is no folder has its name."""
    if folder.exists() and not folder.is_dir():
        raise UsageError("allocation.folder_is_file", path=folder)


def alarm_hour(request: Request, language: Language) -> int:
    """The parameter, or the shipped one for rules from before it."""
    model = model_for(request, language)
    return (model if "ics_alarm_hour" in model.params else named_model(DEFAULT_MODEL)).whole("ics_alarm_hour")


def file_names(people: Iterable[str], language: Language) -> dict[str, str]:
    """Person -> a file's name that every system takes; no two alike, capital letters or not."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for person in sorted(people):
        bare = _NOT_IN_NAMES.sub("_", person or text("allocation.calendar_nobody", language)).strip(" .")[:LONGEST_NAME]
        bare = f"_{bare}" if not bare or _RESERVED.fullmatch(bare) else bare
        name, count = bare, 2
        while name.casefold() in taken:
            name, count = f"{bare} {count}", count + 1
        taken.add(name.casefold())
        found[person] = f"{name}.ics"
    return found


def told(made: Calendars, language: Language, *, dry_run: bool) -> str:
    """What was written, in one line."""
    return text(
        f"allocation.calendars_{'would' if dry_run else 'written'}", language, count=len(made.files), tasks=made.tasks,
        folder=made.folder, names=text("screen.between", language).join(made.files),
    )  # fmt: skip
