"""Carry a ledger of an earlier version over, one version at a time, in the transaction that found it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import LedgerError
from . import figures
from .moves import packed as packed_moves
from .records import KpiKept, MoveKept
from .tables import VERSION, tables
from .words import all_words, insert

if TYPE_CHECKING:
    import sqlalchemy as sa

Line = TypeVar("Line", KpiKept, MoveKept)


def _to_2(connection: sa.Connection) -> None:
    """Measures and moves of a run become one blob each, tasks lose their indexes."""
    import sqlalchemy as sa

    told, now = sa.MetaData(), tables()
    kpi = _first("kpi", told, "scope", "by", "group", "period", "moment", start=sa.Date, end=sa.Date, values=sa.Text)
    moved = _first("moved", told, *("scope", "moment", "customer", "before", "after", "score_before", "score_after"),
                   driver=sa.Text, causes=sa.Text)  # fmt: skip
    word: dict[int | None, str] = {**all_words(connection), 0: ""}
    measures: dict[tuple[int, int], list[KpiKept]] = {}
    for row in connection.execute(sa.select(kpi)).mappings():
        by, group, period = (word[row[key]] for key in ("by", "group", "period"))
        one = KpiKept(by, group, period, row["start"], row["end"], row["values"])
        measures.setdefault((row["scope"], row["moment"]), []).append(one)
    ids = {(scope, no): one for scope, no, one in connection.execute(sa.select(now.customer)).all()}
    moves: dict[tuple[int, int], list[MoveKept]] = {}
    for row in connection.execute(sa.select(moved)).mappings():
        move = MoveKept(ids[row["scope"], row["customer"]], word[row["before"]], word[row["after"]],
                        row["score_before"], row["score_after"], row["driver"], row["causes"])  # fmt: skip
        moves.setdefault((row["scope"], row["moment"]), []).append(move)
    _anew(connection, kpi, now.kpi, _blobs(measures, figures.packed))
    _anew(connection, moved, now.moved, _blobs(moves, packed_moves))
    _anew(connection, now.task, now.task, [dict(row) for row in connection.execute(sa.select(now.task)).mappings()])


def _first(name: str, told: sa.MetaData, *numbers: str, **others: type[sa.types.TypeEngine[Any]]) -> sa.Table:
    """A table as the first version had it, as far as it is read."""
    import sqlalchemy as sa

    kinds: dict[str, Any] = {**dict.fromkeys(numbers, sa.BigInteger), **others}
    return sa.Table(name, told, *(sa.Column(column, kind) for column, kind in kinds.items()))


def _blobs(runs: Mapping[tuple[int, int], list[Line]], pack: Callable[[list[Line]], bytes]) -> list[dict[str, object]]:
    return [{"scope": scope, "moment": moment, "data": pack(lines)} for (scope, moment), lines in runs.items()]


def _anew(connection: sa.Connection, old: sa.Table, new: sa.Table, rows: list[dict[str, object]]) -> None:
    old.drop(connection)
    new.create(connection)
    insert(connection, new, rows)


STEPS: Mapping[int, Callable[[sa.Connection], None]] = {1: _to_2}
"""Version -> what makes the next one of it. The first version is the oldest there is."""


def carry_over(
    connection: sa.Connection, version: int, to: int = VERSION,
    steps: Mapping[int, Callable[[sa.Connection], None]] = STEPS,
) -> None:  # fmt: skip
    """Bring the tables from one version to another and write down where they are.

    Raises:
        LedgerError: no step leads on from a version.
    """
    meta = tables().meta
    while version < to:
        if version not in steps:
            raise LedgerError("history.too_old", version=version)
        steps[version](connection)
        version += 1
    connection.execute(meta.update().where(meta.c.name == "version").values(value=str(version)))
