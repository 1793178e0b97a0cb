"""The client inside LibreOffice finds a Python that has tierbook, and says why where it cannot."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tierbook.excel.calc.client import interpreter
from tierbook.excel.calc.client.cells import ERRORS, shown, table
from tierbook.excel.calc.client.helper import Helper
from tierbook.excel.calc.client.office import language_of
from tierbook.excel.calc.client.trouble import Trouble
from tierbook.excel.install.settings import with_key


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path))
    monkeypatch.delenv("TIERBOOK_PYTHON", raising=False)
    return tmp_path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[object]:
    """Start a helper whose Python is a program of these lines."""
    started: list[Helper] = []

    def start(lines: str, patience: float = 20.0) -> Helper:
        program = tmp_path / "program"
        program.write_text(f"#!{sys.executable}\nimport json, sys, time\n{lines}\n")
        program.chmod(0o755)
        started.append(Helper(lambda: str(program), patience))
        return started[-1]

    yield start
    for one in started:
        one.stop()


GREETING = 'print(json.dumps({"tierbook": "9", "protocol": 1}), flush=True)\n'
ECHO = 'for line in sys.stdin:\n    print(json.dumps({"id": json.loads(line)["id"], "value": 5}), flush=True)'


def test_the_variable_beats_the_settings_and_these_the_built_in_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert interpreter.interpreter("/built/in") == "/built/in"
    (home / "settings.toml").write_text(with_key("book = 'x.xlsx'\n", "python", 'C:\\Users\\李 "四"\\python.exe'))
    assert interpreter.interpreter("/built/in") == 'C:\\Users\\李 "四"\\python.exe'
    monkeypatch.setenv("TIERBOOK_PYTHON", " /from/variable ")
    assert interpreter.interpreter("/built/in") == "/from/variable"


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ("python = 'C:\\new\\python.exe'\n", "C:\\new\\python.exe"),
        ('\ufeffbook = "a"\n  python="/a b/python" # mine\n', "/a b/python"),
        ("[other]\npython = '/not/mine'\n", ""),
        ("pythons = '/not/mine'\n# python = '/nor/this'\n", ""),
        ("python = \"broken\n", ""),
    ],
)  # fmt: skip
def test_settings_are_read_without_a_toml_library(home: Path, settings: str, found: str) -> None:
    (home / "settings.toml").write_text(settings, encoding="utf-8")
    assert interpreter.interpreter("none") == (found or "none")


def test_without_any_python_it_says_where_to_name_one(home: Path) -> None:
    with pytest.raises(Trouble) as trouble:
        interpreter.interpreter("")
    assert trouble.value.words({"no_python": "write it into {settings}"}) == f"write it into {home / 'settings.toml'}"


def test_what_is_meant_for_libreoffices_own_python_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/opt/libreoffice/python")
    monkeypatch.setenv("PYTHONPATH", "/opt/libreoffice/program")
    monkeypatch.setenv("TIERBOOK_BOOK", "book.xlsx")
    kept = interpreter.environment()
    assert kept["TIERBOOK_BOOK"] == "book.xlsx"
    assert not {"PYTHONHOME", "PYTHONPATH"} & set(kept)


def test_the_helper_is_started_once_and_again_when_it_is_gone(start) -> None:
    helper = start(GREETING + ECHO)
    assert [helper.ask("CUST_COUNT", [], ""), helper.ask("CUST_COUNT", [], "")] == [5, 5]
    assert helper.starts == 1
    helper._process.kill()
    helper._process.wait()
    with pytest.raises(Trouble) as trouble:
        helper.ask("CUST_COUNT", [], "")
    assert trouble.value.passing
    assert helper.ask("CUST_COUNT", [], "") == 5
    assert helper.starts == 2


@pytest.mark.parametrize(
    ("lines", "key", "word"),
    [
        ("sys.exit('No module named tierbook')", "cannot_start", "No module named tierbook"),
        ("print('Hello')", "cannot_start", ""),
        ('print(json.dumps({"tierbook": "9", "protocol": 99}), flush=True)\ntime.sleep(60)', "other_version", "9"),
        (GREETING + "time.sleep(60)", "silent", "1"),
        (GREETING + "sys.stdin.readline()\nsys.exit('out of memory')", "stopped", "out of memory"),
    ],
)
def test_a_helper_that_fails_says_how(start, lines: str, key: str, word: str) -> None:
    helper = start(lines, patience=1.0 if key == "silent" else 20.0)
    with pytest.raises(Trouble) as trouble:
        helper.ask("CUST_COUNT", [], "")
    assert trouble.value.key == key
    assert word in "".join(trouble.value.values.values())


def test_a_program_that_is_not_there_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(Trouble) as trouble:
        Helper(lambda: str(tmp_path / "nothing")).ask("CUST_COUNT", [], "")
    assert trouble.value.key == "cannot_start"
    assert not trouble.value.passing


def test_an_error_answer_leaves_the_process_alone(start) -> None:
    helper = start(GREETING + ECHO.replace('"value": 5', '"error": "KeyError"'))
    for _ in range(2):
        with pytest.raises(ValueError, match="KeyError"):
            helper.ask("CUST_COUNT", [], "")
    assert helper.starts == 1


def test_an_error_is_a_number_calc_takes_for_one() -> None:
    assert struct.pack("<d", ERRORS["#N/A"]) == struct.pack("<Q", 0x7FF8000000007FFF)
    assert struct.pack("<d", shown("#REF!")) == struct.pack("<Q", 0x7FF8000000000000 | 524)
    assert [shown(True), shown(3), shown(None), shown("VIP")] == [1.0, 3.0, "", "VIP"]


def test_texts_stay_comparable_in_a_table() -> None:
    assert table([["VIP", "#N/A"], ["", None]]) == (("VIP", "#N/A"), ("", ""))
    assert table([["VIP", 3]]) == (("VIP", 3.0),)
    assert table([[5.5], ["#N/A"]]) == ((5.5,), (ERRORS["#N/A"],))
    assert table([["#N/A"], [""]]) == ((ERRORS["#N/A"],), ("",))


@pytest.mark.parametrize(
    ("menus", "words"),
    [("zh-CN", "zh-CN"), ("zh-TW", "zh-TW"), ("zh-HK", "zh-TW"), ("zh", "zh-CN"), ("en-US", "en"), ("de", "en")],
)
def test_words_are_in_the_language_of_the_menus(menus: str, words: str) -> None:
    assert language_of(menus) == words
