"""Who holds a workbook open.

The proof is that opening it for writing fails: only Windows and file shares do that. Excel and LibreOffice
also leave a small owner file beside the book. It may be stale after a crash, or the only sign there is (a
server sees no locks of its clients), so it counts as in use and the message names it.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path

from ...errors import WorkbookError, WorkbookInUse
from ..book import at

_SHARING_VIOLATIONS = {32, 33}
_BUSY = {errno.EBUSY, errno.ETXTBSY, errno.EIO}  # the last is what mounts in user space make of the first
_ANSI_NAME, _WIDE_NAME, _LONGEST_NAME = 1, 55, 52
"""Excel's owner file: a length byte, the name in the machine's code page, at 55 its length and UTF-16 letters."""


@dataclass(frozen=True)
class Holder:
    """Whoever an owner file names. `name` is empty where the file does not tell."""

    name: str
    owner_file: Path


def holder_of(path: Path) -> Holder | None:
    """Who has a workbook open, by the owner files beside it; None where there is none."""
    for owner_file, read_name in (
        (path.with_name(f"~${path.name}"), _excel_name),
        (path.with_name(f".~lock.{path.name}#"), _libreoffice_name),
    ):
        try:
            return Holder(read_name(owner_file.read_bytes()[:1000]), owner_file)
        except FileNotFoundError:
            continue
        except OSError:  # Excel keeps its owner file to itself while it runs
            return Holder("", owner_file)
    return None


def refuse_in_use(path: Path) -> None:
    """Do nothing where a book is free to be replaced, or does not exist.

    Raises:
        WorkbookInUse: somebody holds it; the holder is named where known.
        WorkbookError: the file is read-only.
    """
    holder = holder_of(path)
    try:
        with path.open("r+b"):
            pass
    except FileNotFoundError:
        pass
    except OSError as problem:
        if holder is None and not _means_in_use(problem):
            raise at(path, WorkbookError("workbook.read_only")) from problem
        raise at(path, _in_use(holder)) from problem
    if holder is not None:
        raise at(path, _in_use(holder))


def _means_in_use(problem: OSError) -> bool:
    return problem.errno in _BUSY or getattr(problem, "winerror", None) in _SHARING_VIOLATIONS


def _in_use(holder: Holder | None) -> WorkbookInUse:
    if holder is None:
        return WorkbookInUse("workbook.in_use")
    if not holder.name:
        return WorkbookInUse("workbook.in_use_by_somebody", owner_file=holder.owner_file.name)
    return WorkbookInUse("workbook.in_use_by", holder=holder.name, owner_file=holder.owner_file.name)


def _excel_name(data: bytes) -> str:
    """The name in Excel's owner file: the wide one, else the one in the code page."""
    if len(data) <= _WIDE_NAME + 2:
        return ""
    length = int.from_bytes(data[_WIDE_NAME : _WIDE_NAME + 2], "little")
    if 0 < length <= _LONGEST_NAME:
        start = _WIDE_NAME + 2
        return data[start : start + 2 * length].decode("utf-16-le", "replace").strip("\0 ")
    name = data[_ANSI_NAME : _ANSI_NAME + data[0]] if data[0] <= _LONGEST_NAME else b""
    return name.decode("gb18030", "replace").strip("\0 ")


def _libreoffice_name(data: bytes) -> str:
    """The name in LibreOffice's lock file: full name, else login, and the computer."""
    fields = [field.strip() for field in data.decode("utf-8", "replace").split(",")]
    person = next((field for field in fields[:2] if field), "")
    computer = fields[2] if len(fields) > 2 else ""
    return f"{person} ({computer})" if person and computer else person
