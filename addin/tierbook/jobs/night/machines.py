"""What makes a machine run the night by itself: Windows' Task Scheduler, a systemd timer, or a line of cron."""

from __future__ import annotations

import datetime as dt
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

Kind = Literal["windows", "systemd", "cron"]
WINDOWS = "http://schemas.microsoft.com/windows/2004/02/mit/task"
MARK = "# tierbook:"
"""Ends our lines in a crontab, with the name of the night."""
LONGEST = "PT23H"
"""A run that hangs longer than this is ended by Windows, so that the next night can begin."""


@dataclass(frozen=True)
class Asked:
    """The night to be run: a name that is a file's and a unit's too, the command, its hour, what it needs around it."""

    name: str
    command: Sequence[str]
    at: dt.time
    about: str
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str = ""


@dataclass(frozen=True)
class Entry:
    """An entry in a machine's scheduler, not made yet.

    Args:
        files: what is written where.
        made, removed: commands that make the machine know it, and forget it.
        lines: what stands in the crontab; for other schedulers none.
    """

    kind: Kind
    name: str
    files: Mapping[Path, bytes] = field(default_factory=dict)
    made: Sequence[Sequence[str]] = ()
    removed: Sequence[Sequence[str]] = ()
    lines: Sequence[str] = ()


def windows_entry(asked: Asked, folder: Path, today: dt.date) -> Entry:
    """A daily task that also starts late when the machine was off, never twice at a time, as this user."""
    path = folder / f"{asked.name}.xml"
    task = f"tierbook\\{asked.name}"
    return Entry(
        "windows",
        task,
        {path: task_xml(asked, today)},
        made=[["schtasks", "/Create", "/TN", task, "/XML", str(path), "/F"]],
        removed=[["schtasks", "/Delete", "/TN", task, "/F"]],
    )


def task_xml(asked: Asked, today: dt.date) -> bytes:
    """The task as the Task Scheduler reads it (schema 1.2): UTF-16 with a mark, elements in the schema's order."""
    ET.register_namespace("", WINDOWS)
    root = _put(None, "Task")
    root.set("version", "1.2")
    _put(_put(root, "RegistrationInfo"), "Description", asked.about)
    trigger = _put(_put(root, "Triggers"), "CalendarTrigger")
    _put(trigger, "StartBoundary", dt.datetime.combine(today, asked.at).isoformat())
    _put(_put(trigger, "ScheduleByDay"), "DaysInterval", "1")
    principal = _put(_put(root, "Principals"), "Principal")
    principal.set("id", "Author")
    if asked.user:
        _put(principal, "UserId", asked.user)
    _put(principal, "LogonType", "InteractiveToken")
    _put(principal, "RunLevel", "LeastPrivilege")
    settings = _put(root, "Settings")
    for key, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"), ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"), ("StartWhenAvailable", "true"), ("Enabled", "true"),
        ("WakeToRun", "true"), ("ExecutionTimeLimit", LONGEST), ("Priority", "7"),
    ):  # fmt: skip
        _put(settings, key, value)
    actions = _put(root, "Actions")
    actions.set("Context", "Author")
    run = _put(actions, "Exec")
    _put(run, "Command", asked.command[0])
    _put(run, "Arguments", subprocess.list2cmdline(asked.command[1:]))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-16", xml_declaration=True)
    return written


def _put(parent: ET.Element | None, name: str, words: str = "") -> ET.Element:
    made = ET.Element(f"{{{WINDOWS}}}{name}") if parent is None else ET.SubElement(parent, f"{{{WINDOWS}}}{name}")
    if words:
        made.text = words
    return made


def systemd_entry(asked: Asked, folder: Path) -> Entry:
    """A timer of this user; a night missed while the machine was off is run when it starts."""
    timer = f"{asked.name}.timer"
    control = ["systemctl", "--user"]
    environment = "".join(f"Environment={unit_quoted(f'{key}={value}')}\n" for key, value in asked.environment.items())
    service = (
        f"[Unit]\nDescription={unit_text(asked.about)}\n\n"
        f"[Service]\nType=oneshot\nNice=10\n{environment}"
        f"ExecStart={' '.join(unit_quoted(word, dollars=True) for word in asked.command)}\n"
    )
    clock = (
        f"[Unit]\nDescription={unit_text(asked.about)}\n\n"
        f"[Timer]\nOnCalendar=*-*-* {asked.at:%H:%M}:00\nPersistent=true\nAccuracySec=1min\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    return Entry(
        "systemd",
        timer,
        {folder / f"{asked.name}.service": service.encode(), folder / timer: clock.encode()},
        made=[[*control, "daemon-reload"], [*control, "enable", "--now", timer]],
        removed=[[*control, "disable", "--now", timer], [*control, "daemon-reload"]],
    )


def unit_text(words: str) -> str:
    """A text in a unit file: one line, and no specifier."""
    return " ".join(words.split()).replace("%", "%%")


def unit_quoted(word: str, *, dollars: bool = False) -> str:
    """A word of a unit file, in quotes where it needs them.

    Args:
        dollars: variables are filled in there, as in a command, so that a dollar is written twice.
    """
    told = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("\n", "\\n")
    if dollars:
        told = told.replace("$", "$$")
    return f'"{told}"' if told != word or not word or any(letter in " \t'" for letter in word) else told


def cron_entry(asked: Asked) -> Entry:
    """A line for the hour, and one for the machine's start, which makes up for a missed night."""
    words = shlex.join([*(("env", *(f"{k}={v}" for k, v in asked.environment.items())) if asked.environment else ()),
                        *asked.command])  # fmt: skip
    command = words.replace("%", "\\%")
    mark = f"{MARK}{asked.name}"
    hour = f"{asked.at.minute} {asked.at.hour} * * *"
    return Entry("cron", asked.name, lines=[f"{hour} {command} {mark}", f"@reboot {command} {mark}"])


Shell = Callable[[Sequence[str], str | None], str]
"""Runs a command with a text as its input, gives what it says; raises OSError where it fails."""


def shell(command: Sequence[str], put_in: str | None = None) -> str:
    """Run a command of the machine's scheduler.

    Raises:
        OSError: it is not here, or says no.
    """
    run = subprocess.run(
        list(command), input=put_in, capture_output=True, text=True, check=False, errors="replace", timeout=60
    )
    if run.returncode:
        said = " ".join((run.stderr or run.stdout).split())
        raise OSError(f"{shlex.join(command)}: {said or run.returncode}")
    return run.stdout


def crontab(do: Shell) -> list[str]:
    """The lines of this user's crontab; none where there is no crontab."""
    try:
        return do(["crontab", "-l"], None).splitlines()
    except OSError as problem:
        if "no crontab" in str(problem):
            return []
        raise


def put_crontab(lines: Sequence[str], do: Shell) -> None:
    do(["crontab", "-"], "".join(f"{line}\n" for line in lines))


def others(lines: Sequence[str], name: str) -> list[str]:
    """A crontab without our lines for this night."""
    return [line for line in lines if not line.rstrip().endswith(f"{MARK}{name}")]
