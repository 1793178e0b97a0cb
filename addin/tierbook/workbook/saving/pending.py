"""A finished result that may not go into its book yet waits beside it, as a workbook people can open.

Its name is the book's with `.pending-` and eight letters of the content's digest, in every language: people
find it next to the book, any machine's tierbook recognises it, and one that somebody has changed since no
longer fits its name, so it is theirs and stays.
"""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path

from ...errors import WorkbookError, WorkbookInUse
from ..book import digest_of, true_place
from .disk import disk_refusal, remove, resting, sync_folder, waits, write_draft
from .locks import holder_of


def leave_pending(book: Path, data: bytes) -> Path:
    """Put a result beside its book, in the place of an earlier one, and give its path.

    Raises:
        WorkbookError: the folder or the disk refused; an earlier result is still there.
    """
    book = true_place(book)
    pending = book.with_name(f"{book.stem}.pending-{digest_of(data)[:8]}{book.suffix}")
    if pending not in pending_of(book):
        _write(book, data, pending)
    for earlier in pending_of(book):
        if earlier != pending:
            _take_away(earlier)
    return pending


def put_beside(book: Path, data: bytes, refusal: WorkbookInUse) -> WorkbookInUse:
    """Leave a result beside its book, which could not take it, and give the refusal that also says where it waits."""
    inner = refusal.values.get("reason", refusal)
    try:
        pending = leave_pending(book, data)
    except WorkbookError as problem:
        why = problem.values.get("reason", problem)
        return _again(book, refusal, "workbook.cannot_wait", reason=inner, problem=why)
    return _again(book, refusal, "workbook.waiting", reason=inner, pending=pending.name)


def _again(book: Path, refusal: WorkbookInUse, key: str, **values: object) -> WorkbookInUse:
    """The refusal in other words, of the same class."""
    kind = type(refusal)
    return kind("workbook.at", path=book, reason=kind(key, **values))


def _write(book: Path, data: bytes, pending: Path) -> None:
    draft: Path | None = None
    pauses = waits()
    try:
        while True:
            try:
                draft = draft or write_draft(book, data, like=book)
                draft.replace(pending)
                break
            except OSError as problem:
                pause = next(pauses, None) if resting(problem) else None
                if pause is None:
                    raise disk_refusal(pending, problem) from problem
                time.sleep(pause)
    finally:
        if draft is not None:
            remove(draft)
    sync_folder(book.parent)


def take_pending_away(book: Path) -> list[Path]:
    """Remove the results that wait beside a book. Gives those that stay: changed by somebody, or open."""
    for pending in pending_of(book):
        _take_away(pending)
    return _named_so(true_place(book))


def pending_of(book: Path) -> list[Path]:
    """The results that wait beside a book, as they were left there."""
    waiting = []
    for path in _named_so(true_place(book)):
        with contextlib.suppress(OSError):
            if digest_of(path.read_bytes()).startswith(path.stem[-8:]):
                waiting.append(path)
    return waiting


def _named_so(book: Path) -> list[Path]:
    name = re.compile(re.escape(book.stem) + r"\.pending-[0-9a-f]{8}" + re.escape(book.suffix), re.DOTALL)
    try:
        return sorted(path for path in book.parent.iterdir() if name.fullmatch(path.name))
    except OSError:
        return []


def _take_away(pending: Path) -> None:
    """Somebody who is looking at it may go on; a later run takes it."""
    if holder_of(pending) is None:
        remove(pending)
