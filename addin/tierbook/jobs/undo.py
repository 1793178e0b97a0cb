"""The verb `undo`: back to the state before the last change, or the list of the dated copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..workbook import Copy


@dataclass(frozen=True)
class UndoReport:
    """`restored` is the copy brought back, `kept` the copy of the state it replaced."""

    book: Path
    restored: Path
    kept: Path | None


def undo(book: Path, *, force: bool = False) -> UndoReport:
    """Bring back what a book held before its last refresh.

    Args:
        force: also where somebody saved the book since; their state stays as a copy.

    Raises:
        WorkbookError, WorkbookInUse: nothing to undo, changed or held by somebody; the book is untouched.
    """
    from ..workbook import undo_last

    undone = undo_last(book, force=force)
    return UndoReport(book, undone.restored, undone.kept)


def copies(book: Path) -> Sequence[Copy]:
    """The dated copies of a book's earlier states, oldest first. The book itself need not be there any more."""
    from ..workbook import copies_of

    return copies_of(book)
