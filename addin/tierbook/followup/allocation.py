"""Who should look after whom: the proposal with the best fit that disturbs least and overloads nobody.

A customer with a rep earns points: that the rep works where the customer is, that the rep is as senior as the
customer's tier asks for, and that nothing changes. So a change is proposed only where it gains more than staying
is worth, or where it must be: no rep, one who is not in 人员 any more, one with too many customers. Points count
more the higher the tier, and a person's last places are worth a little less than the first, which spreads what moves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Literal

from .allocation_flow import Flow, best_flow
from .reps import LEVELS, Rep

MILLI = 1000
"""Points are counted in thousandths."""
TIE = 2
"""All points are doubled, and staying gets one more: of two equals, the one that disturbs less."""
STEPS = 4
"""Steps at which a growing load costs more, each a quarter of a full load."""

Why = Literal["no_owner", "unknown_owner", "region", "seniority", "region_seniority", "full", "spread", "decided"]


@dataclass(frozen=True)
class Client:
    """A customer to be looked after.

    Args:
        tier: place of the tier in the main scale, 0 is the lowest.
        owner: name of the rep there is, "" for none.
        score: the better customers of a group keep their rep.
        revenue: money of twelve months in the book's currency.
        held: name of the rep to whom somebody gave this customer for good, "" for nobody.
    """

    customer_id: str
    tier: int
    name: str = ""
    owner: str = ""
    region: str = ""
    province: str = ""
    city: str = ""
    score: float = 0.0
    revenue: float = 0.0
    held: str = ""


@dataclass(frozen=True)
class Weights:
    """What things are worth, in thousandths of a point; `tiers` is the number of tiers of the main scale."""

    region: int
    seniority: int
    stay: int
    balance: int
    tiers: int

    def importance(self, tier: int) -> int:
        """How much a customer of that tier counts: the lowest 1, the highest 2, in steps of the scale."""
        return max(self.tiers - 1, 1) + tier

    def seniority_fit(self, tier: int, level: int | None) -> int:
        """0 to LEVELS: a rep too junior loses the whole distance, one too senior half of it; unknown fits all."""
        if level is None or self.tiers < 2:
            return LEVELS
        wanted = tier * LEVELS // (self.tiers - 1)
        return LEVELS - (wanted - level if wanted > level else (level - wanted) // 2)


@dataclass(frozen=True)
class Shift:
    """A customer who should change hands. Fits are 0 to 1; None: nobody we know looks after it now."""

    client: Client
    to: str
    why: Why
    fit_before: float | None
    fit_after: float


@dataclass(frozen=True)
class Proposal:
    """A whole allocation.

    Args:
        owners: customer id -> rep of everybody who has one now or would get one.
        shifts: who changes hands, the highest tiers and scores first.
        unplaced: who finds no room; where they have a rep, they stay there until somebody makes room.
        before, after: customers of each rep; those without room are not in `after`.
        points: what the allocation is worth, as `worth` counts.
    """

    reps: Sequence[Rep]
    owners: Mapping[str, str]
    shifts: Sequence[Shift]
    unplaced: Sequence[Client] = ()
    points: int = 0
    fit_before: float | None = None
    fit_after: float | None = None
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)


def propose(clients: Iterable[Client], reps: Sequence[Rep], weights: Weights) -> Proposal:
    """The best allocation of the customers to the reps; nobody is above their capacity.

    The same input gives the same proposal in whatever order the customers come. Customers who are `held` go where
    people want them and take a place; only they can bring somebody above capacity.
    """
    return _Allocation(clients, reps, weights).proposal()


def worth(clients: Iterable[Client], reps: Sequence[Rep], weights: Weights, owners: Mapping[str, str]) -> int:
    """What an allocation is worth: `propose` finds the one that is worth most. Held customers count only as load."""
    return _Allocation(clients, reps, weights).worth(owners)


class _Allocation:
    def __init__(self, clients: Iterable[Client], reps: Sequence[Rep], weights: Weights) -> None:
        self.reps, self.weights = reps, weights
        self.clients = sorted(clients, key=lambda one: (-one.tier, -one.score, one.customer_id))
        self.place = {rep.name: place for place, rep in enumerate(reps)}
        self.free = [one for one in self.clients if one.held not in self.place]
        self.held = [one for one in self.clients if one.held in self.place]
        self._covered: dict[tuple[str, str, str], int] = {}

    # --- points

    def covered(self, one: Client) -> int:
        """Which reps work where the customer is, as bits."""
        where = (one.region, one.province, one.city)
        if where not in self._covered:
            self._covered[where] = sum(rep.covers(*where) << place for place, rep in enumerate(self.reps))
        return self._covered[where]

    def fit(self, tier: int, covered: int, rep: int) -> int:
        """What place and seniority are worth, thousandths of a point."""
        local = self.weights.region if covered >> rep & 1 else 0
        return local + self.weights.seniority * self.weights.seniority_fit(tier, self.reps[rep].level) // LEVELS

    def share(self, one: Client, rep: int | None) -> float | None:
        """The fit as a share of the best possible."""
        best = self.weights.region + self.weights.seniority
        return None if rep is None else self.fit(one.tier, self.covered(one), rep) / best if best else 1.0

    @cached_property
    def nobody(self) -> int:
        """What a customer left to nobody costs, times importance: more than any exchange of two customers gains."""
        weights = self.weights
        return (
            (weights.region + weights.seniority + weights.stay + weights.balance + 1) * TIE * 2 * max(weights.tiers, 2)
        )

    @cached_property
    def room(self) -> list[list[tuple[int, int]]]:
        """For each rep the steps of the load that is still open, as in `Flow`; held customers fill it first."""
        fair = -(-len(self.clients) // max(len(self.reps), 1))
        taken = Counter(one.held for one in self.held)
        scale = TIE * self.weights.importance(0)
        found = []
        for rep in self.reps:
            most = len(self.clients) if rep.capacity is None else rep.capacity
            full = 2 * fair if rep.capacity is None else rep.capacity
            ends = [min(full * step // STEPS, most) for step in range(1, STEPS)] + [most]
            costs = [self.weights.balance * scale * step // (STEPS - 1) for step in range(STEPS)]
            begins = [0, *ends[:-1]]
            sizes = [max(end - max(begin, taken[rep.name]), 0) for begin, end in zip(begins, ends, strict=True)]
            found.append([(size, -cost) for size, cost in zip(sizes, costs, strict=True) if size])
        return found

    def worth(self, owners: Mapping[str, str]) -> int:
        total = 0
        load: Counter[int] = Counter()
        for one in self.free:
            factor = self.weights.importance(one.tier)
            rep = self.place.get(owners.get(one.customer_id, ""))
            if rep is None:
                total -= factor * self.nobody
                continue
            load[rep] += 1
            total += TIE * factor * self.fit(one.tier, self.covered(one), rep)
            total += TIE * factor * self.weights.stay + 1 if one.owner == self.reps[rep].name else 0
        for rep, steps in enumerate(self.room):
            for size, points in steps:
                taken = min(size, load[rep])
                total += taken * points
                load[rep] -= taken
        return total

    # --- the proposal

    def proposal(self) -> Proposal:
        groups: dict[tuple[int, int], list[Client]] = defaultdict(list)
        pools: dict[tuple[int, int], int] = {}
        for one in self.free:
            pool = pools.setdefault((one.tier, self.covered(one)), len(pools))
            groups[pool, self.place.get(one.owner, -1)].append(one)
        flow = self._flow(groups, list(pools))
        flowed = best_flow(flow)
        owners = {one.customer_id: one.held for one in self.held}
        movers: dict[int, list[Client]] = defaultdict(list)
        for (pool, rep), members in groups.items():  # the best of a group stay
            stay = flowed.stays.get((pool, rep), 0)
            owners |= {one.customer_id: self.reps[rep].name for one in members[:stay]}
            movers[pool] += members[stay:]
        unplaced = []
        for pool, members in movers.items():
            wanted = {rep: flowed.goes[pool, rep] for rep in range(len(self.reps)) if (pool, rep) in flowed.goes}
            placed, rest = self._handed_out(members, wanted)
            owners |= placed
            unplaced += rest
        return self._told(owners, unplaced, flowed.points)

    def _flow(self, groups: Mapping[tuple[int, int], Sequence[Client]], pools: Sequence[tuple[int, int]]) -> Flow:
        goes = {
            (pool, rep): TIE * self.weights.importance(tier) * self.fit(tier, covered, rep)
            for pool, (tier, covered) in enumerate(pools)
            for rep in range(len(self.reps))
            if self.room[rep]
        }
        stays = {
            (pool, rep): goes[pool, rep] + TIE * self.weights.importance(pools[pool][0]) * self.weights.stay + 1
            for pool, rep in sorted(groups)
            if (pool, rep) in goes
        }
        left = [-self.weights.importance(tier) * self.nobody for tier, _ in pools]
        return Flow({key: len(members) for key, members in groups.items()}, stays, goes, left, self.room)

    def _handed_out(self, members: Sequence[Client], wanted: Mapping[int, int]) -> tuple[dict[str, str], list[Client]]:
        """Customers of one pool to the reps who take so many of them; the best first, then neighbours together."""
        best = sorted(members, key=lambda one: (-one.score, one.customer_id))
        going = sum(wanted.values())
        turn = iter(sorted(best[:going], key=lambda one: (one.province, one.city, one.customer_id)))
        placed = {next(turn).customer_id: self.reps[rep].name for rep, count in wanted.items() for _ in range(count)}
        return placed, best[going:]

    def _told(self, owners: dict[str, str], unplaced: list[Client], points: int) -> Proposal:
        shifts = [self._shift(one, owners[one.customer_id]) for one in self.clients
                  if owners.get(one.customer_id, one.owner) != one.owner]  # fmt: skip
        after_load = Counter(owners.values())
        owners |= {one.customer_id: one.owner for one in unplaced if one.owner}
        left = {one.customer_id for one in unplaced}
        before = [self.share(one, self.place.get(one.owner)) for one in self.clients]
        after = [self.share(one, self.place.get(owners.get(one.customer_id, ""))) for one in self.clients]
        return Proposal(
            self.reps, owners, shifts, [one for one in self.clients if one.customer_id in left], points,
            _mean(before), _mean(after),
            Counter(one.owner for one in self.clients if one.owner), after_load,
        )  # fmt: skip

    def _shift(self, one: Client, to: str) -> Shift:
        old, new = self.place.get(one.owner), self.place[to]
        after = self.share(one, new)
        return Shift(one, to, self._why(one, old, new), self.share(one, old), 1.0 if after is None else after)

    def _why(self, one: Client, old: int | None, new: int) -> Why:
        """The one reason a person should read; a fit that gains less than staying is worth is not it."""
        if one.held == self.reps[new].name:
            return "decided"
        if old is None:
            return "unknown_owner" if one.owner else "no_owner"
        covered = self.covered(one)
        local = bool(covered >> new & 1) and not covered >> old & 1
        senior = self.weights.seniority_fit(one.tier, self.reps[new].level) > self.weights.seniority_fit(
            one.tier, self.reps[old].level
        )
        gained = self.fit(one.tier, covered, new) - self.fit(one.tier, covered, old)
        if gained > self.weights.stay and (local or senior):
            return "region_seniority" if local and senior else "region" if local else "seniority"
        return "full" if self.reps[old].capacity is not None else "spread"


def _mean(shares: Sequence[float | None]) -> float | None:
    """The mean; a customer nobody looks after counts 0. None without customers."""
    return sum(share or 0.0 for share in shares) / len(shares) if shares else None


def moved_by_rep(shifts: Iterable[Shift]) -> dict[tuple[str, str], int]:
    """(from, to) -> customers, in the order of the names."""
    ordered = sorted((shift.client.owner, shift.to) for shift in shifts)
    return {pair: len(list(members)) for pair, members in groupby(ordered)}
