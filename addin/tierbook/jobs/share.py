"""The verb `share`: a copy of a refreshed book for people without the add-in."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..labels import Language
from .request import Progress, silent

if TYPE_CHECKING:
    from ..sharing import To


@dataclass(frozen=True)
class ShareReport:
    """A copy, written to `out` unless `dry_run`.

    Args:
        to: lambda or classic.
        formulas: cells of the book that calculate without the add-in.
        frozen: places of formulas of which only the value is left.
        look_up: the sheet to ask from; "" where the book has one of that name already.
        macros: "none" in the book, "dropped" from the copy, or "kept".
    """

    book: Path
    out: Path
    to: To
    language: Language
    customers: int
    formulas: int
    frozen: Sequence[str]
    look_up: str
    macros: str
    dry_run: bool
    changed: bool


def share(
    book: Path, to: To, *, out: Path | None = None, dry_run: bool = False, progress: Progress = silent
) -> ShareReport:
    """Make a copy in which the worksheet functions answer without the add-in; the book is only read.

    Args:
        to: lambda for Excel 365, the web and 2024; classic for Excel 2010 and later, and WPS.
        out: the copy's file; None: beside the book, named after both. An earlier copy there is replaced.

    Raises:
        UsageError: the copy would take the place of the book, or of a file that is no such copy.
        WorkbookError, WorkbookInUse: the book cannot be shared, or somebody holds the earlier copy.
    """
    from ..sharing import is_copy
    from ..sharing import share as make_copy
    from ..workbook import save_book

    progress("share.making", {"to": to})
    made = make_copy(book, to)
    target = out or book.with_name(f"{book.stem}-{to}{made.extension}")
    if target.suffix.lower() != made.extension:
        raise UsageError("share.wrong_extension", path=target.name, extension=made.extension)
    if _same_file(target, book):
        raise UsageError("share.same_file", path=book)
    if target.exists() and not is_copy(target):
        raise UsageError("share.exists_already", path=target)
    if not target.absolute().parent.is_dir():
        raise UsageError("jobs.no_such_folder", path=target.absolute().parent)
    changed = False
    if not dry_run:
        progress("jobs.saving", {"what": target.name})
        changed = save_book(target, made.data, expected_digest=None).changed
    return ShareReport(
        book, target, to, made.language, made.customers, made.formulas, made.frozen, made.look_up, made.macros,
        dry_run, changed,
    )  # fmt: skip


def _same_file(one: Path, other: Path) -> bool:
    with contextlib.suppress(OSError):
        return one.exists() and one.samefile(other)
    return False
