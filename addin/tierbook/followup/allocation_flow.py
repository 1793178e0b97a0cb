"""The one sum behind an allocation: how many customers of each kind stay, and how many go to whom.

Customers who are alike in everything that counts are one group, so that 50,000 customers and 100 people are a few
thousand numbers. What a group does is a flow: some stay with the rep they have, the others go into a pool shared by
all groups that want the same, and from there to people with room, or to nobody where there is none. Every number of
a flow's best corner is whole, so the answer of the linear program is the exact best, not an estimate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Flow:
    """What is to be decided, in whole points.

    Args:
        groups: (pool, rep or -1) -> customers. The rep is the one they have now.
        stays: (pool, rep) -> points of a customer who stays with that rep.
        goes: (pool, rep) -> points of a customer who comes to that rep.
        left: points of a customer of each pool who is left to nobody.
        room: for each rep the steps of their load: (customers, points of each of these customers), points falling.
    """

    groups: Mapping[tuple[int, int], int]
    stays: Mapping[tuple[int, int], int]
    goes: Mapping[tuple[int, int], int]
    left: Sequence[int]
    room: Sequence[Sequence[tuple[int, int]]]


@dataclass(frozen=True)
class Flowed:
    """The best there is: customers who stay, come, and are left, in the keys of `Flow`; 0 is left out."""

    points: int
    stays: Mapping[tuple[int, int], int] = field(default_factory=dict)
    goes: Mapping[tuple[int, int], int] = field(default_factory=dict)
    left: Mapping[int, int] = field(default_factory=dict)


def best_flow(flow: Flow) -> Flowed:
    """The flow with the most points; among equals always the same one."""
    if not flow.groups:
        return Flowed(0)
    program = _Program(flow)
    counts = program.solved()
    stays = {key: count for key, count in zip(flow.stays, counts, strict=False) if count}
    goes = {key: count for key, count in zip(flow.goes, counts[len(flow.stays) :], strict=False) if count}
    nobody = counts[len(flow.stays) + len(flow.goes) :]
    left = {pool: count for pool, count in zip(range(len(flow.left)), nobody, strict=False) if count}
    points = sum(worth * count for worth, count in zip(program.worth, counts, strict=True))
    return Flowed(points, stays, goes, left)


class _Program:
    """The linear program: a variable for every stay, every coming, every pool's rest and every step of a load."""

    def __init__(self, flow: Flow) -> None:
        steps = [(rep, size, points) for rep, held in enumerate(flow.room) for size, points in held]
        self._pools = len(flow.left)
        supply = [0] * self._pools
        for (pool, _), count in flow.groups.items():
            supply[pool] += count
        self.worth = [*flow.stays.values(), *flow.goes.values(), *flow.left, *(points for *_, points in steps)]
        self._most = [
            *(flow.groups[key] for key in flow.stays),
            *(supply[pool] for pool, _ in flow.goes),
            *supply,
            *(size for _, size, _ in steps),
        ]
        # a pool's customers stay, go or are left; a rep's load is the sum of its steps
        self._entries: list[tuple[int, int, int]] = []
        for place, (pool, rep) in enumerate([*flow.stays, *flow.goes]):
            self._entries += [(pool, place, 1), (self._pools + rep, place, 1)]
        first = len(flow.stays) + len(flow.goes)
        self._entries += [(pool, first + pool, 1) for pool in range(self._pools)]
        first += self._pools
        self._entries += [(self._pools + rep, first + place, -1) for place, (rep, *_) in enumerate(steps)]
        self._right = [*supply, *([0] * len(flow.room))]

    def solved(self) -> list[int]:
        """The variables at the best corner."""
        import numpy as np
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        rows, columns, values = zip(*self._entries, strict=True)
        equal = csr_array((values, (rows, columns)), shape=(len(self._right), len(self.worth)), dtype=float)
        bounds = np.column_stack([np.zeros(len(self._most)), np.array(self._most, dtype=float)])
        found = linprog(
            -np.array(self.worth, dtype=float), A_eq=equal, b_eq=np.array(self._right, dtype=float), bounds=bounds,
            method="highs-ds",
        )  # fmt: skip
        counts = np.rint(found.x).astype(int)
        if found.status or np.abs(found.x - counts).max() > 1e-6 or (equal @ counts != self._right).any():
            raise ArithmeticError(f"no corner was found: {found.message}")
        return [int(count) for count in counts]
