"""What the sheet 预览 says beside tiers: names behind each cell of the matrix, classes, stages and tags that change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Protocol

NAMED = 8
"""Customers named behind one cell of the matrix; the list below has them all."""


class MoveNamed(Protocol):
    @property
    def customer_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...


class ShiftShown(Protocol):
    """A group that customers would join or leave."""

    @property
    def family(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def before(self) -> int: ...
    @property
    def after(self) -> int: ...
    @property
    def joined(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def share(self) -> float: ...


class RegroupedShown(MoveNamed, Protocol):
    """A customer who would change class, segment or stage."""

    @property
    def owner(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def revenue(self) -> Decimal: ...


def cell_names(moves: Sequence[MoveNamed], tiers: Sequence[str], between: str) -> list[tuple[str, int, str]]:
    """Per cell of the matrix with somebody who moves: from and to, how many, and who; by the rank of the tiers."""
    rank = {tier: place for place, tier in enumerate(tiers)}

    def place(move: MoveNamed) -> tuple[int, int, str, str]:
        return rank.get(move.before, len(rank)), rank.get(move.after, len(rank)), move.before, move.after

    found = []
    for (_, _, before, after), held in groupby(sorted(moves, key=place), key=place):
        who = list(held)
        names = between.join(f"{move.customer_id} {move.name}".strip() for move in who[:NAMED])
        found.append((f"{before} → {after}", len(who), names + (" …" if len(who) > NAMED else "")))
    return found


def shift_rows(shifts: Sequence[ShiftShown], families: Mapping[str, str]) -> list[list[object]]:
    """Family, group, customers before and after, who joins, who leaves, share after."""
    return [[families[one.family], one.name, one.before, one.after, one.joined, one.left, one.share] for one in shifts]
