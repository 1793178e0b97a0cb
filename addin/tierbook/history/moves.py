"""The tier changes that a run told of, packed into one blob a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING

from .lines import opened, pressed
from .records import MoveKept
from .tables import tables
from .words import insert, pieces

if TYPE_CHECKING:
    import sqlalchemy as sa


def packed(moves: Iterable[MoveKept]) -> bytes:
    """In the order of ids."""
    return pressed([astuple(move) for move in sorted(moves, key=lambda move: move.customer_id)])


def write(connection: sa.Connection, scope: int, moment: int, moves: Sequence[MoveKept]) -> None:
    if moves:
        insert(connection, tables().moved, [{"scope": scope, "moment": moment, "data": packed(moves)}])


def moves_at(connection: sa.Connection, scope: int, moments: Iterable[int]) -> Mapping[int, list[MoveKept]]:
    """Moment -> the moves that the run of it told of, for those with any, in order."""
    import sqlalchemy as sa

    moved = tables().moved
    found: dict[int, list[MoveKept]] = {}
    for some in pieces(moments):
        query = sa.select(moved.c.moment, moved.c.data).where(moved.c.scope == scope, moved.c.moment.in_(some))
        found |= {moment: [MoveKept(*line) for line in opened(data)] for moment, data in connection.execute(query)}
    return dict(sorted(found.items()))
