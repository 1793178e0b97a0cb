"""Dated copies of a book's earlier states, in tierbook's own folder, never beside people's workbooks."""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import dataclass
from pathlib import Path

from ...errors import WorkbookError
from ...home import home
from ..book import at, digest_of, true_place
from .disk import remove, write_whole

KEPT = 20
"""Copies kept of each book; the oldest go first."""
KEPT_BYTES = 1 << 30
"""Bytes the copies of a book may take together; the newest stays however large it is."""
_NAME = re.compile(r"(\d{8})-(\d{6})-(\d{6})-([0-9a-f]{8})\.\w+")


@dataclass(frozen=True)
class Copy:
    """One dated copy. `moment` is local time, to the microsecond; `size` in bytes."""

    path: Path
    moment: dt.datetime
    size: int
    digest: str


def backup_folder(path: Path) -> Path:
    """Where the copies of a book lie: one folder for each place a book has, named so that a person finds it."""
    place = digest_of(os.path.normcase(str(true_place(path))).encode())[:8]
    name = re.sub(r"[^-.\w]", "_", path.stem)[:80]
    return home() / "backups" / f"{name}-{place}"


def copies_of(path: Path) -> list[Copy]:
    """The dated copies of a book, oldest first; none where it was never changed by tierbook."""
    folder = backup_folder(path)
    found = []
    for copy in folder.iterdir() if folder.is_dir() else ():
        fits = _NAME.fullmatch(copy.name)
        if fits and copy.is_file():
            moment = dt.datetime.fromisoformat(f"{fits[1]}T{fits[2]}.{fits[3]}").astimezone()
            found.append(Copy(copy, moment, copy.stat().st_size, fits[4]))
    return sorted(found, key=lambda copy: copy.path.name)


def keep_copy(path: Path, data: bytes, moment: dt.datetime) -> Path:
    """Put a copy of a book's bytes away and give its path. Bytes that are the newest copy already are not kept twice.

    Args:
        moment: local time that the copy's name shows.

    Raises:
        WorkbookError: the copy cannot be written; nothing should be overwritten then.
    """
    folder = backup_folder(path)
    digest = digest_of(data)[:8]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = copies_of(path)
        if kept and kept[-1].digest == digest and kept[-1].path.read_bytes() == data:
            return kept[-1].path
        copy = folder / f"{moment:%Y%m%d-%H%M%S-%f}-{digest}{path.suffix}"
        write_whole(copy, data)
        _forget_oldest(copies_of(path))
    except OSError as problem:
        raise no_backup(path, problem) from problem
    return copy


def no_backup(path: Path, problem: OSError) -> WorkbookError:
    """The refusal where tierbook's own folder for a book cannot be written."""
    return at(path, WorkbookError("workbook.no_backup", folder=backup_folder(path), problem=problem.strerror))


def _forget_oldest(copies: list[Copy]) -> None:
    """Keep the newest, and as many more as the limits allow."""
    total = 0
    for rank, copy in enumerate(reversed(copies)):
        total += copy.size
        if rank and (rank >= KEPT or total > KEPT_BYTES):
            remove(copy.path)
