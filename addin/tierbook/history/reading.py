"""Read the ledger: runs, standings of any day, what changed between two, one customer's whole story."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import figures, kept_tasks, states
from .entries import books_of
from .keeping import POINTS, SCORE, STEP, run_of
from .moves import moves_at
from .numbers import NOTHING
from .records import Change, CustomerHistory, KpiKept, ModelKept, MoveKept, RunKept, Standing, Stay
from .tables import tables
from .words import all_words, customers

if TYPE_CHECKING:
    import sqlalchemy as sa


def scopes(connection: sa.Connection) -> list[str]:
    import sqlalchemy as sa

    scope = tables().scope
    return list(connection.execute(sa.select(scope.c.name).order_by(scope.c.name)).scalars())


def runs(connection: sa.Connection, name: str, scope: int) -> list[RunKept]:
    import sqlalchemy as sa

    run = tables().run
    query = sa.select(run).where(run.c.scope == scope).order_by(run.c.moment)
    return [run_of(name, row) for row in connection.execute(query).mappings()]


def standings(connection: sa.Connection, scope: int, day: dt.date) -> dict[str, Standing]:
    moment = states.last_moment(connection, scope, day)
    found = states.words_at(connection, scope, moment)
    if not found:
        return {}
    words, ids = all_words(connection), customers(connection, scope)
    score = [number for number, word in words.items() if word == SCORE and number]
    columns = states.columns_at(connection, scope, moment, len(ids), score)
    scores: list[int] = [int(value) for numbers, _ in columns.values() for value in numbers]
    told: dict[str, Standing] = {}
    for customer_id in sorted(ids):
        place = ids[customer_id]
        if place in found:
            tier, segment, stage, owner = (words[one] for one in found[place])
            number = scores[place - 1] if scores else NOTHING
            told[customer_id] = Standing(
                customer_id, tier, None if number == NOTHING else number * STEP, segment, stage, owner
            )
    return told


def measures(connection: sa.Connection, scope: int, day: dt.date, kind: str) -> dict[str, dict[str, int]]:
    words, ids = all_words(connection), customers(connection, scope)
    names = {number: word.removeprefix(kind) for number, word in words.items() if number and word.startswith(kind)}
    moment = states.last_moment(connection, scope, day)
    unit = STEP if kind == POINTS else 1
    told: dict[str, dict[str, int]] = {customer_id: {} for customer_id in sorted(ids)}
    columns = states.columns_at(connection, scope, moment, len(ids), list(names))
    for number in sorted(columns, key=lambda number: names[number]):
        values = columns[number][0].tolist()
        for customer_id, of_customer in told.items():
            value = values[ids[customer_id] - 1]
            if value != NOTHING:
                of_customer[names[number]] = value * unit
    return {customer_id: found for customer_id, found in told.items() if found}


def changes(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> list[Change]:
    def words(one: Standing | None) -> tuple[str, ...] | None:
        return (one.tier, one.segment, one.stage, one.owner) if one else None

    pairs = ((one, before.get(one), after.get(one)) for one in sorted(before.keys() | after.keys()))
    return [Change(one, was, is_now) for one, was, is_now in pairs if words(was) != words(is_now)]


def moves(connection: sa.Connection, scope: int, since: dt.date, until: dt.date) -> list[tuple[dt.date, MoveKept]]:
    import sqlalchemy as sa

    run = tables().run
    last = (
        sa.select(sa.func.max(run.c.moment))
        .where(run.c.scope == scope, run.c.as_of > since, run.c.as_of <= until)
        .group_by(run.c.as_of)
    )
    told = moves_at(connection, scope, connection.execute(last).scalars())
    return [(states.day_of(moment), move) for moment, found in told.items() for move in found]


def kpis(connection: sa.Connection, scope: int, day: dt.date | None) -> list[KpiKept]:
    """The last word on each group and period up to the end of a day."""
    before = None if day is None else states.first_of(day + dt.timedelta(days=1))
    last = figures.last_words(connection, scope, before=before)
    return [last[key] for key in sorted(last, key=lambda key: (key[0], key[2], key[3], key[1]))]


def customer(connection: sa.Connection, scope: int, customer_id: str) -> CustomerHistory | None:
    number = customers(connection, scope).get(customer_id)
    entries = books_of(connection, scope, customer_id)
    if number is None:
        return CustomerHistory(customer_id, entries=entries) if entries else None
    words = all_words(connection)
    events = kept_tasks.events(connection, scope, words, customer=number)
    return CustomerHistory(customer_id, _stays(connection, scope, number, words), events, entries)


def _stays(connection: sa.Connection, scope: int, number: int, words: Mapping[int | None, str]) -> list[Stay]:
    import sqlalchemy as sa

    stood, known = tables().stood, tables().customer
    query = (
        sa.select(stood, known.c.customer_id)
        .join(known, sa.and_(known.c.scope == stood.c.scope, known.c.no == stood.c.customer))
        .where(stood.c.scope == scope, stood.c.customer == number)
        .order_by(stood.c.moment)
    )
    rows = connection.execute(query).mappings().all()
    told = moves_at(connection, scope, (row["moment"] for row in rows))
    why = {(moment, move.customer_id): move for moment, found in told.items() for move in found}
    stays: list[Stay] = []
    for row in rows:
        standing = Standing(
            row["customer_id"], words[row["tier"]], row["score"],
            words[row["segment"]], words[row["stage"]], words[row["owner"]],
        ) if row["there"] else None  # fmt: skip
        stays.append(Stay(states.day_of(row["moment"]), standing, why.get((row["moment"], row["customer_id"]))))
    return stays


def nearest(connection: sa.Connection, scope: int, customer_id: str, most: int = 5) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(customer_id, customers(connection, scope), n=most, cutoff=0.5)


def models(connection: sa.Connection, scope: int) -> list[ModelKept]:
    import sqlalchemy as sa

    model = tables().model
    query = sa.select(model).where(model.c.scope == scope).order_by(model.c.moment, model.c.label)
    keys = ModelKept.__dataclass_fields__
    return [ModelKept(**{key: row[key] for key in keys}) for row in connection.execute(query).mappings()]


def counts(connection: sa.Connection) -> dict[str, int]:
    import sqlalchemy as sa

    return {
        table.name: int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
        for table in tables().all.sorted_tables
    }
