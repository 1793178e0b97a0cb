"""What each worksheet function answers: from the scored book to the cells."""

from __future__ import annotations

from typing import Any

from ..book import Cells, Grid, ScoredBook
from ..errors import NO_BOOK


def tiers(book: ScoredBook, cells: Cells, scale: Any, as_of: Any) -> Grid:
    return book.tiers(cells, scale)


def scores(book: ScoredBook, cells: Cells, card: Any, as_of: Any) -> Grid:
    return book.scores(cells, card)


def column(book: ScoredBook, cells: Cells, key: str) -> Grid:
    return book.results(cells, key)


def added_column(book: ScoredBook, cells: Cells, key: str) -> Grid:
    return book.results(cells, key)


def tags(book: ScoredBook, cells: Cells, separator: Any) -> Grid:
    return book.tags(cells, separator)


def has_tag(book: ScoredBook, cells: Cells, tag: Any) -> Grid:
    return [[NO_BOOK]]


def metrics(book: ScoredBook, cells: Cells, indicator: Any) -> Grid:
    return book.metrics(cells, indicator)


def gaps(book: ScoredBook, cells: Cells) -> Grid:
    return [[NO_BOOK]]


def next_steps(book: ScoredBook, cells: Cells) -> Grid:
    return [[NO_BOOK]]


def why(book: ScoredBook, cells: Cells, word: Any) -> Grid:
    return book.explained(cells)


def profile(book: ScoredBook, cells: Cells) -> Grid:
    return [[NO_BOOK]]


def listed(book: ScoredBook, tier: Any, tag: Any, segment: Any, owner: Any, top: Any) -> Grid:
    return [[NO_BOOK]]


def counted(book: ScoredBook, tier: Any, tag: Any, segment: Any, owner: Any) -> Any:
    return NO_BOOK


def tasks(book: ScoredBook, owner: Any, due_by: Any) -> Grid:
    return [[NO_BOOK]]


def moves(book: ScoredBook, since: Any) -> Grid:
    return [[NO_BOOK]]


def summary(book: ScoredBook, by: Any) -> Grid:
    return [[NO_BOOK]]


def score_table(book: ScoredBook, table: Cells, card: Any) -> Grid:
    return [[NO_BOOK]]


def stamped(book: ScoredBook) -> str:
    return book.stamped()
