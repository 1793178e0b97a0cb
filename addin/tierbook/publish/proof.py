"""What a sample proves about an error rate: the exact bound of Clopper and Pearson (1934), and samples large enough."""

from __future__ import annotations

import math
from functools import cache

CONFIDENCE = 0.95
"""Of the one-sided upper bound on the error rate."""
_HALVINGS = 60


def upper_bound(wrong: int, checked: int, confidence: float = CONFIDENCE) -> float:
    """The largest error rate at which so few errors would still turn up in 1 - confidence of all samples.

    1 where everything checked was wrong or nothing was checked. The sheet says the same by BETAINV(confidence,
    wrong + 1, checked - wrong).

    Source: Clopper & Pearson (1934), Biometrika 26, 404-413; one-sided.
    """
    if wrong >= checked:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(wrong, checked, middle) > 1 - confidence else (low, middle)
    return high


def at_most(wrong: int, checked: int, rate: float) -> float:
    """The chance of no more errors than `wrong` among `checked`, at an error rate between 0 and 1."""
    if rate <= 0 or rate >= 1:
        return 1.0 if rate <= 0 or wrong >= checked else 0.0
    odds, none = math.log(rate / (1 - rate)), checked * math.log1p(-rate)
    every = math.lgamma(checked + 1)
    return math.fsum(
        math.exp(every - math.lgamma(k + 1) - math.lgamma(checked - k + 1) + k * odds + none) for k in range(wrong + 1)
    )


@cache
def least_checked(wrong: int, limit: float, confidence: float = CONFIDENCE) -> int:
    """How many must be checked at least, for so many errors to prove that the rate is not above the limit.

    299 without an error, at a limit of 1 % and 95 %. A limit of 0 or 1 can be proved by no sample, or by any.
    """
    if limit <= 0 or limit >= 1:
        return 0
    low, high = wrong, wrong + 1
    while at_most(wrong, high, limit) > 1 - confidence:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at_most(wrong, middle, limit) > 1 - confidence else (low, middle)
    return high
