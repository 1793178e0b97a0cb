"""How well an order of customers tells what came: AUC, gini, gain. Equal values are ties and count half.

AUC and its covariance: DeLong, DeLong & Clarke-Pearson (1988), computed with mid-ranks as in Sun & Xu (2014). The gini
of an amount y ordered by s is sum y (2 F - 1) / sum y with F the mid-rank share of s, over the same with F of y itself;
for a y of 0 and 1 that is 2 AUC - 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .records import Numbers

TENTHS = 10


@dataclass(frozen=True)
class Order:
    """Places of customers from the lowest value up, and where each group of equal values begins among them."""

    places: NDArray[np.int64]
    starts: NDArray[np.int64]


def order_of(values: Numbers) -> Order:
    import numpy as np

    places = np.argsort(values, kind="stable")
    ordered = values[places]
    # minus infinity equals itself, though its difference to itself is no number
    return Order(places, np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])))


def mid_ranks(values: Numbers) -> Numbers:
    """1 for the lowest; equal values share the mean of their ranks."""
    import numpy as np

    order = order_of(values)
    sizes = np.diff(np.append(order.starts, len(values)))
    ranks = np.empty(len(values))
    ranks[order.places] = np.repeat(order.starts + (sizes + 1) / 2, sizes)
    return ranks


def auc_of(signals: Sequence[Numbers], stayed: NDArray[np.bool_]) -> tuple[Numbers, NDArray[np.float64]]:
    """The AUC of each signal (higher for those who stayed), and the covariance matrix of the AUCs.

    Needs at least two customers on each side.
    """
    import numpy as np

    yes, no = np.flatnonzero(stayed), np.flatnonzero(~stayed)
    m, n = len(yes), len(no)
    above, below = np.empty((len(signals), m)), np.empty((len(signals), n))
    for place, signal in enumerate(signals):
        ranks = mid_ranks(signal)
        above[place] = (ranks[yes] - mid_ranks(signal[yes])) / n
        below[place] = 1 - (ranks[no] - mid_ranks(signal[no])) / m
    covariance = np.cov(above).reshape(len(signals), -1) / m + np.cov(below).reshape(len(signals), -1) / n
    return above.mean(axis=1), covariance


def raw_gini(order: Order, amount: Numbers, weight: Numbers) -> float:
    """sum y (2 F - 1) / sum y, every customer counting `weight` times; not a number where the amounts sum to 0."""
    import numpy as np

    people = np.add.reduceat(weight[order.places], order.starts)
    money = np.add.reduceat((amount * weight)[order.places], order.starts)
    upto = np.cumsum(people)
    total = money.sum()
    if total <= 0:
        return float("nan")
    return float(((2 * upto - people) * money).sum() / upto[-1] / total - 1)


def gain_at_tenths(values: Numbers, amount: Numbers) -> list[float]:
    """Share of the amount that the highest 0 %, 10 % ... 100 % of customers brought; ties bring it evenly."""
    import numpy as np

    order = order_of(-values)
    people = np.diff(np.append(order.starts, len(values)))
    money = np.add.reduceat(amount[order.places], order.starts)
    depth = np.concatenate([[0.0], np.cumsum(people) / len(values)])
    reached = np.concatenate([[0.0], np.cumsum(money) / amount.sum()])
    return [float(share) for share in np.interp(np.arange(TENTHS + 1) / TENTHS, depth, reached)]


def deciles_of(values: Numbers) -> NDArray[np.int64]:
    """1 for the highest tenth to 10 for the lowest, by mid-rank: equal values stand in one decile."""
    import numpy as np

    above = len(values) + 0.5 - mid_ranks(values)
    return np.minimum((above * TENTHS // len(values)).astype(np.int64), TENTHS - 1) + 1
