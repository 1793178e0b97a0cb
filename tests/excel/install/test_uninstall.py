"""Uninstalling takes exactly what the receipt lists, and nothing people changed since."""

from __future__ import annotations

import pytest

from tierbook.errors import UsageError, WorkbookError, WorkbookInUse
from tierbook.excel.install import conf, install, lines, uninstall
from tierbook.home import home

pytestmark = pytest.mark.usefixtures("addin")
RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"


def put(machine, **options):
    return install("zh-CN", **{"dry_run": False, "com_server": False, "machine": machine, **options})


def take(machine, **options):
    return uninstall("zh-CN", **{"dry_run": False, "machine": machine, **options})


def test_after_it_the_disk_and_the_registry_are_as_before(windows, tree):
    files, registry = tree(), dict(windows.registry)
    put(windows, com_server=True)
    take(windows)
    assert tree() == files
    assert windows.registry == registry
    assert not windows.conf.parent.exists()


def test_an_addin_changed_since_is_kept_and_named(windows):
    put(windows)
    windows.addin.write_bytes(b"mine now")
    report = take(windows)
    assert windows.addin.read_bytes() == b"mine now"
    assert f"kept    {windows.addin} was changed since and stays" in lines(report, "en")
    assert not windows.conf.exists()


def test_settings_changed_since_are_kept(windows):
    put(windows)
    windows.conf.write_bytes(windows.conf.read_bytes() + b'"SHOW CONSOLE","True"\r\n')
    take(windows)
    assert windows.conf.is_file()


def test_settings_people_had_before_are_all_that_stays(windows):
    windows.conf.parent.mkdir(parents=True)
    windows.conf.write_bytes(b'"SHOW CONSOLE","True"\r\n')
    put(windows)
    take(windows)
    assert conf.read_conf(windows.conf.read_bytes(), windows.page) == {"SHOW CONSOLE": "True"}


def test_only_our_lines_leave_tierbooks_settings(windows):
    home().mkdir(parents=True)
    before = '# 我的\nbook = "客户.xlsx"\n\n[paths]\nx = 1\n'
    (home() / "settings.toml").write_text(before, "utf-8")
    put(windows)
    take(windows)
    words = (home() / "settings.toml").read_text("utf-8")
    assert words.split() == before.split()


def test_a_language_chosen_since_stays(windows):
    put(windows)
    path = home() / "settings.toml"
    path.write_text(path.read_text("utf-8").replace("zh-CN", "en"), "utf-8")
    take(windows)
    assert path.read_text("utf-8") == 'language = "en"\n'


def test_a_command_at_logon_changed_since_stays(windows):
    put(windows, com_server=True)
    windows.registry[RUN, "tierbook"] = "something else"
    take(windows)
    assert windows.registry[RUN, "tierbook"] == "something else"


def test_a_dry_run_takes_nothing(windows, tree):
    put(windows, com_server=True)
    before, writes = tree(), list(windows.writes)
    report = take(windows, dry_run=True)
    assert tree() == before and windows.writes == writes
    assert {step.kind for step in report.steps} == {"done"}


def test_what_is_gone_already_is_no_trouble(windows):
    put(windows)
    windows.addin.unlink()
    assert "same    " + f"{windows.addin} is not there any more" in lines(take(windows), "en")


def test_with_excel_holding_the_addin_the_receipt_stays(windows):
    put(windows)
    windows.programs.add("EXCEL.EXE")
    windows.refused.add(str(windows.addin))
    with pytest.raises(WorkbookInUse):
        take(windows)
    windows.programs.clear()
    windows.refused.clear()
    take(windows)
    assert not windows.addin.exists()


@pytest.mark.parametrize("place", ["conf", "addin"])
def test_after_an_upgrade_that_was_refused_half_way_all_of_both_goes(windows, addin, tree, place):
    files, registry = tree(), dict(windows.registry)
    put(windows, com_server=True)
    addin(b"second version")
    windows.with_python(executable=windows.python.executable.with_name("pythonw.exe"))
    windows.refused.add(str(getattr(windows, place)))
    with pytest.raises(WorkbookError):
        put(windows)
    windows.refused.clear()
    assert {step.kind for step in take(windows).steps} == {"done"}
    assert tree() == files
    assert windows.registry == registry


def test_without_a_receipt_there_is_nothing_to_uninstall(windows):
    with pytest.raises(UsageError) as refusal:
        take(windows)
    assert refusal.value.words("en") == (
        f"there is no receipt {home() / 'installed.json'}, so there is nothing to uninstall"
    )
