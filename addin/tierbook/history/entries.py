"""Append-only books beside the runs, such as points earned and messages sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .records import Entry
from .tables import tables
from .words import given_scope, given_words, insert

if TYPE_CHECKING:
    import sqlalchemy as sa


def entries(connection: sa.Connection, scope: int, book: str, customer_id: str = "") -> list[Entry]:
    import sqlalchemy as sa

    entry, word = tables().entry, tables().word
    query = (
        sa.select(entry.c.entry_id, entry.c.day, entry.c.customer_id, entry.c.data)
        .join(word, word.c.no == entry.c.book)
        .where(entry.c.scope == scope, word.c.word == book)
        .order_by(entry.c.place)
    )
    if customer_id:
        query = query.where(entry.c.customer_id == customer_id)
    return [Entry(*row) for row in connection.execute(query)]


def books_of(connection: sa.Connection, scope: int, customer_id: str) -> dict[str, list[Entry]]:
    """Book -> its lines about a customer, for every book that has any."""
    import sqlalchemy as sa

    entry, word = tables().entry, tables().word
    query = (
        sa.select(word.c.word)
        .join(entry, word.c.no == entry.c.book)
        .where(entry.c.scope == scope, entry.c.customer_id == customer_id)
        .distinct()
        .order_by(word.c.word)
    )
    return {book: entries(connection, scope, book, customer_id) for (book,) in connection.execute(query).all()}


def add(connection: sa.Connection, scope: str, book: str, lines: Sequence[Entry], kept_at: str) -> list[Entry]:
    import sqlalchemy as sa

    entry = tables().entry
    if not lines:
        return []
    number, place = given_scope(connection, scope), given_words(connection, [book])[book]
    of_book = sa.and_(entry.c.scope == number, entry.c.book == place)
    known = set(connection.execute(sa.select(entry.c.entry_id).where(of_book)).scalars())
    last = connection.execute(sa.select(sa.func.max(entry.c.place)).where(of_book)).scalar() or 0
    new = [one for one in {one.entry_id: one for one in reversed(lines)}.values() if one.entry_id not in known]
    new.reverse()
    insert(connection, entry, [
        {"scope": number, "book": place, "entry_id": one.entry_id, "place": last + nth, "day": one.day,
         "customer_id": one.customer_id, "data": one.data, "kept_at": kept_at}
        for nth, one in enumerate(new, start=1)
    ])  # fmt: skip
    return new
