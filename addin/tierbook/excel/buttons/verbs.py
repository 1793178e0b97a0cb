"""What the buttons of the ribbon and of the sheets do: each one call into `jobs`, and a message at its end.

Most buttons change the book's *file*, by the same jobs as the command line: only that keeps people's notes, formats
and charts with their rows. So the book is saved, closed and opened again around the job. Preview, Explain and Export
work on the open book.
"""

from __future__ import annotations

import datetime as dt
import getpass
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ... import __version__
from ...errors import TierbookError, UsageError, WorkbookChanged
from ...home import home
from ...labels import text
from .desk import Desk, running
from .names import BUTTONS

if TYPE_CHECKING:
    from ...jobs import BookReport, Request

log = logging.getLogger("tierbook.buttons")

LISTED = 8
"""Notes and cells a message names one by one."""


def press(verb: str) -> None:
    """Do what a button says, put Excel back as it was, and say what changed; a problem is said in words too.

    Raises:
        UsageError: there is no such button, no Excel, or no open book.
    """
    if verb not in ACTIONS:
        raise UsageError("buttons.unknown", verb=verb, known=", ".join(BUTTONS))
    app = running()
    try:
        desk = Desk(app)
    except UsageError as nothing_open:
        app.alert(nothing_open.words(), "tierbook", "ok", "critical")
        return
    wrong = False
    try:
        with desk.kept():
            words = ACTIONS[verb](desk)
    except TierbookError as problem:
        words, wrong = problem.words(desk.language), True
    except Exception as problem:  # a person at a button gets words, never a traceback
        note = noted(verb, problem)
        words, wrong = text("buttons.unexpected", desk.language, problem=type(problem).__name__, log=note), True
    if words:
        desk.say(words, wrong=wrong)


def noted(verb: str, problem: Exception) -> Path:
    """Write an unexpected failure down for whoever looks after the installation; gives the log's place."""
    folder = home() / "logs"
    path = folder / "presses.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError:
        return path
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    log.error("tierbook %s: %s failed", __version__, verb, exc_info=problem)
    log.removeHandler(handler)
    handler.close()
    return path


def today() -> dt.date:
    return dt.date.today()  # noqa: DTZ011 - a business day where the user sits


def asked(desk: Desk, book: Path, as_of: dt.date | None = None) -> Request:
    """A job's request for a book, whose progress is shown in the status bar."""
    from ... import jobs

    return jobs.Request(as_of=as_of or today(), book=book, language=desk.language, progress=desk.tell)


def refresh(desk: Desk) -> str:
    from ... import jobs

    with desk.closed() as book:
        report = jobs.refresh(asked(desk, book))
    return scored_words(desk, report, "refreshed")


def apply(desk: Desk) -> str:
    from ... import jobs

    by, day = who(desk), today()
    with desk.closed() as book:
        report = jobs.apply(asked(desk, book), by=by, on=day)
    return scored_words(desk, report, "applied", by=by, day=day.isoformat())


def followups(desk: Desk) -> str:
    from ... import jobs

    with desk.closed() as book:
        report = jobs.followups(asked(desk, book))
    return ended(desk, report, text("buttons.planned", desk.language, new=f"{report.new_tasks:,}",
                                    open=f"{report.open_tasks:,}"))  # fmt: skip


def record(desk: Desk) -> str:
    from ... import jobs
    from ...jobs.wording import record_lines

    with desk.closed() as book:
        report = jobs.record(asked(desk, book))
    return ended(desk, report, *record_lines(report, desk.language, listed=LISTED))


def check(desk: Desk) -> str:
    from ... import jobs
    from ...jobs.wording import checked_line

    with desk.closed() as book:
        report = jobs.check(asked(desk, book))
    assert report.accounts is not None
    return ended(desk, report, checked_line(report.accounts, desk.language), text("buttons.see_check", desk.language))


def audit(desk: Desk) -> str:
    """A sample people have begun to compare is only replaced when they say yes."""
    from ... import jobs
    from ...jobs.wording import drawn_line

    force = False
    while True:
        try:
            with desk.closed() as book:
                report = jobs.audit(asked(desk, book), force=force)
            break
        except UsageError as begun:
            if begun.key != "jobs.audit_begun":
                raise
            if desk.ask(text("buttons.audit_begun", desk.language, **begun.values)) != "yes":
                return text("buttons.audit_stays", desk.language)
            force = True
    return ended(desk, report, drawn_line(report, desk.language))


def review(desk: Desk) -> str:
    from ... import jobs

    with desk.closed() as book:
        report = jobs.review(asked(desk, book))
    return ended(desk, report, text("buttons.reviewed", desk.language))


def undo(desk: Desk) -> str:
    """Where somebody saved the book since, what they wrote would go too: then only after they say yes."""
    from ... import jobs

    try:
        with desk.closed() as book:
            report = jobs.undo(book)
    except WorkbookChanged:
        if desk.ask(text("buttons.undo_changed", desk.language)) != "yes":
            return text("buttons.undo_left", desk.language)
        with desk.closed() as book:
            report = jobs.undo(book, force=True)
    words = text("buttons.undone", desk.language)
    return "\n".join([words, text("buttons.undone_kept", desk.language, path=report.kept)]) if report.kept else words


def preview(desk: Desk) -> str:
    from .open_book import preview as shown

    return shown(desk, today())


def explain(desk: Desk) -> str:
    from .open_book import explain as explained

    return explained(desk)


def export(desk: Desk) -> str:
    from .open_book import export as exported

    return exported(desk)


def settings(desk: Desk) -> str:
    from .settings import settings as settled

    return settled(desk)


def help_(desk: Desk) -> str:
    from .settings import help_words

    return help_words(desk)


ACTIONS: Mapping[str, Callable[[Desk], str]] = {
    "refresh": refresh, "preview": preview, "apply": apply, "followups": followups, "record": record,
    "explain": explain, "check": check, "audit": audit, "export": export, "review": review, "undo": undo,
    "settings": settings, "help": help_,
}  # fmt: skip
"""Button -> what it does; gives the message at its end."""


def who(desk: Desk) -> str:
    """The name Excel knows its user by, else that of the account."""
    try:
        name = str(desk.app.api.UserName).strip()
    except Exception:  # a program that knows no user name
        name = ""
    return name or getpass.getuser()


def scored_words(desk: Desk, report: BookReport, key: str, **values: object) -> str:
    """The message after everyone was scored: customers by tier, moves, tasks."""
    language, summary = desk.language, report.summary
    assert summary is not None
    tiers = text("screen.between", language).join(f"{name} {count:,}" for name, count, _ in summary.tiers)
    return ended(
        desk,
        report,
        text(f"buttons.{key}", language, as_of=summary.as_of, customers=f"{summary.customers:,}", **values),
        text("buttons.tiers", language, tiers=tiers),
        text("screen.tasks", language, new=f"{report.new_tasks:,}", open=f"{report.open_tasks:,}",
             moved=f"{report.moved:,}"),
    )  # fmt: skip


def ended(desk: Desk, report: BookReport, *lines: str) -> str:
    """A button's message: what was found, what changed in the book, what to know."""
    language = desk.language
    seen = [name for name in report.sheets if not name.startswith("_tierbook")]
    changed = text("buttons.changed", language, sheets=text("screen.between", language).join(seen))
    notes = ["· " + TierbookError(key, **values).words(language) for key, values in report.notes[:LISTED]]
    return "\n".join([*lines, changed if report.changed else text("buttons.unchanged", language), *notes])
