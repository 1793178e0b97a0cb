"""Orders to expect of a customer who is still there: the one integral that SQL cannot take.

Pure Python on single numbers, or the same formula on whole arrays where numpy is loaded anyway for a fit: `tools` is
the module that `expm1` and `log1p` are taken from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from .lifetime_fit import Bgnbd

NODES = 24
"""Points at which the chance to leave is looked at."""
_NEVER = 1e-300
"""Above zero, so that one can divide by it."""
_EXACT = 2.0**-52
_YEAR = 365.25
_MONTHS = 12


def expected_orders(known: Bgnbd, x: int, t: Any, days: Any, tools: Any = math) -> Any:
    """Orders of the next days of a customer with x and t who is still there.

    The mean of (1 - (1 + leave x days / (alpha + t)) ^ -(r + x)) / leave over the chance to leave, which is
    Beta(a, b + x) for who is still there: the integral behind the paper's eq. 10, taken by Gauss-Jacobi, since the 2F1
    there leaves the range of numbers when a is large.

    Args:
        t, days: numbers, or with `tools` = numpy arrays of them.
    """
    ahead, orders = days / (known.alpha + t), 0.0
    for leave, weight in nodes(known.a - 1, known.b + x - 1):
        orders = orders - weight / leave * tools.expm1(-(known.r + x) * tools.log1p(ahead * leave))
    return orders


def discounted_orders(known: Bgnbd, x: int, t: float, months: int, discount: float) -> float:
    """The same over the next months, each month's orders discounted at its end by a yearly rate."""
    return sum(step * float(expected_orders(known, x, t, days)) for days, step in _steps(months, discount))


def discounted_orders_of_many(known: Bgnbd, x: int, times: Sequence[int], months: int, discount: float) -> list[float]:
    """The same for every t of `times`."""
    import numpy as np

    days, steps = (np.array(column) for column in zip(*_steps(months, discount), strict=True))
    upto = expected_orders(known, x, np.array(times, dtype=float)[:, None], days, np)
    return [float(orders) for orders in (upto * steps).sum(axis=1)]


def _steps(months: int, discount: float) -> list[tuple[float, float]]:
    """Days up to each month's end, and what that end takes off the worth of an order: the sum over months by parts."""
    worth = [(1 + discount) ** (-month / _MONTHS) for month in range(1, months + 1)]
    return [
        (month * _YEAR / _MONTHS, now - later)
        for month, (now, later) in enumerate(zip(worth, [*worth[1:], 0.0], strict=True), start=1)
    ]


@lru_cache(maxsize=4096)
def nodes(at_zero: float, at_one: float) -> Sequence[tuple[float, float]]:
    """Nodes in (0, 1) and weights, which sum to 1, for the weight p ^ at_zero x (1 - p) ^ at_one.

    Golub & Welsch (1969): nodes are the eigenvalues of a matrix of three diagonals, weights the squares of the first
    parts of its vectors.
    """
    both = at_zero + at_one
    middle, beside = [(at_zero - at_one) / (both + 2)], []
    for n in range(1, NODES):
        middle.append((at_zero**2 - at_one**2) / ((2 * n + both) * (2 * n + both + 2)))
        size = 4 * n * (n + at_zero) * (n + at_one) / ((2 * n + both) ** 2 * (2 * n + both + 1))
        beside.append(math.sqrt(size * (n + both) / (2 * n + both - 1) if n > 1 else size))
    first = _diagonal(middle, beside)
    return [(max((place + 1) / 2, _NEVER), way * way) for place, way in sorted(zip(middle, first, strict=True))]


def _diagonal(middle: list[float], beside: list[float]) -> list[float]:
    """Turn `middle` into the eigenvalues of the matrix with these diagonals; returns the first parts of its vectors.

    The implicit QL method (Dubrulle, Martin & Wilkinson 1968). In Python, because loading numpy takes longer than all
    of a small company's customers.
    """
    first, beside = [1.0, *[0.0] * (len(middle) - 1)], [*beside, 0.0]
    for low in range(len(middle)):
        while (high := _block(middle, beside, low)) > low:
            shift = (middle[low + 1] - middle[low]) / (2 * beside[low])
            g = middle[high] - middle[low] + beside[low] / (shift + math.copysign(math.hypot(shift, 1.0), shift))
            sine = cosine = 1.0
            taken = 0.0
            for i in range(high - 1, low - 1, -1):
                f, b = sine * beside[i], cosine * beside[i]
                beside[i + 1] = length = math.hypot(f, g)
                sine, cosine = f / length, g / length
                g = middle[i + 1] - taken
                length = (middle[i] - g) * sine + 2 * cosine * b
                taken = sine * length
                middle[i + 1] = g + taken
                g = cosine * length - b
                first[i], first[i + 1] = (
                    cosine * first[i] - sine * first[i + 1],
                    sine * first[i] + cosine * first[i + 1],
                )
            middle[low] -= taken
            beside[low], beside[high] = g, 0.0
    return first


def _block(middle: Sequence[float], beside: Sequence[float], low: int) -> int:
    """The last row that still hangs together with row `low`."""
    high = low
    while high < len(middle) - 1 and abs(beside[high]) > _EXACT * (abs(middle[high]) + abs(middle[high + 1])):
        high += 1
    return high
