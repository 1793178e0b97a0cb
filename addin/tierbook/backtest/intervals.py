"""How sure a number is: exact bounds of a share, normal bounds of an AUC, drawn-again bounds of everything else."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from statistics import NormalDist
from typing import TYPE_CHECKING

from .records import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .records import Numbers

MOST_DRAWN = 50_000_000
"""Customers drawn in all: of very many customers fewer drawings say as much."""
FEWEST_REDRAWS = 100
DIGITS = 9
"""Decimals kept of a calculated number; what lies beyond may differ between processors."""


def share_of(part: int, whole: int, confidence: float) -> Estimate | None:
    """A share with the exact interval of Clopper & Pearson (1934); None of nobody."""
    if not whole:
        return None
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if part == 0 else float(betaincinv(part, whole - part + 1, tail))
    high = 1.0 if part == whole else float(betaincinv(part + 1, whole - part, 1 - tail))
    return Estimate(part / whole, round(low, DIGITS), round(high, DIGITS))


def auc_interval(value: float, variance: float, smaller: int, confidence: float) -> Estimate:
    """Normal bounds, cut at 0 and 1.

    Where everybody was told right (or wrong) the variance says nothing: then the exact bounds of a share of 1 (or 0)
    among the customers of the smaller side.
    """
    if value in (0.0, 1.0):
        exact = share_of(round(value) * smaller, smaller, confidence)
        assert exact is not None
        return exact
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(max(variance, 0.0))
    return estimate(value, max(value - reach, 0.0), min(value + reach, 1.0))


def difference(value: float, variance: float, confidence: float) -> Estimate:
    """Normal bounds of a difference."""
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(max(variance, 0.0))
    return estimate(value, value - reach, value + reach)


def estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(round(float(value), DIGITS), round(float(low), DIGITS), round(float(high), DIGITS))


def weights_drawn(customers: int, redraws: int, seed: int) -> Iterator[Numbers]:
    """How often each customer is drawn, drawing as many as there are with replacement; again and again, by lot."""
    import numpy as np

    chance = np.random.default_rng(seed)
    for _ in range(max(min(redraws, MOST_DRAWN // customers), min(redraws, FEWEST_REDRAWS))):
        yield np.bincount(chance.integers(0, customers, customers), minlength=customers).astype(float)


def redrawn(
    told: Callable[[Numbers], Numbers], customers: int, redraws: int, seed: int, confidence: float
) -> list[Estimate]:
    """Numbers of a group of customers with percentile bounds of the bootstrap (Efron & Tibshirani 1993, ch. 13).

    Args:
        told: the numbers, given how often each customer counts; once each is the group itself.
    """
    import numpy as np

    values = told(np.ones(customers))
    drawn: NDArray[np.float64] = np.array([told(weight) for weight in weights_drawn(customers, redraws, seed)])
    drawn = drawn[~np.isnan(drawn).any(axis=1)]
    if not len(drawn):
        return [estimate(float(value), float("-inf"), float("inf")) for value in values]
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return [
        estimate(float(value), float(least), float(most)) for value, least, most in zip(values, low, high, strict=True)
    ]
