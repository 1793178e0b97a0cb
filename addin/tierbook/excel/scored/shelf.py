"""Books that clients handed over: the last few, found by their key."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from ...errors import TierbookError, WorkbookError
from .book import ScoredBook
from .reading import NEEDED, STAMP, Rows, book_of

KEPT = 4
"""Books kept at once; with 10,000 customers one takes some 50 MB."""
BEGUN = 8
"""Books that may be in the middle of being handed over; of more, somebody gave up."""


class Shelf:
    """A key is the workbook's path and its stamp, `C:\\...\\book.xlsx|2026-08-31 ...`: another stamp, another key.

    A newer book of the same path takes the place of the older one; of others the one asked longest ago goes first.
    """

    def __init__(self) -> None:
        self._books: OrderedDict[str, tuple[ScoredBook, int]] = OrderedDict()
        self._begun: OrderedDict[str, dict[str, Rows]] = OrderedDict()
        self._handed_over = 0
        self._lock = threading.Lock()

    def holds(self, key: str) -> bool:
        return key in self._books

    def hand_over(self, key: str, sheet: str, cells: Any) -> None:
        """Take the cells of one hidden sheet. The sheet of the stamp comes last and makes the book.

        A book that cannot be read is kept too, with the reason, so that nobody hands it over again and again.
        """
        with self._lock:
            sheets = self._begun.setdefault(key, {})
            self._begun.move_to_end(key)
            sheets[sheet] = _rows(cells)
            if sheet != STAMP:
                while len(self._begun) > BEGUN:
                    self._begun.popitem(last=False)
                return
            del self._begun[key]
            if key in self._books and not set(NEEDED) <= set(sheets):
                return  # another Excel handed the same book over meanwhile
        path = path_of(key)
        try:
            book = book_of(sheets, path, handed_over=True)
        except TierbookError as trouble:
            book = ScoredBook(trouble=trouble)
        except (ValueError, TypeError, IndexError) as reason:
            book = ScoredBook(trouble=WorkbookError("excel.damaged", path=path, reason=reason))
        with self._lock:
            self._put(key, book)

    def find(self, key: str) -> tuple[ScoredBook, str] | None:
        """The book and what its answers are known by, which changes when it is handed over anew."""
        with self._lock:
            found = self._books.get(key)
            if found is None:
                return None
            self._books.move_to_end(key)
            return found[0], f"{key}#{found[1]}"

    def _put(self, key: str, book: ScoredBook) -> None:
        for older in [each for each in self._books if path_of(each) == path_of(key)]:
            del self._books[older]
        self._handed_over += 1
        self._books[key] = (book, self._handed_over)
        while len(self._books) > KEPT:
            self._books.popitem(last=False)


def path_of(key: str) -> str:
    """The path in a key. A stamp holds no bar; a path on a Mac or in a cloud may."""
    return key.rpartition("|")[0]


def _rows(cells: Any) -> Sequence[Sequence[Any]]:
    """Two dimensions, whatever a client makes of a single cell, row or column."""
    if not isinstance(cells, list | tuple):
        return [[cells]]
    return [row if isinstance(row, list | tuple) else [row] for row in cells]
