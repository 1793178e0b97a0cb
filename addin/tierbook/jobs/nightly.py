"""The night run: for each book, each step in its turn; a failing step is logged and stops nobody else.

A book that somebody holds is left for the next night: its finished result waits beside it, and further
steps would only put less in that place.

A marker file remembers the last day done for each book, so a machine that slept through the hour
catches up when it starts again.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import TierbookError, WorkbookInUse
from .book import followups, refresh
from .request import Request
from .writing import BookReport

log = logging.getLogger("tierbook.nightly")

Step = Callable[[Path, dt.date], object]


def refresh_step(book: Path, day: dt.date) -> object:
    return refresh(Request(as_of=day, book=book))


def followups_step(book: Path, day: dt.date) -> object:
    return followups(Request(as_of=day, book=book))


STEPS: Mapping[str, Step] = {"refresh": refresh_step, "followups": followups_step}


@dataclass(frozen=True)
class StepResult:
    book: Path
    step: str
    ok: bool
    seconds: float
    message: str
    held: bool = False
    """Somebody had the book open, or another tierbook was at work on it."""


def last_night(now: dt.datetime, at: dt.time) -> dt.date:
    """The latest day whose run is due: today once the hour has come, before it yesterday."""
    return now.date() if now.time() >= at else now.date() - dt.timedelta(days=1)


def read_marker(marker: Path) -> dict[str, str]:
    """Book -> last day done; an absent or unreadable marker means nothing was done."""
    try:
        found = json.loads(marker.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(book): str(day) for book, day in found.items()} if isinstance(found, dict) else {}


def is_due(book: Path, day: dt.date, marker: Path) -> bool:
    return read_marker(marker).get(str(book.absolute()), "") < day.isoformat()


def run_night(
    books: Sequence[Path], day: dt.date, marker: Path, *, steps: Mapping[str, Step] = STEPS, again: bool = False
) -> list[StepResult]:
    """Run every step for every book that is due.

    Args:
        day: the date to score as of and to write into the marker.
        again: also run books whose marker says the day is done.
    Returns:
        one result per step run, in order. A book whose steps all succeeded is marked done; one that is held
        gets no further step that night.
    """
    results: list[StepResult] = []
    for book in books:
        if not again and not is_due(book, day, marker):
            log.info("%s: %s is done already", book.name, day)
            continue
        of_book = _run_steps(book, day, steps)
        results += of_book
        if all(result.ok for result in of_book):
            _mark(book, day, marker)
    return results


def _run_steps(book: Path, day: dt.date, steps: Mapping[str, Step]) -> list[StepResult]:
    results: list[StepResult] = []
    for name, step in steps.items():
        results.append(_run_step(name, step, book, day))
        if results[-1].held:
            break
    return results


def _run_step(name: str, step: Step, book: Path, day: dt.date) -> StepResult:
    start = time.perf_counter()
    held = False
    try:
        told = step(book, day)
    except TierbookError as error:
        message, ok, held = str(error), False, isinstance(error, WorkbookInUse)
        log.error("%s: %s failed: %s", book.name, name, message)
    except Exception as error:  # one broken book must not cost the others their night
        message, ok = f"{type(error).__name__}: {error}", False
        log.exception("%s: %s failed", book.name, name)
    else:
        message, ok = rules_words(told), True
        if message:
            log.warning("%s: %s", book.name, message)
        log.info("%s: %s done in %.1f s", book.name, name, time.perf_counter() - start)
    return StepResult(book, name, ok, time.perf_counter() - start, message, held)


UNSEEN = ("jobs.rules_edited", "jobs.rules_broken", "jobs.rules_of_then")
"""What a night must tell of the rules, because nobody sits in front of it."""


def rules_words(told: object) -> str:
    """What a step says of the rules: edited ones that nobody put into force are no failure, but must not go unseen."""
    notes = told.notes if isinstance(told, BookReport) else ()
    return " ".join(str(TierbookError(key, **values)) for key, values in notes if key in UNSEEN)


def _mark(book: Path, day: dt.date, marker: Path) -> None:
    done = read_marker(marker) | {str(book.absolute()): day.isoformat()}
    marker.parent.mkdir(parents=True, exist_ok=True)
    temporary = marker.with_suffix(".tmp")
    temporary.write_text(json.dumps(done, ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(marker)
