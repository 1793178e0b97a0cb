"""What the ledger says of everybody at a moment: the last word on each up to then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .numbers import summed
from .tables import RUNS_A_DAY, tables

if TYPE_CHECKING:
    import sqlalchemy as sa

    from .numbers import Numbers

Words = tuple[int | None, int | None, int | None, int | None]
"""Numbers of the words for tier, segment, stage and owner."""


def first_of(day: dt.date) -> int:
    """The moment before the first run of a day."""
    return day.toordinal() * RUNS_A_DAY


def day_of(moment: int) -> dt.date:
    return dt.date.fromordinal(moment // RUNS_A_DAY)


def last_moment(connection: sa.Connection, scope: int, day: dt.date | None = None) -> int | None:
    """The last run up to the end of a day, or of all."""
    import sqlalchemy as sa

    run = tables().run
    query = sa.select(sa.func.max(run.c.moment)).where(run.c.scope == scope)
    if day is not None:
        query = query.where(run.c.moment < first_of(day + dt.timedelta(days=1)))
    found: int | None = connection.execute(query).scalar()
    return found


def next_moment(connection: sa.Connection, scope: int, day: dt.date) -> int | None:
    """The first run after a day."""
    import sqlalchemy as sa

    run = tables().run
    after = first_of(day + dt.timedelta(days=1))
    query = sa.select(sa.func.min(run.c.moment)).where(run.c.scope == scope, run.c.moment >= after)
    found: int | None = connection.execute(query).scalar()
    return found


def words_at(connection: sa.Connection, scope: int, moment: int | None) -> dict[int, Words]:
    """Customer's number -> its words, of those who were scored then."""
    import sqlalchemy as sa

    if moment is None:
        return {}
    stood = tables().stood
    last = (
        sa.select(stood.c.customer, sa.func.max(stood.c.moment).label("moment"))
        .where(stood.c.scope == scope, stood.c.moment <= moment)
        .group_by(stood.c.customer)
        .subquery()
    )
    query = (
        sa.select(stood.c.customer, stood.c.tier, stood.c.segment, stood.c.stage, stood.c.owner)
        .join(last, sa.and_(stood.c.customer == last.c.customer, stood.c.moment == last.c.moment))
        .where(stood.c.scope == scope, stood.c.there)
    )
    return {
        customer: (tier, segment, stage, owner)
        for customer, tier, segment, stage, owner in connection.execute(query).all()
    }


def columns_at(
    connection: sa.Connection, scope: int, moment: int | None, size: int, wanted: Sequence[int] | None = None
) -> dict[int, tuple[Numbers, int]]:
    """Number of each measure that the run of a moment told -> its column, and how many blobs made it.

    Args:
        size: places of the columns.
        wanted: numbers of the measures; None: all.
    """
    import sqlalchemy as sa

    if moment is None:
        return {}
    measured = tables().measured
    told = sa.select(measured.c.measure).where(measured.c.scope == scope, measured.c.moment == moment)
    if wanted is not None:
        told = told.where(measured.c.measure.in_(wanted))
    begun = (
        sa.select(measured.c.measure, sa.func.max(measured.c.moment).label("start"))
        .where(measured.c.scope == scope, measured.c.moment <= moment, measured.c.whole, measured.c.measure.in_(told))
        .group_by(measured.c.measure)
        .subquery()
    )
    query = (
        sa.select(measured.c.measure, measured.c.data)
        .join(begun, sa.and_(measured.c.measure == begun.c.measure, measured.c.moment >= begun.c.start))
        .where(measured.c.scope == scope, measured.c.moment <= moment)
        .order_by(measured.c.measure, measured.c.moment)
    )
    found: dict[int, list[bytes]] = {}
    for measure, data in connection.execute(query):
        found.setdefault(measure, []).append(data)
    return {measure: (summed(blobs, size), len(blobs)) for measure, blobs in found.items()}


def changed_words(before: Mapping[int, Words], now: Mapping[int, Words]) -> dict[int, Words | None]:
    """Customers whose words differ, with those they have now; None for one who is gone."""
    told: dict[int, Words | None] = {
        customer: words for customer, words in now.items() if before.get(customer) != words
    }
    told.update(dict.fromkeys(before.keys() - now.keys()))
    return dict(sorted(told.items()))
