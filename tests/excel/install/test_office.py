"""What the registry tells about Excel, and the lengths and places xlwings' rules allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierbook.excel.install import conf, interpreter, office
from tierbook.excel.install.settings import with_key, without_key
from tierbook.excel.install.this_machine import here

APP_PATH = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"


@pytest.mark.parametrize(("platform", "bits"), [("x64", 64), ("x86", 32)])
def test_an_office_by_click_to_run_says_its_bitness(windows, platform, bits):
    windows.registry[office.CLICK_TO_RUN, "Platform"] = platform
    assert office.excel_bits(windows) == bits


@pytest.mark.parametrize("bits", [32, 64])
def test_an_office_from_a_disc_is_known_by_its_program(windows, excel_program, tmp_path, bits):
    windows.registry = {(APP_PATH, ""): f'"{excel_program(tmp_path, bits)}"'}
    assert office.excel_bits(windows) == bits


def test_a_program_that_is_none_has_no_bitness(windows, tmp_path):
    (tmp_path / "EXCEL.EXE").write_bytes(b"MZ")
    windows.registry = {(APP_PATH, ""): str(tmp_path / "EXCEL.EXE")}
    assert office.excel_bits(windows) is None


def test_an_office_without_excel_has_none(windows):
    del windows.registry[APP_PATH, ""]
    assert office.excel_bits(windows) is None


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("%USERNAME%\\x", "li\\x"),
        ("%username%", "li"),
        ("%NOBODY%\\%USERNAME%", "%NOBODY%\\li"),
        ("100%", "100%"),
        ("%USERNAME%%USERNAME%", "lili"),
        ("a%b%USERNAME%", "a%bli"),
        ("", ""),
    ],
)
def test_names_between_percent_signs_are_filled_in(windows, words, filled):
    windows.environment["UserName"] = "li"
    assert office.expanded(windows, words) == filled


@pytest.mark.parametrize(
    ("folder", "deep", "trusted"),
    [
        ("C:\\Add", 0, True),
        ("c:/add/", 0, True),
        ("C:\\Add\\in", 0, False),
        ("C:\\Add\\in", 1, True),
        ("C:\\Addins", 1, False),
    ],
)
def test_a_trusted_folder_may_hold_others(windows, folder, deep, trusted):
    key = rf"HKCU\{office.OFFICE}\Excel\Security\Trusted Locations\Location3"
    windows.registry[key, "Path"] = "C:\\Add\\"
    windows.registry[key, "AllowSubFolders"] = deep
    assert office.trusts(windows, Path(folder)) is trusted


@pytest.mark.parametrize(("allowed", "by_policy", "trusted"), [(None, None, False), (1, None, True), (1, 0, False)])
def test_a_profile_on_a_server_is_trusted_only_where_that_is_allowed(windows, allowed, by_policy, trusted):
    windows.environment["APPDATA"] = "\\\\server\\profiles\\li"
    tail = r"\Excel\Security\Trusted Locations"
    windows.registry["HKCU\\" + office.OFFICE + tail, "AllowNetworkLocations"] = allowed
    windows.registry["HKCU\\" + office.POLICY + tail, "AllowNetworkLocations"] = by_policy
    start = office.xlstart(windows)
    assert start is not None
    assert office.trusts(windows, start) is trusted


@pytest.mark.parametrize(("value", "macros"), [(1, "runs"), (2, "asks"), (3, "signed"), (4, "off"), (9, "asks")])
def test_a_policy_on_macros_beats_the_users_own_setting(windows, value, macros):
    windows.registry[rf"HKCU\{office.OFFICE}\Excel\Security", "VBAWarnings"] = 1
    windows.registry[rf"HKCU\{office.POLICY}\Excel\Security", "VBAWarnings"] = value
    assert (office.rules(windows).macros, office.rules(windows).by_policy) == (macros, True)


def test_the_command_that_starts_python_leaves_this_much_for_two_workbooks():
    fixed = interpreter.room_for_books("")
    assert 1800 < fixed < 1900
    assert interpreter.room_for_books("C:\\p\\pythonw.exe") == fixed - 16
    assert interpreter.room_for_books("", "C:\\a") == fixed - 5


@pytest.mark.parametrize("place", ["Scripts", "."])
def test_the_dll_lies_beside_the_interpreter_or_one_folder_above(tmp_path, place):
    (tmp_path / "Scripts").mkdir()
    (tmp_path / place / "xlwings32-0.37.8.dll").write_bytes(b"")
    found = interpreter.dll_of(tmp_path / "Scripts" / "pythonw.exe", "0.37.8", 32)
    assert found is not None and found.parent == (tmp_path / place).resolve()
    assert interpreter.dll_of(tmp_path / "Scripts" / "pythonw.exe", "0.37.8", 64) is None


def test_of_two_lines_with_one_key_the_first_counts():
    assert conf.read_conf(b'"A","1"\r\n"a","2"\r\nbroken\r\n', "gbk") == {"A": "1"}


def test_a_quotation_mark_cannot_be_written():
    with pytest.raises(conf.ConfError):
        conf.as_bytes({"A": 'x"y'}, "gbk")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'python = "p"\n'),
        ('python = "old"  # mine\nx = 1\n', 'python = "p"\nx = 1\n'),
        ("[a]\npython = 1\n", 'python = "p"\n\n[a]\npython = 1\n'),
        ("x = 1", 'x = 1\npython = "p"\n'),
    ],
)
def test_a_setting_changes_one_line(before, after):
    assert with_key(before, "python", "p") == after


@pytest.mark.parametrize("before", ["x = ", 'python = """\na\n"""\n', 'x = [\n  ["a"],\n  ["b"],\n]\n[t]\n'])
def test_a_setting_that_would_break_the_file_is_refused(before):
    with pytest.raises(ValueError):
        with_key(before, "python", "p")


def test_a_key_of_a_table_is_not_ours():
    assert without_key("[a]\npython = 1\n", "python") == "[a]\npython = 1\n"


def test_no_draft_ever_stands_in_xlstart(tmp_path, monkeypatch):
    """Excel would open it."""
    seen = []
    replace = Path.replace

    def watched(draft, target):
        seen.append(draft.parent)
        return replace(draft, target)

    monkeypatch.setattr(Path, "replace", watched)
    here().put(tmp_path / "XLSTART" / "tierbook.xlam", b"x")
    here().put(tmp_path / "addins" / "tierbook.xlam", b"x")
    assert seen == [tmp_path, tmp_path / "addins"]
    assert [path.name for path in (tmp_path / "XLSTART").iterdir()] == ["tierbook.xlam"]


def test_this_machine_tells_about_itself(tmp_path):
    machine = here()
    assert machine.python.bits in {32, 64} and machine.python.xlwings.startswith("0.37.")
    ran = machine.run([machine.python.executable, "-c", "print(7)"], seconds=60)
    assert (ran.code, ran.out.strip()) == (0, "7")
    assert machine.run([tmp_path / "nothing"], seconds=5).code is None
    machine.put(tmp_path / "deep" / "file", b"x")
    assert (tmp_path / "deep" / "file").read_bytes() == b"x"
    assert machine.free_bytes(tmp_path) > 0
