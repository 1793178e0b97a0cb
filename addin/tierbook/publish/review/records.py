"""What a review found, as plain records. Money in currency units, shares 0..1; None where nothing defines a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...backtest.records import Estimate
from ...scoring.kpis import Kpi
from .quarter import Quarter

Told = tuple[str, Mapping[str, object]]
"""A label key and its values."""

TARGETS = {
    "retention": "target_retention", "repurchase": "target_repurchase", "aov_growth": "target_aov_growth",
    "csat": "target_csat", "nps": "target_nps", "conversion": "target_conversion",
}  # fmt: skip
"""Figures of a `Kpi` that have a target, and its parameter; `target_retention.vip` holds for one tier alone."""


@dataclass(frozen=True)
class Target:
    """One figure of one group against its target. `met` is None where there is no figure, or too few customers."""

    by: str
    group: str
    figure: str
    value: float | None
    before: float | None
    goal: float
    base: int
    met: bool | None


@dataclass(frozen=True)
class Shortfall:
    """A figure below its target and what may have to do with it: facts that go along, which prove no cause."""

    target: Target
    causes: Sequence[Told]
    advice: Sequence[Told]


@dataclass(frozen=True)
class Outcome:
    """What came after the tasks of one play: finished ones, beside customers whose task still waits.

    Args:
        done, ordered: customers whose task was finished long enough ago, and those of them with an order within the
            days watched.
        waiting, waiting_ordered: the same of customers whose task was given as long ago and is not finished.
        difference: of the two shares, with its interval.
        verdict: better, worse, alike or few.
    """

    play: str
    action: str
    done: int
    ordered: int
    done_share: Estimate | None
    waiting: int
    waiting_ordered: int
    waiting_share: Estimate | None
    difference: Estimate | None
    verdict: str
    revenue: float


@dataclass(frozen=True)
class Suggested:
    """A tag that would tell customers apart by revenue, and is no tag yet."""

    name: str
    rule: str
    customers: int
    share: float
    mean: float
    mean_others: float
    money_share: float
    chance: float
    """Chance that a customer with it brought more than one without."""


@dataclass(frozen=True)
class PersonResult:
    """How somebody did with the customers of the highest tier (as it stood when the quarter began)."""

    owner: str
    customers: int
    kept: int
    retention: float | None
    revenue: float
    revenue_before: float
    growth: float | None
    csat: float | None
    due: int
    on_time: int
    points: float | None


@dataclass(frozen=True)
class Return:
    """What a group brought in the quarter, and what was spent on it as far as costs are known."""

    by: str
    group: str
    customers: int
    revenue: float
    margin: float | None
    covered: float | None
    """Part of the revenue whose goods have a cost."""
    contacts: int
    spent: float | None
    """On contacts. None where a channel that was used has no cost."""
    roi: float | None
    """Margin over what is known to be spent on contacts and given away."""
    benefits: float | None = None
    """Campaigns and gifts; None where none of them has a cost."""


@dataclass(frozen=True)
class JourneyStep:
    """One stage of the customers' way."""

    stage: str
    name: str
    customers: int
    share: float
    came: int | None
    went: int | None
    went_to: str
    contacted: float | None
    csat: float | None
    complaints: float | None
    """Per 100 customers in the quarter."""
    topic: str
    pains: Sequence[Told]
    tasks: int


@dataclass(frozen=True)
class Definition:
    """One agreed meaning: what it is, the value or rule in force, where that comes from."""

    family: str
    name: str
    meaning: str
    value: str
    source: str


@dataclass(frozen=True)
class Review:
    """Everything a review says."""

    quarter: Quarter
    standing: bool
    """Whether tiers and classes of the targets are those in which the quarters began (else those of today)."""
    active: int
    """Customers with an order in the quarter."""
    months: Sequence[Kpi]
    months_by_tier: Sequence[Kpi]
    targets: Sequence[Target]
    shortfalls: Sequence[Shortfall]
    migration: Sequence[tuple[str, Sequence[int], int]]
    """Tier then, customers now in each tier, gone; highest first, new customers last."""
    outcomes: Sequence[Outcome]
    outcome_days: int
    finished: int
    suggested: Sequence[Suggested]
    people: Sequence[PersonResult]
    returns: Sequence[Return]
    journey: Sequence[JourneyStep]
    definitions: Sequence[Definition]
