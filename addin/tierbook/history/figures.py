"""The measures of groups and periods: what a run was first to say, packed into one blob a run.

A night tells a few hundred lines that are much alike; packed together they take a fifth of the room of as many rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from . import states
from .lines import opened, pressed
from .records import KpiKept
from .tables import tables
from .words import insert

if TYPE_CHECKING:
    import sqlalchemy as sa

Key = tuple[str, str, str, dt.date]
"""Grouping, group, kind of period, first day."""


def key_of(one: KpiKept) -> Key:
    return one.by, one.group, one.period, one.start


def packed(kpis: Sequence[KpiKept]) -> bytes:
    return pressed(
        [[one.by, one.group, one.period, one.start.isoformat(), one.end.isoformat(), one.values] for one in kpis]
    )


def unpacked(data: bytes) -> list[KpiKept]:
    return [
        KpiKept(by, group, period, dt.date.fromisoformat(start), dt.date.fromisoformat(end), values)
        for by, group, period, start, end, values in opened(data)
    ]


def last_words(
    connection: sa.Connection, scope: int, *, since: int = 0, before: int | None = None
) -> dict[Key, KpiKept]:
    """The last word on each group and period of the runs from one moment on and before another."""
    import sqlalchemy as sa

    kpi = tables().kpi
    query = sa.select(kpi.c.data).where(kpi.c.scope == scope, kpi.c.moment >= since).order_by(kpi.c.moment)
    if before is not None:
        query = query.where(kpi.c.moment < before)
    return {key_of(one): one for (data,) in connection.execute(query) for one in unpacked(data)}


def write(connection: sa.Connection, scope: int, moment: int, kpis: Iterable[KpiKept]) -> None:
    """The measures of a group and period, where an earlier run did not say the same.

    No run before its first day told of a period.
    """
    told = list({key_of(one): one for one in kpis}.values())
    if not told:
        return
    begun = states.first_of(min(one.start for one in told))
    known = last_words(connection, scope, since=begun, before=moment)
    if new := [one for one in told if (was := known.get(key_of(one))) is None or was.values != one.values]:
        insert(connection, tables().kpi, [{"scope": scope, "moment": moment, "data": packed(new)}])
