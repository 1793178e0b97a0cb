"""From one row per customer to what a backtest tells: rankings, tiers, deciles, each with how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .intervals import auc_interval, difference, redrawn, share_of
from .ranking import TENTHS, auc_of, deciles_of, gain_at_tenths, order_of, raw_gini
from .records import SCORE, Asked, Decile, Estimate, Found, Ranking, Settings, Then, Tier

if TYPE_CHECKING:
    from .records import Numbers


def measure(then: Then, asked: Asked, settings: Settings, *, tiers: int, newcomers: tuple[int, int]) -> Found:
    """What came of the customers known on the day.

    Revenue is told where at least `min_events` bought and the sum is above 0; who left, where at least so many active
    customers left and so many stayed. A customer left who was active and had no order in the days after.

    Args:
        tiers: how many tiers the scale has.
        newcomers: who bought without having been known, and their cents.
    """
    bought, left = then.orders > 0, then.active & (then.orders == 0)
    revenue, leavers, active = int(then.revenue.sum()), int(left.sum()), int(then.active.sum())
    enough_revenue = revenue > 0 and int(bought.sum()) >= settings.min_events
    enough_churn = min(leavers, active - leavers) >= max(settings.min_events, 2)
    deciles = _deciles(then, settings, told=enough_revenue)
    return Found(
        asked=asked,
        settings=settings,
        customers=len(then),
        buyers=int(bought.sum()),
        revenue=revenue,
        newcomers=newcomers[0],
        newcomers_revenue=newcomers[1],
        active=active,
        left=leavers,
        largest=float(then.revenue.max() / revenue) if revenue > 0 else None,
        enough_revenue=enough_revenue,
        enough_churn=enough_churn,
        rankings=rankings(then, settings, revenue=enough_revenue, churn=enough_churn),
        tiers=_tiers(then, settings, tiers, told=enough_revenue),
        deciles=deciles,
        empty_deciles=tuple(one.number for one in deciles if not one.customers) if len(then) >= TENTHS else (),
    )


# -- rankings ----------------------------------------------------------------------------------------------------------


def rankings(then: Then, settings: Settings, *, revenue: bool, churn: bool) -> list[Ranking]:
    """The score first, then its rivals, all on the same customers."""
    keys = list(then.signals)
    nothing: list[Estimate | None] = [None] * len(keys)
    ginis, ginis_behind = gini_pairs(then, list(then.signals.values()), settings) if revenue else (nothing, nothing)
    aucs, aucs_behind = auc_pairs(then, list(then.signals.values()), settings) if churn else (nothing, nothing)
    amount = then.revenue.astype(float)
    left = (then.orders == 0)[then.active].astype(float)
    return [
        Ranking(
            key=key,
            gini=ginis[place],
            gini_behind=ginis_behind[place] if key != SCORE else None,
            auc=aucs[place],
            auc_behind=aucs_behind[place] if key != SCORE else None,
            gain=gain_at_tenths(then.signals[key], amount) if revenue else (),
            caught=gain_at_tenths(-then.signals[key][then.active], left) if churn else (),
        )
        for place, key in enumerate(keys)
    ]


Pairs = tuple[list[Estimate | None], list[Estimate | None]]


def gini_pairs(then: Then, signals: Sequence[Numbers], settings: Settings) -> Pairs:
    """The gini of each signal, and the first one's minus it, with intervals from the same drawings."""
    import numpy as np

    amount = then.revenue.astype(float)
    orders, best = [order_of(signal) for signal in signals], order_of(amount)

    def told(weight: Numbers) -> Numbers:
        most = raw_gini(best, amount, weight)
        found = np.array([raw_gini(order, amount, weight) for order in orders]) / most
        return np.concatenate([found, found[0] - found])

    made = redrawn(told, len(then), settings.redraws, settings.seed, settings.confidence)
    return list(made[: len(signals)]), list(made[len(signals) :])


def auc_pairs(then: Then, signals: Sequence[Numbers], settings: Settings) -> Pairs:
    """The AUC of each signal among active customers, and the first one's minus it (DeLong)."""
    stayed = (then.orders > 0)[then.active]
    values, covariance = auc_of([signal[then.active] for signal in signals], stayed)
    smaller = min(int(stayed.sum()), int((~stayed).sum()))
    aucs, behind = [], []
    for place, value in enumerate(values):
        own = float(covariance[place, place])
        aucs.append(auc_interval(float(value), own, smaller, settings.confidence))
        apart = own + float(covariance[0, 0]) - 2 * float(covariance[0, place])
        behind.append(difference(float(values[0] - value), apart, settings.confidence))
    return list(aucs), list(behind)


# -- tiers and deciles -------------------------------------------------------------------------------------------------


def _tiers(then: Then, settings: Settings, count: int, *, told: bool) -> list[Tier]:
    """The highest tier first."""
    import numpy as np

    amount = then.revenue.astype(float)

    def shares(weight: Numbers) -> Numbers:
        money = np.bincount(then.tier, weights=amount * weight, minlength=count)
        total = money.sum()
        return np.asarray(money / total if total > 0 else np.full(count, np.nan))

    parts: list[Estimate | None] = [None] * count
    if told:
        parts = list(redrawn(shares, len(then), settings.redraws, settings.seed, settings.confidence))
    leavers = int((then.active & (then.orders == 0)).sum())
    found = []
    for place in reversed(range(count)):
        inside = then.tier == place
        customers, active = int(inside.sum()), int((inside & then.active).sum())
        left = int((inside & then.active & (then.orders == 0)).sum())
        found.append(
            Tier(
                place=place,
                customers=customers,
                share=customers / max(len(then), 1),
                buyers=int((inside & (then.orders > 0)).sum()),
                revenue=int(then.revenue[inside].sum()),
                revenue_share=parts[place],
                active=active,
                left=left,
                left_rate=share_of(left, active, settings.confidence),
                left_share=left / leavers if leavers else None,
            )
        )
    return found


def _deciles(then: Then, settings: Settings, *, told: bool) -> list[Decile]:
    if not len(then):
        return []
    placed = deciles_of(then.score.astype(float))
    left = then.active & (then.orders == 0)
    total, leavers = int(then.revenue.sum()), int(left.sum())
    found: list[Decile] = []
    gained, still = 0, leavers
    for number in range(1, TENTHS + 1):
        inside = placed == number
        customers, revenue = int(inside.sum()), int(then.revenue[inside].sum())
        active, gone = int((inside & then.active).sum()), int((inside & left).sum())
        gained += revenue
        share = revenue / total if told else None
        found.append(
            Decile(
                number=number,
                customers=customers,
                low=int(then.score[inside].min()) if customers else None,
                high=int(then.score[inside].max()) if customers else None,
                revenue=revenue,
                revenue_share=share,
                gained=gained / total if told else None,
                lift=share * len(then) / customers if share is not None and customers else None,
                active=active,
                left=gone,
                left_rate=share_of(gone, active, settings.confidence),
                caught=still / leavers if leavers else None,
            )
        )
        still -= gone
    return found
