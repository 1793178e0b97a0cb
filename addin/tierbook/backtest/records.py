"""What a backtest is asked and what it finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

SCORE = "score"
"""The ranking by the main score; the others are what it is compared with."""


@dataclass(frozen=True)
class Settings:
    """How a backtest is made; each is a parameter `backtest_<name>` of the model.

    Args:
        days: length of the time that is watched.
        active_days: a customer with an order in so many days up to the day was active, and could be lost.
        min_events: fewest customers on each side (stayed and left; bought and did not) to say anything.
        confidence: of every interval.
        folds: parts into which customers are put to prove weights.
        per_weight: customers on the smaller side that each weight needs before weights are suggested.
        redraws: drawings of the bootstrap.
        seed: of drawings and folds.
    """

    days: int
    active_days: int
    min_events: int
    confidence: float
    folds: int
    per_weight: int
    redraws: int
    seed: int


@dataclass(frozen=True)
class Asked:
    """The past day, and the last day that is watched: facts count as known up to `at`, as outcome after it."""

    at: dt.date
    end: dt.date

    @property
    def days(self) -> int:
        return (self.end - self.at).days


@dataclass(frozen=True)
class Then:
    """One place per customer known on the day, in the order of their ids.

    Args:
        ids: customer ids.
        score: main score in millionths of a point.
        tier: place of the tier in its scale, 0 the lowest.
        signals: what else could rank customers, higher better; minus infinity where there is nothing to go by.
        active: whether there was an order in the `active_days` up to the day.
        shares: indicator -> share of its line in the main card (0 to 1), NaN where the line does not count.
        revenue: cents in the days after, returns taken off.
        orders: orders in the days after.
    """

    ids: Sequence[str]
    score: Whole
    tier: Whole
    signals: Mapping[str, Numbers]
    active: NDArray[np.bool_]
    shares: Mapping[str, Numbers]
    revenue: Whole
    orders: Whole

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Estimate:
    """A number and the interval it lies in with the confidence asked for."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Ranking:
    """How well one way to order customers, best first, told what came.

    Args:
        key: `score`, or a rival: `amount`, `recency`, `rf`, `churn_risk`.
        gini: of revenue, against the best order there could have been: 1 is that order, 0 is chance.
        gini_behind: the score's gini minus this one's, on the same customers.
        auc: chance that of two active customers, one who left and one who stayed, the one who left stands lower.
        auc_behind: the score's AUC minus this one's.
        gain: share of revenue that the best 0 %, 10 % ... 100 % of customers brought.
        caught: share of those who left that the lowest 0 %, 10 % ... 100 % of active customers hold.
    """

    key: str
    gini: Estimate | None
    gini_behind: Estimate | None
    auc: Estimate | None
    auc_behind: Estimate | None
    gain: Sequence[float]
    caught: Sequence[float]


@dataclass(frozen=True)
class Tier:
    """What came of one tier. `place` counts from 0, the lowest; shares are 0 to 1, of all customers known."""

    place: int
    customers: int
    share: float
    buyers: int
    revenue: int
    revenue_share: Estimate | None
    active: int
    left: int
    left_rate: Estimate | None
    left_share: float | None

    @property
    def lift(self) -> float | None:
        """Share of revenue over share of customers."""
        return self.revenue_share.value / self.share if self.revenue_share and self.share else None


@dataclass(frozen=True)
class Decile:
    """A tenth of the customers by score, 1 the highest. Customers with equal scores stand in one decile, so its size
    may differ from a tenth; `low` and `high` are scores in millionths, None where nobody is in it.

    Args:
        gained: share of revenue of this decile and those above.
        caught: share of those who left in this decile and those below.
    """

    number: int
    customers: int
    low: int | None
    high: int | None
    revenue: int
    revenue_share: float | None
    gained: float | None
    lift: float | None
    active: int
    left: int
    left_rate: Estimate | None
    caught: float | None


@dataclass(frozen=True)
class Weight:
    """A line of the main card: its weight now and as suggested; `why` says why it was not looked at ("" where it was):
    `few` (too few customers with data) or `same` (the same share for everybody)."""

    indicator: str
    now: float
    suggested: float
    with_data: int
    why: str = ""


@dataclass(frozen=True)
class Suggestion:
    """Weights that would have ranked customers better, and what they gain on customers they were not found on.

    Args:
        settings: `weight.CARD.INDICATOR=WEIGHT`, for every weight that differs; empty where today's stand.
        held: how firmly weights were held to today's; None: nothing was better than today's.
        gini_now, gini_then, gini_gain: out of fold; None where too few bought.
        auc_now, auc_then, auc_gain: out of fold; None where too few left or stayed.
        proven: one of the gains lies above 0 with its whole interval, and neither interval lies below.
    """

    weights: Sequence[Weight]
    settings: Sequence[str]
    held: float | None
    gini_now: Estimate | None
    gini_then: Estimate | None
    gini_gain: Estimate | None
    auc_now: Estimate | None
    auc_then: Estimate | None
    auc_gain: Estimate | None
    proven: bool


@dataclass(frozen=True)
class Found:
    """What a backtest found. Revenue in cents.

    Args:
        newcomers: customers not known on the day who bought in the days after; `newcomers_revenue` is theirs.
        largest: share of revenue of the customer who brought most; None where there is none.
        enough_revenue, enough_churn: whether there were enough customers on each side to say anything.
    """

    asked: Asked
    settings: Settings
    customers: int
    buyers: int
    revenue: int
    newcomers: int
    newcomers_revenue: int
    active: int
    left: int
    largest: float | None
    enough_revenue: bool
    enough_churn: bool
    rankings: Sequence[Ranking]
    tiers: Sequence[Tier]
    deciles: Sequence[Decile]
    empty_deciles: Sequence[int] = field(default_factory=tuple)
