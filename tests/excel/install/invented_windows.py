"""A Windows invented for tests: registry in a dict, folders in a temporary place, programs by name."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tierbook.excel.install.machine import ComState, Python, Ran, Value

APP_PATH = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"


class InventedWindows:
    """A machine with Excel (64 bits), Python in a virtual environment, and xlwings with its DLLs.

    `refused` holds folders and registry keys nothing can be written to; `writes` counts what was written.
    """

    def __init__(self, top: Path, user: str = "li wei") -> None:
        profile = top / "Users" / user
        self.platform = "win32"
        self.environment: dict[str, str] = {
            "USERPROFILE": str(profile),
            "APPDATA": str(profile / "AppData" / "Roaming"),
            "LOCALAPPDATA": str(profile / "AppData" / "Local"),
            "TEMP": str(profile / "AppData" / "Local" / "Temp"),
        }
        prefix = profile / "AppData" / "Local" / "Programs" / "venv"
        scripts = prefix / "Scripts"
        scripts.mkdir(parents=True)
        for program in ("python.exe", "pythonw.exe"):
            (scripts / program).write_bytes(b"MZ")
        self.python = Python(scripts / "python.exe", (3, 12, 1), 64, prefix, profile / "base", "0.37.8")
        for bits in (32, 64):
            (prefix / f"xlwings{bits}-0.37.8.dll").write_bytes(b"dll")
        self.registry: dict[tuple[str, str], Value] = {
            (APP_PATH, ""): str(excel_program(top, 64)),
            (CLICK_TO_RUN, "Platform"): "x64",
        }
        self.programs: set[str] = set()
        self.refused: set[str] = set()
        self.marks: set[Path] = set()
        self.page = "gbk"
        self.com: ComState = "absent"
        self.answer: Callable[[Sequence[str | Path]], Ran] = lambda command: Ran(0, "0.4", 0.5)
        self.started: list[list[str]] = []
        self.writes: list[str] = []
        self.free = 50 * 2**30

    def read(self, key: str, name: str) -> Value:
        return self.registry.get((key, name))

    def subkeys(self, key: str) -> Sequence[str]:
        lead = key + "\\"
        return sorted({place[len(lead) :].split("\\")[0] for place, _ in self.registry if place.startswith(lead)})

    def values(self, key: str) -> Sequence[str]:
        return [str(value) for (place, _), value in self.registry.items() if place == key]

    def write(self, key: str, name: str, value: str) -> None:
        self._refuse(key)
        self.writes.append(key)
        self.registry[key, name] = value

    def forget(self, key: str, name: str) -> None:
        self._refuse(key)
        self.writes.append(key)
        self.registry.pop((key, name), None)

    def running(self, program: str) -> bool:
        return program in self.programs

    def run(self, command: Sequence[str | Path], *, seconds: float) -> Ran:
        return self.answer(command)

    def start(self, command: Sequence[str | Path]) -> None:
        self.started.append([str(word) for word in command])

    def put(self, path: Path, data: bytes) -> None:
        self._refuse(str(path))
        self.writes.append(str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def take_away(self, path: Path) -> None:
        self._refuse(str(path))
        self.writes.append(str(path))
        path.unlink(missing_ok=True)

    def marked(self, path: Path) -> bool:
        return path in self.marks

    def unmark(self, path: Path) -> None:
        self.marks.discard(path)

    def code_page(self) -> str:
        return self.page

    def com_state(self, clsid: str) -> ComState:
        return self.com

    def free_bytes(self, folder: Path) -> int:
        return self.free

    def _refuse(self, place: str) -> None:
        if any(place.startswith(start) for start in self.refused):
            raise PermissionError(13, "Permission denied")

    # What tests look at

    @property
    def xlstart(self) -> Path:
        return Path(self.environment["APPDATA"]) / "Microsoft" / "Excel" / "XLSTART"

    @property
    def addin(self) -> Path:
        return self.xlstart / "tierbook.xlam"

    @property
    def conf(self) -> Path:
        return Path(self.environment["USERPROFILE"]) / ".tierbook" / "tierbook.conf"

    def without_dlls(self) -> None:
        for dll in self.python.prefix.glob("*.dll"):
            dll.unlink()

    def with_python(self, **changes: object) -> None:
        self.python = replace(self.python, **changes)  # type: ignore[arg-type]


def excel_program(top: Path, bits: int) -> Path:
    """A file with the head of a Windows program of 32 or 64 bits."""
    path = top / "Program Files" / f"excel{bits}" / "EXCEL.EXE"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80)
    path.write_bytes(head.ljust(0x80, b"\0") + b"PE\0\0" + struct.pack("<H", {32: 0x14C, 64: 0x8664}[bits]))
    return path
