"""Put new bytes in a workbook's place, or leave everything as it was.

Nobody may hold the book, nobody may have saved it since it was read, the new bytes must open, and the old
ones must lie safely among the backups, with a line in the journal. Only then one atomic rename makes the change.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...errors import WorkbookChanged, WorkbookError, WorkbookInUse
from ..book import at, digest_of, read_file, true_place
from ..package.file_kinds import WORKBOOKS
from ..package.opc import Package
from . import journal
from .backups import backup_folder, keep_copy, no_backup
from .disk import disk_refusal, remove, resting, sync_folder, waits, write_draft
from .locks import refuse_in_use
from .turn import alone_with


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
        WorkbookInUse: somebody has the book open, or another tierbook is at work on it. Nothing was written.
        WorkbookChanged: somebody saved it since it was read. Nothing was written.
        WorkbookError: the new bytes are no sound workbook for this name, or the disk refused. The book is as
            it was.
    """
    path = true_place(path)
    old = _state(path)
    if old == new:
        return Saved(backup=None, changed=False)
    refuse_in_use(path)
    if expected_digest is not None and (old is None or digest_of(old) != expected_digest):
        raise at(path, WorkbookChanged("workbook.changed_meanwhile"))
    _refuse_unsound(path, new)
    _refuse_no_folder(path)
    with alone_with(path):
        return _replace(path, old, new)


def _replace(path: Path, old: bytes | None, new: bytes) -> Saved:
    """Write the draft, keep the copy, note the change, rename; whatever fails leaves the book and no draft."""
    try:
        draft = write_draft(path, new, like=None if old is None else path)
    except OSError as problem:
        raise disk_refusal(path, problem) from problem
    try:
        if old is None:
            _put_in_place(draft, path, old)
            return Saved(backup=None, changed=True)
        backup = keep_copy(path, old, dt.datetime.now().astimezone())
        with _noted(path, journal.Entry(digest_of(new), digest_of(old), backup.name)):
            _put_in_place(draft, path, old)
        return Saved(backup, changed=True)
    finally:
        remove(draft)


@contextmanager
def _noted(path: Path, entry: journal.Entry) -> Iterator[None]:
    """Note a change in the journal; strike it out where it does not come about."""
    folder = backup_folder(path)
    try:
        journal.note(folder, entry)
    except OSError as problem:
        raise no_backup(path, problem) from problem
    try:
        yield
    except WorkbookError:
        with contextlib.suppress(OSError):
            journal.strike(folder, entry)
        raise


def _state(path: Path) -> bytes | None:
    """The bytes of the book; None where there is no such file."""
    try:
        return read_file(path)
    except WorkbookError as refusal:
        if isinstance(refusal.__cause__, FileNotFoundError):
            return None
        raise


def _refuse_no_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise at(path, WorkbookError("workbook.no_folder", folder=path.parent))


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


def _put_in_place(draft: Path, path: Path, old: bytes | None) -> None:
    """Rename the draft over the book, if that still is what it was, and make the rename last.

    The bytes are compared once more, and the look of the file (which, how long, of when) right before each try.

    Raises:
        WorkbookInUse, WorkbookChanged: somebody opened or saved it at the last moment.
    """
    refuse_in_use(path)
    look = _look(path)
    if _state(path) != old:
        raise at(path, WorkbookChanged("workbook.changed_meanwhile"))
    pauses = waits()
    while True:
        if _look(path) != look:
            raise at(path, WorkbookChanged("workbook.changed_meanwhile"))
        try:
            draft.replace(path)
            break
        except OSError as problem:
            pause = next(pauses, None) if resting(problem) else None
            if pause is not None:
                time.sleep(pause)
            elif isinstance(problem, PermissionError):
                raise at(path, WorkbookInUse("workbook.in_use")) from problem
            else:
                raise disk_refusal(path, problem) from problem
    sync_folder(path.parent)


def _look(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is saved: its number, length and time; None where there is no such file."""
    with contextlib.suppress(OSError):
        status = path.stat()
        return status.st_ino, status.st_size, status.st_mtime_ns
    return None
