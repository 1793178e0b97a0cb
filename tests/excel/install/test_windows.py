"""The seam to Windows itself, with its registry stood in for."""

from __future__ import annotations

import importlib.util
import sys
import types

import pytest

from tierbook.excel.install import this_machine
from tierbook.excel.install import windows as module
from tierbook.excel.install.machine import Ran

WIDE, NARROW = 0x100, 0x200


class Registry(types.ModuleType):
    """winreg with keys in a dict: (hive, view or 0, path) -> values."""

    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE = "user", "machine"
    KEY_WOW64_64KEY, KEY_WOW64_32KEY, KEY_READ, KEY_SET_VALUE, REG_SZ = WIDE, NARROW, 1, 2, 1

    class HKEYType:
        def __init__(self, values: dict) -> None:
            self.values = values

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    def __init__(self) -> None:
        super().__init__("winreg")
        self.keys: dict[tuple[str, int, str], dict[str, object]] = {}

    def OpenKey(self, hive, path, _, access):
        view = access & (WIDE | NARROW)
        for place in ((hive, view, path), (hive, 0, path)):
            if place in self.keys:
                return self.HKEYType(self.keys[place])
        raise FileNotFoundError(path)

    def CreateKeyEx(self, hive, path, _, access):
        return self.HKEYType(self.keys.setdefault((hive, 0, path), {}))

    def QueryValueEx(self, key, name):
        if name not in key.values:
            raise FileNotFoundError(name)
        return key.values[name], 1

    def QueryInfoKey(self, key):
        return len(key.values.get("subkeys", ())), len(key.values), 0

    def EnumKey(self, key, place):
        return key.values["subkeys"][place]

    def EnumValue(self, key, place):
        name = list(key.values)[place]
        return name, key.values[name], 1

    def SetValueEx(self, key, name, _, kind, value):
        key.values[name] = value

    def DeleteValue(self, key, name):
        if name not in key.values:
            raise FileNotFoundError(name)
        del key.values[name]


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def windows(monkeypatch, registry):
    """tierbook's class for Windows, as a Windows Python would make it."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", registry)
    spec = importlib.util.spec_from_file_location("tierbook.excel.install.windows", module.__file__)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    monkeypatch.setattr(module, "Windows", made.Windows, raising=False)
    return this_machine.here()


def test_a_value_is_looked_for_in_both_registries(windows, registry):
    registry.keys["machine", NARROW, r"SOFTWARE\Office"] = {"Platform": "x86", "Data": b"\x01"}
    assert windows.read(r"HKLM\SOFTWARE\Office", "Platform") == "x86"
    assert windows.read(r"HKLM\SOFTWARE\Office", "Data") == "b'\\x01'"
    assert windows.read(r"HKLM\SOFTWARE\Office", "Nothing") is None
    assert windows.read(r"HKCU\SOFTWARE\Office", "Platform") is None
    registry.keys["machine", WIDE, r"SOFTWARE\Office"] = {"Platform": "x64"}
    assert windows.read(r"HKLM\SOFTWARE\Office", "Platform") == "x64"


def test_a_number_stays_one(windows, registry):
    registry.keys["user", 0, "Security"] = {"VBAWarnings": 4}
    assert windows.read("HKCU\\Security", "VBAWarnings") == 4


def test_keys_below_a_key_and_binary_values_as_text(windows, registry):
    registry.keys["user", 0, "Trusted"] = {"subkeys": ["Location0", "Location1"]}
    registry.keys["user", 0, "Disabled"] = {"1A": "c:\\tierbook.xlam".encode("utf-16-le"), "2B": 7}
    assert windows.subkeys("HKCU\\Trusted") == ["Location0", "Location1"]
    assert windows.values("HKCU\\Disabled") == ["c:\\tierbook.xlam", "7"]
    assert (windows.subkeys("HKCU\\None"), windows.values("HKCU\\None")) == ((), ())


def test_a_value_is_written_and_forgotten(windows):
    windows.write("HKCU\\Run", "tierbook", "pythonw")
    assert windows.read("HKCU\\Run", "tierbook") == "pythonw"
    windows.forget("HKCU\\Run", "tierbook")
    windows.forget("HKCU\\Run", "tierbook")
    windows.forget("HKCU\\Nowhere", "tierbook")
    assert windows.read("HKCU\\Run", "tierbook") is None


@pytest.mark.parametrize(
    ("listed", "runs"),
    [
        ('"EXCEL.EXE","4711","Console","1","98,304 K"\r\n', True),
        ("信息: 没有运行的任务匹配指定标准。\r\n", False),
        ("", False),
    ],
)
def test_a_program_runs_when_the_task_list_names_it(windows, monkeypatch, listed, runs):
    monkeypatch.setattr(windows, "run", lambda command, *, seconds: Ran(0, listed, 0.1))
    assert windows.running("excel.exe") is runs


@pytest.mark.parametrize(
    ("zone", "marked"), [("[ZoneTransfer]\nZoneId=3\n", True), ("[ZoneTransfer]\nZoneId=1\n", False)]
)
def test_the_mark_of_the_web_is_the_stream_beside_the_file(windows, tmp_path, zone, marked):
    path = tmp_path / "tierbook.xlam"
    assert not windows.marked(path)
    stream = tmp_path / "tierbook.xlam:Zone.Identifier"
    stream.write_text(f"[ZoneTransfer]\nZoneId={zone}\n", "utf-8")
    assert windows.marked(path) is marked
    windows.unmark(path)
    windows.unmark(path)
    assert not stream.exists()


@pytest.mark.parametrize(("code", "state"), [(0, "answers"), (3, "absent"), (1, "silent"), (None, "silent")])
def test_a_fresh_process_asks_the_server(windows, monkeypatch, code, state):
    asked = []
    monkeypatch.setattr(windows, "run", lambda command, *, seconds: asked.append(command) or Ran(code, "", 0.1))
    assert windows.com_state("{class}") == state
    assert asked[0][1:] == ["-m", "tierbook.excel.com_server", "--ask", "{class}"]


def test_the_code_page_is_one_python_knows(windows):
    assert "客户".encode(windows.code_page(), "replace")
