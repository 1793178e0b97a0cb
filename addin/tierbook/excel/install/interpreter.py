"""Which program the add-in starts, how long its command becomes, and where xlwings' DLL must lie.

The rules are those of xlwings 0.37's VBA and DLL: XLPyLoadDLL looks for the DLL in the interpreter's folder and
the one above; the command that starts Python must fit into 2,048 characters, and holds the paths of two workbooks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .machine import Python

LONGEST_COMMAND = 2047
LONGEST_PATH = 260
"""A path in Excel (218 for a book's whole name, 260 for Windows)."""
SUPPORTED = "0.37."
"""xlwings: VBA module, DLL and package are of one version; ours is written for this one."""
OLDEST = (3, 11)
SERVER = "tierbook-server"
"""The program of a frozen build that stands where xlwings expects a Python."""

_COMMAND = (
    'cmd.exe  /K ""{interpreter}" -B -c "import sys, os;import xlwings.utils;xlwings.utils.prepare_sys_path('
    '\\"false;;;;;;{pythonpath}\\");import xlwings; xlwings.serve(\'{{00000000-0000-0000-0000-000000000000}}\')""'
)


def server_program(python: Python) -> Path:
    """The program Excel starts: without a window where there is one (pythonw), a frozen build's own server."""
    if python.frozen:
        return python.executable.with_name(SERVER + python.executable.suffix)
    windowless = python.executable.with_name("pythonw.exe")
    return windowless if windowless.is_file() else python.executable


def room_for_books(interpreter: str, pythonpath: str = "") -> int:
    """Characters left for the two workbook paths in the command that starts Python; a path counts each \\ twice.

    Below 0 Excel cannot start Python at all.
    """
    fixed = _COMMAND.format(interpreter=interpreter, pythonpath=pythonpath.replace("\\", "\\\\"))
    return LONGEST_COMMAND - len(fixed)


def needed_for_books() -> int:
    """What two long paths take, with some folders in each."""
    return 2 * (LONGEST_PATH + 10)


def dll_name(version: str, excel_bits: int) -> str:
    """As the VBA of this xlwings version declares it."""
    return f"xlwings{excel_bits}-{version}.dll"


def dll_folders(interpreter: Path) -> Sequence[Path]:
    """Where the add-in looks for the DLL, in its order."""
    return (interpreter.parent, interpreter.parent.parent)


def dll_of(interpreter: Path, version: str, excel_bits: int) -> Path | None:
    """The DLL the add-in would load; None where it would not find one."""
    name = dll_name(version, excel_bits)
    return next((folder / name for folder in dll_folders(interpreter) if (folder / name).is_file()), None)


def stray_dll(python: Python, excel_bits: int) -> Path | None:
    """The DLL where pip put it but the add-in does not look: an installation for one user does that."""
    name = dll_name(python.xlwings, excel_bits)
    places = (python.prefix, python.user_base, python.user_base / "Scripts")
    return next((place / name for place in places if (place / name).is_file()), None)
