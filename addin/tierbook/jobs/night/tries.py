"""Try a step: failures are told, never raised; those that may pass by themselves are tried again."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ...errors import LedgerError, MailError, SourceError, TierbookError, WorkbookInUse
from ...labels import DEFAULT, Language
from ..request import Progress
from .records import StepDone

Value = TypeVar("Value")
Tell = Callable[[StepDone, BaseException | None], None]
"""Told of every step that ended, and of what stopped it."""
PAUSE = 5.0
"""Seconds before the second try; each further pause is three times as long."""
LONGER = 3.0
NOT_HERE_YET = ("sources.no_such_file", "sources.no_such_file_alone", "sources.empty_file", "night.nothing_fits")
"""A delivery that comes late: no use trying at once, but again in the morning."""


@dataclass
class Stages:
    """Which stage of a piece of work is going on, by what it tells of itself; and how long each took.

    Args:
        starts: label of the progress -> stage that begins with it; other labels begin none.
        begin: the first stage.
        beside: told everything as well.
    """

    starts: Mapping[str, str]
    begin: str
    beside: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.now, self._since = self.begin, time.perf_counter()

    def __call__(self, key: str, values: Mapping[str, object]) -> None:
        if key in self.starts:
            self.enter(self.starts[key])
        self.beside(key, values)

    def enter(self, stage: str) -> None:
        self.close()
        self.now = stage

    def close(self) -> None:
        moment = time.perf_counter()
        self.seconds[self.now] = self.seconds.get(self.now, 0.0) + moment - self._since
        self._since = moment


@dataclass
class Tries:
    """The steps of one night, each tried by itself; `done` holds how they went.

    Args:
        most: how often a step is tried at most.
        sleep: waits so many seconds.
    """

    day: dt.date
    tell: Tell
    most: int = 3
    language: Language = DEFAULT
    sleep: Callable[[float], None] = time.sleep
    done: list[StepDone] = field(default_factory=list)

    def step(
        self,
        stages: Stages,
        work: Callable[[], Value],
        *,
        about: str = "",
        day: dt.date | None = None,
        said: Callable[[Value], str] | None = None,
    ) -> Value | None:
        """The work's value, or None where it failed. Each stage it went through is a step of its own.

        Args:
            said: what a person should know of the value.
        """
        pause = PAUSE
        for number in range(1, self.most + 1):
            try:
                value = work()
            except Exception as error:  # one failure must not cost the others their night
                stages.close()
                if passes_soon(error) and number < self.most:
                    self.sleep(pause)
                    pause *= LONGER
                    continue
                told = StepDone(
                    stages.now, day or self.day, False, about, tries=number, waits=may_pass(error),
                    message=words(error, self.language), error=type(error).__name__,
                )  # fmt: skip
                self._end(stages, told, error)
                return None
            stages.close()
            message = said(value) if said else ""
            self._end(stages, StepDone(stages.now, day or self.day, True, about, tries=number, message=message), None)
            return value
        return None

    def fails(self, one: StepDone, error: BaseException) -> None:
        """A step that somebody else found cannot be done now."""
        self._tell(replace(one, message=words(error, self.language), error=type(error).__name__), error)

    def _end(self, stages: Stages, last: StepDone, error: BaseException | None) -> None:
        """Tell of every stage that was gone through, and of the last one how it ended."""
        for stage, seconds in stages.seconds.items():
            if stage != last.step:
                self._tell(StepDone(stage, last.day, True, last.about, seconds), None)
        self._tell(replace(last, seconds=stages.seconds.get(last.step, 0.0)), error)

    def _tell(self, one: StepDone, error: BaseException | None) -> None:
        self.done.append(one)
        self.tell(one, error)


def passes_soon(error: BaseException) -> bool:
    """Whether a second try in a few seconds may succeed: a disk, a share or a server that did not answer."""
    if isinstance(error, WorkbookInUse) or getattr(error, "key", "") in NOT_HERE_YET:
        return False
    if isinstance(error, LedgerError | MailError):
        return True
    return any(_of_machine(each) for each in _behind(error))


def may_pass(error: BaseException) -> bool:
    """Whether the morning may put it right: somebody holds a book, a delivery is late, or the machine's own trouble."""
    return isinstance(error, WorkbookInUse) or getattr(error, "key", "") in NOT_HERE_YET or passes_soon(error)


def _behind(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    while error not in found:
        found.append(error)
        below = error.__cause__ or (error.__context__ if isinstance(error, SourceError) else None)
        if below is None:
            break
        error = below
    return found


def _of_machine(error: BaseException) -> bool:
    never = (FileNotFoundError, IsADirectoryError, NotADirectoryError, FileExistsError)
    return isinstance(error, OSError) and not isinstance(error, never)


def words(error: BaseException, language: Language) -> str:
    """A failure in words: ours in a person's, others by their class."""
    if isinstance(error, TierbookError):
        return error.words(language)
    return f"{type(error).__name__}: {error}"
