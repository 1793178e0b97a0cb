"""What customers will be worth, and who is about to leave: value of the next months, chance to be gone.

Orders of one day are one purchase; x counts those after the first, t_x and t are days from the first to the last one
and to the day of the run. Money of the days after the first is what a purchase is worth, returns taken off.

    p_alive     chance that the customer has not left: Fader, Hardie & Lee (2005), as in Fader & Hardie (2008), eq. 7
    churn_risk  1 - chance of an order in the next `churn_risk_days`. Never p_alive alone: it is 1 for everybody
                with one order.
    clv         discounted margin of the orders of the next `clv_months`: expected orders (eq. 10 of 2005) month by
                month, discounted at each month's end, times the expected value of one (Fader & Hardie 2013, eq. 5)

With fewer than `clv_min_repeaters` customers who came back, nothing is fitted: shapes are those of the model's
parameters, the rate is drawn towards `clv_prior_days` between orders, and `basis` says "prior". The interval around clv
holds what is uncertain about the customer: whether it is still there, its own rate and order value; and, without a fit,
how few repeat orders stand behind the rate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..engine import Engine, Step, date_literal
from ..model.types import Model
from .portable import whole_sum

if TYPE_CHECKING:
    from .lifetime_fit import Bgnbd, GammaGamma, Numbers

SAMPLE = 20_000
"""Customers that are enough for a fit."""
CENTS = 100
NODES = 24
"""Points at which the chance to leave is looked at."""
_NEVER = 1e-300
"""Above zero, so that one can divide by it."""
_MONEY, _CHANCE = 2, 6
"""Decimals that are kept."""
_YEAR = 365.25
_MONTHS = 12
_LEAST_Q = 1.01
"""A q at or below 1 would make the mean order value infinite."""
PARAMS = (
    *("clv_months", "clv_discount", "clv_margin", "clv_min_repeaters", "clv_interval", "clv_prior_r", "clv_prior_a"),
    *("clv_prior_b", "clv_prior_p", "clv_prior_q", "clv_prior_days", "clv_prior_repeats", "churn_risk_days"),
)
"""Parameters of the model that say how; a model without them tells nothing of lifetimes."""


@dataclass(frozen=True)
class Lifetime:
    """Money in currency units, chances 0 to 1; the interval holds clv. `basis`: where the parameters come from."""

    clv: float
    clv_low: float
    clv_high: float
    churn_risk: float
    p_alive: float
    basis: Literal["fitted", "prior"]


@dataclass(frozen=True)
class _Known:
    """Both models, and how much the rate may be off besides (variance of a relative error)."""

    orders: Bgnbd
    money: GammaGamma
    doubt: float
    basis: Literal["fitted", "prior"]


def lifetime_steps(as_of: dt.date) -> list[Step]:
    """The steps `purchase_days` and `lifetime_facts`, from the cleaned `orders`."""
    day = date_literal(as_of)
    return [
        Step(
            "purchase_days",
            f"""-- One row per customer and day with an order line: cents, and 1 where something was bought.
SELECT customer_id, date, {whole_sum("amount")} AS cents, MAX(CASE WHEN is_return = 0 THEN 1 ELSE 0 END) AS bought
FROM orders
WHERE date <= {day}
GROUP BY customer_id, date""",
            keep=False,
        ),
        Step(
            "lifetime_facts",
            f"""-- One row per customer who bought: x purchases after the first, t_x days from the first to the last,
-- t days to the run, cents of the first day, cents after it.
SELECT customer_id, x, t_x, t, first_cents, cents - first_cents AS later_cents
FROM (
  SELECT d.customer_id AS customer_id, {whole_sum("d.bought")} - 1 AS x,
    DATE_DIFF('DAY', MIN(f.first_date), MAX(CASE WHEN d.bought = 1 THEN d.date END)) AS t_x,
    DATE_DIFF('DAY', MIN(f.first_date), {day}) AS t,
    {whole_sum("d.cents", "d.date <= f.first_date")} AS first_cents, {whole_sum("d.cents")} AS cents
  FROM purchase_days AS d
  JOIN (
    SELECT customer_id, MIN(date) AS first_date FROM purchase_days WHERE bought = 1 GROUP BY customer_id
  ) AS f ON f.customer_id = d.customer_id
  GROUP BY d.customer_id
) AS counted""",
        ),
    ]


def lifetimes(engine: Engine, model: Model, as_of: dt.date) -> dict[str, Lifetime]:
    """Everybody who ever bought; nobody where the model does not say how.

    The same on every run and with any number of threads: rows are read in order, and parameters and results rounded.
    """
    if not set(PARAMS) <= model.params.keys():
        return {}
    engine.run_all(lifetime_steps(as_of))
    rows = engine.rows(
        "SELECT customer_id, x, t_x, t, first_cents, later_cents FROM lifetime_facts ORDER BY customer_id"
    )
    if not rows:
        return {}
    import numpy as np

    ids, *columns = zip(*rows, strict=True)
    x, t_x, t, first, later = (np.array(column, dtype=float) for column in columns)
    money = np.where(x > 0, later / CENTS / np.maximum(x, 1), 0.0)
    known = _known(model, x, t_x, t, money, (first.sum() + later.sum()) / CENTS)
    return dict(zip(ids, _told(model, known, x, t_x, t, np.maximum(money, 0.0)), strict=True))


def _number(model: Model, key: str) -> float:
    return float(model.params[key].value)


def _known(model: Model, x: Numbers, t_x: Numbers, t: Numbers, money: Numbers, revenue: float) -> _Known:
    """The models fitted, or where that would be no more than a guess, those of the parameters."""
    repeaters = int((x > 0).sum())
    if repeaters >= model.whole("clv_min_repeaters"):
        from .lifetime_fit import fit_bgnbd, fit_gamma_gamma

        spends = (x > 0) & (money > 0)
        if spends.any():
            worth, _ = fit_gamma_gamma(*_gathered(x[spends], money[spends]))
            if worth.q > _LEAST_Q:
                return _Known(fit_bgnbd(*_gathered(x, t_x, t))[0], worth, 0.0, "fitted")
    return _prior(model, x, t, revenue)


def _prior(model: Model, x: Numbers, t: Numbers, revenue: float) -> _Known:
    """Shapes by the parameters; the rate by what was seen, as if `clv_prior_repeats` orders were seen besides."""
    from .lifetime_fit import Bgnbd, GammaGamma, rounded

    r, a, b, p, q = (_number(model, f"clv_prior_{each}") for each in "rabpq")
    weight = _number(model, "clv_prior_repeats")
    repeats = float(x.sum())
    days = (float(t.sum()) + weight * _number(model, "clv_prior_days")) / (repeats + weight)
    mean = max(revenue / (repeats + len(x)), 0.0)
    orders = Bgnbd(r, rounded(r * days), a, b)
    return _Known(orders, GammaGamma(p, q, rounded(mean * (q - 1) / p)), 1 / (repeats + 1), "prior")


def _gathered(*columns: Numbers) -> list[Numbers]:
    """Rows that are the same as one with a weight, in order; of very many every so-manieth customer in that order."""
    import numpy as np

    rows, weight = np.unique(np.column_stack(columns), axis=0, return_counts=True)
    step = -(-int(weight.sum()) // SAMPLE)
    upto = np.cumsum(weight)
    taken = (upto // step - (upto - weight) // step).astype(float)
    held = taken > 0
    return [*rows[held].T, taken[held]]


# -- what to expect ------------------------------------------------------------------------------------------------


def _told(model: Model, known: _Known, x: Numbers, t_x: Numbers, t: Numbers, money: Numbers) -> list[Lifetime]:
    import numpy as np

    alive = p_alive(known.orders, x, t_x, t)
    ordering = alive * order_chance(known.orders, x, t, _number(model, "churn_risk_days"))
    worth = order_value(known.money, x, money)
    clv = _number(model, "clv_margin") * worth * alive * _discounted_orders(model, known, x, t)
    low, high = _interval(model, known, clv, x, alive)
    rounded = [np.round(each, _MONEY).tolist() for each in (clv, low, high)]
    chances = [np.round(each, _CHANCE).tolist() for each in (1 - ordering, alive)]
    return [
        Lifetime(value, least, most, risk, there, known.basis)
        for value, least, most, risk, there in zip(*rounded, *chances, strict=True)
    ]


def p_alive(known: Bgnbd, x: Numbers, t_x: Numbers, t: Numbers) -> Numbers:
    """1 for who never came back: a customer can only leave after a repeat order."""
    import numpy as np

    z = np.log(known.a) - np.log(np.where(x > 0, known.b + x - 1, 1.0))
    z = z + (known.r + x) * (np.log(known.alpha + t) - np.log(known.alpha + t_x))
    return np.where(x > 0, np.exp(-np.logaddexp(0.0, z)), 1.0)


def order_chance(known: Bgnbd, x: Numbers, t: Numbers, days: float) -> Numbers:
    """The chance of an order within so many days of a customer who is still there."""
    return 1 - ((known.alpha + t) / (known.alpha + t + days)) ** (known.r + x)


def order_value(known: GammaGamma, x: Numbers, money: Numbers) -> Numbers:
    """What an order is worth: between the mean of all customers and the customer's own, the nearer the more orders."""
    return known.p * (known.v + x * money) / (known.p * x + known.q - 1)


def expected_orders(known: Bgnbd, x: float, t: Numbers, days: Sequence[float]) -> Numbers:
    """Orders within each number of days (columns) of customers (rows) with x who are still there.

    The mean of (1 - (1 + leave x days / (alpha + t)) ^ -(r + x)) / leave over the chance to leave, which is
    Beta(a, b + x) for who is still there: the integral behind the paper's eq. 10, taken by Gauss-Jacobi, since the 2F1
    there leaves the range of numbers when a is large.
    """
    import numpy as np

    leave, weight = _nodes(known.a - 1, known.b + x - 1)
    part = np.asarray(days)[None, :, None] * leave / (known.alpha + t)[:, None, None]
    return np.asarray((-np.expm1(-(known.r + x) * np.log1p(part)) / leave * weight).sum(axis=2))


def _nodes(at_zero: float, at_one: float) -> tuple[Numbers, Numbers]:
    """Nodes in (0, 1) and weights, which sum to 1, for the weight p ^ at_zero x (1 - p) ^ at_one (Golub and Welsch)."""
    import numpy as np

    n, both = np.arange(1.0, NODES), at_zero + at_one
    middle = np.empty(NODES)
    middle[0] = (at_zero - at_one) / (both + 2)
    middle[1:] = (at_zero**2 - at_one**2) / ((2 * n + both) * (2 * n + both + 2))
    beside = 4 * n * (n + at_zero) * (n + at_one) / ((2 * n + both) ** 2 * (2 * n + both + 1))
    beside[1:] *= (n[1:] + both) / (2 * n[1:] + both - 1)
    places, ways = np.linalg.eigh(np.diag(middle) + np.diag(np.sqrt(beside), 1) + np.diag(np.sqrt(beside), -1))
    return np.maximum((places + 1) / 2, _NEVER), ways[0] ** 2


def _discounted_orders(model: Model, known: _Known, x: Numbers, t: Numbers) -> Numbers:
    """Orders of the next months while there, discounted at each month's end; computed once per x and t."""
    import numpy as np

    months = np.arange(1, model.whole("clv_months") + 1)
    worth = (1 + _number(model, "clv_discount")) ** (-months / _MONTHS)
    steps = worth - np.append(worth[1:], 0.0)  # summed by parts: orders up to each month, times what its end takes off
    pairs, place = np.unique(np.column_stack([x, t]), axis=0, return_inverse=True)
    found = np.empty(len(pairs))
    for one in np.unique(pairs[:, 0]):
        same = pairs[:, 0] == one
        upto = expected_orders(known.orders, float(one), pairs[same, 1], (months * _YEAR / _MONTHS).tolist())
        found[same] = (upto * steps).sum(axis=1)
    return np.asarray(found[place.reshape(-1)])


def _interval(model: Model, known: _Known, clv: Numbers, x: Numbers, alive: Numbers) -> tuple[Numbers, Numbers]:
    """A lognormal with the mean clv and the variances of rate, order value, being there, and the prior together.

    The rate is Gamma(r + x), so its relative variance is 1 / (r + x); the mean order value is inverse gamma of shape
    p x + q, so its is 1 / (p x + q - 2), at most 1.
    """
    from statistics import NormalDist

    import numpy as np

    shape = known.money.p * x + known.money.q - 2
    factors = (1 + 1 / (known.orders.r + x)) * (1 + 1 / np.maximum(shape, 1.0)) * (1 + known.doubt)
    spread = np.sqrt(np.log(factors / np.maximum(alive, 1e-12)))
    reach = NormalDist().inv_cdf((1 + _number(model, "clv_interval")) / 2)
    middle = clv * np.exp(-spread * spread / 2)
    return np.minimum(middle * np.exp(-reach * spread), clv), np.maximum(middle * np.exp(reach * spread), clv)
