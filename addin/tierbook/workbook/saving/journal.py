"""What tierbook wrote into a book, and which copy holds what was there before: the ground `undo` stands on.

A small file beside the copies, replaced whole each time. It is a memory, not an authority: a reader
compares digests with the bytes at hand before it believes a line.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .disk import write_whole

_FILE = "journal.json"
_MOST = 50
"""Lines kept; more than there are copies, since a try that failed leaves one too."""


@dataclass(frozen=True)
class Entry:
    """One change of a book. `written` and `before` are SHA-256 in hex, `copy` is the name of the copy of `before`."""

    written: str
    before: str
    copy: str


def entries(folder: Path) -> list[Entry]:
    """The changes noted in a folder, oldest first. A journal that cannot be read is an empty one."""
    try:
        lines = json.loads((folder / _FILE).read_text(encoding="utf-8"))["changes"]
        return [Entry(str(line["written"]), str(line["before"]), str(line["copy"])) for line in lines]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def note(folder: Path, entry: Entry) -> None:
    """Add a line. That is done before the book changes; a run killed between the two leaves a line that fits no bytes.

    Raises:
        OSError: the folder or the disk refused.
    """
    _write(folder, [*entries(folder), entry])


def strike(folder: Path, entry: Entry) -> None:
    """Take the last line out again, where the change did not come about.

    Raises:
        OSError: the folder or the disk refused.
    """
    lines = entries(folder)
    if lines and lines[-1] == entry:
        _write(folder, lines[:-1])


def _write(folder: Path, lines: Sequence[Entry]) -> None:
    body = {"changes": [asdict(line) for line in lines[-_MOST:]]}
    write_whole(folder / _FILE, json.dumps(body, indent=1).encode())
