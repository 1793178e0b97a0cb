"""Lifetimes in plain Python, straight from the papers' equations, with scipy's functions and integrals.

Times in any one unit, money in currency units. Nothing here is shared with the package.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import NormalDist
from typing import Any

from scipy.integrate import quad
from scipy.special import betaln, gammaln


@dataclass(frozen=True)
class Parameters:
    r: float
    alpha: float
    a: float
    b: float
    p: float
    q: float
    v: float


def p_alive(k: Parameters, x: int, t_x: float, t: float) -> float:
    """Share of the likelihood (Fader, Hardie & Lee 2005, eq. 3) that belongs to having not left."""
    common = gammaln(k.r + x) - gammaln(k.r) + k.r * math.log(k.alpha) - betaln(k.a, k.b)
    there = common + betaln(k.a, k.b + x) - (k.r + x) * math.log(k.alpha + t)
    if x == 0:
        return 1.0
    gone = common + betaln(k.a + 1, k.b + x - 1) - (k.r + x) * math.log(k.alpha + t_x)
    return 1 / (1 + math.exp(min(gone - there, 700.0)))


def order_chance(k: Parameters, x: int, t: float, days: float) -> float:
    """One minus the chance of no order: the mean of exp(-rate x days) over Gamma(r + x, alpha + t)."""
    return 1 - math.exp((k.r + x) * (math.log(k.alpha + t) - math.log(k.alpha + t + days)))


def expected_orders(k: Parameters, x: int, t: float, days: float) -> float:
    """Orders of who is there: an order comes with rate(left so far), integrated over the chance to leave."""
    norm = betaln(k.a, k.b + x)

    def density(odds: float) -> float:
        """The chance to leave by its log odds, so that neither end is a pole."""
        leave = 1 / (1 + math.exp(-odds))
        log = k.a * math.log(leave) + (k.b + x) * math.log1p(-leave) - norm
        orders = -math.expm1(-(k.r + x) * math.log1p(leave * days / (k.alpha + t))) / leave
        return math.exp(log) * orders

    middle = math.log(k.a / (k.b + x))
    reach = min(600.0, 40 / min(k.a, k.b + x) + 40)
    low, high = max(middle - reach, -600.0), min(middle + 40 / (k.b + x) + 10, 36.0)
    points = [middle - 3, middle, middle + 3]
    found, _ = quad(density, low, high, limit=400, points=[each for each in points if low < each < high])
    return float(found)


def order_value(k: Parameters, x: int, money: float) -> float:
    """The weighted mean of the population's and the customer's own (Fader & Hardie 2013, eq. 5)."""
    own = k.p * x / (k.p * x + k.q - 1)
    return (1 - own) * k.p * k.v / (k.q - 1) + own * money


def clv(k: Parameters, x: int, t_x: float, t: float, money: float, params: Mapping[str, float]) -> float:
    """Each month's orders discounted at its end."""
    months = [0.0, *(month * 365.25 / 12 for month in range(1, int(params["clv_months"]) + 1))]
    upto = [0.0, *(expected_orders(k, x, t, days) for days in months[1:])]
    worth = sum(
        (after - before) / (1 + params["clv_discount"]) ** (number / 12)
        for number, (before, after) in enumerate(pairwise(upto), start=1)
    )
    return params["clv_margin"] * worth * p_alive(k, x, t_x, t) * order_value(k, x, money)


def interval(k: Parameters, x: int, alive: float, value: float, doubt: float, sure: float) -> tuple[float, float]:
    """Ends of a lognormal with mean `value`: variances of being there, rate, order value and prior together."""
    money = 1 / max(k.p * x + k.q - 2, 1.0)
    variance = math.log((1 + 1 / (k.r + x)) * (1 + money) * (1 + doubt) / max(alive, 1e-12))
    spread, reach = math.sqrt(variance), NormalDist().inv_cdf((1 + sure) / 2)
    middle = value * math.exp(-variance / 2)
    return min(middle * math.exp(-reach * spread), value), max(middle * math.exp(reach * spread), value)


# -- a company with too few repeat buyers for a fit ----------------------------------------------------------------


@dataclass(frozen=True)
class History:
    """Purchases after the first, days from it to the last and to the run, money in all and after the first day."""

    x: int
    t_x: int
    t: int
    money: float
    later: float


def history(oracle: Any, book: Any, customer: str) -> History | None:
    """None for who has no order."""
    days = sorted({day for day, _ in oracle.orders_of(book, customer)})
    if not days:
        return None
    rows = [(row["date"], Fraction(str(row["amount"]))) for row in book.of("orders", customer)]
    money = sum((amount for _, amount in rows), Fraction(0))
    first = sum((amount for day, amount in rows if day <= days[0]), Fraction(0))
    since = (book.as_of - days[0]).days
    return History(len(days) - 1, (days[-1] - days[0]).days, since, float(money), float(money - first))


def digits(value: float) -> float:
    """Six significant ones."""
    return float(f"{value:.6g}")


def prior(histories: Iterable[History], params: Mapping[str, Any]) -> tuple[Parameters, float]:
    """Parameters of the model, the rate as if some repeat orders had been seen besides; and how doubtful it is."""
    all_ = list(histories)
    r, a, b, p, q = (float(params[f"clv_prior_{each}"]) for each in "rabpq")
    weight, repeats = float(params["clv_prior_repeats"]), sum(one.x for one in all_)
    days = (sum(one.t for one in all_) + weight * float(params["clv_prior_days"])) / (repeats + weight)
    mean = max(sum(one.money for one in all_) / (repeats + len(all_)), 0.0)
    return Parameters(r, digits(r * days), a, b, p, q, digits(mean * (q - 1) / p)), 1 / (repeats + 1)


def lifetimes(oracle: Any, book: Any, params: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Customer -> the indicators of lifetimes, money in currency units; None for who has no order."""
    told = {customer: history(oracle, book, customer) for customer in book.ids}
    known = [one for one in told.values() if one]
    k, doubt = prior(known, params) if known else (None, 0.0)
    return {customer: _values(one, k, doubt, params) for customer, one in told.items()}


def _values(one: History | None, k: Parameters | None, doubt: float, params: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("clv", "clv_low", "clv_high", "churn_risk", "return_chance", "p_alive", "lifetime_basis")
    if one is None or k is None:
        return dict.fromkeys(keys)
    alive = p_alive(k, one.x, one.t_x, one.t)
    worth = {key: float(params[key]) for key in ("clv_months", "clv_discount", "clv_margin")}
    value = clv(k, one.x, one.t_x, one.t, max(one.later, 0.0) / one.x if one.x else 0.0, worth)
    soon, later = (order_chance(k, one.x, one.t, float(params[key])) for key in ("churn_risk_days", "lost_chance_days"))
    ends = interval(k, one.x, alive, value, doubt, float(params["clv_interval"]))
    return dict(zip(keys, (value, *ends, 1 - alive * soon, alive * later, alive, "prior"), strict=True))
