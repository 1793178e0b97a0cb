"""The server at logon: one for each user, under tierbook's class, with a log where there is no window."""

from __future__ import annotations

import sys
import types

import pytest

from tierbook.excel import com_server
from tierbook.excel.install.clsid import CLSID
from tierbook.home import home


@pytest.fixture
def com(monkeypatch, tmp_path):
    """The modules Windows has, as far as the server uses them; `com.log` tells what was called."""
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(com_server.PROCESS, "")
    log: list[object] = []

    class ComError(Exception):
        hresult = -2147221164

    made = types.SimpleNamespace(log=log, already=0, error=ComError, found=None)

    def create(clsid, outer, context, iid):
        log.append(clsid)
        if made.found is None:
            raise made.error
        return made.found

    modules = {
        "win32api": {"GetLastError": lambda: made.already},
        "win32event": {"CreateMutex": lambda security, owned, name: log.append(name)},
        "pywintypes": {"IID": str, "com_error": ComError},
        "pythoncom": {"CoCreateInstance": create, "CLSCTX_LOCAL_SERVER": 4, "IID_IDispatch": "dispatch"},
        "win32com": {},
        "win32com.client": {"Dispatch": lambda found: found},
        "xlwings.com_server": {"serve": lambda clsid: log.append(("served", clsid))},
        "tierbook.excel.gateway": {},
    }
    for name, content in modules.items():
        module = types.ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    return made


def test_it_serves_under_tierbooks_class(com):
    assert not com_server.is_this_process()
    assert com_server.main([]) == 0
    assert com.log == [f"Local\\tierbook-{CLSID}", ("served", CLSID)]
    assert com_server.is_this_process()


def test_a_second_start_ends_at_once(com):
    com.already = 183
    assert com_server.main([]) == 0
    assert ("served", CLSID) not in com.log


def test_a_failure_stands_in_the_log(com, monkeypatch):
    monkeypatch.delitem(sys.modules, "win32api")
    assert com_server.main([]) == 1
    assert "win32api" in (home() / "com_server.log").read_text("utf-8")


def test_asking_tells_whether_somebody_answers(com):
    com.found = types.SimpleNamespace(Str=str)
    assert com_server.main(["--ask", "{class}"]) == 0
    assert com.log == ["{class}"]


def test_asking_tells_that_nobody_serves(com):
    assert com_server.main(["--ask"]) == com_server.ABSENT
    assert com.log == [CLSID]


def test_a_server_that_fails_is_not_taken_for_an_absent_one(com):
    com.error.hresult = -2147023174
    with pytest.raises(com.error):
        com_server.main(["--ask"])
