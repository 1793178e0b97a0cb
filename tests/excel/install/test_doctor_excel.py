"""The doctor finds each known reason why a cell does not reach Python, and says the cure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tierbook.excel.doctor import CHECKS, examine
from tierbook.excel.install import install
from tierbook.excel.install.clsid import CLSID
from tierbook.home import home

pytestmark = pytest.mark.usefixtures("addin")
OFFICE = r"HKCU\Software\Microsoft\Office\16.0"
POLICY = r"HKCU\Software\Policies\Microsoft\Office\16.0"
ASR = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
EXCEL_CHECKS = [name for name, check in CHECKS.items() if check.__module__.endswith("excel_checks")]


@pytest.fixture
def installed(windows):
    """A machine where everything is right."""
    install("zh-CN", dry_run=False, com_server=False, machine=windows)
    return windows


@pytest.fixture
def served(windows):
    """A machine where Python is started at logon."""
    install("zh-CN", dry_run=False, com_server=True, machine=windows)
    windows.com = "answers"
    return windows


def finding(machine, name, book=""):
    """(state, finding) of one check, after its words were told in every language."""
    one = examine("zh-CN", book=book, machine=machine, checks=[name])[name]
    for language in ("zh-CN", "zh-TW", "en"):
        assert one.sentence(language)
        assert bool(one.cure(language)) == (one.state in {"warning", "failed"})
    return one.state, one.key.removeprefix("doctor.")


def set_conf(machine, words):
    machine.conf.write_bytes(words.encode(machine.page))


def test_after_an_installation_nothing_is_wrong(installed):
    found = examine("zh-CN", book="", machine=installed, checks=EXCEL_CHECKS)
    assert {name: one.state for name, one in found.items() if one.state not in {"ok", "not_here"}} == {}
    assert found["addin"].state == found["settings"].state == found["dll"].state == found["command"].state == "ok"


def test_with_the_server_at_logon_nothing_is_wrong_and_nothing_of_the_other_way_is_asked(served):
    found = examine("zh-CN", book="", machine=served, checks=EXCEL_CHECKS)
    assert {one.state for one in found.values()} == {"ok", "not_here"}
    assert found["server"].state == "ok"
    assert found["dll"].state == found["command"].state == found["programs"].state == "not_here"


@pytest.mark.parametrize("name", EXCEL_CHECKS)
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_elsewhere_no_check_of_excel_fails(windows, name, platform):
    windows.platform = platform
    assert finding(windows, name)[0] == "not_here"


def test_no_excel(installed):
    installed.registry.clear()
    assert finding(installed, "excel") == ("failed", "excel_missing")


def test_an_excel_from_the_store(installed, excel_program, tmp_path):
    program = excel_program(tmp_path / "WindowsApps", 64)
    installed.registry[r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe", ""] = str(program)
    assert finding(installed, "excel") == ("failed", "excel_store")


def test_excel_and_python_of_different_bitness(installed):
    installed.registry[r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration", "Platform"] = "x86"
    assert finding(installed, "excel") == ("warning", "excel_bits")
    assert finding(installed, "dll")[0] == "ok"


def test_no_addin(installed):
    installed.addin.unlink()
    assert finding(installed, "addin") == ("failed", "addin_missing")


def test_an_addin_of_another_version(installed, addin):
    addin(b"second version")
    assert finding(installed, "addin") == ("failed", "addin_other")


def test_an_addin_put_elsewhere_is_looked_for_there(windows, tmp_path):
    install("zh-CN", dry_run=False, com_server=False, folder=tmp_path / "addins", machine=windows)
    assert finding(windows, "addin") == ("ok", "addin")
    assert finding(windows, "trusted") == ("failed", "untrusted")


def test_an_addin_excel_disabled_after_a_crash(installed):
    installed.registry[OFFICE + r"\Excel\Resiliency\DisabledItems", "1A2B"] = "\x01c:\\users\\TIERBOOK.XLAM\0"
    assert finding(installed, "disabled") == ("failed", "disabled")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ('"PYTHONPATH",""\r\n', ("failed", "conf_empty")),
        ('"INTERPRETER_WIN","python"\r\n', ("warning", "conf_bare")),
        ('"INTERPRETER","C:\\gone\\python.exe"\r\n', ("failed", "conf_gone")),
    ],
)
def test_settings_that_name_no_python(installed, words, expected):
    set_conf(installed, words)
    assert finding(installed, "settings") == expected


def test_settings_that_name_another_python(installed, tmp_path):
    (tmp_path / "pythonw.exe").write_bytes(b"MZ")
    set_conf(installed, f'"INTERPRETER_WIN","{tmp_path / "pythonw.exe"}"\r\n')
    assert finding(installed, "settings") == ("warning", "conf_other")


def test_no_settings(installed):
    installed.conf.unlink()
    assert finding(installed, "settings") == ("failed", "conf_missing")


def test_settings_beside_the_book_win_and_are_told(installed, tmp_path):
    book = tmp_path / "客户.xlsx"
    assert finding(installed, "settings_beside", book) == ("ok", "conf_alone")
    (tmp_path / "tierbook.conf").write_bytes(b'"INTERPRETER_WIN","C:\\evil.exe"\r\n')
    assert finding(installed, "settings_beside", book) == ("warning", "conf_beside")


def test_no_dll(installed):
    installed.without_dlls()
    assert finding(installed, "dll") == ("failed", "dll_missing")


def test_a_dll_of_another_version(installed):
    installed.with_python(xlwings="0.37.9")
    assert finding(installed, "dll") == ("failed", "dll_missing")


def test_a_dll_in_the_folder_of_one_user(installed):
    installed.without_dlls()
    installed.python.user_base.mkdir(parents=True)
    (installed.python.user_base / "xlwings64-0.37.8.dll").write_bytes(b"dll")
    assert finding(installed, "dll") == ("failed", "dll_elsewhere")


@pytest.mark.parametrize(
    ("length", "expected"),
    [(100, ("ok", "command")), (1400, ("warning", "command_tight")), (2000, ("failed", "command_long"))],
)
def test_a_pythonpath_in_the_settings_uses_the_command_up(installed, length, expected):
    set_conf(installed, f'"INTERPRETER_WIN","C:\\py\\pythonw.exe"\r\n"PYTHONPATH","{"x" * length}"\r\n')
    assert finding(installed, "command") == expected


def test_a_long_pythonpath_of_the_environment(installed):
    installed.environment["PYTHONPATH"] = "x" * 1900
    assert finding(installed, "command") == ("warning", "command_tight")


@pytest.mark.parametrize(
    ("key", "name", "value", "check", "expected"),
    [
        (POLICY + r"\Excel\Security\Trusted Locations", "AllLocationsDisabled", 1, "trusted", ("failed", "trust_off")),
        (POLICY + r"\Excel\Security", "VBAWarnings", 4, "macros", ("warning", "macros_by_policy")),
        (OFFICE + r"\Excel\Security", "VBAWarnings", 3, "macros", ("warning", "macros_by_choice")),
        (OFFICE + r"\Excel\Security", "VBAWarnings", 2, "macros", ("ok", "macros")),
        (POLICY + r"\Common", "VBAOff", 1, "macros", ("failed", "vba_off")),
        (OFFICE + r"\Excel\Security", "DisableAllAddins", 1, "macros", ("failed", "addins_off")),
        (POLICY + r"\Excel\Security", "RequireAddinSig", 1, "macros", ("failed", "addins_signed")),
        (ASR, "d4f940ab-401b-4efc-aadc-ad5f3c50688a", "1", "programs", ("failed", "programs_barred")),
        (ASR, "d4f940ab-401b-4efc-aadc-ad5f3c50688a", "2", "programs", ("ok", "programs")),
    ],
)
def test_rules_of_the_company_and_of_the_user(installed, key, name, value, check, expected):
    installed.registry[key, name] = value
    assert finding(installed, check) == expected


def test_a_python_in_the_profile_where_applocker_rules(installed):
    installed.registry[r"HKLM\SOFTWARE\Policies\Microsoft\Windows\SrpV2\Exe", "EnforcementMode"] = 1
    assert finding(installed, "programs") == ("warning", "programs_listed")
    installed.with_python(executable=Path("C:\\Program Files\\Python\\python.exe"))
    assert finding(installed, "programs") == ("ok", "programs")


def test_a_profile_on_a_server(installed):
    installed.environment["APPDATA"] = "\\\\server\\profiles\\li"
    (home() / "installed.json").unlink()
    assert finding(installed, "trusted") == ("failed", "untrusted_server")


def test_an_addin_marked_as_from_the_internet(installed):
    installed.marks.add(installed.addin)
    assert finding(installed, "web_mark") == ("failed", "marked")


@pytest.mark.parametrize(("state", "expected"), [("absent", "server_absent"), ("silent", "server_silent")])
def test_a_server_that_is_gone_or_hangs(served, state, expected):
    served.com = state
    assert finding(served, "server") == ("failed", expected)


def test_the_server_at_work_on_a_button_does_not_ask_itself(served, monkeypatch):
    served.com = "silent"
    monkeypatch.setenv("TIERBOOK_COM_SERVER", str(os.getpid()))
    assert finding(served, "server") == ("ok", "server")


def test_settings_with_the_class_of_another_server(served):
    set_conf(served, served.conf.read_bytes().decode(served.page).replace(CLSID, "{506e67c3}"))
    assert finding(served, "server") == ("failed", "server_other")


def test_an_unreadable_profile_is_no_end_of_the_examination(installed):
    installed.environment.clear()
    found = examine("en", book="", machine=installed, checks=EXCEL_CHECKS)
    assert set(found) == set(EXCEL_CHECKS)
    assert Path("tierbook.xlam") not in found["addin"].values.values()
