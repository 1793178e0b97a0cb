"""The two lifetime models fitted by maximum likelihood, on customers gathered into rows with a weight.

BG/NBD: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, equation 6. Gamma-Gamma: Fader & Hardie
(2013), The Gamma-Gamma Model of Monetary Value, equation 1a. numpy is loaded when a fit is asked for.
Sums are plain ones over rows in a fixed order, so that a fit is the same on every run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Loss = Callable[[Numbers], tuple[float, Numbers]]

DIGITS = 6
"""Significant digits of a parameter that are kept: what lies beyond is the optimiser's, not the data's."""
_LOWEST, _HIGHEST = -9.0, 8.0
"""Bounds of a parameter's logarithm, time and money being counted in their means. At the upper one customers are as
good as equal: companies whose customers are that do not send the search to infinity."""
_STEPS, _FLAT, _NOISE = 500, 1e-9, 1e-14
"""A search has arrived after so many steps, at such a slope per customer, or where a step brings so little."""
_LONGEST, _SHORTEST, _ENOUGH = 2.0, 1e-6, 1e-4
"""Of a step: the longest, in logarithms; the shortest part of it; how much of what the slope promises it must bring."""
_HALF_LOG_TWO_PI = 0.9189385332046727


@dataclass(frozen=True)
class Bgnbd:
    """How often customers order and how they leave: rates are Gamma(r, alpha), alpha in the unit of time of the rows;
    chances to leave after an order are Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True)
class GammaGamma:
    """What customers spend an order: p and q are shapes, v a scale in the unit of money of the rows."""

    p: float
    q: float
    v: float

    @property
    def mean(self) -> float:
        """The mean order value over all customers; needs q > 1."""
        return self.p * self.v / (self.q - 1)


@dataclass(frozen=True)
class Fit:
    """Parameters in the model's order, and the log-likelihood; time and money counted in their means."""

    values: tuple[float, ...]
    likelihood: float


def fit_bgnbd(x: Numbers, t_x: Numbers, t: Numbers, weight: Numbers) -> tuple[Bgnbd, Fit]:
    """Fit to rows of customers with the same x (repeat orders), t_x (time of the last) and t (time seen)."""
    import numpy as np

    total, repeats = weight.sum(), x > 0
    mean = float((weight * t).sum() / total) or 1.0
    t_x, t = t_x / mean, t / mean
    ways, place = np.unique(x, return_inverse=True)
    by_x = np.bincount(place, weight)

    def loss(logs: Numbers) -> tuple[float, Numbers]:
        r, alpha, a, b = np.exp(logs)
        seen, last = np.log(alpha + t), np.log(alpha + t_x)
        chance = np.where(repeats, np.log(a) - np.log(np.where(repeats, b + x - 1, 1.0)), 0.0)
        z = chance + (r + x) * (seen - last)
        left = np.where(repeats, _sigmoid(z), 0.0) * weight
        (g_r, g_b, g_ab), (d_r, d_b, d_ab) = _gammas(np.array([r, b, a + b]))
        (g_rx, d_rx), (g_bx, d_bx), (g_abx, d_abx) = (_gammas(each + ways) for each in (r, b, a + b))
        found = (by_x * (g_rx - g_r + g_ab - g_abx + g_bx - g_b)).sum()
        found += total * r * np.log(alpha) - (weight * (r + x) * seen).sum()
        found += (weight * np.where(repeats, np.logaddexp(0.0, z), 0.0)).sum()
        of_r = (by_x * (d_rx - d_r)).sum() + total * np.log(alpha) - (weight * seen).sum()
        of_r += (left * (seen - last)).sum()
        of_alpha = total * r / alpha - (weight * (r + x) / (alpha + t)).sum()
        of_alpha += (left * (r + x) * (1 / (alpha + t) - 1 / (alpha + t_x))).sum()
        of_a = (by_x * (d_ab - d_abx)).sum() + left.sum() / a
        of_b = (by_x * (d_ab - d_abx + d_bx - d_b)).sum()
        of_b -= (left / np.where(repeats, b + x - 1, 1.0)).sum()
        return -float(found / total), -np.array([of_r * r, of_alpha * alpha, of_a * a, of_b * b]) / total

    fit = _best(loss, [(1.0, 1.0, 1.0, 1.0), (0.3, 0.2, 0.8, 2.5)], float(total))
    r, alpha, a, b = fit.values
    unscaled = fit.likelihood - float((weight * x).sum() * np.log(mean))
    return Bgnbd(r, rounded(alpha * mean), a, b), Fit(fit.values, unscaled)


def fit_gamma_gamma(x: Numbers, money: Numbers, weight: Numbers) -> tuple[GammaGamma, Fit]:
    """Fit to rows of customers with x orders of `money` each on average; both above zero."""
    import numpy as np

    total = weight.sum()
    scale = float((weight * money).sum() / total)
    m, ways, place = money / scale, *np.unique(x, return_inverse=True)

    def loss(logs: Numbers) -> tuple[float, Numbers]:
        p, q, v = np.exp(logs)
        shape, spent = p * x, np.log(x * m + v)
        (g_q,), (d_q,) = _gammas(np.array([q]))
        (g_p, d_p), (g_pq, d_pq) = _gammas(p * ways), _gammas(p * ways + q)
        each = (g_pq - g_p)[place] - g_q + q * np.log(v) + (shape - 1) * np.log(m)
        each += shape * np.log(x) - (shape + q) * spent
        of_p = x * ((d_pq - d_p)[place] + np.log(m) + np.log(x) - spent)
        of_q = d_pq[place] - d_q + np.log(v) - spent
        of_v = q / v - (shape + q) / (x * m + v)
        slopes = [(weight * of_p).sum() * p, (weight * of_q).sum() * q, (weight * of_v).sum() * v]
        return -float((weight * each).sum() / total), -np.array(slopes) / total

    fit = _best(loss, [(6.0, 4.0, 1.0)], float(total))
    p, q, v = fit.values
    return GammaGamma(p, q, rounded(v * scale)), fit


def _best(loss: Loss, starts: Sequence[tuple[float, ...]], total: float) -> Fit:
    """The best end of several starts; parameters are looked for by their logarithms."""
    import numpy as np

    logs, least = min((_lowest(loss, np.log(start)) for start in starts), key=lambda found: found[1])
    return Fit(tuple(rounded(float(value)) for value in np.exp(logs)), -least * total)


def _lowest(loss: Loss, logs: Numbers) -> tuple[Numbers, float]:
    """Where the loss is lowest within the bounds, and how low: downhill by Broyden, Fletcher, Goldfarb & Shanno.

    Our own, because scipy's takes half a second to load, which is more than all fits need.
    """
    import numpy as np

    bend = unit = np.eye(len(logs))
    value, slope = loss(logs)
    free = np.full(len(logs), True)
    for _ in range(_STEPS):
        held = ~free
        free = ~(((logs <= _LOWEST) & (slope > 0)) | ((logs >= _HIGHEST) & (slope < 0)))
        if (held == free).any():
            bend = unit  # what was learned of another set of parameters leads astray
        if np.abs(slope[free]).max(initial=0.0) < _FLAT:
            break
        way = np.where(free, -(bend @ np.where(free, slope, 0.0)), 0.0)
        if (way * slope).sum() >= 0:
            bend, way = unit, np.where(free, -slope, 0.0)
        length = min(1.0, _LONGEST / np.abs(way).max())
        while length > _SHORTEST:
            there = np.clip(logs + length * way, _LOWEST, _HIGHEST)
            lower, then = loss(there)
            if lower <= value + _ENOUGH * (slope * (there - logs)).sum():
                break
            length /= 2
        else:
            break
        gained, gone, turned = value - lower, there - logs, then - slope
        logs, value, slope = there, lower, then
        if gained <= _NOISE * abs(value):
            break
        along = float((gone * turned).sum())
        if along > 0:
            if bend is unit:
                bend = unit * (along / (turned * turned).sum())
            across = unit - np.outer(gone, turned) / along
            bend = across @ bend @ across.T + np.outer(gone, gone) / along
    return logs, value


def _gammas(at: Numbers) -> tuple[Numbers, Numbers]:
    """The logarithm of the gamma function of numbers above zero, and its slope: Stirling's series from 10 upwards."""
    import numpy as np

    up = at[:, None] + np.arange(10.0)
    far = at + 10
    part = 1 / (far * far)
    log = (far - 0.5) * np.log(far) - far + _HALF_LOG_TWO_PI
    log += (1 / 12 - part * (1 / 360 - part * (1 / 1260 - part * (1 / 1680 - part / 1188)))) / far
    slope = (
        np.log(far) - 0.5 / far - part * (1 / 12 - part * (1 / 120 - part * (1 / 252 - part * (1 / 240 - part / 132))))
    )
    return log - np.log(up).sum(axis=1), slope - (1 / up).sum(axis=1)


def _sigmoid(z: Numbers) -> Numbers:
    import numpy as np

    return np.exp(-np.logaddexp(0.0, -z))


def rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
