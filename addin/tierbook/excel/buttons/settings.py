"""The buttons Settings and Help: which book the functions answer from, and whether all is well."""

from __future__ import annotations

import os
from pathlib import Path

from ... import __version__
from ...errors import TierbookError, UsageError
from ...home import home
from ...labels import text
from ..scored.session import SETTINGS, VARIABLE, configured_book
from .desk import Desk


def settings(desk: Desk) -> str:
    """Show the book of record; on yes, the active workbook becomes it."""
    language = desk.language
    now = text("buttons.record_now", language, book=book_of_record() or text("buttons.record_none", language))
    place = text("buttons.settings_place", language, path=home() / SETTINGS)
    if os.environ.get(VARIABLE, "").strip():
        return "\n".join([now, text("buttons.record_by_variable", language, variable=VARIABLE)])
    path = desk.place()
    if book_of_record() == str(path):
        return "\n".join([now, text("buttons.record_is_this", language), place])
    if desk.ask("\n\n".join([now, text("buttons.record_change", language, book=path)])) != "yes":
        return "\n".join([text("buttons.record_stays", language), now, place])
    set_book_of_record(path)
    return "\n".join([text("buttons.record_changed", language, book=path), place])


def book_of_record() -> str:
    """The book the functions answer from; "" where none is named."""
    try:
        return str(configured_book())
    except TierbookError:
        return ""


def set_book_of_record(book: Path) -> None:
    """Write the book into settings.toml: the file is replaced whole, all its other lines stay.

    Raises:
        UsageError: the settings are damaged or cannot be written.
    """
    from ..install.settings import with_key

    path = home() / SETTINGS
    try:
        before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        after = with_key(before, "book", str(book))
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_text(after, encoding="utf-8")
        part.replace(path)
    except (OSError, ValueError) as reason:
        raise UsageError("excel.bad_settings", settings=path, reason=reason) from reason


def help_words(desk: Desk) -> str:
    """What the doctor finds wrong and its cure, or that all is well; and where settings and logs are."""
    from .. import doctor

    language = desk.language
    found = doctor.examine(language)
    sick = {name: one for name, one in found.items() if one.state in {"failed", "warning"}}
    head = text("buttons.help_sick" if sick else "buttons.help_well", language, count=len(found), wrong=len(sick))
    places = text("buttons.help_places", language, version=__version__, home=home())
    return "\n".join([head, *(doctor.lines(sick, language) if sick else ()), "", places])
