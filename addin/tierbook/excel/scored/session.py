"""Which scored book the functions answer from: one a client handed over, or a file, read again when it changes."""

from __future__ import annotations

import os
import threading
import time
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ...errors import TierbookError, UsageError, WorkbookError
from ...home import home
from .book import ScoredBook
from .reading import read
from .shelf import Shelf, path_of

VARIABLE = "TIERBOOK_BOOK"
SETTINGS = "settings.toml"
CHECK_EVERY = 2.0
"""Seconds between two looks at the file. Between them an answer costs a few dictionary look-ups."""
READ_AGAIN = 3
"""How often a book that changes while it is read is read again in one go."""

_Identity = tuple[Path, int, int]


class Session:
    """One book at a time: the one a client handed over and chose, else a file.

    The file: the path chosen by `use`, else by TIERBOOK_BOOK, else by settings.toml in tierbook's home. A file that
    cannot be read any more (moved, being replaced, damaged) goes on answering from memory; its stamp then says so.
    `clock` counts seconds and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.shelf = Shelf()
        self._clock = clock
        self._chosen: Path | None = None
        self._handed_over: ScoredBook | None = None
        self._book = ScoredBook()
        self._seen: _Identity | None = None
        self._next_look = float("-inf")
        self._lock = threading.Lock()

    def use(self, path: Path | str | None) -> None:
        """Answer from this file from now on; None goes back to the environment and the settings."""
        with self._lock:
            self._handed_over = None
            self._chosen = None if path is None else Path(path).absolute()
            self._next_look = float("-inf")

    def use_key(self, key: str) -> str:
        """Answer from a book that was handed over; "" goes back to the book of record.

        Returns:
            a text that changes whenever answers may change; "" where nobody handed that book over: it must be handed
            over first, and until then every answer is #REF!, never another book's.
        """
        if not key:
            self._handed_over = None
            book = self.current()
            return "|".join(map(str, self._seen or ("", book.trouble)))
        found = self.shelf.find(key)
        if found is None:
            self._handed_over = ScoredBook(trouble=WorkbookError("excel.not_handed_over", path=path_of(key)))
            return ""
        self._handed_over = found[0]
        return found[1]

    def current(self) -> ScoredBook:
        """The book as of the last look at its file. Never raises: a missing book is a book with `trouble`."""
        handed_over = self._handed_over
        if handed_over is not None:
            return handed_over
        if self._clock() >= self._next_look:
            with self._lock:
                if self._clock() >= self._next_look:
                    self._look()
                    self._next_look = self._clock() + CHECK_EVERY
        return self._book

    def _look(self) -> None:
        path = None
        try:
            path = self._chosen or configured_book()
            if _identity(path) != self._seen:
                self._book, self._seen = _read_whole(path)
            elif self._book.trouble:
                self._book = replace(self._book, trouble=None)
        except TierbookError as trouble:
            if self._seen is None or self._seen[0] != path:
                self._book, self._seen = ScoredBook(), None
            self._book = replace(self._book, trouble=trouble)


def configured_book() -> Path:
    """The book named by TIERBOOK_BOOK, else by `book = "path"` in settings.toml (relative to that file).

    Raises:
        UsageError: neither names one, or the settings cannot be read.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if named:
        return Path(named).expanduser().absolute()
    settings = home() / SETTINGS
    try:
        book = tomllib.loads(settings.read_text(encoding="utf-8-sig")).get("book")
    except FileNotFoundError:
        book = None
    except (OSError, ValueError) as reason:
        raise UsageError("excel.bad_settings", settings=settings, reason=reason) from reason
    if not isinstance(book, str) or not book.strip():
        raise UsageError("excel.no_book", settings=settings)
    return (settings.parent / Path(book.strip()).expanduser()).absolute()


def _identity(path: Path) -> _Identity:
    try:
        status = path.stat()
    except FileNotFoundError as reason:
        raise WorkbookError("excel.book_missing", path=path) from reason
    except OSError as reason:
        raise WorkbookError("excel.cannot_read", path=path, reason=reason.strerror or reason) from reason
    return path, status.st_mtime_ns, status.st_size


def _read_whole(path: Path) -> tuple[ScoredBook, _Identity]:
    """Read the book; again where a refresh replaced it between its sheets."""
    for _ in range(READ_AGAIN):
        before = _identity(path)
        try:
            book = read(path)
        except OSError as reason:
            raise WorkbookError("excel.cannot_read", path=path, reason=reason.strerror or reason) from reason
        if _identity(path) == before:
            return book, before
    raise WorkbookError("excel.keeps_changing", path=path)


_session = Session()
current = _session.current
use = _session.use
use_key = _session.use_key
shelf = _session.shelf
