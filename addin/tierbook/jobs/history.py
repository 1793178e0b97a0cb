"""The verb `history`: one customer's whole story, where everybody stood on a day, runs as files for a share."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .. import labels
from ..errors import UsageError
from ..home import home
from ..labels import Language, text
from .history_words import POINT, Names, StoryLine, lines_of, names_of
from .intake import language_for
from .ledger import scope_of
from .request import Request

if TYPE_CHECKING:
    from ..history import Ledger, ModelKept, RunKept, Standing


@dataclass(frozen=True)
class Story:
    """One customer over time, oldest first, with the words for it."""

    scope: str
    customer_id: str
    lines: Sequence[StoryLine]
    language: Language


@dataclass(frozen=True)
class Stood:
    """Where everybody stood on a day, and who stands elsewhere than on an earlier one."""

    scope: str
    run: RunKept
    standings: Sequence[Standing]
    names: Names
    language: Language
    since: dt.date | None = None
    moves: Sequence[tuple[str, Standing | None, Standing | None]] = ()


@dataclass(frozen=True)
class Runs:
    """What a ledger holds of a scope."""

    scope: str
    place: str
    runs: Sequence[RunKept]
    models: Sequence[ModelKept]
    tasks: int
    language: Language


@dataclass(frozen=True)
class Exported:
    """Parquet files written now, and those that were there already."""

    folder: Path
    written: Sequence[Path]
    kept: int
    language: Language


def place_of(request: Request) -> str:
    """The ledger asked for, else the one of this machine's nights."""
    from ..history import DEFAULT_NAME

    return request.ledger or str(home() / DEFAULT_NAME)


@contextmanager
def opened(request: Request) -> Iterator[tuple[Ledger, str]]:
    """The ledger and the name in it that a request means.

    Raises:
        UsageError: there is no such ledger; nothing is kept under the name; the ledger has several names and none is
            asked for.
    """
    from ..history import open_ledger

    place = place_of(request)
    if "://" not in place and not Path(place).expanduser().exists():
        raise UsageError("history.no_ledger", place=place)
    with open_ledger(place) as ledger:
        known = ledger.scopes()
        scope = scope_of(request) or (known[0] if len(known) == 1 else "")
        if scope not in known:
            raise UsageError("history.no_scope", scope=scope or "-", known="、".join(known) or "-")
        yield ledger, scope


def runs(request: Request) -> Runs:
    """Every run kept of a book."""
    with opened(request) as (ledger, scope):
        return Runs(scope, ledger.place, ledger.runs(scope), ledger.models(scope), len(ledger.tasks(scope)),
                    language_for(request))  # fmt: skip


def story(request: Request, customer_id: str) -> Story:
    """A customer's tiers over time with what did it, its tasks with every status, its points and messages.

    Raises:
        UsageError: the ledger does not know the customer; ids that look like it are named.
    """
    language = language_for(request)
    with opened(request) as (ledger, scope):
        found = ledger.customer(scope, customer_id)
        if found is None:
            near = "、".join(ledger.nearest(scope, customer_id)) or "-"
            raise UsageError("history.unknown_customer", customer_id=customer_id, nearest=near)
        names = names_of(ledger.models(scope), language)
    return Story(scope, customer_id, lines_of(found, names, language), language)


def stood(request: Request, *, since: dt.date | None = None) -> Stood:
    """Where everybody stood on the request's day by the last run up to it, and who moved since an earlier day.

    Raises:
        UsageError: no run lies so far back.
    """
    with opened(request) as (ledger, scope):
        run = ledger.last_run(scope, request.as_of)
        if run is None or (since and ledger.last_run(scope, since) is None):
            first = ledger.runs(scope)[0].as_of
            raise UsageError("history.before_first", day=(since or request.as_of).isoformat(), first=first.isoformat())
        standings = list(ledger.standings(scope, request.as_of).values())
        moved = ledger.changes(scope, since, request.as_of) if since else []
        names = names_of(ledger.models(scope), language_for(request))
    moves = [
        (one.customer_id, one.before, one.after)
        for one in moved
        if (one.before.tier if one.before else "") != (one.after.tier if one.after else "")
    ]
    return Stood(scope, run, standings, names, language_for(request), since, moves)


def write_stood(found: Stood, out: Path) -> Path:
    """Everybody of that day as a CSV that Excel opens.

    Raises:
        UsageError: the name does not end in .csv, or the file cannot be written.
    """
    if out.suffix.lower() != ".csv":
        raise UsageError("history.not_csv", path=out.name)
    try:
        with out.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(text("history.columns", found.language).split("|"))
            for one in found.standings:
                score = "" if one.score is None else f"{one.score / POINT:.2f}"
                writer.writerow([_plain(word) for word in (
                    one.customer_id, found.names.tier(one.tier), score, found.names.group(one.segment),
                    found.names.group(one.stage), one.owner, found.run.as_of.isoformat(),
                )])  # fmt: skip
    except OSError as problem:
        raise UsageError("jobs.cannot_write", path=out, problem=problem.strerror) from problem
    return out


def _plain(word: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{word}" if word[:1] in ("=", "+", "-", "@", "\t", "\r") else word


def export(request: Request, folder: Path) -> Exported:
    """Write each run that is not there yet as one Parquet file: immutable, so safe on a share.

    Raises:
        UsageError: the folder is missing or cannot be written.
    """
    from .history_files import write_run

    if not folder.is_dir():
        raise UsageError("jobs.no_such_folder", path=folder)
    written, kept = [], 0
    with opened(request) as (ledger, scope):
        last_of_day = {run.as_of: run for run in ledger.runs(scope)}
        for run in last_of_day.values():
            path = folder / f"{file_name(scope)}-{run.as_of.isoformat()}-{run.moment % 10_000}.parquet"
            if path.exists():
                kept += 1
                continue
            try:
                write_run(ledger, scope, run, path)
            except OSError as problem:
                raise UsageError("jobs.cannot_write", path=path, problem=problem.strerror or problem) from problem
            written.append(path)
    return Exported(folder, written, kept, language_for(request) if request.book else labels.DEFAULT)


def file_name(scope: str) -> str:
    """A scope as part of a file's name on any system."""
    return re.sub(r"[^-.\w]", "_", scope)[:80].strip(". ") or "scope"
