"""What people find in the morning beside their book: the dashboard as a page, and mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...home import home
from ...labels import text
from ..ledger import scope_of
from ..request import Note, Progress, Request, silent
from .config import found_files
from .logs import log
from .records import Aim, Config
from .state import NOTIFIED, State
from .tries import Stages, Tries

if TYPE_CHECKING:
    from ..intake import Run

Asks = Callable[[Aim, Progress], Request]


def page_of(config: Config, aim: Aim) -> Path | None:
    """Where a book's dashboard is put; None where nobody asked for it."""
    return config.pages / f"{aim.path.stem}.html" if config.pages else None


def draw_page(page: Path, run: Run, request: Request, aim: Aim) -> Path:
    """Write the dashboard of a published book as an HTML file."""
    from ...pages.dashboard_page import dashboard_html
    from ..pages import report_for, write_page

    page.parent.mkdir(parents=True, exist_ok=True)
    write_page(page, dashboard_html(report_for(run, request, aim.path)))
    return page


def notify(config: Config, state: State, tries: Tries, aim: Aim, asks: Asks, notes: Sequence[Note]) -> None:
    """Tell a book's people, once a day, where a mail server is configured.

    Args:
        notes: what publishing said of the book.
    """
    key, settings = f"{NOTIFIED}:{aim.key}", mail_file(config)
    if settings is None or not aim.mail or not state.is_due(key, tries.day):
        return
    from ...messages.settings import read_settings
    from .. import messages

    def scope(one: Aim) -> str:
        return scope_of(asks(one, silent), one.path)

    def tell() -> tuple[object]:
        request, facts, page = replace(asks(aim, silent), scope=scope(aim)), config.facts, page_of(config, aim)
        if facts is not None:
            request = replace(request, files=found_files(facts), sheet=facts.sheet, mapping=facts.mapping)
        report = messages.notify(
            request,
            read_settings(settings),
            notes=notes,
            attach=[page] if page else [],
            facts=config.main if facts else None,
            also=[scope(other) for other in config.aims if other is not aim],
        )
        if report is not None:
            log.info(text("night.mail_sent", tries.language, sent=report.sent, left=len(report.left)))
        return (report,)

    if tries.step(Stages({}, "notify", silent), tell, about=aim.title) is not None:
        state.mark(key, tries.day)


def mail_file(config: Config) -> Path | None:
    """Who tells of the mail server: the night's own file, else tierbook's settings; None: nobody."""
    from ...messages.settings import FILE

    if config.sends_mail and config.source:
        return config.source
    own = home() / FILE
    return own if own.is_file() else None
