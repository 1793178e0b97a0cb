"""The people who look after customers: how senior they are, where they work, how many they can take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..cleaning.places import short_city, short_province
from ..schema import REGIONS
from ..typed import folded

LEVELS = 1000
"""The level of the most senior of a team; that of the least senior is 0."""
_BETWEEN = re.compile(r"[\s、,，;；/|+]+")


@dataclass(frozen=True)
class Person:
    """One row of 人员 as it stands there."""

    name: str
    seniority: str = ""
    capacity: int | None = None
    regions: str = ""
    tasks_per_day: int | None = None
    boss: str = ""


@dataclass(frozen=True)
class Rep:
    """Somebody who may look after customers.

    Args:
        capacity: most customers; None where nobody set a limit, 0 who takes none.
        level: seniority within the team, 0 to LEVELS; None where the word says nothing, or all are alike.
        places: folded words of the regions, provinces and cities they work in; empty: everywhere.
    """

    name: str
    capacity: int | None = None
    level: int | None = None
    places: frozenset[str] = frozenset()

    def covers(self, region: str, province: str, city: str) -> bool:
        """Whether they work there. A customer whose place nobody knows is in nobody's way."""
        words = words_of_place(region, province, city)
        return not self.places or not words or bool(words & self.places)


class Names:
    """The names of 人员 as they are spelled there, whatever width, case or blanks somebody else writes."""

    def __init__(self, names: Iterable[str]) -> None:
        self._spelled = {folded(name): name for name in names}
        self._known: dict[str | None, str] = {None: ""}

    def __call__(self, written: str | None) -> str:
        """The name meant; a stranger's stays as written, "" for none."""
        if written not in self._known:
            self._known[written] = self._spelled.get(folded(written or ""), (written or "").strip())
        return self._known[written]


def words_of_place(region: str, province: str, city: str) -> frozenset[str]:
    """Every word by which somebody may name the place: `region` is the key of schema.REGIONS."""
    names = {name for choice in REGIONS if choice.key == region for name in (choice.key, *choice.name.all())}
    for place, short in ((province, short_province), (city, short_city)):
        if place:
            names |= {place, short(place)}
    return frozenset(folded(name) for name in names)


def reps_of(people: Iterable[Person], ranks: Sequence[Sequence[str]], everywhere: Iterable[str]) -> list[Rep]:
    """The people as the allocation needs them, in their order; who is there twice counts once, as first written.

    Args:
        ranks: words for each rank, the least senior first (`rank_of`).
        everywhere: words of 负责区域 that mean all of it.
    """
    first: dict[str, Person] = {}
    for one in people:
        first.setdefault(one.name, one)
    rank = {name: rank_of(one.seniority, ranks) for name, one in first.items()}
    level = levels_of([found for found in rank.values() if found is not None])
    nation = frozenset(folded(word) for word in everywhere)
    reps = []
    for name, one in first.items():
        found = rank[name]
        places = frozenset(folded(word) for word in _BETWEEN.split(one.regions) if word)
        capacity = None if one.capacity is None else max(one.capacity, 0)
        reps.append(
            Rep(name, capacity, None if found is None else level.get(found), frozenset() if places & nation else places)
        )
    return reps


def rank_of(seniority: str, ranks: Sequence[Sequence[str]]) -> float | None:
    """The rank of a word such as 高级销售: a plain number is its own rank; of words in it the longest counts.

    None where it says nothing we know.
    """
    word = folded(seniority)
    try:
        return float(word)
    except ValueError:
        pass
    found = [
        (len(known), float(rank))
        for rank, words in enumerate(ranks)
        for each in words
        if (known := folded(each)) in word
    ]
    return max(found)[1] if found and word else None


def levels_of(ranks: Iterable[float]) -> Mapping[float, int]:
    """Rank -> level: the team's ranks at equal steps from 0 to LEVELS; empty where they are all the same."""
    steps = sorted(set(ranks))
    if len(steps) < 2:
        return {}
    return {rank: place * LEVELS // (len(steps) - 1) for place, rank in enumerate(steps)}


def unknown_words(people: Iterable[Person], ranks: Sequence[Sequence[str]]) -> list[str]:
    """Words of 级别 that tell no rank, each once."""
    return sorted({one.seniority for one in people if one.seniority and rank_of(one.seniority, ranks) is None})
