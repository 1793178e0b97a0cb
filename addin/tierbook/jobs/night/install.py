"""Put the night into this machine's scheduler, and out of it again."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from ...errors import UsageError
from ...home import VARIABLE, home
from ...labels import DEFAULT, Language, text
from .machines import (
    Asked,
    Entry,
    Kind,
    Shell,
    cron_entry,
    crontab,
    others,
    put_crontab,
    shell,
    systemd_entry,
    windows_entry,
)
from .records import Config

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Machine:
    """What decides how a machine is told: its platform, which programs it has, where this user's files lie."""

    platform: str = sys.platform
    has: Callable[[str], object] = shutil.which
    systemd: Path = Path("/run/systemd/system")
    python: str = sys.executable
    do: Shell = shell


def kind_of(machine: Machine) -> Kind:
    """The scheduler of a machine.

    Raises:
        UsageError: it has none that we know; what to do instead is said.
    """
    if machine.platform == "win32":
        return "windows"
    if machine.platform.startswith("linux") and machine.has("systemctl") and machine.systemd.is_dir():
        return "systemd"
    if machine.has("crontab"):
        return "cron"
    raise UsageError("night.no_scheduler")


def entry_for(
    config: Config, machine: Machine, *, kind: Kind | None = None, today: dt.date, language: Language = DEFAULT
) -> Entry:
    """The entry that runs a night on this machine."""
    kind = kind or kind_of(machine)
    asked = Asked(
        name=name_of(config),
        command=command_of(config, machine, language),
        at=config.at,
        about=text("night.entry", language, books=text("night.between", language).join(a.title for a in config.aims)),
        environment={VARIABLE: str(home())} if os.environ.get(VARIABLE, "").strip() else {},
        user="\\".join(filter(None, (os.environ.get("USERDOMAIN"), os.environ.get("USERNAME")))),
    )
    if kind == "windows":
        return windows_entry(asked, home() / "night", today)
    return systemd_entry(asked, unit_folder()) if kind == "systemd" else cron_entry(asked)


def command_of(config: Config, machine: Machine, language: Language) -> list[str]:
    """What the machine runs: this very Python, what is due, no words where all is well."""
    program = [machine.python, "-m", "tierbook.cli"]
    if getattr(sys, "frozen", False):
        program = [machine.python]
    elif machine.platform == "win32":
        silent = Path(machine.python).with_name("pythonw.exe")
        program[0] = str(silent) if silent.is_file() else machine.python
    words = [*program, "nightly", "--once", "--quiet", "--lang", language]
    if config.source is not None:
        return [*words, "--config", str(config.source)]
    hours = ["--at", f"{config.at:%H:%M}", "--until", f"{config.until:%H:%M}"]
    ledger = ["--ledger", config.ledger] if config.ledger else []
    return [*words, *hours, *ledger, *(aim.key for aim in config.aims)]


def name_of(config: Config) -> str:
    """A name for files and units, in plain letters; different nights have different ones."""
    told = str(config.source) if config.source else "\n".join(aim.key for aim in config.aims)
    mark = hashlib.blake2b(os.path.normcase(told).encode(), digest_size=3).hexdigest()
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", config.name).strip("-.")[:40]
    return f"tierbook-{plain or 'night'}-{mark}"


def unit_folder() -> Path:
    """Where systemd looks for this user's units."""
    chosen = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    return (chosen if chosen.is_absolute() else Path.home() / ".config") / "systemd" / "user"


def install(entry: Entry, machine: Machine) -> None:
    """Make the machine know an entry, in place of an earlier one of its name.

    Raises:
        UsageError: the machine refuses; nothing of ours stays.
    """
    try:
        for path, told in entry.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(told)
        if entry.lines:
            put_crontab([*others(crontab(machine.do), entry.name), *entry.lines], machine.do)
        for command in entry.made:
            machine.do(command, None)
    except OSError as problem:
        for path in entry.files:
            path.unlink(missing_ok=True)
        raise UsageError("night.not_installed", reason=problem) from problem


def uninstall(entry: Entry, machine: Machine) -> bool:
    """Make the machine forget an entry; False where there was none.

    Raises:
        UsageError: the machine refuses.
    """
    try:
        there = any(path.exists() for path in entry.files)
        if entry.lines:
            lines = crontab(machine.do)
            rest = others(lines, entry.name)
            there = len(rest) < len(lines)
            if there:
                put_crontab(rest, machine.do)
        elif there:
            for path in entry.files:
                path.unlink(missing_ok=True)
            for command in entry.removed:
                machine.do(command, None)
    except OSError as problem:
        raise UsageError("night.not_removed", reason=problem) from problem
    return there
