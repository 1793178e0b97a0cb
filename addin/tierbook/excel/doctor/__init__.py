"""`tierbook doctor`: every known reason why the add-in does not answer, each a function and a name.

A new check is a function in one of the rooms of this package and its name in CHECKS.
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...errors import TierbookError
from ...home import home
from ...labels import Language
from ..install.machine import Machine
from ..install.this_machine import here
from . import book_checks, calc_checks, excel_checks, machine_checks
from .result import Check, Found, Patient, State, failed, is_url
from .words import as_json, lines

CHECKS: Mapping[str, Check] = {
    "python": machine_checks.python_version,
    "xlwings": machine_checks.xlwings_version,
    "engines": machine_checks.engines,
    "import_time": machine_checks.import_time,
    "home": machine_checks.tierbook_home,
    "own_settings": machine_checks.own_settings,
    "disk": machine_checks.disk_space,
    "clock": machine_checks.clock,
    "code_page": machine_checks.code_page,
    "excel": excel_checks.excel_here,
    "addin": excel_checks.addin_file,
    "disabled": excel_checks.addin_disabled,
    "settings": excel_checks.settings_file,
    "settings_beside": excel_checks.settings_beside_the_book,
    "dll": excel_checks.dll,
    "command": excel_checks.command_length,
    "trusted": excel_checks.trusted_folder,
    "macros": excel_checks.macro_rules,
    "web_mark": excel_checks.web_mark,
    "programs": excel_checks.child_programs,
    "server": excel_checks.com_server,
    "book": book_checks.book_named,
    "book_place": book_checks.book_place,
    "book_read": book_checks.book_read,
    "book_fresh": book_checks.book_fresh,
    "book_free": book_checks.book_free,
    "book_pending": book_checks.book_pending,
    "book_mark": book_checks.book_mark,
    "libreoffice": calc_checks.libreoffice_extension,
}


def examine(
    language: Language, *, book: Path | str | None = None, machine: Machine | None = None,
    now: dt.datetime | None = None, checks: Sequence[str] = (),
) -> dict[str, Found]:  # fmt: skip
    """Run the checks, all of them where none is named; findings by the check's name, in order.

    A check that itself breaks is a failure with its reason, never an end of the examination.
    """
    named, trouble = (str(book), None) if book is not None else named_book()
    patient = Patient(machine or here(), language, named, now or dt.datetime.now().astimezone(), trouble)
    return {name: _tried(CHECKS[name], patient) for name in checks or CHECKS}


def _tried(check: Check, patient: Patient) -> Found:
    try:
        return check(patient)
    except Exception as reason:  # the doctor must reach the last check
        return failed("doctor.check_broke", reason=f"{type(reason).__name__}: {reason}")


def named_book() -> tuple[str, TierbookError | None]:
    """The book of record as the environment or the settings name it, and what is wrong with the settings."""
    from ..scored.session import VARIABLE, configured_book

    words = os.environ.get(VARIABLE, "").strip() or _settings_book()
    if is_url(words) or not words:
        return words, None if words else _trouble()
    try:
        return str(configured_book()), None
    except TierbookError as trouble:
        return "", trouble


def _settings_book() -> str:
    from ..scored.session import SETTINGS

    try:
        return str(tomllib.loads((home() / SETTINGS).read_text(encoding="utf-8-sig")).get("book", "")).strip()
    except (OSError, ValueError):
        return ""


def _trouble() -> TierbookError | None:
    """What is wrong with settings that name no book; None where they simply name none."""
    from ..scored.session import configured_book

    try:
        configured_book()
    except TierbookError as trouble:
        return trouble if trouble.key == "excel.bad_settings" else None
    return None


def failures(found: Mapping[str, Found]) -> int:
    return sum(one.state == "failed" for one in found.values())


__all__ = ["CHECKS", "Found", "Patient", "State", "as_json", "examine", "failures", "is_url", "lines", "named_book"]
