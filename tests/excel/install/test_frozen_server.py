"""A frozen build's server understands the commands xlwings and other clients give a Python, and no others."""

from __future__ import annotations

import importlib.util
import re
import sys
import types
from pathlib import Path

import pytest

from tierbook.excel.install import frozen

GUID = "{01234567-89ab-cdef-0123-456789ABCDEF}"
SERVE = (
    "import sys, os;import xlwings.utils;xlwings.utils.prepare_sys_path("
    '"false;C:\\\\客户\\\\a b.xlsx;C:\\\\t.xlam;;;;");import xlwings; '
    f"xlwings.serve('{GUID}')"
)
PRESS = (
    'import xlwings.utils;xlwings.utils.prepare_sys_path("false;C:\\\\a.xlsx;;;;;"); '
    "from tierbook.excel import buttons; buttons.press('refresh') "
)


@pytest.fixture
def called(monkeypatch):
    """What was called instead of COM, buttons and servers."""
    log: list[object] = []
    stand_ins = {
        "xlwings.com_server": {"serve": lambda clsid: log.append(("serve", clsid))},
        "tierbook.excel.com_server": {"main": lambda words: log.append(("com", list(words))) or 3},
        "tierbook.excel.server": {"main": lambda: log.append("server") or 0},
    }
    for name, content in stand_ins.items():
        module = types.ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr("tierbook.excel.buttons.press", lambda verb: log.append(("press", verb, sys.argv[1:])))
    monkeypatch.setattr(sys, "argv", ["tierbook-server"])
    return log


def test_it_serves_as_xlwings_vba_asks(called):
    assert frozen.main(["-B", "-c", SERVE]) == 0
    assert called == [("serve", GUID)]


def test_the_command_is_the_one_xlwings_vba_makes():
    """A new xlwings with another command is found here, not on a rep's machine."""
    package = Path(next(iter(importlib.util.find_spec("xlwings").submodule_search_locations)))
    source = (package / "xlwings_custom_addin.bas").read_text("cp1252")
    tail = re.search(r'tail = (" -B -c .*)\n', source)[1]
    words = "".join(re.findall(r'"((?:[^"]|"")*)"', tail)).replace('""', '"')
    command = words.removeprefix(' -B -c "').removesuffix('"').replace('\\"', '"').replace("$(CLSID)", GUID)
    assert frozen._SERVE.fullmatch(command), command


def test_a_button_is_pressed_with_the_words_that_name_the_book(called):
    assert frozen.main(["-B", "-c", PRESS, "--wb=a.xlsx", "--from_xl=1"]) == 0
    assert called == [("press", "refresh", ["--wb=a.xlsx", "--from_xl=1"])]


def test_the_servers_of_other_clients_start(called):
    assert frozen.main(["-P", "-X", "utf8", "-m", "tierbook.excel.server"]) == 0
    assert frozen.main(["-P", "-m", "tierbook.excel.com_server", "--ask", GUID]) == 3
    assert called == ["server", ("com", ["--ask", GUID])]


def test_it_can_be_asked_whether_it_is_ready():
    assert frozen.main(["--ready"]) == 0


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-c", "print(1)"],
        ["-c", SERVE + ";import os"],
        ["-c", PRESS.replace("'refresh'", "'x');__import__('os').system('calc'") + "#"],
        ["-m", "http.server"],
        ["script.py"],
    ],
)
def test_anything_else_is_refused(called, words, capsys):
    assert frozen.main(words) == 2
    assert called == []
    assert "runs nothing else" in capsys.readouterr().err


def test_without_a_console_a_refusal_is_silent(called, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert frozen.main(["x"]) == 2
