"""What a night remembers: which day is done for what, and how the last night went.

Every file is written whole beside its place and renamed, so that a run killed at any moment leaves the old one or the
new one. What is done stands there as soon as it is done: the next run goes on from it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...errors import NightAtWork
from ...home import home
from .records import Config

NOTIFIED, HISTORY = "notify", "history"
OLD_MARKER = "nightly.json"


class State:
    """The folder of one night's own files.

    Args:
        folder: made when something is first written.
        earlier: a file that an earlier version kept the days done in; read where there is none of ours.
    """

    def __init__(self, folder: Path, *, earlier: Path | None = None) -> None:
        self.folder = folder
        self._earlier = earlier

    @property
    def health_file(self) -> Path:
        return self.folder / "health.json"

    def done(self, key: str) -> dt.date | None:
        """The last day done for a book, or for "notify"."""
        with contextlib.suppress(ValueError):
            return dt.date.fromisoformat(self._days().get(key, ""))
        return None

    def is_due(self, key: str, day: dt.date) -> bool:
        done = self.done(key)
        return done is None or done < day

    def mark(self, key: str, day: dt.date) -> None:
        """Remember that a day is done; an earlier day than the last one changes nothing."""
        days = self._days()
        if days.get(key, "") < day.isoformat():
            _write(self.folder / "done.json", days | {key: day.isoformat()})

    def put_health(self, told: Mapping[str, Any]) -> None:
        _write(self.health_file, told)

    def health(self) -> dict[str, Any]:
        """What the last night told of itself; empty where there was none."""
        return _read(self.health_file) or {}

    def books(self) -> list[str]:
        """The paths of the books a day was done for."""
        return [key for key in self._days() if not key.startswith((f"{NOTIFIED}:", f"{HISTORY}:"))]

    def _days(self) -> dict[str, str]:
        """An absent or unreadable file means nothing was done."""
        found = _read(self.folder / "done.json")
        if found is None and self._earlier is not None:
            found = _read(self._earlier)
        return {str(key): str(day) for key, day in (found or {}).items()}


def state_of(config: Config) -> State:
    """The state of this night's own file, or of the books named on the command line (one for all of them)."""
    if config.source is None:
        return State(home() / "night" / "books", earlier=home() / OLD_MARKER)
    place = hashlib.blake2b(os.path.normcase(str(config.source)).encode(), digest_size=4).hexdigest()
    name = re.sub(r"[^-.\w]", "_", config.name)[:60]
    return State(home() / "night" / f"{name}-{place}")


@contextmanager
def alone(*, quiet: bool = False) -> Iterator[None]:
    """Be the only night at work for this user on this machine.

    Args:
        quiet: only a look whether one is; leaves no name.

    Raises:
        NightAtWork: another one is; its process is named.
    """
    from filelock import FileLock, Timeout

    folder = home() / "night"
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / "holder"
    try:
        with FileLock(folder / "lock").acquire(timeout=0):
            if not quiet:
                holder.write_text(str(os.getpid()), encoding="ascii")
            yield
    except Timeout as problem:
        process = "?"
        with contextlib.suppress(OSError):
            process = holder.read_text(encoding="ascii") or process
        raise NightAtWork("night.other_run", process=process) from problem


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _write(path: Path, told: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(told, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
