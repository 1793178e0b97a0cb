"""Put a job's result into its book: in turn with other runs, on the bytes that are there now, or beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..errors import WorkbookChanged, WorkbookError, WorkbookInUse
from .analyst import Summary
from .request import Note, Progress

if TYPE_CHECKING:
    from ..workbook import Book, Receipt


@dataclass(frozen=True)
class BookReport:
    """What happened to a book. `receipt` lists the parts changed, added and removed, also where nothing was written."""

    book: Path
    changed: bool
    backup: Path | None
    sheets: Sequence[str]
    summary: Summary | None = None
    new_tasks: int = 0
    open_tasks: int = 0
    moved: int = 0
    notes: Sequence[Note] = field(default_factory=tuple)
    receipt: Receipt | None = None


Report = TypeVar("Report", bound=BookReport)
Maker = Callable[["Book"], tuple[bytes, Report]]
"""Makes a book's new bytes, and all of the report but what became of them, from the book as it is."""


def save(book: Path, data: bytes, sheets: Sequence[str]) -> BookReport:
    """Write a fresh book, over whatever is there."""
    from ..workbook import save_book

    saved = save_book(book, data, expected_digest=None)
    return BookReport(book, saved.changed, saved.backup, sheets)


def told(book: Path, make: Maker[Report]) -> Report:
    """What `written` would do. Nothing is written."""
    from ..workbook import receipt_of

    before = _opened(book)
    data, report = make(before)
    return replace(report, receipt=receipt_of(before.data, data))


def written(book: Path, make: Maker[Report], progress: Progress, *, whole: bool = True) -> Report:
    """Make a book's new bytes and put them in its place; what waited beside it is taken away.

    Somebody who saves the book meanwhile keeps what they saved: the work is done once more on it.

    Args:
        whole: the work brings every sheet up to date. What a smaller work made leaves the result of a whole one
            waiting.

    Raises:
        WorkbookInUse: somebody holds the book, or saved it again. The result waits beside it.
        WorkbookError: the book cannot be opened (said before any work), or the disk refused.
    """
    from ..workbook import alone_with, pending_of, put_beside, receipt_of, save_book, take_pending_away

    def beside(data: bytes, refusal: WorkbookInUse) -> WorkbookInUse:
        return put_beside(book, data, refusal) if whole or not pending_of(book) else refusal

    opened = _opened(book)
    with alone_with(book, waiting=lambda process: progress("jobs.waiting", {"process": process})):
        for once_more in (True, False):
            opened = _now(book, opened)
            data, report = make(opened)
            progress("jobs.saving", {"what": book.name})
            try:
                saved = save_book(book, data, expected_digest=opened.digest)
                break
            except WorkbookChanged as refusal:
                if not once_more:
                    raise beside(data, refusal) from refusal
                progress("jobs.once_more", {"what": book.name})
            except WorkbookInUse as refusal:
                raise beside(data, refusal) from refusal
        stay = [
            ("workbook.pending_stays", {"pending": pending.name})
            for pending in (take_pending_away(book) if whole else ())
        ]
        receipt = receipt_of(opened.data, data)
    return replace(report, changed=saved.changed, backup=saved.backup, receipt=receipt, notes=[*report.notes, *stay])


def _now(book: Path, opened: Book) -> Book:
    """The book as it is; not opened again where it still is what it was."""
    from ..workbook import digest_of, read_file

    return opened if digest_of(read_file(book)) == opened.digest else _opened(book)


def _opened(book: Path) -> Book:
    """The book, ready for work. A share copy's formulas name rows and columns as they are: it is made anew instead."""
    from ..workbook import is_share_copy, open_book

    opened = open_book(book)
    if is_share_copy(opened.data):
        raise WorkbookError("jobs.share_copy", path=book)
    return opened
