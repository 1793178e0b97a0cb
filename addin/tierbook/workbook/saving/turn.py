"""One tierbook at a time for each book: runs on this machine wait for one another.

The lock lies in tierbook's own folder, not beside the book, so it binds the runs of one user on one machine.
Between machines the comparison just before the rename (see `save`) decides.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import WorkbookInUse
from ..book import at, true_place
from .backups import backup_folder, no_backup
from .disk import sweep_all_drafts, sweep_drafts

_HOLDER = "holder"
WAIT_SECONDS = 60.0
"""How long a run waits for another one; a refresh of a large book takes about half of it."""


@contextmanager
def alone_with(
    path: Path, *, wait: float = WAIT_SECONDS, waiting: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Be the only tierbook at work on a book. What a killed run left is swept first. May be nested.

    Args:
        wait: seconds to wait for another run.
        waiting: told once, with the other run's process number, where there is one to wait for.

    Raises:
        WorkbookInUse: the other run took longer than that.
        WorkbookError: tierbook's own folder cannot be written.
    """
    from filelock import FileLock, Timeout

    path = true_place(path)
    folder = backup_folder(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock", is_singleton=True)  # one object for each thread's nested turns
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if waiting is not None:
                waiting(_told(folder)[0])
            lock.acquire(timeout=wait)
    except Timeout as problem:
        process, since = _told(folder)
        raise at(path, WorkbookInUse("workbook.other_run", process=process, since=since)) from problem
    except OSError as problem:
        raise no_backup(path, problem) from problem
    try:
        if lock.lock_counter == 1:
            _begin(path, folder)
        yield
    finally:
        lock.release()


def _begin(path: Path, folder: Path) -> None:
    sweep_drafts(path)
    sweep_all_drafts(folder)
    with contextlib.suppress(OSError):
        (folder / _HOLDER).write_text(f"{os.getpid()} {dt.datetime.now().astimezone():%H:%M}", encoding="ascii")


def _told(folder: Path) -> tuple[str, str]:
    """Process number and starting time of the run that holds the lock, as it wrote them down; a hint, no proof."""
    try:
        process, _, since = (folder / _HOLDER).read_text(encoding="ascii", errors="replace").partition(" ")
    except OSError:
        return "?", "?"
    return process or "?", since or "?"
