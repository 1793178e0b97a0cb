"""Dated copies of a book's earlier states, in tierbook's own folder, never beside people's workbooks."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

from ..errors import WorkbookError
from ..home import home
from .book import at, digest_of

KEPT = 20
"""Copies kept of each book; the oldest go first."""


def backup_folder(path: Path) -> Path:
    """Where the copies of a book lie: one folder for each place a book has, named so that a person finds it."""
    place = digest_of(str(path.absolute()).encode())[:8]
    name = re.sub(r"[^-.\w]", "_", path.stem)[:80]
    return home() / "backups" / f"{name}-{place}"


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
        kept = _copies(folder)
        if kept and kept[-1].stem.endswith(digest) and kept[-1].read_bytes() == data:
            return kept[-1]
        copy = folder / f"{moment:%Y%m%d-%H%M%S-%f}-{digest}{path.suffix}"
        with copy.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        for old in _copies(folder)[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as problem:
        raise at(path, WorkbookError("workbook.no_backup", folder=folder, problem=problem.strerror)) from problem
    return copy


def _copies(folder: Path) -> list[Path]:
    """Oldest first: the names begin with the date."""
    return sorted(copy for copy in folder.iterdir() if copy.is_file() and copy.name[:1].isdigit())
