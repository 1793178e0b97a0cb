"""The doctor looks at the machine and at the book, tells every finding with its cure, and never breaks off."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import tomllib
from pathlib import Path

import openpyxl
import pytest

import tierbook
from tierbook import cli
from tierbook.errors import WorkbookError
from tierbook.excel import doctor
from tierbook.excel.doctor import CHECKS, examine, failures, lines
from tierbook.excel.install.machine import Ran
from tierbook.home import home
from tierbook.labels import LANGUAGES, text

CHINA = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2026, 9, 3, 10, tzinfo=CHINA)
LABELS = tomllib.loads((Path(tierbook.__file__).parent / "labels" / "doctor.toml").read_text("utf-8"))
CODE = "".join(path.read_text("utf-8") for path in Path(doctor.__file__).parent.glob("*.py"))


def finding(machine, name, *, book="", language="zh-CN", now=NOW):
    one = examine(language, book=book, machine=machine, now=now, checks=[name])[name]
    for each in LANGUAGES:
        assert one.sentence(each)
        assert bool(one.cure(each)) == (one.state in {"warning", "failed"})
    return one.state, one.key.removeprefix("doctor.")


@pytest.fixture
def stamped(monkeypatch, tmp_path):
    """A book whose stamp is given, as if it had been read."""
    book = tmp_path / "客户.xlsx"
    openpyxl.Workbook().save(book)
    monkeypatch.setattr(
        "tierbook.excel.doctor.book_checks._stamp", lambda path: {"as_of": "2026-09-01", "tierbook_version": "0.1.0"}
    )
    return book


# Machine


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("ok", "python")),
        ({"bits": 32}, ("warning", "python_32")),
        ({"version": (3, 10, 0)}, ("failed", "python_old")),
        (
            {"executable": Path("C:/Users/li/AppData/Local/Microsoft/WindowsApps/python.exe")},
            ("warning", "python_store"),
        ),
    ],
)
def test_python(windows, changes, expected):
    windows.with_python(**changes)
    assert finding(windows, "python") == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [("0.37.8", ("ok", "xlwings")), ("0.38.1", ("failed", "xlwings_other")), ("", ("failed", "xlwings_missing"))],
)
def test_xlwings(windows, version, expected):
    windows.with_python(xlwings=version)
    assert finding(windows, "xlwings") == expected


def test_the_packages_are_all_there(windows):
    assert finding(windows, "engines") == ("ok", "engines")


def test_a_package_that_cannot_be_loaded(windows, monkeypatch):
    monkeypatch.setitem(sys.modules, "fastexcel", None)
    assert finding(windows, "engines") == ("failed", "engines_missing")


def test_an_engine_that_does_not_compute(windows, monkeypatch):
    monkeypatch.setattr("duckdb.connect", lambda: 1 / 0)
    assert finding(windows, "engines") == ("failed", "engines_broken")


@pytest.mark.parametrize(
    ("ran", "expected"),
    [
        (Ran(0, "0.4", 0.9), ("ok", "import")),
        (Ran(0, "7.1", 7.5), ("warning", "import_slow")),
        (Ran(1, "Traceback\nModuleNotFoundError: x", 0.3), ("failed", "import_broken")),
        (Ran(1, "", 0.3), ("failed", "import_broken")),
        (Ran(None, "timed out", 60.0), ("failed", "import_stuck")),
    ],
)
def test_the_time_a_fresh_process_needs(windows, ran, expected):
    windows.answer = lambda command: ran
    assert finding(windows, "import_time") == expected


def test_a_frozen_build_times_its_own_server(windows):
    windows.with_python(frozen=True, executable=windows.python.executable.with_name("tierbook.exe"))
    asked = []
    windows.answer = lambda command: asked.append(command) or Ran(0, "", 0.5)
    finding(windows, "import_time")
    assert [str(asked[0][0]).endswith("tierbook-server.exe"), asked[0][1]] == [True, "--ready"]


def test_tierbooks_folder_may_be_refused(windows):
    assert finding(windows, "home") == ("ok", "home")
    assert list(home().iterdir()) == []
    windows.refused.add(str(home()))
    assert finding(windows, "home") == ("failed", "home_refused")


def test_tierbooks_settings(windows):
    assert finding(windows, "own_settings") == ("not_here", "settings_none")
    home().mkdir(parents=True)
    settings = home() / "settings.toml"
    settings.write_text(f"python = '{windows.python.executable}'\n", "utf-8")
    assert finding(windows, "own_settings") == ("ok", "settings_fine")
    settings.write_text("python = 'C:\\gone\\python.exe'\n", "utf-8")
    assert finding(windows, "own_settings") == ("failed", "settings_python")
    settings.write_text("python = \n", "utf-8")
    assert finding(windows, "own_settings") == ("failed", "settings_broken")


@pytest.mark.parametrize(
    ("free", "expected"),
    [(2**31, ("ok", "disk")), (2**29, ("warning", "disk_little")), (2**20, ("failed", "disk_full"))],
)
def test_room_on_the_disk(windows, free, expected):
    windows.free = free
    assert finding(windows, "disk") == expected


def test_a_disk_that_does_not_tell(windows, monkeypatch):
    def refuse(folder):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(windows, "free_bytes", refuse)
    assert finding(windows, "disk") == ("warning", "disk_unknown")


def test_a_clock_in_utc_is_told_to_people_in_china(windows):
    utc = NOW.astimezone(dt.UTC)
    assert finding(windows, "clock") == ("ok", "clock")
    assert finding(windows, "clock", now=utc) == ("warning", "clock_utc")
    assert finding(windows, "clock", now=utc, language="en") == ("ok", "clock")


@pytest.mark.parametrize(
    ("user", "page", "expected"),
    [
        ("李伟", "gbk", ("ok", "code_page")),
        ("李伟", "cp1252", ("failed", "code_page_profile")),
        ("li", "cp9999", ("warning", "code_page_unknown")),
    ],
)
def test_the_name_of_the_users_folder_in_the_code_page(invent, user, page, expected):
    machine = invent(user)
    machine.page = page
    assert finding(machine, "code_page") == expected


# Book


def test_without_a_book_nothing_of_it_fails(windows):
    found = examine("zh-CN", book="", machine=windows, now=NOW, checks=[name for name in CHECKS if "book" in name])
    assert {one.state for one in found.values()} == {"not_here"}


def test_a_book_that_is_right(windows, stamped):
    found = examine("zh-CN", book=stamped, machine=windows, now=NOW, checks=[name for name in CHECKS if "book" in name])
    assert {name: one.state for name, one in found.items() if one.state != "ok"} == {}


@pytest.mark.parametrize(
    "url", ["https://d.docs.live.net/1/客户.xlsx", "https:/firma-my.sharepoint.com/x.xlsx", "HTTP://x/y.xlsx"]
)
def test_a_book_named_by_its_url(windows, url):
    assert finding(windows, "book", book=url) == ("failed", "book_url")


def test_a_book_that_is_gone(windows, tmp_path):
    assert finding(windows, "book", book=tmp_path / "gone.xlsx") == ("failed", "book_missing")


def test_a_book_in_onedrive(windows, stamped):
    windows.environment["OneDriveCommercial"] = str(stamped.parent)
    assert finding(windows, "book_place", book=stamped) == ("warning", "book_onedrive")


def test_a_book_nobody_refreshed(windows, tmp_path):
    openpyxl.Workbook().save(tmp_path / "plain.xlsx")
    assert finding(windows, "book_read", book=tmp_path / "plain.xlsx") == ("failed", "book_unread")
    assert finding(windows, "book_fresh", book=tmp_path / "plain.xlsx") == ("not_here", "needs_refreshed_book")


def test_the_reason_a_book_cannot_be_read_is_told_in_the_language_asked_for(windows, stamped, monkeypatch):
    def refuse(path):
        raise WorkbookError("excel.not_scored", path=path)

    monkeypatch.setattr("tierbook.excel.doctor.book_checks._stamp", refuse)
    one = examine("en", book=stamped, machine=windows, now=NOW, checks=["book_read"])["book_read"]
    assert one.sentence("en") == text("excel.not_scored", "en", path=stamped)
    assert one.sentence("zh-TW") == text("excel.not_scored", "zh-TW", path=stamped)


def test_a_book_out_of_reach(windows, stamped, monkeypatch):
    def refuse(path):
        raise OSError(64, "The specified network name is no longer available")

    monkeypatch.setattr("tierbook.excel.doctor.book_checks._stamp", refuse)
    assert finding(windows, "book_read", book=stamped) == ("failed", "book_out_of_reach")


@pytest.mark.parametrize(("days", "expected"), [(7, ("ok", "fresh")), (8, ("warning", "stale"))])
def test_results_are_old_after_a_week(windows, stamped, days, expected):
    now = dt.datetime(2026, 9, 1, 9, tzinfo=CHINA) + dt.timedelta(days=days)
    assert finding(windows, "book_fresh", book=stamped, now=now) == expected


def test_a_book_somebody_has_open(windows, stamped):
    stamped.with_name(f".~lock.{stamped.name}#").write_text("李伟,li,PC,,;", "utf-8")
    assert finding(windows, "book_free", book=stamped) == ("warning", "book_held")


def test_a_book_open_in_ones_own_excel_is_no_trouble(windows, stamped):
    windows.registry[r"HKCU\Software\Microsoft\Office\Common\UserInfo", "UserName"] = "李伟"
    name = "李伟"
    owner_file = bytes([0]).ljust(55, b" ") + len(name).to_bytes(2, "little") + name.encode("utf-16-le")
    stamped.with_name(f"~${stamped.name}").write_bytes(owner_file.ljust(165, b"\0"))
    assert finding(windows, "book_free", book=stamped) == ("warning", "book_held")
    windows.programs.add("EXCEL.EXE")
    assert finding(windows, "book_free", book=stamped) == ("ok", "book_own")


def test_a_result_that_waits_beside_the_book(windows, stamped):
    from tierbook.workbook.saving.pending import leave_pending

    leave_pending(stamped, stamped.read_bytes())
    assert finding(windows, "book_pending", book=stamped) == ("warning", "pending")


def test_a_book_from_the_internet(windows, stamped):
    windows.marks.add(stamped)
    assert finding(windows, "book_mark", book=stamped) == ("warning", "book_marked")


def test_the_book_of_record_is_the_one_examined(windows, stamped, monkeypatch):
    monkeypatch.setenv("TIERBOOK_BOOK", str(stamped))
    assert finding(windows, "book", book=None) == ("ok", "book_ok")


def test_a_url_in_the_settings_is_seen_as_it_was_written(windows, monkeypatch):
    monkeypatch.delenv("TIERBOOK_BOOK", raising=False)
    home().mkdir(parents=True)
    (home() / "settings.toml").write_text('book = "https://firma.sharepoint.com/x.xlsx"\n', "utf-8")
    assert finding(windows, "book", book=None) == ("failed", "book_url")


def test_settings_that_cannot_be_read(windows, monkeypatch):
    monkeypatch.delenv("TIERBOOK_BOOK", raising=False)
    assert finding(windows, "book", book=None) == ("not_here", "book_unset")
    home().mkdir(parents=True)
    (home() / "settings.toml").write_text("book = ", "utf-8")
    assert finding(windows, "book", book=None) == ("failed", "book_trouble")


# LibreOffice


def test_the_extension_of_libreoffice(windows, tmp_path):
    windows.environment["PATH"] = str(tmp_path)
    assert finding(windows, "libreoffice") == ("not_here", "no_libreoffice")
    program = tmp_path / "LibreOffice" / "program" / "soffice.exe"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"MZ")
    windows.environment["ProgramFiles"] = str(tmp_path)
    assert finding(windows, "libreoffice") == ("not_here", "extension_missing")
    user = Path(windows.environment["APPDATA"]) / "LibreOffice" / "4" / "user"
    (user / "uno_packages" / "cache" / "uno_packages" / "lu1.tmp_" / "tierbook.oxt").mkdir(parents=True)
    assert finding(windows, "libreoffice") == ("ok", "extension")


# The examination


def test_every_check_has_a_name_and_every_finding_its_words(windows):
    assert {f"name_{name}" for name in CHECKS} == {key for key in LABELS if key.startswith("name_")}
    for state in ("warning", "failed"):
        keys = re.findall(rf'\b{state}\(\s*"doctor\.(\w+)"', CODE)
        assert keys and [key for key in keys if f"{key}_cure" not in LABELS] == []


def test_a_check_that_breaks_is_a_finding_and_the_next_one_follows(windows, monkeypatch):
    monkeypatch.setitem(CHECKS, "python", lambda patient: 1 / 0)
    found = examine("en", book="", machine=windows, now=NOW, checks=["python", "xlwings"])
    assert found["python"].sentence("en") == "the check itself broke: ZeroDivisionError: division by zero"
    assert found["xlwings"].state == "ok"


def test_the_screen_tells_cures_and_counts(windows):
    windows.with_python(bits=32, xlwings="")
    found = examine("en", book="", machine=windows, now=NOW, checks=["python", "xlwings", "clock", "book_free"])
    assert lines(found, "en") == [
        f"mind    Python: 3.12.1 has 32 bits ({windows.python.executable}); large tables will not fit into memory",
        "      -> use a 64-bit Python; a 32-bit Excel works with it too",
        "FAILED  xlwings: it is not installed",
        '      -> run python -m pip install "xlwings==0.37.*"',
        "ok      clock: 2026-09-03 10:00, UTC+8",
        "1 ok, 1 to mind, 1 failed, 1 not here",
    ]
    assert len(lines(found, "en", all_checks=False)) == 5
    assert failures(found) == 1


def test_the_command_ends_with_0_where_nothing_failed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path))
    monkeypatch.delenv("TIERBOOK_BOOK", raising=False)
    assert cli.main(["doctor", "--lang", "en", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == list(CHECKS)
    assert told["book"]["state"] == "not_here"


def test_the_command_ends_with_1_where_something_failed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path))
    assert cli.main(["doctor", str(tmp_path / "gone.xlsx"), "--lang", "en", "-q"]) == 1
    assert f"FAILED  book: {tmp_path / 'gone.xlsx'} does not exist" in capsys.readouterr().out
