"""Run nights: one pass, the tries through the morning, and the report of how it went."""

from __future__ import annotations

import datetime as dt
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ...home import home
from ...labels import DEFAULT, Language, text
from ..request import Progress, silent
from .days import deadline, due_day, next_due
from .logs import log, logging_to, tell_step
from .records import Config, NightReport, StepDone
from .state import State, alone, state_of
from .tries import Tries
from .work import Work, kept_key

LEDGER = "ledger.sqlite"
ZERO = dt.timedelta(0)


def wall_clock() -> dt.datetime:
    """What the clock on the wall shows."""
    return dt.datetime.now()  # noqa: DTZ005 - nights are counted in the hours people live by


@dataclass(frozen=True)
class Clock:
    """Time as the night sees it."""

    now: Callable[[], dt.datetime] = wall_clock
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Watcher:
    """Who is told while a night goes on: a person of each stage and step, or nobody."""

    progress: Progress = silent
    step: Callable[[StepDone], None] = lambda _: None
    language: Language = DEFAULT


def run_now(config: Config, *, day: dt.date, clock: Clock | None = None, watcher: Watcher | None = None) -> NightReport:
    """Do a day's night at once, also for books that are done, and do not wait for anything.

    Raises:
        NightAtWork: another night is at work on this machine.
    """
    return _night(config, day, clock or Clock(), watcher or Watcher(), again=True, until=None)


def run_due(config: Config, *, clock: Clock | None = None, watcher: Watcher | None = None) -> NightReport | None:
    """Do the night that is due, missed ones before it; what waits is tried again until the hour the config names.

    None where everything is done already.

    Raises:
        NightAtWork: another night is at work on this machine.
    """
    clock, watcher = clock or Clock(), watcher or Watcher()
    day = due_day(clock.now(), config.at)
    if not is_due(config, state_of(config), day):
        return None
    return _night(config, day, clock, watcher, again=False, until=deadline(day, config.at, config.until))


def is_due(config: Config, state: State, day: dt.date) -> bool:
    return any(state.is_due(key, day) for aim in config.aims for key in (aim.key, kept_key(aim)))


def _night(
    config: Config, day: dt.date, clock: Clock, watcher: Watcher, *, again: bool, until: dt.datetime | None
) -> NightReport:
    """Passes over the books until none waits, or the morning is over."""
    state, started = state_of(config), clock.now()
    report = NightReport(day, started, started, language=watcher.language)
    with logging_to(state.folder):
        while True:
            try:
                with alone():
                    report = _pass(config, state, report, clock, watcher, again=again)
            finally:
                state.put_health(health_of(config, state, report, clock.now()))
            rest = ZERO if until is None else until - clock.now()
            if not report.waiting or rest <= ZERO:
                return report
            pause = min(config.every * 60.0, rest.total_seconds())
            books = text("night.between", watcher.language).join(report.waiting)
            log.info(text("night.try_again", watcher.language, books=books, minutes=round(pause / 60)))
            clock.sleep(pause)
            again = False


def _pass(
    config: Config, state: State, so_far: NightReport, clock: Clock, watcher: Watcher, *, again: bool
) -> NightReport:
    def tell(one: StepDone, error: BaseException | None) -> None:
        tell_step(one, error, watcher.language)
        watcher.step(one)
        state.put_health(
            health_of(config, state, replace(so_far, steps=[*so_far.steps, *tries.done]), clock.now(), True)
        )

    tries = Tries(so_far.day, tell, config.tries, watcher.language, clock.sleep)
    work = Work(
        config, state, tries, config.ledger or str(home() / LEDGER), watcher.progress, again, first=not so_far.steps
    )
    state.put_health(health_of(config, state, so_far, clock.now(), True))
    work.run(config.aims)
    return replace(
        so_far,
        ended=clock.now(),
        steps=[*so_far.steps, *tries.done],
        waiting=waiting(config, tries.done),
        caught_up=[*so_far.caught_up, *work.caught_up],
    )


def waiting(config: Config, steps: Sequence[StepDone]) -> list[str]:
    """Books whose last try failed for a reason that may pass; all of them where that held all up."""
    failed = {one.about for one in steps if not one.ok and one.waits}
    return [aim.title for aim in config.aims if aim.title in failed or "" in failed]


def health_of(
    config: Config, state: State, report: NightReport, now: dt.datetime, running: bool = False
) -> dict[str, Any]:
    """What a watching program wants to know: how the last night went, and when the next is due."""
    return {
        "name": config.name,
        "config": str(config.source) if config.source else "",
        "night": report.day.isoformat(),
        "state": "running" if running else "ok" if report.ok else "waiting" if report.waiting else "failed",
        "process": os.getpid() if running else None,
        "started": report.started.isoformat(timespec="seconds"),
        "ended": None if running else report.ended.isoformat(timespec="seconds"),
        "seen": now.isoformat(timespec="seconds"),
        "next_due": next_due(now, config.at).isoformat(timespec="minutes"),
        "caught_up": [day.isoformat() for day in report.caught_up],
        "waiting": list(report.waiting),
        "failed": [_step(one) for one in report.failed],
        "steps": [_step(one) for one in report.steps],
        "books": {aim.title: str(state.done(aim.key) or "") for aim in config.aims},
    }


def _step(one: StepDone) -> dict[str, Any]:
    return {**asdict(one), "day": one.day.isoformat(), "seconds": round(one.seconds, 3)}


def watch(config: Config, *, clock: Clock | None = None, watcher: Watcher | None = None) -> None:
    """Stay, and do every night at its hour until stopped; first of all what was missed. Never returns."""
    import schedule

    clock, watcher = clock or Clock(), watcher or Watcher()

    def night() -> None:
        try:
            run_due(config, clock=clock, watcher=watcher)
        except Exception:  # a job that raises would end the waiting
            logging.getLogger("tierbook.nightly").exception("night")

    night()
    nights = schedule.Scheduler()
    nights.every().day.at(config.at.strftime("%H:%M")).do(night)
    while True:
        nights.run_pending()
        clock.sleep(min(60.0, max(1.0, nights.idle_seconds or 60.0)))
