"""What the steps of `lifetime` cannot find by themselves: the models' parameters, and the orders to expect.

With fewer than `clv_min_repeaters` customers who came back nothing is fitted: shapes are those of the model's
parameters, the rate is drawn towards `clv_prior_days` between orders, and `basis` says "prior". numpy and scipy
are loaded for a fit only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from ..engine import Runner
from ..model.types import Model
from ..schema import MONEY_SCALE
from .lifetime import MODEL, ORDERS
from .lifetime_fit import Bgnbd, GammaGamma, fit_bgnbd, fit_gamma_gamma, rounded
from .lifetime_orders import discounted_orders, discounted_orders_of_many
from .portable import MILLION, count_where, whole_sum

if TYPE_CHECKING:
    from .lifetime_fit import Numbers

SAMPLE = 20_000
"""Customers that are enough for a fit."""
_LEAST_Q = 1.01
"""A q at or below 1 would make the mean order value infinite."""
SPENDS = "x > 0 AND later_cents > 0"


@dataclass(frozen=True)
class Known:
    """Both models, time in days and money in currency units; how much the rate may be off besides (variance of a
    relative error); where the parameters come from."""

    orders: Bgnbd
    money: GammaGamma
    doubt: float
    basis: Literal["fitted", "prior"]


@dataclass(frozen=True)
class Totals:
    """All buyers together: how many, how many came back, how many of these spent, repeat orders, days, cents."""

    customers: int
    repeaters: int
    spenders: int
    repeats: int
    days: int
    cents: int


def learn(engine: Runner, model: Model) -> Known | None:
    """Make `lifetime_model` and `lifetime_orders` from `lifetime_facts`; both are empty where nobody bought.

    The same on every run and with any number of threads: rows are read in order, and what is found is rounded.
    """
    totals = totals_of(engine)
    known = _known(engine, model, totals) if totals.customers else None
    engine.put("lifetime_model", MODEL, [_row(known)] if known else [])
    engine.put("lifetime_orders", ORDERS, _ahead(engine, model, known) if known else [])
    return known


def totals_of(engine: Runner) -> Totals:
    row = engine.rows(
        f"SELECT COUNT(*) AS customers, {count_where('x > 0')} AS repeaters, {count_where(SPENDS)} AS spenders,"
        f" {whole_sum('x')} AS repeats, {whole_sum('t')} AS days, {whole_sum('cents')} AS cents FROM lifetime_facts"
    )[0]
    return Totals(*(int(value or 0) for value in row))


def _row(known: Known) -> tuple[Any, ...]:
    orders, money = known.orders, known.money
    cents = money.v * MONEY_SCALE
    return (orders.r, orders.alpha, orders.a, orders.b, money.p, money.q, cents, known.doubt, known.basis)


def _number(model: Model, key: str) -> float:
    return float(model.params[key].value)


def _known(engine: Runner, model: Model, totals: Totals) -> Known:
    """The models fitted, or where that would be no more than a guess, those of the parameters."""
    if totals.repeaters >= model.whole("clv_min_repeaters") and totals.spenders:
        worth = fit_money(engine, totals)
        if worth.q > _LEAST_Q:
            return Known(fit_orders(engine, totals), worth, 0.0, "fitted")
    return _prior(model, totals)


def fit_orders(engine: Runner, totals: Totals, sample: int = SAMPLE) -> Bgnbd:
    return fit_bgnbd(*_sampled(engine, ("x", "t_x", "t"), "1 = 1", totals.customers, sample))[0]


def fit_money(engine: Runner, totals: Totals, sample: int = SAMPLE) -> GammaGamma:
    x, cents, weight = _sampled(engine, ("x", "later_cents"), SPENDS, totals.spenders, sample)
    return fit_gamma_gamma(x, cents / MONEY_SCALE / x, weight)[0]


def _prior(model: Model, totals: Totals) -> Known:
    """Shapes by the parameters; the rate by what was seen, as if `clv_prior_repeats` orders were seen besides."""
    r, a, b, p, q = (_number(model, f"clv_prior_{each}") for each in "rabpq")
    weight = _number(model, "clv_prior_repeats")
    days = (totals.days + weight * _number(model, "clv_prior_days")) / (totals.repeats + weight)
    mean = max(totals.cents / MONEY_SCALE / (totals.repeats + totals.customers), 0.0)
    orders = Bgnbd(r, rounded(r * days), a, b)
    return Known(orders, GammaGamma(p, q, rounded(mean * (q - 1) / p)), 1 / (totals.repeats + 1), "prior")


def _sampled(engine: Runner, columns: tuple[str, ...], where: str, rows: int, sample: int) -> list[Numbers]:
    """Rows that are the same as one with a weight, in order; of very many every so-manieth customer in that order."""
    import numpy as np

    step, listed = -(-rows // sample), ", ".join(columns)
    source = f"SELECT {listed} FROM lifetime_facts WHERE {where}"
    if step > 1:
        source = (
            f"SELECT {listed} FROM (SELECT {listed}, ROW_NUMBER() OVER (ORDER BY {listed}) AS place FROM lifetime_facts"
            f" WHERE {where}) AS placed WHERE place % {step} = 0"
        )
    found = engine.rows(f"SELECT {listed}, COUNT(*) AS n FROM ({source}) AS taken GROUP BY {listed} ORDER BY {listed}")
    return [np.array(column, dtype=float) for column in zip(*found, strict=True)]


def _ahead(engine: Runner, model: Model, known: Known) -> Iterator[tuple[int, int, int]]:
    """Rows of `lifetime_orders`: once per x and t that any customer has."""
    months, discount = model.whole("clv_months"), _number(model, "clv_discount")
    pairs = engine.rows("SELECT x, t FROM lifetime_facts GROUP BY x, t ORDER BY x, t")
    for x, same in groupby(pairs, key=lambda pair: int(pair[0])):
        times = [int(t) for _, t in same]
        for t, orders in zip(times, _orders(known, x, times, months, discount), strict=True):
            yield x, t, math.floor(orders * MILLION + 0.5)


def _orders(known: Known, x: int, times: list[int], months: int, discount: float) -> list[float]:
    if known.basis == "prior":
        return [discounted_orders(known.orders, x, t, months, discount) for t in times]
    return discounted_orders_of_many(known.orders, x, times, months, discount)
