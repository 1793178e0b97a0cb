"""Words, customers and scopes go by number in the ledger: looked up, and given where they are new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from .tables import tables

if TYPE_CHECKING:
    import sqlalchemy as sa

Value = TypeVar("Value", str, int)
AT_ONCE = 500
"""Values named in one query: every database takes so many."""


def pieces(values: Iterable[Value]) -> Iterator[list[Value]]:
    left = iter(sorted(set(values)))
    while piece := list(islice(left, AT_ONCE)):
        yield piece


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        connection.execute(table.insert(), rows)


def scope_number(connection: sa.Connection, name: str) -> int | None:
    """The number of a scope; None where it was never kept."""
    import sqlalchemy as sa

    scope = tables().scope
    found: int | None = connection.execute(sa.select(scope.c.no).where(scope.c.name == name)).scalar()
    return found


def given_scope(connection: sa.Connection, name: str) -> int:
    import sqlalchemy as sa

    found = scope_number(connection, name)
    if found is None:
        scope = tables().scope
        found = int(connection.execute(sa.select(sa.func.count()).select_from(scope)).scalar_one()) + 1
        connection.execute(scope.insert(), {"no": found, "name": name})
    return found


def given_words(connection: sa.Connection, words: Iterable[str]) -> dict[str, int | None]:
    """Word -> number; "" goes without."""
    import sqlalchemy as sa

    word = tables().word
    wanted = set(words) - {""}
    known: dict[str, int | None] = {}
    for piece in pieces(wanted):
        rows = connection.execute(sa.select(word.c.word, word.c.no).where(word.c.word.in_(piece)))
        known.update(dict(rows.all()))
    last = connection.execute(sa.select(sa.func.max(word.c.no))).scalar() or 0
    new = [{"no": last + place, "word": text} for place, text in enumerate(sorted(wanted - known.keys()), start=1)]
    insert(connection, word, new)
    known.update({str(row["word"]): int(row["no"]) for row in new})
    known[""] = None
    return known


def all_words(connection: sa.Connection) -> dict[int | None, str]:
    """Number -> word; None is ""."""
    import sqlalchemy as sa

    word = tables().word
    found: dict[int | None, str] = dict(connection.execute(sa.select(word.c.no, word.c.word)).all())
    found[None] = ""
    return found


def customers(connection: sa.Connection, scope: int) -> dict[str, int]:
    """Customer id -> number, from 1 in the order they came."""
    import sqlalchemy as sa

    customer = tables().customer
    query = sa.select(customer.c.customer_id, customer.c.no).where(customer.c.scope == scope)
    return dict(connection.execute(query).all())


def given_customers(connection: sa.Connection, scope: int, ids: Iterable[str]) -> dict[str, int]:
    known = customers(connection, scope)
    new = sorted(set(ids) - known.keys())
    rows: list[dict[str, object]] = [
        {"scope": scope, "no": number, "customer_id": text} for number, text in enumerate(new, start=len(known) + 1)
    ]
    insert(connection, tables().customer, rows)
    known.update({text: number for number, text in enumerate(new, start=len(known) + 1)})
    return known
