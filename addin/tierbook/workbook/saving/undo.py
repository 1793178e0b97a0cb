"""Bring back what a book held before tierbook last changed it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...errors import WorkbookChanged, WorkbookError
from ..book import at, digest_of, read_file, true_place
from .backups import backup_folder, copies_of
from .journal import Entry, entries
from .save import save_book
from .turn import alone_with


@dataclass(frozen=True)
class Undone:
    """`restored` is the copy brought back, `kept` the copy of the state it replaced."""

    restored: Path
    kept: Path | None


def undo_last(path: Path, *, force: bool = False) -> Undone:
    """Bring back the state before tierbook's last change of a book.

    The state that goes is kept among the copies too, so a second undo takes the first one back.

    Args:
        force: also where somebody saved the book since; what they wrote is then in the copy kept.

    Raises:
        WorkbookError: there is no such book, nothing to undo, or the copy is gone or damaged.
        WorkbookChanged: somebody saved the book since.
        WorkbookInUse: somebody has it open, or another tierbook is at work on it.
    """
    place = true_place(path)
    digest = digest_of(read_file(place))
    folder = backup_folder(place)
    if not folder.is_dir():
        raise at(path, WorkbookError("workbook.nothing_to_undo"))
    with alone_with(place):
        entry = _last_change(path, entries(folder), digest, force=force)
        saved = save_book(place, _state_before(path, folder, entry), expected_digest=digest)
    return Undone(folder / entry.copy, saved.backup)


def _last_change(path: Path, changes: list[Entry], digest: str, *, force: bool) -> Entry:
    """The change that made the book what it is; with `force` the last one of all."""
    made_it = next((entry for entry in reversed(changes) if entry.written == digest), None)
    if made_it is not None:
        return made_it
    if not changes or changes[-1].before == digest:  # the latter: killed just before the rename
        raise at(path, WorkbookError("workbook.nothing_to_undo"))
    if not force:
        raise at(path, WorkbookChanged("workbook.changed_since"))
    return changes[-1]


def _state_before(path: Path, folder: Path, entry: Entry) -> bytes:
    known = {copy.path.name: copy.path for copy in copies_of(path)}
    if entry.copy not in known:
        raise at(path, WorkbookError("workbook.copy_gone", folder=folder))
    data = read_file(known[entry.copy])
    if digest_of(data) != entry.before:
        raise at(path, WorkbookError("workbook.copy_damaged", copy=known[entry.copy]))
    return data
