"""Put new bytes in a workbook's place, or leave everything as it was.

Nobody may hold the book, nobody may have saved it since it was read, the new bytes must open, and the old
ones must lie safely among the backups. Only then one atomic rename makes the change.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import secrets
import stat
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ..errors import WorkbookError, WorkbookInUse
from .backups import keep_copy
from .book import at, digest_of, read_file
from .file_kinds import WORKBOOKS
from .locks import refuse_in_use
from .opc import Package

_TRIES = 6
_FIRST_WAIT_SECONDS = 0.1
"""On Windows a virus scanner or indexer may hold a file for a moment; six tries take three seconds."""


@dataclass(frozen=True)
class Saved:
    """What saving did. `backup` is the copy of the book's earlier state, None where there was none to keep."""

    backup: Path | None
    changed: bool


def save_book(path: Path, new: bytes, *, expected_digest: str | None) -> Saved:
    """Replace a workbook's content safely, or write a new file.

    A book that has this content already is not touched. A link is followed: the file it points to is replaced.

    Args:
        expected_digest: the digest the book had when it was read; None replaces whatever is there.

    Raises:
        WorkbookInUse: somebody has the book open, or saved it since it was read. Nothing was written.
        WorkbookError: the new bytes are no sound workbook for this name, or the disk refused. The book is as
            it was.
    """
    path = path.resolve() if path.is_symlink() else path.absolute()
    old = read_file(path) if path.exists() else None
    if old == new:
        return Saved(backup=None, changed=False)
    refuse_in_use(path)
    _refuse_changed(path, old, expected_digest)
    _refuse_unsound(path, new)
    draft = _write_draft(path, new)
    try:
        refuse_in_use(path)
        _refuse_changed(path, read_file(path) if path.exists() else None, None if old is None else digest_of(old))
        backup = None if old is None else keep_copy(path, old, dt.datetime.now().astimezone())
        _put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return Saved(backup, changed=True)


def _refuse_changed(path: Path, now: bytes | None, expected_digest: str | None) -> None:
    if expected_digest is not None and (now is None or digest_of(now) != expected_digest):
        raise at(path, WorkbookInUse("workbook.changed_meanwhile"))


def _refuse_unsound(path: Path, new: bytes) -> None:
    """The new bytes must open, whole, and be what the name promises: Excel opens no .xlsx with macros in it."""
    try:
        package = Package(new)
        package.check()
    except WorkbookError as reason:
        raise at(path, reason) from reason
    extension = WORKBOOKS[package.content_type(package.main) or ""]
    if path.suffix.lower() != extension:
        raise at(path, WorkbookError("workbook.wrong_extension", extension=extension))


def _write_draft(path: Path, new: bytes) -> Path:
    """The new bytes on disk beside the book, read back, with the book's permissions."""
    draft = path.with_name(f".{path.stem[:80]}.{secrets.token_hex(4)}.tierbook.tmp{path.suffix}")
    try:
        with draft.open("xb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            _copy_permissions(path, draft)
        if draft.read_bytes() != new:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
    except OSError as problem:
        draft.unlink(missing_ok=True)
        raise at(path, _disk_refusal(path, problem)) from problem
    return draft


def _disk_refusal(path: Path, problem: OSError) -> WorkbookError:
    if isinstance(problem, FileNotFoundError):
        return WorkbookError("workbook.no_folder", folder=path.parent)
    if isinstance(problem, PermissionError):
        return WorkbookError("workbook.read_only_folder", folder=path.parent)
    return WorkbookError("workbook.cannot_write", problem=problem.strerror)


def _copy_permissions(path: Path, draft: Path) -> None:
    """Mode, owner, and (Linux) extended attributes such as access lists; what may not be given away is left."""
    status = path.stat()
    draft.chmod(stat.S_IMODE(status.st_mode))
    if sys.platform == "win32":
        return
    with contextlib.suppress(PermissionError):
        os.chown(draft, status.st_uid, status.st_gid)
    if sys.platform == "linux":
        for name in os.listxattr(path):
            with contextlib.suppress(OSError):
                os.setxattr(draft, name, os.getxattr(path, name))


def _put_in_place(draft: Path, path: Path) -> None:
    """Rename the draft over the book, and make the rename last."""
    for attempt in range(_TRIES):
        try:
            draft.replace(path)
            break
        except PermissionError as problem:
            if sys.platform == "win32" and attempt + 1 < _TRIES:
                time.sleep(_FIRST_WAIT_SECONDS * 2**attempt)
                continue
            raise at(path, WorkbookInUse("workbook.in_use")) from problem
        except OSError as problem:
            raise at(path, _disk_refusal(path, problem)) from problem
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Some file systems and Windows cannot; the rename has happened all the same."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
