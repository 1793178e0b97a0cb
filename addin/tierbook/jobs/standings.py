"""Where the rules put every customer, and how two sets of rules differ in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from ..labels import text
from .intake import Run

GROUPED = ("segment", "custom_segment", "stage", "tags")
"""Groups beside the tier that rules put customers into; a customer has any number of tags, and one of each other."""


@dataclass(frozen=True)
class Standing:
    """Where a customer stands; `groups` holds the names of each of GROUPED, and is empty where they are not known."""

    tier: str
    score: float
    groups: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True)
class Shift:
    """A group that customers would join or leave. `share` is that of all customers who would be in it."""

    family: str
    name: str
    before: int
    after: int
    joined: int
    left: int
    share: float


@dataclass(frozen=True)
class Regrouped:
    """A customer who would change RFM class, segment or stage; "" is none."""

    customer_id: str
    name: str
    owner: str
    family: str
    before: str
    after: str
    revenue: Decimal


def standings(run: Run) -> dict[str, Standing]:
    """Tier, score and groups of every customer."""
    between = text("scoring.between_tags", run.language)

    @cache  # few different texts: a million customers share them
    def split(names: str | None) -> frozenset[str]:
        return frozenset((names or "").split(between)) - {""}

    rows = run.engine.rows(f"SELECT customer_id, tier, score, {', '.join(GROUPED)} FROM results")
    return {customer: Standing(tier, score or 0.0, tuple(map(split, names))) for customer, tier, score, *names in rows}


def changes(old: Standing, new: Standing) -> Iterator[tuple[str, str, str]]:
    """(family, before, after) of the class, segment and stage, where they differ."""
    for family, was, is_now in zip(GROUPED[:-1], old.groups, new.groups, strict=False):
        if was != is_now:
            yield family, "".join(was), "".join(is_now)


def shifts_of(before: Mapping[str, Standing], now: Mapping[str, Standing]) -> list[Shift]:
    """Every group with somebody who joins or leaves it, the most of them first; who is in both counts."""
    was, is_now, joined, left = (Counter[tuple[str, str]]() for _ in range(4))
    both = [(old, now[customer]) for customer, old in before.items() if customer in now]
    for old, new in both:
        for family, old_names, new_names in zip(GROUPED, old.groups, new.groups, strict=False):
            was.update((family, name) for name in old_names)
            is_now.update((family, name) for name in new_names)
            joined.update((family, name) for name in new_names - old_names)
            left.update((family, name) for name in old_names - new_names)
    shifts = [
        Shift(*key, was[key], is_now[key], joined[key], left[key], is_now[key] / max(len(both), 1))
        for key in joined.keys() | left.keys()
    ]
    return sorted(shifts, key=lambda one: (GROUPED.index(one.family), -one.joined - one.left, one.name))
