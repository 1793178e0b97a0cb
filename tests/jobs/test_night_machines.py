"""The machine's scheduler: Windows' XML, systemd units, the crontab."""

from __future__ import annotations

import datetime as dt
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tierbook.cli import main
from tierbook.errors import UsageError
from tierbook.jobs.night.config import books_only
from tierbook.jobs.night.install import Machine, entry_for, install, kind_of, name_of, uninstall
from tierbook.jobs.night.machines import MARK, WINDOWS, Asked, cron_entry, shell, systemd_entry, task_xml, unit_quoted
from tierbook.jobs.night.records import Config

TODAY = dt.date(2026, 10, 31)
ODD = ["/opt/my python/bin/python", "-m", "tierbook.cli", "nightly", '/srv/A & B <50%> "x" $HOME\\客户 表.xlsx']
ASKED = Asked("tierbook-night-0a1b2c", ODD, dt.time(2, 5), "夜间 & <100%>\nzwei", {"TIERBOOK_HOME": "/srv/t b"})


class Crontab:
    """A crontab that lives in memory."""

    def __init__(self, lines: str | None) -> None:
        self.lines = lines

    def __call__(self, command: Sequence[str], put_in: str | None) -> str:
        assert command[0] == "crontab"
        if put_in is not None:
            self.lines = put_in
        if self.lines is None:
            raise OSError("crontab -l: no crontab for nobody")
        return self.lines


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return replace(books_only([tmp_path / "客户 表.xlsx"]), at=dt.time(23, 30))


def machine(**told: object) -> Machine:
    return replace(Machine(platform="linux", has=lambda _: None, python="/usr/bin/python3"), **told)  # type: ignore[arg-type]


# -- Windows


def test_the_task_for_windows_says_what_to_run_and_when() -> None:
    """Elements and their order as in the schema of version 1.2; the Task Scheduler takes UTF-16 only."""
    written = task_xml(ASKED, TODAY)
    assert written[:2] in (b"\xff\xfe", b"\xfe\xff")
    root = ET.fromstring(written.decode("utf-16").partition("?>")[2])
    found = {element.tag.removeprefix(f"{{{WINDOWS}}}"): element.text for element in root.iter()}
    assert (root.tag, root.get("version")) == (f"{{{WINDOWS}}}Task", "1.2")
    assert found["StartBoundary"] == "2026-10-31T02:05:00"
    assert found["Command"] == ODD[0]
    assert found["Arguments"] == subprocess.list2cmdline(ODD[1:])
    assert (found["StartWhenAvailable"], found["MultipleInstancesPolicy"]) == ("true", "IgnoreNew")
    trigger = root.find(f".//{{{WINDOWS}}}CalendarTrigger")
    assert trigger is not None
    assert [each.tag.rpartition("}")[2] for each in trigger] == ["StartBoundary", "ScheduleByDay"]


def test_windows_is_told_by_its_own_command_and_refusal_leaves_no_file(config: Config, tmp_path: Path) -> None:
    said: list[Sequence[str]] = []

    def refuse(command: Sequence[str], _: str | None) -> str:
        said.append(command)
        raise OSError("schtasks: Zugriff verweigert")

    windows = machine(platform="win32", do=refuse)
    entry = entry_for(config, windows, today=TODAY)
    (path,) = entry.files
    with pytest.raises(UsageError, match="Zugriff verweigert"):
        install(entry, windows)
    assert said[0][:2] == ["schtasks", "/Create"]
    assert not path.exists()


# -- systemd


def test_a_timer_makes_up_for_a_missed_night(tmp_path: Path) -> None:
    entry = systemd_entry(ASKED, tmp_path)
    service, timer = (told.decode() for told in entry.files.values())
    assert "OnCalendar=*-*-* 02:05:00\nPersistent=true" in timer
    assert 'Environment="TIERBOOK_HOME=/srv/t b"\n' in service
    assert "Description=夜间 & <100%%> zwei\n" in service
    assert service.splitlines()[-1].startswith('ExecStart="/opt/my python/bin/python" -m tierbook.cli nightly "/srv/A')


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("plain", "plain"),
        ("", '""'),
        ("a b", '"a b"'),
        ("50%", '"50%%"'),
        ('"', '"\\""'),
        ("a\\b", '"a\\\\b"'),
        ("it's", '"it\'s"'),
    ],
)  # fmt: skip
def test_words_of_a_unit_are_quoted_where_they_need_it(word: str, written: str) -> None:
    assert unit_quoted(word) == written
    assert unit_quoted("$A", dollars=True) == '"$$A"'


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_itself_finds_nothing_wrong(tmp_path: Path) -> None:
    entry = systemd_entry(replace(ASKED, command=["/bin/true", *ODD[1:]]), tmp_path)
    for path, told in entry.files.items():
        path.write_bytes(told)
    run = subprocess.run(["systemd-analyze", "verify", *entry.files], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr.strip()) == (0, "")


# -- cron


def test_a_line_of_cron_runs_the_very_words(tmp_path: Path) -> None:
    entry = cron_entry(replace(ASKED, environment={}))
    hour, start = entry.lines
    minute, at, *rest = hour.split(" ", 5)
    assert (minute, at, rest[:3]) == ("5", "2", ["*", "*", "*"])
    command = rest[3].removesuffix(f" {MARK}{ASKED.name}")
    assert shlex.split(command.replace("\\%", "%")) == ODD
    assert start == f"@reboot {rest[3]}"


def test_a_crontab_keeps_what_others_wrote(config: Config) -> None:
    table = Crontab("MAILTO=me\n0 5 * * * backup # tierbook:other\n")
    cron = machine(has=lambda name: name == "crontab", do=table)
    entry = entry_for(config, cron, today=TODAY)
    for _ in range(2):
        install(entry, cron)
    lines = str(table.lines).splitlines()
    assert lines[:2] == ["MAILTO=me", "0 5 * * * backup # tierbook:other"]
    assert [line[:7] for line in lines[2:]] == ["30 23 *", "@reboot"]
    assert uninstall(entry, cron)
    assert table.lines == "MAILTO=me\n0 5 * * * backup # tierbook:other\n"
    assert not uninstall(entry, cron)


def test_a_machine_without_a_crontab_gets_one(config: Config) -> None:
    table = Crontab(None)
    cron = machine(has=lambda name: name == "crontab", do=table)
    install(entry_for(config, cron, today=TODAY), cron)
    assert str(table.lines).count(name_of(config)) == 2


# -- which


def test_the_machine_decides_the_scheduler(tmp_path: Path) -> None:
    assert kind_of(machine(platform="win32")) == "windows"
    assert kind_of(machine(has=lambda _: "/bin/x", systemd=tmp_path)) == "systemd"
    assert kind_of(machine(has=lambda name: name == "crontab", systemd=tmp_path)) == "cron"
    assert kind_of(machine(platform="darwin", has=lambda _: "/bin/x")) == "cron"
    with pytest.raises(UsageError, match="--scheduler"):
        kind_of(machine())


def test_a_command_that_fails_says_what_it_said() -> None:
    with pytest.raises(OSError, match="wrong"):
        shell(["/bin/sh", "-c", "echo wrong >&2; exit 3"])


def test_print_shows_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "客户.xlsx"
    for kind in ("windows", "systemd", "cron"):
        assert main(["nightly", str(book), "--install", "--print", "--scheduler", kind, "--at", "04:15"]) == 0
    told = capsys.readouterr().out
    assert "T04:15:00" in told and "OnCalendar=*-*-* 04:15:00" in told and "15 4 * * *" in told
    assert list(tmp_path.iterdir()) == []
