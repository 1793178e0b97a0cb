"""Open a workbook file: its bytes and their digest, or a refusal that says what to do."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import WorkbookError
from .package.opc import Package
from .package.sheet_list import sheets


@dataclass(frozen=True)
class Book:
    """A workbook as it was on disk. `digest` is the SHA-256 of `data` in hex."""

    data: bytes = field(repr=False)
    digest: str


def open_book(path: Path) -> Book:
    """Read a workbook and check every part of it.

    Somebody else may have it open: reading does no harm, and saving will refuse.

    Raises:
        WorkbookError: missing, not a workbook, protected with a password, in another format, damaged or
            hostile. The error's `reason` value is the WorkbookError that says which, and what to do.
    """
    data = read_file(path)
    try:
        package = Package(data)
        sheets(package)
        package.check()
    except WorkbookError as reason:
        raise at(path, reason) from reason
    return Book(data, digest_of(data))


def read_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        WorkbookError: there is no such file, it is a folder, or it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as problem:
        raise at(path, WorkbookError("workbook.missing")) from problem
    except OSError as problem:
        if isinstance(problem, IsADirectoryError) or _is_folder(path):  # Windows says only that access is denied
            raise at(path, WorkbookError("workbook.folder")) from problem
        raise at(path, WorkbookError("workbook.unreadable", problem=problem.strerror)) from problem


def true_place(path: Path) -> Path:
    """The absolute path of the file itself: a link is followed."""
    with contextlib.suppress(OSError):  # a share that does not answer now; reading will tell
        return path.resolve() if path.is_symlink() else path.absolute()
    return path.absolute()


def _is_folder(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return path.is_dir()
    return False


def digest_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def at(path: Path, reason: WorkbookError) -> WorkbookError:
    """The error with the file it is about in front, of the same class."""
    return type(reason)("workbook.at", path=path, reason=reason)
