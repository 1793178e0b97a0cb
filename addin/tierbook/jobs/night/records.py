"""What a night is told and what it tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...labels import DEFAULT, Language


@dataclass(frozen=True)
class Aim:
    """A book the night keeps.

    Args:
        name: under which it is told of, and its history kept; "" gives it the file's name and the history's default.
        where: a condition in the rule language; only customers it holds for are shown in the book.
        owners: people; only their customers are shown. Empty: everybody's.
        sheets: which of our sheets it is to hold, as people name them; empty: all.
        mail: whether letters go out by this book; where a second book shows the same people, one of them is enough.
    """

    path: Path
    name: str = ""
    where: str = ""
    owners: tuple[str, ...] = ()
    mail: bool = True
    sheets: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.name or self.path.name

    @property
    def key(self) -> str:
        """What the state file knows it by."""
        return str(self.path.absolute())

    @property
    def is_part(self) -> bool:
        """Whether it shows some of the customers only."""
        return bool(self.where or self.owners)


@dataclass(frozen=True)
class Facts:
    """Where facts come from that several books share.

    `book` gives the rules and every table no file gives; `files` are table -> path or pattern (of several files that
    fit, the last by name counts).
    """

    book: Path | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    sheet: str = ""
    mapping: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Everything a night is told.

    Args:
        facts: shared by all books; None: each book is scored by the facts in it.
        at, until: hours of the wall clock: when the night begins, and until when it tries again.
        every: minutes between two tries.
        catch_up: of nights that were missed, how many are made up for at most.
        tries: how often a step is tried whose failure may pass by itself.
        ledger: "" is the one in tierbook's own folder.
        pages: a folder that takes each book's dashboard as one HTML file, which the morning mail carries too.
        source: the file it was read from; None: books named on the command line.
    """

    aims: Sequence[Aim]
    facts: Facts | None = None
    name: str = "night"
    at: dt.time = dt.time(2)
    until: dt.time = dt.time(9)
    every: int = 10
    catch_up: int = 14
    tries: int = 3
    ledger: str = ""
    pages: Path | None = None
    model: str = ""
    language: Language | None = None
    source: Path | None = None
    sends_mail: bool = False
    """Whether the file tells of a mail server."""

    @property
    def main(self) -> Path:
        """The book that gives the rules, and every table no file gives, where books share facts."""
        return self.facts.book if self.facts and self.facts.book else self.aims[0].path


@dataclass(frozen=True)
class StepDone:
    """One step of a night and how it went.

    Args:
        step: import, clean, score, followups, publish, history, page or notify.
        about: the book it was done for; "" for all of them.
        waits: it failed for a reason that may pass: somebody holds the book, a share is away.
        message: what a person should know; "" nothing.
    """

    step: str
    day: dt.date
    ok: bool
    about: str = ""
    seconds: float = 0.0
    tries: int = 1
    waits: bool = False
    message: str = ""
    error: str = ""


@dataclass(frozen=True)
class NightReport:
    """How a night went: its steps in order, and the books that still wait."""

    day: dt.date
    started: dt.datetime
    ended: dt.datetime
    steps: Sequence[StepDone] = ()
    waiting: Sequence[str] = ()
    caught_up: Sequence[dt.date] = ()
    language: Language = DEFAULT

    @property
    def failed(self) -> list[StepDone]:
        """What went wrong and was not put right by a later try of the same night."""
        last = {(one.step, one.about, one.day): one for one in self.steps}
        return [one for one in last.values() if not one.ok]

    @property
    def ok(self) -> bool:
        return not self.failed

    @property
    def exit_code(self) -> int:
        """0: all is done. 6: books wait, everything else is done. 1: a step failed."""
        if self.ok:
            return 0
        return 6 if all(one.waits for one in self.failed) else 1
