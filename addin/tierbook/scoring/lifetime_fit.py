"""The two lifetime models fitted by maximum likelihood, on customers gathered into rows with a weight.

BG/NBD: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, equation 6. Gamma-Gamma: Fader & Hardie
(2013), The Gamma-Gamma Model of Monetary Value, equation 1a. numpy and scipy are loaded when a fit is asked for.
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
_BOUNDS = [(_LOWEST, _HIGHEST)]
_OPTIONS = {"maxiter": 500, "ftol": 1e-14, "gtol": 1e-9}


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
    from scipy.special import digamma, expit, gammaln

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
        left = np.where(repeats, expit(z), 0.0) * weight
        counts = gammaln(r + ways) - gammaln(r) + gammaln(a + b) - gammaln(a + b + ways) + gammaln(b + ways)
        found = (by_x * (counts - gammaln(b))).sum() + total * r * np.log(alpha) - (weight * (r + x) * seen).sum()
        found += (weight * np.where(repeats, np.logaddexp(0.0, z), 0.0)).sum()
        both = digamma(a + b) - digamma(a + b + ways)
        of_r = (by_x * (digamma(r + ways) - digamma(r))).sum() + total * np.log(alpha) - (weight * seen).sum()
        of_r += (left * (seen - last)).sum()
        of_alpha = total * r / alpha - (weight * (r + x) / (alpha + t)).sum()
        of_alpha += (left * (r + x) * (1 / (alpha + t) - 1 / (alpha + t_x))).sum()
        of_a = (by_x * both).sum() + left.sum() / a
        of_b = (by_x * (both + digamma(b + ways) - digamma(b))).sum()
        of_b -= (left / np.where(repeats, b + x - 1, 1.0)).sum()
        return -float(found / total), -np.array([of_r * r, of_alpha * alpha, of_a * a, of_b * b]) / total

    fit = _best(loss, [(1.0, 1.0, 1.0, 1.0), (0.3, 0.2, 0.8, 2.5)], float(total))
    r, alpha, a, b = fit.values
    unscaled = fit.likelihood - float((weight * x).sum() * np.log(mean))
    return Bgnbd(r, rounded(alpha * mean), a, b), Fit(fit.values, unscaled)


def fit_gamma_gamma(x: Numbers, money: Numbers, weight: Numbers) -> tuple[GammaGamma, Fit]:
    """Fit to rows of customers with x orders of `money` each on average; both above zero."""
    import numpy as np
    from scipy.special import digamma, gammaln

    total = weight.sum()
    scale = float((weight * money).sum() / total)
    m, ways, place = money / scale, *np.unique(x, return_inverse=True)

    def loss(logs: Numbers) -> tuple[float, Numbers]:
        p, q, v = np.exp(logs)
        shape, spent = p * x, np.log(x * m + v)
        each = (gammaln(p * ways + q) - gammaln(p * ways))[place] - gammaln(q) + q * np.log(v) + (shape - 1) * np.log(m)
        each += shape * np.log(x) - (shape + q) * spent
        both = digamma(p * ways + q)
        of_p = x * ((both - digamma(p * ways))[place] + np.log(m) + np.log(x) - spent)
        of_q = both[place] - digamma(q) + np.log(v) - spent
        of_v = q / v - (shape + q) / (x * m + v)
        slopes = [(weight * of_p).sum() * p, (weight * of_q).sum() * q, (weight * of_v).sum() * v]
        return -float((weight * each).sum() / total), -np.array(slopes) / total

    fit = _best(loss, [(6.0, 4.0, 1.0)], float(total))
    p, q, v = fit.values
    return GammaGamma(p, q, rounded(v * scale)), fit


def _best(loss: Loss, starts: Sequence[tuple[float, ...]], total: float) -> Fit:
    """The best end of several starts; parameters are looked for by their logarithms."""
    import numpy as np
    from scipy.optimize import minimize

    ends = (
        minimize(loss, np.log(start), jac=True, method="L-BFGS-B", bounds=_BOUNDS * len(start), options=_OPTIONS)
        for start in starts
    )
    best = min(ends, key=lambda end: float(end.fun))
    return Fit(tuple(rounded(float(value)) for value in np.exp(best.x)), -float(best.fun) * total)


def rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
