"""What an installation would write, worked out before anything is written; and what stands in its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import UsageError
from ...home import home
from ...labels import Language
from . import conf, interpreter, office
from .clsid import CLSID, SETTING
from .machine import Machine
from .receipt import Receipt, digest, registry_name
from .report import Step
from .settings import value_of, with_key

ADDIN = "tierbook.xlam"
RUN_KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
RUN_NAME = "tierbook"
LONGEST_RUN = 260
SETTINGS = "settings.toml"


@dataclass(frozen=True)
class Plan:
    """addin, conf, settings: path and content. `receipt` lists them; `run` is "" where no server starts at logon."""

    addin: tuple[Path, bytes]
    conf: tuple[Path, bytes]
    settings: tuple[Path, bytes]
    run: str
    receipt: Receipt
    warnings: Sequence[Step]

    @property
    def files(self) -> Sequence[tuple[str, Path, bytes]]:
        """In the order of writing: the add-in comes last, so that it never stands there without its settings."""
        return (("install.conf", *self.conf), ("install.settings", *self.settings), ("install.addin", *self.addin))


def plan(
    machine: Machine, language: Language, *, com_server: bool, folder: Path | None, addin: bytes, version: str,
    before: Receipt | None,
) -> Plan:  # fmt: skip
    """Work out an installation.

    Raises:
        UsageError: it cannot work on this machine, and why.
    """
    refuse_elsewhere(machine)
    bits = office.excel_bits(machine) or 64
    server = interpreter.server_program(machine.python)
    _refuse_interpreter(machine, server, bits, com_server=com_server)
    target = (folder.expanduser().absolute() if folder else _xlstart(machine)) / ADDIN
    conf_file, conf_data = _conf(machine, server, com_server=com_server)
    settings_file, settings_data, ours = _settings(machine, language, before)
    run = run_command(machine) if com_server else ""
    registry = {registry_name(RUN_KEY, RUN_NAME): run} if run else {}
    files = {str(target): digest(addin), str(conf_file): digest(conf_data)}
    return Plan(
        (target, addin), (conf_file, conf_data), (settings_file, settings_data), run,
        Receipt(version, files, registry, ours), _warnings(machine, target.parent, server, run, bits),
    )  # fmt: skip


def refuse_elsewhere(machine: Machine) -> None:
    """Raises UsageError on a system without Excel's add-ins, saying what is possible there."""
    if machine.platform == "darwin":
        raise UsageError("install.on_a_mac")
    if machine.platform != "win32":
        raise UsageError("install.on_linux")


def run_command(machine: Machine) -> str:
    """The line Windows runs at logon. `-P`: no module is taken from the folder it starts in."""
    return f'"{interpreter.server_program(machine.python)}" -P -m tierbook.excel.com_server'


def _xlstart(machine: Machine) -> Path:
    found = office.xlstart(machine)
    if found is None:
        raise UsageError("install.no_profile", variable="APPDATA")
    return found


def _refuse_interpreter(machine: Machine, server: Path, bits: int, *, com_server: bool) -> None:
    python = machine.python
    if python.version < interpreter.OLDEST:
        raise UsageError("install.old_python", version=".".join(map(str, python.version)))
    if not python.xlwings.startswith(interpreter.SUPPORTED):
        raise UsageError("install.other_xlwings", version=python.xlwings or "-", needed=interpreter.SUPPORTED + "*")
    if com_server or interpreter.dll_of(server, python.xlwings, bits):
        return
    name = interpreter.dll_name(python.xlwings, bits)
    stray = interpreter.stray_dll(python, bits)
    if stray is not None:
        raise UsageError("install.dll_elsewhere", dll=name, found=stray.parent, folder=server.parent)
    raise UsageError("install.no_dll", dll=name, folder=server.parent, above=server.parent.parent)


def _conf(machine: Machine, server: Path, *, com_server: bool) -> tuple[Path, bytes]:
    path = conf.conf_path(machine)
    if path is None:
        raise UsageError("install.no_profile", variable="USERPROFILE")
    server_class = {SETTING: CLSID} if com_server else {}
    ours = dict(zip(conf.OURS, (conf.portable(machine, server), "False"), strict=False)) | server_class
    try:
        theirs = conf.without(path.read_bytes(), conf.OURS) if path.is_file() else b""
        return path, conf.as_bytes(ours, machine.code_page()) + theirs
    except conf.ConfError as problem:
        raise UsageError("install.letters", letters=problem.letters, path=server) from problem
    except OSError as reason:
        raise UsageError("install.bad_settings", settings=path, reason=reason.strerror or reason) from reason


def _settings(machine: Machine, language: Language, before: Receipt | None) -> tuple[Path, bytes, dict[str, str]]:
    """settings.toml with our keys. A language people chose themselves stays."""
    path = home() / SETTINGS
    python = machine.python
    program = interpreter.server_program(python) if python.frozen else python.executable
    ours = {"python": str(program)}
    try:
        words = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
        held = value_of(words, "language")
        if held is None or (before is not None and held == before.settings.get("language")):
            ours["language"] = language
        for key, value in ours.items():
            words = with_key(words, key, value)
    except (OSError, ValueError) as reason:
        raise UsageError("install.bad_settings", settings=path, reason=reason) from reason
    return path, words.encode(), ours


def _warnings(machine: Machine, folder: Path, server: Path, run: str, bits: int) -> Sequence[Step]:
    """What does not stop an installation, but may stop the add-in."""
    found = []
    rules = office.rules(machine)
    if office.excel_bits(machine) is None:
        found.append(Step("warning", "install.no_excel"))
    if not office.trusts(machine, folder):
        found.append(Step("warning", "install.not_trusted", {"folder": folder}))
    if rules.vba_off or rules.addins_off or rules.addins_signed:
        found.append(Step("warning", "install.addins_barred"))
    room = interpreter.room_for_books(str(server), machine.environment.get("PYTHONPATH", ""))
    if not run and room < interpreter.needed_for_books():
        found.append(Step("warning", "install.long_command", {"left": room}))
    if not run and office.forbids_programs(machine):
        found.append(Step("warning", "install.programs_barred"))
    if len(run) > LONGEST_RUN:
        found.append(Step("warning", "install.long_run", {"length": len(run), "most": LONGEST_RUN}))
    if machine.python.bits != bits and not run:
        found.append(Step("warning", "install.other_bits", {"python": machine.python.bits, "excel": bits}))
    return found
