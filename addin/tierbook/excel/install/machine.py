"""The machine as installing and checking see it: Python, registry, environment, processes, files.

Everything that only Windows can do goes through `Machine`, so that all rules about it are plain functions and
the tests stand in an invented Windows.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal, Protocol

Value = str | int | None
ComState = Literal["answers", "absent", "silent"]
"""A COM class: somebody serves it, nobody does, or it is there and does not answer."""


@dataclass(frozen=True)
class Python:
    """The interpreter tierbook runs in. `frozen`: it is tierbook's own program, with no Python beside it."""

    executable: Path
    version: tuple[int, int, int]
    bits: int
    prefix: Path
    user_base: Path
    xlwings: str
    """Version of the package, "" where it is missing."""
    frozen: bool = False


@dataclass(frozen=True)
class Ran:
    """A finished command. `code` is None where it did not start or did not end in time."""

    code: int | None
    out: str
    seconds: float


class Machine(Protocol):
    """What installing and checking need of a machine. Registry keys read `HKCU\\Software\\…`."""

    platform: str
    """As sys.platform: win32, darwin, linux."""
    python: Python
    environment: Mapping[str, str]

    def read(self, key: str, name: str) -> Value:
        """A registry value; None where there is none or it may not be read."""

    def subkeys(self, key: str) -> Sequence[str]:
        """Names of the keys below a registry key; none where it is missing."""

    def values(self, key: str) -> Sequence[str]:
        """Texts of all values of a registry key, binary ones read as UTF-16; none where it is missing."""

    def write(self, key: str, name: str, value: str) -> None:
        """Set a registry text. Raises OSError where this is refused."""

    def forget(self, key: str, name: str) -> None:
        """Remove a registry value; one that is missing is fine. Raises OSError where this is refused."""

    def running(self, program: str) -> bool:
        """Whether a program of this name (EXCEL.EXE) runs."""

    def run(self, command: Sequence[str | Path], *, seconds: float) -> Ran:
        """Run a command to its end, without a window."""

    def start(self, command: Sequence[str | Path]) -> None:
        """Start a command that goes on by itself. Raises OSError where it cannot start."""

    def put(self, path: Path, data: bytes) -> None:
        """Write or replace a file, all or nothing; makes its folder. Raises OSError."""

    def take_away(self, path: Path) -> None:
        """Remove a file. Raises OSError where it stays."""

    def marked(self, path: Path) -> bool:
        """Whether Windows has noted that a file came from the internet."""

    def unmark(self, path: Path) -> None:
        """Take that note away. Raises OSError."""

    def code_page(self) -> str:
        """Name of the codec of the text files VBA reads (the "language for non-Unicode programs")."""

    def com_state(self, clsid: str) -> ComState:
        """Whether a COM class is served and answers."""

    def free_bytes(self, folder: Path) -> int:
        """Free room on the disk of a folder. Raises OSError."""


class Here:
    """The machine this runs on, as far as it is the same on all systems; `windows.Windows` adds the rest."""

    def __init__(self) -> None:
        self.platform: str = sys.platform
        self.python = this_python()
        self.environment: Mapping[str, str] = os.environ

    def read(self, key: str, name: str) -> Value:
        return None

    def subkeys(self, key: str) -> Sequence[str]:
        return ()

    def values(self, key: str) -> Sequence[str]:
        return ()

    def write(self, key: str, name: str, value: str) -> None:
        raise OSError(f"{key}: no registry")

    def forget(self, key: str, name: str) -> None:
        raise OSError(f"{key}: no registry")

    def running(self, program: str) -> bool:
        return False

    def run(self, command: Sequence[str | Path], *, seconds: float) -> Ran:
        start = time.perf_counter()
        try:
            done = subprocess.run(
                [str(word) for word in command], capture_output=True, timeout=seconds, check=False,
                stdin=subprocess.DEVNULL, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as problem:
            return Ran(None, str(problem), time.perf_counter() - start)
        words = (done.stdout + done.stderr).decode("utf-8", "replace")
        return Ran(done.returncode, words, time.perf_counter() - start)

    def start(self, command: Sequence[str | Path]) -> None:
        subprocess.Popen(
            [str(word) for word in command], close_fds=True, stdin=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),
        )  # fmt: skip

    def put(self, path: Path, data: bytes) -> None:
        from ...workbook.saving.disk import remove, sync_folder, write_draft

        path.parent.mkdir(parents=True, exist_ok=True)
        draft = write_draft(_desk(path) / path.name, data)
        try:
            draft.replace(path)
        finally:
            remove(draft)
        sync_folder(path.parent)

    def take_away(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def marked(self, path: Path) -> bool:
        return False

    def unmark(self, path: Path) -> None:
        return None

    def code_page(self) -> str:
        return "utf-8"

    def com_state(self, clsid: str) -> ComState:
        return "absent"

    def free_bytes(self, folder: Path) -> int:
        return shutil.disk_usage(folder).free


def _desk(path: Path) -> Path:
    """Where the draft of a file is written: Excel opens whatever stands in XLSTART, so there it is the folder above."""
    return path.parent.parent if path.parent.name.upper() == "XLSTART" else path.parent


def this_python() -> Python:
    """The interpreter this program runs in."""
    import site

    found = ""
    with contextlib.suppress(metadata.PackageNotFoundError):
        found = metadata.version("xlwings")
    return Python(
        executable=Path(sys.executable), version=sys.version_info[:3], bits=struct.calcsize("P") * 8,
        prefix=Path(sys.prefix), user_base=Path(site.getuserbase()), xlwings=found,
        frozen=bool(getattr(sys, "frozen", False)),
    )  # fmt: skip
