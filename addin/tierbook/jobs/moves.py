"""Who rose or fell since an earlier day, which indicator did it, and what had changed in the facts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..engine import quoted
from ..model.version import fingerprint
from ..scoring.causes import Cause, causes, changed, drivers
from ..scoring.totals import unpacked
from .intake import Run

if TYPE_CHECKING:
    from ..publish import Kept
    from ..publish.records import Past, PastMove

SINCE_LAST = "run"
"""The period of moves since the last run of an earlier day."""
Matrix = Mapping[tuple[str, str], int]
"""(tier before, tier now) -> customers; "" before is new, "" now is gone."""


@dataclass(frozen=True)
class Earlier:
    """What is known of an earlier day.

    Args:
        standings: customer -> (tier as its key or its name in any language, score in points).
        points: customer -> {indicator: millionths of a point}.
        totals: customer -> its totals (see `scoring.totals`); without them only what is dated later can be told.
        rules: fingerprint of the model that scored it; "" is not known.
    """

    day: dt.date
    standings: Mapping[str, tuple[str, float]]
    points: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    totals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    rules: str = ""


@dataclass(frozen=True)
class Moved:
    """The moves since an earlier day, the largest steps first, and how all customers went from tier to tier."""

    moves: Sequence[PastMove]
    matrix: Matrix


def earlier_of(kept: Kept) -> Earlier | None:
    """The earlier day that a book itself remembers; None at its first refresh."""
    if kept.since is None or not kept.previous:
        return None
    told = {customer: unpacked(packed) for customer, packed in kept.totals.items()}
    totals = {customer: one for customer, one in told.items() if one is not None}
    return Earlier(kept.since, kept.previous, kept.points, totals, kept.rules_before)


def with_moves(run: Run, kept: Kept, past: Past) -> Past:
    """What history tells, with the moves since the last run; the book itself remembers what these need."""
    earlier = earlier_of(kept)
    return past if earlier is None else with_period(run, past, SINCE_LAST, earlier)


def with_period(run: Run, past: Past, period: str, earlier: Earlier) -> Past:
    """The same with the moves of one more period: `run`, `week` or `quarter`."""
    found = moves_since(run, earlier)
    return replace(
        past,
        moves={**past.moves, period: found.moves},
        matrix={**past.matrix, period: found.matrix},
        since={**past.since, period: earlier.day},
    )


def moves_since(run: Run, earlier: Earlier) -> Moved:
    """Who rose or fell against an earlier day. Somebody whose tier the scale no longer has did not move."""
    from ..publish.records import PastMove

    tiers = run.model.scale(run.model.main_scale).tiers
    names = {word: tier.name.of(run.language) for tier in tiers for word in (tier.key, *tier.name.all())}
    rank = {tier.name.of(run.language): place for place, tier in enumerate(tiers)}
    found: list[PastMove] = []
    matrix: Counter[tuple[str, str]] = Counter()
    seen = set()
    for customer, name, owner, tier, score in run.engine.rows(
        "SELECT customer_id, name, owner, tier, score FROM results ORDER BY customer_id"
    ):
        seen.add(customer)
        before, points = earlier.standings.get(customer, ("", 0.0))
        before = names.get(before, "")
        if before or customer not in earlier.standings:
            matrix[before, tier] += 1
        if before and before != tier:
            step = rank[tier] - rank[before]
            found.append(PastMove(customer, name or "", before, tier, points, score or 0.0, step, owner=owner or ""))
    gone = (tier for customer, (tier, _) in earlier.standings.items() if customer not in seen)
    matrix.update((names[tier], "") for tier in gone if tier in names)
    told = _explained(run, earlier, found)
    return Moved(sorted(told, key=lambda move: (-abs(move.rank_change), move.rank_change, move.customer_id)), matrix)


def _explained(run: Run, earlier: Earlier, moves: Sequence[PastMove]) -> list[PastMove]:
    """The moves with the indicators that did it and what had changed in the facts."""
    if not moves:
        return []
    ids = [move.customer_id for move in moves]
    facts = changed(run.engine, ids, earlier.day, run.as_of)
    points = _points_now(run, ids)
    into = _merged_since(run, earlier)
    rules = bool(earlier.rules) and earlier.rules != fingerprint(run.model)

    def why(customer: str) -> list[Cause]:
        merged = into.get(customer, [])
        return causes(facts[customer], _totals(earlier, [customer, *merged]), merged=len(merged), rules=rules)

    return [
        replace(
            move,
            since=earlier.day,
            causes=why(move.customer_id),
            drivers=drivers(earlier.points[move.customer_id], points.get(move.customer_id, ()))
            if move.customer_id in earlier.points
            else (),
        )
        for move in moves
    ]


def _points_now(run: Run, ids: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """Customer -> (indicator, millionths of a point) in the scorecard's order."""
    keys = [line.indicator for line in run.model.main_card.lines]
    listed = ", ".join(quoted(key) for key in keys)
    rows = run.engine.rows(
        f"SELECT customer_id, {listed} FROM why_points WHERE customer_id IN (SELECT UNNEST(CAST(? AS VARCHAR[])))",
        [list(ids)],
    )
    return {customer: [(key, told or 0) for key, told in zip(keys, points, strict=True)] for customer, *points in rows}


def _merged_since(run: Run, earlier: Earlier) -> dict[str, list[str]]:
    """Customer -> ids that stood for themselves on the earlier day and count for it now."""
    into: dict[str, list[str]] = {}
    if run.engine.has("merged_ids"):
        for gone, kept in run.engine.rows("SELECT customer_id, kept_id FROM merged_ids ORDER BY customer_id"):
            if gone in earlier.standings:
                into.setdefault(kept, []).append(gone)
    return into


def _totals(earlier: Earlier, customers: Sequence[str]) -> Mapping[str, int] | None:
    """The totals of customers who are one now, added up; None where those of one of them are not known."""
    known = [earlier.totals.get(customer) for customer in customers]
    if any(one is None for one in known):
        return None
    added: Counter[str] = Counter()
    for one in known:
        added.update(one)
    return added
