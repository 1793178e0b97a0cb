"""tierbook.conf: the settings xlwings' VBA reads, exactly where and how its GetConfig reads them.

The file is %USERPROFILE%\\.tierbook\\tierbook.conf. VBA opens it as text in the machine's code page (never UTF-8)
and reads two fields a line, `"KEY","value"`; values have their %NAMES% expanded. So a path in the user's profile is
written with the name of its folder: a Chinese user name then needs no letter the code page lacks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from pathlib import Path, PureWindowsPath

from .clsid import PROJECT, SETTING
from .machine import Machine
from .office import expanded

INTERPRETER, PYTHONPATH = "INTERPRETER_WIN", "PYTHONPATH"
OURS = (INTERPRETER, "ADD_WORKBOOK_TO_PYTHONPATH", SETTING)
"""The keys installing writes. Without the second, xlwings puts the folder of every workbook first on Python's path: any
file beside a book could then take the place of a module, and the command to start Python would grow with it.
"""
_FOLDERS = ("LOCALAPPDATA", "APPDATA", "USERPROFILE", "ProgramFiles")


class ConfError(ValueError):
    """The settings cannot be written in the machine's code page. `letters` names what it lacks."""

    def __init__(self, letters: str, code_page: str) -> None:
        super().__init__(letters)
        self.letters = letters
        self.code_page = code_page


def conf_path(machine: Machine) -> Path | None:
    """Where the add-in reads its settings; None where the profile is unknown."""
    profile = machine.environment.get("USERPROFILE", "").strip()
    return Path(profile) / f".{PROJECT}" / f"{PROJECT}.conf" if profile else None


def as_bytes(settings: Mapping[str, str], code_page: str) -> bytes:
    """The file's content.

    Raises:
        ConfError: a letter the code page lacks, or a quotation mark, which VBA would not read back.
    """
    words = "".join(f'"{key}","{value}"\r\n' for key, value in settings.items())
    lost = "".join(sorted({letter for letter in words if not _held(letter, code_page)}))
    quoted = any('"' in part for pair in settings.items() for part in pair)
    if lost or quoted:
        raise ConfError(lost or '"', code_page)
    return words.encode(code_page)


def _held(letter: str, code_page: str) -> bool:
    try:
        letter.encode(code_page)
    except UnicodeEncodeError:
        return False
    return True


def read_conf(data: bytes, code_page: str) -> Mapping[str, str]:
    """Settings by key in capitals; of two lines with one key the first counts, as in VBA."""
    found: dict[str, str] = {}
    for row in csv.reader(io.StringIO(data.decode(code_page, "replace"))):
        if len(row) >= 2:
            found.setdefault(row[0].strip().upper(), row[1])
    return found


def without(data: bytes, keys: Collection[str]) -> bytes:
    """What people set themselves: the lines with other keys than these (in capitals), letter by letter."""
    kept = [line.rstrip(b"\r\n") + b"\r\n" for line in data.splitlines() if line.strip() and _key(line) not in keys]
    return b"".join(kept)


def _key(line: bytes) -> str:
    return line.split(b",")[0].strip(b' "\t').decode("ascii", "replace").upper()


def portable(machine: Machine, path: Path) -> str:
    """A path as it stands in the settings: with %LOCALAPPDATA% and the like where it lies in such a folder."""
    words = str(path)
    for name in _FOLDERS:
        folder = machine.environment.get(name, "").strip().rstrip("\\/")
        rest = words[len(folder) :]
        if folder and words.casefold().startswith(folder.casefold()) and rest[:1] in {"\\", "/"}:
            return f"%{name}%{rest}"
    return words


def interpreter_in(machine: Machine, settings: Mapping[str, str]) -> str:
    """The program the settings name, expanded; "" where they name none."""
    named = settings.get(INTERPRETER) or settings.get("INTERPRETER") or ""
    return expanded(machine, named.strip())


def is_bare(program: str) -> bool:
    """Whether a program is only a name (python), which Excel then looks for on its own PATH."""
    return PureWindowsPath(program).name == program
