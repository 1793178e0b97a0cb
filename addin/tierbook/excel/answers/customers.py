"""Answers per customer: ids in, answers in the same shape out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...typed import NO_BOOK, RANGE, WRONG
from ..scored.book import Cells, Derived, Family, Grid, Records, ScoredBook
from .arguments import Refused, day, one, word
from .words import CARD, SCALE, column_of, shown_tag, tag_separator


def tiers(book: ScoredBook, cells: Cells, scale: Any, as_of: Any) -> Grid:
    """The tier of each customer on a scale, as known on a day."""
    return _known_on(book, cells, "scale", scale, as_of)


def scores(book: ScoredBook, cells: Cells, card: Any, as_of: Any) -> Grid:
    """The score of each customer on a scorecard, as known on a day."""
    return _known_on(book, cells, "card", card, as_of)


def _known_on(book: ScoredBook, cells: Cells, family: Family, argument: Any, as_of: Any) -> Grid:
    main, prefix = ("tier", SCALE) if family == "scale" else ("score", CARD)
    if book.is_missing:
        return book.answers(cells, NO_BOOK)
    try:
        column = column_of(book, family, argument, main=main, prefix=prefix)
        records = state_on(book, as_of)
        if records is book.before:
            column = _kept_column(column, main, prefix + book.stamp.get(f"main_{family}", ""))
    except Refused as refused:
        return book.answers(cells, refused.shown)
    return book.answers(cells, records.columns.get(column, WRONG), records)


def _kept_column(column: str, main: str, chief: str) -> str:
    """The column of an earlier day: only the main scale and scorecard are kept.

    Raises:
        Refused: #NUM! for another one.
    """
    if column not in (main, chief):
        raise Refused(RANGE)
    return main


def state_on(book: ScoredBook, as_of: Any) -> Records:
    """The newest known state on or before a day; a blank one means the last refresh.

    Raises:
        Refused: #NUM! for a day before everything the book knows.
    """
    wanted = day(as_of)
    if wanted is None or book.as_of is None or wanted >= book.as_of:
        return book.results
    if book.before is not None and book.since is not None and wanted >= book.since:
        return book.before
    raise Refused(RANGE)


def column(book: ScoredBook, cells: Cells, key: str) -> Grid:
    """One result column."""
    return book.answers(cells, book.column(key))


def added_column(book: ScoredBook, cells: Cells, key: str) -> Grid:
    """A result column that older refreshes did not write: without it #REF!, and the stamp says to refresh."""
    return book.answers(cells, book.columns.get(key, NO_BOOK))


def tags(book: ScoredBook, cells: Cells, separator: Any) -> Grid:
    """The tags of each customer, joined by the separator; a blank one leaves them as the tier sheet joins them."""
    try:
        wanted = "" if one(separator) in (None, "") else _as_joint(separator)
    except Refused as refused:
        return book.answers(cells, refused.shown)
    joined = book.column("tags")
    if wanted and not isinstance(joined, str):
        between = tag_separator(book)
        joined = Derived(joined, lambda tags: tags.replace(between, wanted))
    return book.answers(cells, joined)


def _as_joint(separator: Any) -> str:
    """The text between two tags; blanks count, so that a single space or a line break joins too."""
    return separator if isinstance(separator, str) else word(separator)


def has_tag(book: ScoredBook, cells: Cells, tag: Any) -> Grid:
    """Whether each customer has a tag. A tag the rules know and nobody has is FALSE for everybody."""
    try:
        typed = word(tag)
    except Refused as refused:
        return book.answers(cells, refused.shown)
    found = shown_tag(book, typed) if typed and not book.is_missing else ""
    if not found:
        return book.answers(cells, WRONG)
    between = tag_separator(book)
    return book.answers(cells, Derived(book.columns.get("tags", ()), lambda tags: found in tags.split(between)))


def metrics(book: ScoredBook, cells: Cells, indicator: Any) -> Grid:
    """One indicator of each customer."""
    if book.is_missing:
        return book.answers(cells, NO_BOOK)
    try:
        key = column_of(book, "indicator", indicator)
    except Refused as refused:
        return book.answers(cells, refused.shown)
    return book.answers(cells, indicator_values(book, key))


def indicator_values(book: ScoredBook, key: str) -> Sequence[Any]:
    """An indicator's column; dates that were handed over as day numbers are dates again."""
    if book.handed_over and key in book.dates:
        return book.dates[key]
    return book.columns[key]


def gaps(book: ScoredBook, cells: Cells) -> Grid:
    """What lifts each customer a tier, in one line."""
    if book.gap is None:
        return book.answers(cells, NO_BOOK)
    return book.answers(cells, book.gap.columns.get("text", WRONG), book.gap)


def next_steps(book: ScoredBook, cells: Cells) -> Grid:
    """The most urgent task of each customer that is still to do; blank without one."""
    if book.tasks is None:
        return book.answers(cells, NO_BOOK)
    actions = book.next_actions
    return book.answers(cells, Derived(book.columns["customer_id"], lambda customer: actions.get(customer, "")))
