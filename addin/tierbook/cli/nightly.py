"""The verb `nightly`: what the night does, on the screen of a person or in silence for a scheduler."""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..labels import Language, text
from .line import LEDGER, CommandLine, Parser, date

if TYPE_CHECKING:
    from ..jobs.night import Config, NightReport, StepDone, Watcher
    from ..jobs.night.machines import Entry

TOO_LATE = dt.timedelta(hours=1)
"""So long after its hour a night that has not begun is missing."""


def register(line: CommandLine) -> None:
    say = line.speaker("night")
    made = line.verb("nightly", run_nightly, room="night")
    made.add_argument("books", nargs="*", type=Path, metavar="BOOK", help=say("books"))
    made.add_argument("--config", type=Path, default=None, metavar="FILE", help=say("config"))
    what = made.add_mutually_exclusive_group()
    for name in ("now", "once", "status", "install", "uninstall"):
        what.add_argument(f"--{name}", action="store_true", help=say(name))
    made.add_argument("--at", type=hour, default=None, metavar="HH:MM", help=say("at"))
    made.add_argument("--until", type=hour, default=None, metavar="HH:MM", help=say("until"))
    made.add_argument("--as-of", type=date, default=None, metavar="YYYY-MM-DD", help=say("as_of"))
    made.add_argument("--ledger", default=os.environ.get(LEDGER, ""), metavar="PATH|URL", help=say("ledger"))
    made.add_argument("--print", action="store_true", help=say("print"))
    made.add_argument("--scheduler", choices=("windows", "systemd", "cron"), default=None, help=say("scheduler"))


def hour(word: str) -> dt.time:
    """An hour typed on the command line."""
    try:
        return dt.time.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError(text("night.bad_hour", Parser.language, word=word)) from None


def run_nightly(options: argparse.Namespace, language: Language) -> int:
    config = config_for(options)
    if options.status:
        return show_status(config, language, as_json=options.json)
    if options.install or options.uninstall:
        return run_install(options, config, language)
    return run_night(options, config, language)


def config_for(options: argparse.Namespace) -> Config:
    """The file's night, or that of the books typed; hours and ledger typed win.

    Asked how it went, it is the one night this machine has run where none is named.
    """
    from ..jobs.night import books_only, load_config, night_run_here

    if options.config and options.books:
        raise UsageError("night.both_named")
    if options.config:
        config = load_config(options.config)
    elif options.books:
        config = books_only(options.books)
    elif options.status:
        config = night_run_here()
    else:
        raise UsageError("night.nothing_named")
    typed = {key: getattr(options, key) for key in ("at", "until") if getattr(options, key) is not None}
    return replace(config, **typed, ledger=options.ledger or config.ledger)


# -- the night itself ----------------------------------------------------------------------------------------------


def run_night(options: argparse.Namespace, config: Config, language: Language) -> int:
    """Run now, or what is due, or stay and run every night."""
    from ..jobs.night import run_due, run_now, watch
    from ..jobs.night.days import next_due
    from ..jobs.night.run import wall_clock

    seen = watcher(language, quiet=options.quiet or options.json)
    if options.now:
        day = options.as_of or dt.date.today()  # noqa: DTZ011 - a business day where the user sits
        return show_night(run_now(config, day=day, watcher=seen), config, language, options)
    if options.once:
        report = run_due(config, watcher=seen)
        return 0 if report is None else show_night(report, config, language, options)
    if not options.quiet:
        print(text("night.staying", language, next=f"{next_due(wall_clock(), config.at):%Y-%m-%d %H:%M}"))
    watch(config, watcher=seen)
    return 0


def watcher(language: Language, *, quiet: bool) -> Watcher:
    """A person at a terminal sees every stage and step; a scheduler only what went wrong, on the error stream."""
    from .. import screen
    from ..jobs.night import Watcher
    from ..jobs.night.logs import log, step_words

    person = sys.stderr.isatty() and not quiet

    def step(one: StepDone) -> None:
        if person or not one.ok:
            mark = "✓" if one.ok else "…" if one.waits else "✗"
            print(f"{mark} {step_words(one, language)}", file=sys.stderr, flush=True)
        if one.message and one.ok:
            print(f"! {one.about or one.step}: {one.message}", file=sys.stderr, flush=True)

    if not log.handlers:
        log.addHandler(logging.NullHandler())  # what is printed here is not printed twice
    return Watcher(screen.progress(language, quiet=not person), step, language)


def show_night(report: NightReport, config: Config, language: Language, options: argparse.Namespace) -> int:
    """How the night went; nothing where all is well and nobody watches."""
    from .. import screen
    from ..jobs.night import state_of
    from ..jobs.night.run import health_of

    state = state_of(config)
    if options.json:
        screen.print_json(health_of(config, state, report, report.ended))
        return report.exit_code
    if report.ok and (options.quiet or not sys.stdout.isatty()):
        return 0
    if report.caught_up:
        days = text("night.between", language).join(day.isoformat() for day in report.caught_up)
        print(text("night.caught_up", language, days=days))
    print(closing(report, config, state.folder / "nightly.log", language))
    return report.exit_code


def closing(report: NightReport, config: Config, log: Path, language: Language) -> str:
    """The night in a sentence."""
    if report.ok:
        seconds = f"{(report.ended - report.started).total_seconds():.0f}"
        return text("night.night_ok", language, day=report.day, books=len(config.aims), seconds=seconds)
    if report.exit_code == 6 and report.waiting:
        books = text("night.between", language).join(report.waiting)
        return text("night.night_waiting", language, day=report.day, books=books)
    return text("night.night_failed", language, day=report.day, count=len(report.failed), log=log)


# -- how it went ---------------------------------------------------------------------------------------------------


def show_status(config: Config, language: Language, *, as_json: bool) -> int:
    """The last night and the next; 0 where all is well, 1 where somebody should look, 6 where books wait."""
    from .. import screen
    from ..jobs.night import state_of
    from ..jobs.night.days import next_due
    from ..jobs.night.run import wall_clock

    now = wall_clock()
    state = state_of(config)
    health = state.health()
    word = state_word(health, now)
    if as_json:
        screen.print_json({**health, "state": word, "next_due": next_due(now, config.at).isoformat(timespec="minutes")})
        return exit_of(word)
    upcoming = f"{next_due(now, config.at):%Y-%m-%d %H:%M}"
    if not health:
        print(text("night.no_night_yet", language, next=upcoming))
        return exit_of(word)
    print(
        text(
            "night.status_line", language, night=health.get("night"), state=text(f"night.state_{word}", language),
            started=health.get("started"), ended=health.get("ended") or "…", next=upcoming,
        )
    )  # fmt: skip
    for aim in config.aims:
        day = state.done(aim.key) or text("night.never", language)
        print("  " + text("night.book_line", language, book=aim.title, day=day))
    for line in failures(health, language):
        print(f"  ✗ {line}")
    return exit_of(word)


def state_word(health: Mapping[str, Any], now: dt.datetime) -> str:
    """ok, running, waiting, failed, or what the file cannot say of itself: died half-way, late."""
    if not health:
        return "none"
    due = dt.datetime.fromisoformat(health["next_due"])
    if health["state"] == "running":
        return "running" if is_alive(health.get("process")) else "died"
    return "late" if now > due + TOO_LATE else str(health["state"])


def exit_of(word: str) -> int:
    return {"ok": 0, "running": 0, "none": 0, "waiting": 6}.get(word, 1)


def is_alive(process: object) -> bool:
    """Whether a night is at work now, by its lock; the process number alone may be another's by now."""
    from ..errors import NightAtWork
    from ..jobs.night.state import alone

    try:
        with alone(quiet=True):
            return False
    except NightAtWork:
        return process is not None


def failures(health: Mapping[str, Any], language: Language) -> Sequence[str]:
    from ..jobs.night import StepDone
    from ..jobs.night.logs import step_words

    return [
        step_words(StepDone(**{**one, "day": dt.date.fromisoformat(one["day"])}), language)
        for one in health.get("failed", ())
    ]


# -- the machine's scheduler ---------------------------------------------------------------------------------------


def run_install(options: argparse.Namespace, config: Config, language: Language) -> int:
    from ..jobs.night.install import Machine, entry_for, install, uninstall

    machine = Machine()
    today = dt.date.today()  # noqa: DTZ011 - the machine's own calendar
    entry = entry_for(config, machine, kind=options.scheduler, today=today, language=language)
    if options.print:
        print(shown(entry))
        return 0
    if options.uninstall:
        word = "removed" if uninstall(entry, machine) else "was_not_there"
        print(text(f"night.{word}", language, name=entry.name))
        return 0
    install(entry, machine)
    print(text("night.installed", language, name=entry.name, at=f"{config.at:%H:%M}"))
    print(text(f"night.installed_{entry.kind}", language))
    return 0


def shown(entry: Entry) -> str:
    """An entry for people: each file with its name, the lines of the crontab, the commands."""
    import shlex

    parts = [
        f"# {path}\n{told.decode('utf-16' if entry.kind == 'windows' else 'utf-8').strip()}"
        for path, told in entry.files.items()
    ]
    parts += ["# crontab -e", *entry.lines] if entry.lines else []
    return "\n\n".join(parts) + "".join(f"\n# {shlex.join(command)}" for command in entry.made)
