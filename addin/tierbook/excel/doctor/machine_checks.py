"""Python, packages, disk, clock: what every part of tierbook stands on, on any system."""

from __future__ import annotations

import contextlib
from importlib import import_module
from pathlib import Path

from ...home import home
from ..install import interpreter, office
from ..install.machine import Machine, Ran
from ..install.plan import SETTINGS
from ..install.settings import value_of
from .result import Found, Patient, failed, not_here, ok, warning

ENGINES = ("duckdb", "fastexcel", "lxml.etree", "openpyxl", "xlsxwriter", "chinese_calendar")
SLOW_IMPORT = 3.0
LONGEST_IMPORT = 60.0
LITTLE_ROOM, NO_ROOM = 2**30, 100 * 2**20
_TIMED = "import time; t = time.perf_counter(); import tierbook.excel.functions; print(time.perf_counter() - t)"


def python_version(patient: Patient) -> Found:
    python = patient.machine.python
    told = {"version": ".".join(map(str, python.version)), "bits": python.bits, "path": python.executable}
    if python.version < interpreter.OLDEST:
        return failed("doctor.python_old", **told)
    if office.from_the_store(python.executable):
        return warning("doctor.python_store", **told)
    return ok("doctor.python", **told) if python.bits == 64 else warning("doctor.python_32", **told)


def xlwings_version(patient: Patient) -> Found:
    found = patient.machine.python.xlwings
    if not found:
        return failed("doctor.xlwings_missing", needed=interpreter.SUPPORTED + "*")
    if not found.startswith(interpreter.SUPPORTED):
        return failed("doctor.xlwings_other", version=found, needed=interpreter.SUPPORTED + "*")
    return ok("doctor.xlwings", version=found)


def engines(patient: Patient) -> Found:
    """The packages a refresh stands on, and the engine answering."""
    for name in ENGINES:
        try:
            import_module(name)
        except ImportError as reason:
            return failed("doctor.engines_missing", package=name.split(".")[0], reason=reason)
    try:
        ((answer,),) = import_module("duckdb").connect().execute("SELECT 6 * 7").fetchall()
    except Exception as reason:  # a broken engine raises what it likes
        return failed("doctor.engines_broken", reason=reason)
    return ok("doctor.engines") if answer == 42 else failed("doctor.engines_broken", reason=answer)


def import_time(patient: Patient) -> Found:
    """How long Excel waits for its first answer: the functions loaded in a fresh process."""
    ran = _fresh(patient.machine)
    seconds = f"{ran.seconds:.1f}"
    if ran.code is None:
        return failed("doctor.import_stuck", seconds=seconds)
    if ran.code != 0:
        return failed("doctor.import_broken", reason=(ran.out.strip().splitlines() or ["?"])[-1])
    return ok("doctor.import", seconds=seconds) if ran.seconds <= SLOW_IMPORT else warning(
        "doctor.import_slow", seconds=seconds
    )  # fmt: skip


def _fresh(machine: Machine) -> Ran:
    python = machine.python
    if python.frozen:
        return machine.run([interpreter.server_program(python), "--ready"], seconds=LONGEST_IMPORT)
    return machine.run([python.executable, "-c", _TIMED], seconds=LONGEST_IMPORT)


def tierbook_home(patient: Patient) -> Found:
    """Settings, backups and receipts need a folder that can be written."""
    probe = home() / ".doctor"
    try:
        patient.machine.put(probe, b"tierbook doctor\n")
    except OSError as reason:
        return failed("doctor.home_refused", path=home(), reason=reason.strerror or reason)
    with contextlib.suppress(OSError):
        patient.machine.take_away(probe)
    return ok("doctor.home", path=home())


def own_settings(patient: Patient) -> Found:
    """settings.toml can be read, and the Python it names for other spreadsheet programs is still there."""
    path = home() / SETTINGS
    try:
        named = value_of(path.read_text(encoding="utf-8-sig"), "python")
    except FileNotFoundError:
        return not_here("doctor.settings_none", path=path)
    except (OSError, ValueError) as reason:
        return failed("doctor.settings_broken", path=path, reason=reason)
    if isinstance(named, str) and not Path(named).is_file():
        return failed("doctor.settings_python", path=path, program=named)
    return ok("doctor.settings_fine", path=path)


def disk_space(patient: Patient) -> Found:
    folder = next((place for place in (home(), *home().parents) if place.is_dir()), home())
    try:
        free = patient.machine.free_bytes(folder)
    except OSError as reason:
        return warning("doctor.disk_unknown", path=folder, reason=reason.strerror or reason)
    told = {"free": f"{free / 2**30:.1f}", "path": folder}
    if free < NO_ROOM:
        return failed("doctor.disk_full", **told)
    return ok("doctor.disk", **told) if free >= LITTLE_ROOM else warning("doctor.disk_little", **told)


def clock(patient: Patient) -> Found:
    """Days count where the people sit: a clock in UTC turns the day over at eight in the morning in China."""
    offset = patient.now.utcoffset()
    hours = offset.total_seconds() / 3600 if offset is not None else 0.0
    told = {"zone": f"UTC{hours:+g}", "now": patient.now.strftime("%Y-%m-%d %H:%M")}
    if not hours and patient.language != "en":
        return warning("doctor.clock_utc", **told)
    return ok("doctor.clock", **told)


def code_page(patient: Patient) -> Found:
    """VBA and old programs read text in the code page; Chinese paths need one that holds them."""
    if patient.machine.platform != "win32":
        return not_here("doctor.code_page_elsewhere")
    page = patient.machine.code_page()
    profile = patient.machine.environment.get("USERPROFILE", "")
    try:
        profile.encode(page)
    except UnicodeEncodeError:
        return failed("doctor.code_page_profile", page=page, profile=profile)
    except LookupError:
        return warning("doctor.code_page_unknown", page=page)
    return ok("doctor.code_page", page=page)
