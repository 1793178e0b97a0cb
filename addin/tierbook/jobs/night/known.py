"""Which nights were run on this machine, for whoever asks after one without naming it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import UsageError
from ...home import home
from .config import books_only, load_config
from .records import Config
from .state import State, state_of


@dataclass(frozen=True)
class Known:
    """A night that was run here: by its file, else by its books."""

    source: Path | None
    books: Sequence[Path]
    at: dt.time | None

    @property
    def words(self) -> str:
        """What to type so that this one is meant."""
        if self.source is not None:
            return f"--config {self.source}"
        return " ".join(map(str, self.books))

    def config(self) -> Config:
        """The night itself.

        Raises:
            UsageError: its file cannot be understood any more.
        """
        if self.source is not None:
            return load_config(self.source)
        told = books_only(self.books)
        return told if self.at is None else replace(told, at=self.at)


def night_run_here() -> Config:
    """The one night this machine has run.

    Raises:
        UsageError: there is none, or there are several; then what to type for each is named.
    """
    found = known_nights()
    if not found:
        raise UsageError("night.nothing_named")
    if len(found) > 1:
        raise UsageError("night.several", nights="\n".join(f"  tierbook nightly --status {one.words}" for one in found))
    return found[0].config()


def known_nights() -> list[Known]:
    """Every night that has left its state here and whose file or books are still there."""
    of_books = state_of(books_only([]))
    folders = [path.parent for path in (home() / "night").glob("*/health.json")]
    found: dict[str, Known] = {}
    for folder in sorted({*folders, of_books.folder}):
        state = of_books if folder == of_books.folder else State(folder)
        health = state.health()
        source = Path(health["config"]) if health.get("config") else None
        books = [] if source else [Path(key) for key in state.books() if Path(key).is_file()]
        if (source is not None and source.is_file()) or books:
            one = Known(source, books, _hour(health.get("next_due")))
            found[one.words] = one
    return list(found.values())


def _hour(moment: object) -> dt.time | None:
    try:
        return dt.datetime.fromisoformat(str(moment)).time()
    except ValueError:
        return None
