"""Installing writes what the add-in reads, where it reads it, and says what stands in its way."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tierbook.errors import UsageError, WorkbookError, WorkbookInUse
from tierbook.excel.install import as_json, conf, install, lines
from tierbook.excel.install.clsid import CLSID
from tierbook.home import home

pytestmark = pytest.mark.usefixtures("addin")
RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
POLICY = r"HKCU\Software\Policies\Microsoft\Office\16.0\Excel\Security"
LOCATIONS = r"HKCU\Software\Microsoft\Office\16.0\Excel\Security\Trusted Locations"


def put(machine, **options):
    return install("zh-CN", **{"dry_run": False, "com_server": False, "machine": machine, **options})


def settings(machine):
    return conf.read_conf(machine.conf.read_bytes(), machine.page)


def kinds(report):
    return {step.key.split(".")[1]: step.kind for step in report.steps}


def test_the_addin_its_settings_and_tierbooks_own_are_written(windows):
    report = put(windows)
    assert windows.addin.read_bytes() == b"first version"
    assert settings(windows) == {
        "INTERPRETER_WIN": "%LOCALAPPDATA%/Programs/venv/Scripts/pythonw.exe",
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
    }
    own = tomllib.loads((home() / "settings.toml").read_text("utf-8"))
    assert own == {"python": str(windows.python.executable), "language": "zh-CN"}
    assert kinds(report) == {"conf": "done", "settings": "done", "addin": "done"}
    assert report.changed


def test_the_settings_are_two_quoted_fields_a_line_as_vba_reads_them(windows):
    put(windows)
    first = windows.conf.read_bytes().split(b"\r\n")[0]
    assert first == b'"INTERPRETER_WIN","%LOCALAPPDATA%/Programs/venv/Scripts/pythonw.exe"'


def test_the_receipt_lists_everything_written(windows):
    put(windows, com_server=True)
    receipt = json.loads((home() / "installed.json").read_text("utf-8"))
    assert set(receipt["files"]) == {str(windows.addin), str(windows.conf)}
    assert list(receipt["registry"]) == [RUN + "|tierbook"]
    assert set(receipt["settings"]) == {"python", "language"}


@pytest.mark.parametrize("user", ["李伟", "zhang san", "O'Neil & Söhne"])
def test_a_users_name_may_have_blanks_and_letters_of_any_language(invent, user):
    machine = invent(user)
    machine.page = "ascii"
    put(machine)
    assert conf.interpreter_in(machine, settings(machine)) == str(machine.python.executable.with_name("pythonw.exe"))


def test_a_python_elsewhere_in_letters_the_code_page_lacks_is_refused(windows, tmp_path):
    scripts = tmp_path / "工具" / "Scripts"
    scripts.mkdir(parents=True)
    (scripts.parent / "xlwings64-0.37.8.dll").write_bytes(b"dll")
    windows.with_python(executable=scripts / "python.exe")
    windows.page = "cp1252"
    with pytest.raises(UsageError) as refusal:
        put(windows)
    assert refusal.value.words("zh-CN") == (
        f"路径 {scripts / 'python.exe'} 里的“具工”不能写进加载项的设置（VBA 只认系统代码页）："
        "请把 Python 装到只有英文字母的路径"
    )
    assert windows.writes == []


def test_a_profile_redirected_to_onedrive_is_used_as_windows_names_it(windows, tmp_path):
    roaming = tmp_path / "OneDrive - 公司" / "AppData"
    windows.environment["APPDATA"] = str(roaming)
    put(windows)
    assert (roaming / "Microsoft" / "Excel" / "XLSTART" / "tierbook.xlam").is_file()


def test_a_dry_run_writes_nothing(windows, tree):
    before = tree()
    report = put(windows, dry_run=True, com_server=True)
    assert tree() == before
    assert windows.writes == [] and windows.started == []
    assert kinds(report) == {"conf": "done", "settings": "done", "addin": "done", "logon": "done"}
    assert lines(report, "en")[0] == "Dry run, nothing was written:"
    assert lines(report, "en")[3] == f"would   write the add-in {windows.addin}"
    assert not report.changed


def test_a_second_installation_changes_nothing(windows, tree):
    put(windows, com_server=True)
    before = tree()
    report = put(windows, com_server=True)
    assert tree() == before
    assert set(kinds(report).values()) == {"same"}
    assert len(windows.started) == 1


def test_an_upgrade_replaces_the_addin_only(windows, addin):
    put(windows)
    addin(b"second version")
    assert kinds(put(windows)) == {"conf": "same", "settings": "same", "addin": "done"}
    assert windows.addin.read_bytes() == b"second version"
    assert not (home() / "replaced").exists()


def test_an_addin_of_our_name_from_elsewhere_is_kept_before_it_is_replaced(windows):
    windows.xlstart.mkdir(parents=True)
    windows.addin.write_bytes(b"copied by hand")
    put(windows)
    (kept,) = (home() / "replaced").iterdir()
    assert kept.read_bytes() == b"copied by hand"


def test_with_excel_running_an_addin_that_must_be_replaced_stops_everything(windows, addin, tree):
    put(windows)
    addin(b"second version")
    windows.programs.add("EXCEL.EXE")
    before = tree()
    with pytest.raises(WorkbookInUse) as refusal:
        put(windows)
    assert refusal.value.words("en") == (
        f"Excel is running and holds {windows.addin}: close all its windows and run this again"
    )
    assert tree() == before


def test_with_excel_running_a_first_installation_goes_through(windows):
    windows.programs.add("EXCEL.EXE")
    assert put(windows).changed


def test_a_folder_that_refuses_is_named_and_what_was_written_is_on_the_receipt(windows):
    windows.refused.add(str(windows.xlstart))
    with pytest.raises(WorkbookError) as refusal:
        put(windows)
    assert refusal.value.words("en") == (
        f"{windows.addin} cannot be written: Permission denied; "
        "check the folder's permissions or choose another with --folder"
    )
    receipt = json.loads((home() / "installed.json").read_text("utf-8"))
    assert set(receipt["files"]) == {str(windows.conf)}


def test_another_folder_is_taken_as_told_and_the_old_addin_leaves_its_place(windows, tmp_path):
    put(windows)
    report = put(windows, folder=tmp_path / "addins")
    assert (tmp_path / "addins" / "tierbook.xlam").is_file()
    assert not windows.addin.exists()
    assert kinds(report)["not_trusted"] == "warning"
    assert kinds(report)["removed"] == "done"


def test_a_trusted_folder_of_the_users_own_gives_no_warning(windows, tmp_path):
    windows.registry[LOCATIONS + r"\Location7", "Path"] = str(tmp_path) + "/"
    windows.registry[LOCATIONS + r"\Location7", "AllowSubFolders"] = 1
    assert "not_trusted" not in kinds(put(windows, folder=tmp_path / "addins"))


def test_trusted_folders_switched_off_by_policy_are_told(windows):
    windows.registry[POLICY + r"\Trusted Locations", "AllLocationsDisabled"] = 1
    assert kinds(put(windows))["not_trusted"] == "warning"


def test_the_mark_of_the_web_goes(windows):
    windows.marks.add(windows.addin)
    put(windows)
    assert windows.marks == set()


def test_the_mark_of_the_web_goes_from_an_addin_that_is_up_to_date(windows):
    put(windows)
    windows.marks.add(windows.addin)
    assert kinds(put(windows))["addin"] == "done"
    assert windows.marks == set()


def test_the_server_starts_at_logon_and_now(windows):
    put(windows, com_server=True)
    program = str(windows.python.executable.with_name("pythonw.exe"))
    assert windows.registry[RUN, "tierbook"] == f'"{program}" -P -m tierbook.excel.com_server'
    assert windows.started == [[program, "-P", "-m", "tierbook.excel.com_server"]]
    assert settings(windows)["COM SERVER CLSID"] == CLSID


def test_an_installation_without_the_server_takes_an_earlier_one_back(windows):
    put(windows, com_server=True)
    report = put(windows)
    assert (RUN, "tierbook") not in windows.registry
    assert "COM SERVER CLSID" not in settings(windows)
    assert kinds(report)["logon_removed"] == "done"


def test_a_registry_that_refuses_is_told(windows):
    windows.refused.add(RUN)
    with pytest.raises(WorkbookError) as refusal:
        put(windows, com_server=True)
    assert refusal.value.words("en") == (
        "what starts at logon (tierbook) cannot be changed: Permission denied; ask IT, or leave --com-server out"
    )
    receipt = json.loads((home() / "installed.json").read_text("utf-8"))
    assert receipt["registry"] == {}


def test_what_people_set_themselves_stays(windows):
    windows.conf.parent.mkdir(parents=True)
    windows.conf.write_bytes('"SHOW CONSOLE","True"\r\n"INTERPRETER_WIN","C:\\old\\python.exe"\r\n'.encode("gbk"))
    home().mkdir(parents=True)
    (home() / "settings.toml").write_text('# 我的\nbook = "客户.xlsx"\nlanguage = "en"\n[paths]\nx = 1\n', "utf-8")
    put(windows)
    assert settings(windows)["SHOW CONSOLE"] == "True"
    assert settings(windows)["INTERPRETER_WIN"].endswith("pythonw.exe")
    words = (home() / "settings.toml").read_text("utf-8")
    assert words.startswith('# 我的\nbook = "客户.xlsx"\nlanguage = "en"\npython = ')
    assert tomllib.loads(words)["paths"] == {"x": 1}


def test_letters_of_another_code_page_in_peoples_own_lines_stay(windows):
    windows.conf.parent.mkdir(parents=True)
    windows.conf.write_bytes(b'"ONEDRIVE_WIN","C:\\\xff\xfe"\n')
    put(windows)
    assert windows.conf.read_bytes().endswith(b'"ONEDRIVE_WIN","C:\\\xff\xfe"\r\n')


def test_settings_that_may_not_be_read_are_told(windows, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    windows.conf.parent.mkdir(parents=True)
    windows.conf.write_bytes(b"")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UsageError) as refusal:
        put(windows)
    assert refusal.value.words("en") == f"the settings {windows.conf} cannot be read: Permission denied"
    assert windows.writes == []


def test_a_folder_told_from_where_one_stands_is_written_down_whole(windows, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(windows, folder=Path("addins"))
    receipt = json.loads((home() / "installed.json").read_text("utf-8"))
    assert str(tmp_path / "addins" / "tierbook.xlam") in receipt["files"]


def test_settings_nobody_can_read_are_not_touched(windows):
    home().mkdir(parents=True)
    (home() / "settings.toml").write_text("book = ", "utf-8")
    with pytest.raises(UsageError, match="设置文件"):
        put(windows)
    assert windows.writes == []


def test_a_dll_where_pip_put_it_for_one_user_is_named_with_the_cure(windows):
    windows.without_dlls()
    windows.python.user_base.mkdir(parents=True)
    (windows.python.user_base / "xlwings64-0.37.8.dll").write_bytes(b"dll")
    with pytest.raises(UsageError) as refusal:
        put(windows)
    assert refusal.value.words("en") == (
        f"xlwings64-0.37.8.dll lies in {windows.python.user_base}, but the add-in looks in "
        f"{windows.python.executable.parent} and the folder above: copy it there, or install tierbook into a virtual "
        "environment (python -m venv)"
    )


def test_the_dll_asked_for_is_of_excels_bitness(windows, excel_program, tmp_path):
    (windows.python.prefix / "xlwings32-0.37.8.dll").unlink()
    key = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
    windows.registry = {(key, ""): str(excel_program(tmp_path, 32))}
    with pytest.raises(UsageError, match=r"找不到 xlwings32-0\.37\.8\.dll"):
        put(windows)


def test_a_server_at_logon_needs_no_dll(windows):
    windows.without_dlls()
    assert put(windows, com_server=True).changed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": (3, 10, 4)}, "Python 3.10.4 太旧，需要 3.11 或更新"),
        ({"xlwings": "0.38.0"}, 'xlwings 版本是 0.38.0，需要 0.37.*：请运行 python -m pip install "xlwings==0.37.*"'),
        ({"xlwings": ""}, 'xlwings 版本是 -，需要 0.37.*：请运行 python -m pip install "xlwings==0.37.*"'),
    ],
)
def test_an_unfit_python_is_refused(windows, changes, words):
    windows.with_python(**changes)
    with pytest.raises(UsageError) as refusal:
        put(windows)
    assert refusal.value.words("zh-CN") == words


@pytest.mark.parametrize(
    ("key", "name", "value", "warning"),
    [
        (POLICY, "DisableAllAddins", 1, "addins_barred"),
        (POLICY, "RequireAddinSig", 1, "addins_barred"),
        (r"HKCU\Software\Policies\Microsoft\Office\16.0\Common", "VBAOff", 1, "addins_barred"),
        (
            r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
            "d4f940ab-401b-4efc-aadc-ad5f3c50688a",
            "1",
            "programs_barred",
        ),
    ],
)
def test_rules_that_stop_the_addin_are_told(windows, key, name, value, warning):
    windows.registry[key, name] = value
    assert kinds(put(windows))[warning] == "warning"


def test_a_long_pythonpath_is_told_before_excel_fails_over_it(windows):
    windows.environment["PYTHONPATH"] = "C:\\x" * 400
    assert kinds(put(windows))["long_command"] == "warning"


def test_a_machine_without_excel_is_told_so(windows):
    windows.registry.clear()
    assert kinds(put(windows))["no_excel"] == "warning"


def test_a_frozen_build_is_started_by_its_own_server(windows):
    windows.with_python(frozen=True, executable=windows.python.executable.with_name("tierbook.exe"))
    put(windows)
    assert settings(windows)["INTERPRETER_WIN"].endswith("/Scripts/tierbook-server.exe")


@pytest.mark.parametrize(
    ("platform", "words"),
    [("linux", "there is no Excel here"), ("darwin", "Excel for Mac has no worksheet functions with xlwings")],
)
def test_elsewhere_it_says_what_is_possible(windows, platform, words):
    windows.platform = platform
    with pytest.raises(UsageError) as refusal:
        put(windows)
    assert refusal.value.words("en").startswith(words)
    assert windows.writes == []


def test_the_screen_shows_a_line_for_each_step_and_what_to_do_now(windows):
    report = put(windows)
    assert lines(report, "en") == [
        f"done    write the add-in's settings {windows.conf}",
        f"done    write tierbook's settings {home() / 'settings.toml'}",
        f"done    write the add-in {windows.addin}",
        "Start Excel again; =CUST_TIER(A2) works in every workbook. If not, run tierbook doctor.",
    ]
    assert as_json(report, "en")["steps"][2] == {
        "kind": "done", "step": "addin", "text": f"write the add-in {windows.addin}",
    }  # fmt: skip


def test_no_profile_is_told(windows):
    del windows.environment["USERPROFILE"]
    with pytest.raises(UsageError, match="USERPROFILE"):
        put(windows)


def test_the_path_of_a_python_outside_the_profile_stands_as_it_is(windows):
    assert conf.portable(windows, Path("/opt/python/python.exe")) == "/opt/python/python.exe"
