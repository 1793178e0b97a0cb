"""Write one run: what differs from the run before it, all in the caller's transaction.

A run of an earlier day than the last takes its place among the others: what follows it is told anew against it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import LedgerError
from . import figures, moves, states
from .kept_tasks import changed_tasks, write_tasks
from .numbers import column, difference, packed
from .records import Night, Receipt, RunKept, Standing
from .states import Words, changed_words, columns_at, words_at
from .tables import RUNS_A_DAY, tables
from .words import given_customers, given_scope, given_words, insert

if TYPE_CHECKING:
    import sqlalchemy as sa

    from .numbers import Numbers

LONGEST = 32
"""Blobs that make a column at most: the next one is whole."""
POINTS_KEPT = 100
"""Days for which the points of each indicator are kept, a quarter and some: they take most of the room."""
STEP = 10_000
"""Millionths in the unit that scores and points are kept in: a hundredth of a point. Finer ones fill the room."""
SCORE, FACTS, POINTS = "score", "facts.", "points."
"""Names of the measures; the last two are followed by a key."""


@dataclass(frozen=True)
class _Now:
    """A run about to be written, by numbers. `before` and `after` are the moments of the runs beside it."""

    scope: int
    before: int | None
    after: int | None
    words: Mapping[int, Words]
    scores: Mapping[int, int | None]
    columns: Mapping[int, Numbers]
    size: int


def keep(connection: sa.Connection, night: Night, kept_at: str) -> Receipt:
    scope = given_scope(connection, night.scope)
    customers = given_customers(
        connection,
        scope,
        [*(one.customer_id for one in night.standings), *(one.customer_id for one in night.moves),
         *(one.customer_id for one in night.tasks)],
    )  # fmt: skip
    words = given_words(connection, _words_of(night))
    now = _by_number(connection, night, scope, customers, words)
    stood = changed_words(words_at(connection, scope, now.before), now.words)
    blobs = _blobs(now, columns_at(connection, scope, now.before, now.size))
    is_last = now.after is None
    tasks = changed_tasks(connection, scope, night.tasks, customers, words) if is_last else {}
    known = _run_at(connection, night.scope, scope, now.before)
    if known and not stood and not tasks and _same(known, night) and not any(data for _, data in blobs.values()):
        return Receipt(known, is_new=False)
    run = _new_run(night, now.before, kept_at)
    _write_run(connection, scope, run)
    _write_successor(connection, now)
    _write_stood(connection, scope, run.moment, stood, now.scores)
    _write_blobs(connection, scope, run.moment, blobs)
    moves.write(connection, scope, run.moment, night.moves)
    figures.write(connection, scope, run.moment, night.kpis)
    _write_model(connection, scope, run.moment, night)
    write_tasks(connection, scope, run.moment, tasks)
    _forget_points(connection, scope, night.as_of, words)
    return Receipt(run, is_new=True, stood=len(stood), tasks=len(tasks))


def _words_of(night: Night) -> set[str]:
    found = {SCORE, *(FACTS + key for key in night.facts), *(POINTS + key for key in night.points)}
    for one in night.standings:
        found.update((one.tier, one.segment, one.stage, one.owner))
    for task in night.tasks:
        found.update((task.play, task.action, task.channel, task.owner, task.status, task.escalated))
    return found


def _by_number(
    connection: sa.Connection, night: Night, scope: int, customers: Mapping[str, int], words: Mapping[str, int | None]
) -> _Now:
    places = [customers[one.customer_id] for one in night.standings]

    def of(one: Standing) -> Words:
        return words[one.tier], words[one.segment], words[one.stage], words[one.owner]

    def columned(values: Sequence[int | None]) -> Numbers:
        return column(places, values, len(customers))

    scores = [one.score for one in night.standings]
    told = {SCORE: _coarse(scores), **{FACTS + key: values for key, values in night.facts.items()},
            **{POINTS + key: _coarse(values) for key, values in night.points.items()}}  # fmt: skip
    return _Now(
        scope=scope,
        before=states.last_moment(connection, scope, night.as_of),
        after=states.next_moment(connection, scope, night.as_of),
        words={place: of(one) for place, one in zip(places, night.standings, strict=True)},
        scores=dict(zip(places, scores, strict=True)),
        columns={_number(words, key): columned(values) for key, values in told.items()},
        size=len(customers),
    )


def _coarse(values: Sequence[int | None]) -> list[int | None]:
    """Millionths in the unit they are kept in: what is told of them has one decimal."""
    return [None if value is None else round(value / STEP) for value in values]


def _number(words: Mapping[str, int | None], word: str) -> int:
    """The number of a word in a key: 0 for none."""
    return words[word] or 0


def _blobs(now: _Now, before: Mapping[int, tuple[Numbers, int]]) -> dict[int, tuple[bool, bytes]]:
    """Measure -> whether its blob is a whole column, and the blob. One that the run before did not tell is whole."""
    told: dict[int, tuple[bool, bytes]] = {}
    for measure, numbers in now.columns.items():
        was, length = before.get(measure, (None, LONGEST))
        change = difference(was, numbers) if was is not None else b""
        whole = was is None or (length >= LONGEST and bool(change))
        told[measure] = (whole, packed(numbers) if whole else change)
    return told


def _run_at(connection: sa.Connection, name: str, scope: int, moment: int | None) -> RunKept | None:
    import sqlalchemy as sa

    run = tables().run
    query = sa.select(run).where(run.c.scope == scope, run.c.moment == moment)
    row = connection.execute(query).mappings().first()
    return run_of(name, row) if row else None


def run_of(name: str, row: sa.RowMapping) -> RunKept:
    return RunKept(name, **{key: value for key, value in row.items() if key != "scope"})


def _same(known: RunKept, night: Night) -> bool:
    told = (night.as_of, night.model_fingerprint, night.data_fingerprint)
    return (known.as_of, known.model_fingerprint, known.data_fingerprint) == told


def _new_run(night: Night, before: int | None, kept_at: str) -> RunKept:
    first = states.first_of(night.as_of)
    moment = max(before or 0, first) + 1
    if moment >= first + RUNS_A_DAY:
        raise LedgerError("history.too_many_runs", day=night.as_of.isoformat(), scope=night.scope)
    return RunKept(
        night.scope, moment, night.as_of, night.model_version, night.model_fingerprint, night.data_fingerprint,
        night.tierbook_version, kept_at, len(night.standings),
    )  # fmt: skip


def _write_run(connection: sa.Connection, scope: int, run: RunKept) -> None:
    row = {key: getattr(run, key) for key in RunKept.__dataclass_fields__} | {"scope": scope}
    insert(connection, tables().run, [row])


def _write_stood(
    connection: sa.Connection, scope: int, moment: int, stood: Mapping[int, Words | None],
    scores: Mapping[int, int | None],
) -> None:  # fmt: skip
    keys = ("tier", "segment", "stage", "owner")
    rows: list[dict[str, object]] = [
        {"scope": scope, "customer": customer, "moment": moment, "there": words is not None,
         "score": scores.get(customer), **dict(zip(keys, words or (None,) * len(keys), strict=True))}
        for customer, words in stood.items()
    ]  # fmt: skip
    insert(connection, tables().stood, rows)


def _write_blobs(connection: sa.Connection, scope: int, moment: int, blobs: Mapping[int, tuple[bool, bytes]]) -> None:
    rows: list[dict[str, object]] = [
        {"scope": scope, "moment": moment, "measure": measure, "whole": whole, "data": data}
        for measure, (whole, data) in sorted(blobs.items())
    ]
    insert(connection, tables().measured, rows)


def _write_successor(connection: sa.Connection, now: _Now) -> None:
    """Tell the run after this one anew: its words against this one's, its columns whole."""
    if now.after is None:
        return
    import sqlalchemy as sa

    stood, measured = tables().stood, tables().measured
    words = words_at(connection, now.scope, now.after)
    columns = columns_at(connection, now.scope, now.after, now.size)
    query = sa.select(stood.c.customer, stood.c.score).where(stood.c.scope == now.scope, stood.c.moment == now.after)
    scores = dict(connection.execute(query).all())
    for table in (stood, measured):
        connection.execute(table.delete().where(table.c.scope == now.scope, table.c.moment == now.after))
    _write_stood(connection, now.scope, now.after, changed_words(now.words, words), scores)
    _write_blobs(connection, now.scope, now.after, {key: (True, packed(one)) for key, (one, _) in columns.items()})


def _write_model(connection: sa.Connection, scope: int, moment: int, night: Night) -> None:
    import sqlalchemy as sa

    if night.model is None:
        return
    model = tables().model
    of_scope = model.c.scope == scope
    known = sa.select(model.c.fingerprint).where(of_scope, model.c.fingerprint == night.model.fingerprint)
    if connection.execute(known).first() is None:
        told = {key: getattr(night.model, key) for key in type(night.model).__dataclass_fields__}
        insert(connection, model, [told | {"scope": scope, "moment": moment}])


def _forget_points(connection: sa.Connection, scope: int, day: dt.date, words: Mapping[str, int | None]) -> None:
    """Forget points that are older than `POINTS_KEPT` days, but not what later ones are told against."""
    import sqlalchemy as sa

    measured = tables().measured
    limit = states.first_of(day - dt.timedelta(days=POINTS_KEPT))
    points = [number for word, number in words.items() if word.startswith(POINTS)]
    begun = (
        sa.select(measured.c.measure, sa.func.max(measured.c.moment))
        .where(measured.c.scope == scope, measured.c.moment <= limit, measured.c.whole, measured.c.measure.in_(points))
        .group_by(measured.c.measure)
    )
    for measure, start in connection.execute(begun).all():
        old = sa.and_(measured.c.scope == scope, measured.c.measure == measure, measured.c.moment < start)
        connection.execute(measured.delete().where(old))
