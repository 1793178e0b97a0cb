"""Customer lifetime: the published results, and every step against the papers' equations."""

from __future__ import annotations

import datetime as dt
import math
from random import Random
from typing import Any

import numpy as np
import pytest

from tierbook.engine import Engine
from tierbook.scoring.lifetime import MODEL, ORDERS, lifetime_steps
from tierbook.scoring.lifetime_fit import Bgnbd, fit_bgnbd, fit_gamma_gamma
from tierbook.scoring.lifetime_model import SPENDS, _sampled
from tierbook.scoring.lifetime_orders import discounted_orders, discounted_orders_of_many, expected_orders, nodes

AS_OF = dt.date(2026, 8, 31)
CDNOW = dt.date(1997, 9, 30)
WEEK = 7
PUBLISHED = Bgnbd(0.243, 4.414 * WEEK, 0.793, 2.426)
"""Fader, Hardie & Lee (2005), table 2, in days."""


@pytest.fixture(scope="module")
def cdnow(cdnow_orders) -> Any:
    """Facts of the sample's 2,357 customers, of the 39 weeks that the papers fit."""
    from tests.scoring.conftest import Lab

    from tierbook import templates
    from tierbook.model.load import load_toml

    with Engine(threads=1) as engine:
        lab = Lab(engine)
        model = load_toml(templates.model_text("general"), where="general.toml")
        lab.run_to("lifetimes", {"orders": cdnow_orders}, CDNOW, model)
        yield lab


def test_the_published_bgnbd_of_cdnow_is_found(cdnow) -> None:
    x, t_x, t, weight = _sampled(cdnow.engine, ("x", "t_x", "t"), "1 = 1", 2357, 10_000)
    found, fit = fit_bgnbd(x, t_x / WEEK, t / WEEK, weight)

    assert weight.sum() == 2357
    assert (round(found.r, 3), round(found.alpha, 3)) == (0.243, 4.414)
    assert (round(found.a, 3), round(found.b, 3)) == (0.793, 2.426)
    assert round(fit.likelihood, 1) == -9582.4


def test_the_published_gamma_gamma_of_cdnow_is_found(cdnow) -> None:
    x, cents, weight = _sampled(cdnow.engine, ("x", "later_cents"), SPENDS, 946, 10_000)
    found, _ = fit_gamma_gamma(x, cents / 100 / x, weight)

    assert weight.sum() == 946
    assert (round(found.p, 2), round(found.q, 2), round(found.v, 2)) == (6.25, 3.74, 15.44)
    assert found.mean == pytest.approx(35.2, abs=0.1)


def test_what_a_run_keeps_are_the_published_parameters_in_days_and_cents(cdnow) -> None:
    [(r, alpha, a, b, p, q, v, doubt, basis)] = cdnow.engine.rows("SELECT * FROM lifetime_model")

    assert (round(r, 3), round(alpha / WEEK, 3), round(a, 3), round(b, 3)) == (0.243, 4.414, 0.793, 2.426)
    assert (round(p, 2), round(q, 2), round(v / 100, 2)) == (6.25, 3.74, 15.44)
    assert (doubt, basis) == (0, "fitted")


def test_the_papers_customer_is_expected_to_buy_as_often_as_the_paper_says(asked) -> None:
    """Fader, Hardie & Lee's spreadsheet note: x = 2, t_x = 30.43, T = 38.86 gives 1.226 orders in 39 weeks."""
    alive = asked(PUBLISHED, [(2, 213, 272, 0)])[0]["p_alive"] / 1e6
    expected = alive * expected_orders(PUBLISHED, 2, 272, 39 * WEEK)

    assert expected == pytest.approx(1.226, abs=0.0005)


@pytest.mark.parametrize(
    ("customer", "x", "mean", "value"),
    [("1", 2, 22.345, 24.658619), ("2", 1, 11.77, 18.911489), ("3", 0, 0, 35.170981), ("6", 7, 73.74, 71.462843),
     ("9", 2, 25.55, 27.282408)],
)  # fmt: skip
def test_named_customers_of_cdnow_spend_what_the_documentation_of_lifetimes_prints(
    cdnow, cdnow_orders, customer: str, x: int, mean: float, value: float
) -> None:
    """Its quick start prints the value of an order for the first ten; parameters there are 6.25, 3.74, 15.45."""
    place = sorted({each["customer_id"] for each in cdnow_orders}).index(f"{int(customer):04d}") + 1
    row = cdnow.rows("lifetime_facts")[f"{int(customer):04d}"]
    [(p, q, v)] = cdnow.engine.rows("SELECT p, q, v / 100 FROM lifetime_model")

    assert place == int(customer)
    assert (row["x"], row["later_cents"] / 100 / max(x, 1)) == (x, pytest.approx(mean, abs=0.005))
    assert p * (v + row["later_cents"] / 100) / (p * x + q - 1) == pytest.approx(value, abs=0.02)


@pytest.mark.parametrize(
    "known", [PUBLISHED, Bgnbd(2.5, 140.0, 1.5, 12.0), Bgnbd(0.3, 5.0, 0.1, 0.4), Bgnbd(1.2, 60.0, 40.0, 3.0)]
)
@pytest.mark.parametrize("x", [0, 3, 40])
def test_expected_orders_are_those_of_the_paper_s_formula(known: Bgnbd, x: int) -> None:
    """Equation 10 with its 2F1, times what p_alive takes off."""
    from scipy.special import hyp2f1

    for t in (x + 0.0, x + 39.0, x + 800.0):  # at most one purchase a day
        for days in (30.0, 365.0):
            z = days / (known.alpha + t + days)
            shape = known.a + known.b + x - 1
            power = hyp2f1(known.r + x, known.b + x, shape, z)
            paper = shape / (known.a - 1) * (1 - (1 - z) ** (known.r + x) * power)

            assert expected_orders(known, x, t, days) == pytest.approx(paper, rel=1e-4)


def test_expected_orders_of_arrays_are_those_of_single_customers() -> None:
    together = discounted_orders_of_many(PUBLISHED, 3, [0, 39, 800], 12, 0.1)

    assert together == pytest.approx([discounted_orders(PUBLISHED, 3, t, 12, 0.1) for t in (0, 39, 800)], rel=1e-12)


@pytest.mark.parametrize("at_one", [-0.9, 0.0, 2.5, 400.0])
@pytest.mark.parametrize("at_zero", [-0.99, -0.207, 0.0, 60.0])
def test_nodes_are_those_of_gauss_and_jacobi(at_zero: float, at_one: float) -> None:
    from scipy.special import roots_jacobi

    places, weights = roots_jacobi(24, at_one, at_zero)
    ours = nodes(at_zero, at_one)

    assert [place for place, _ in ours] == pytest.approx((places + 1) / 2, rel=1e-9)
    assert [weight for _, weight in ours] == pytest.approx(weights / weights.sum(), rel=1e-7, abs=1e-14)


def drawn(seed: int, known: Bgnbd, customers: int) -> list[Any]:
    """Histories by the story of the model: x, t_x and t of customers who order until they leave."""
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(customers):
        rate, leave, end = (
            random.gamma(known.r, 1 / known.alpha),
            random.beta(known.a, known.b),
            random.integers(1, 365),
        )
        x, last, now = 0, 0.0, random.exponential(1 / rate)
        while now <= end:
            x, last = x + 1, min(math.ceil(now), end)
            now = math.inf if random.random() < leave else now + random.exponential(1 / rate)
        rows.append((x, last, end))
    return [np.array(column, dtype=float) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize(
    "known", [Bgnbd(0.25, 30, 0.8, 2.4), Bgnbd(5, 100, 3, 30), Bgnbd(0.5, 10, 0.1, 0.3), Bgnbd(20, 400, 50, 500)]
)
def test_no_other_search_finds_likelier_parameters(known: Bgnbd) -> None:
    """Of the likelihood in its first form (2005, eq. 6), by scipy's search from the parameters behind the data on."""
    from scipy.optimize import minimize
    from scipy.special import betaln, gammaln

    x, t_x, t = drawn(7, known, 600)

    def loss(logs: Any) -> float:
        r, alpha, a, b = np.exp(logs)
        there = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + t)
        with np.errstate(all="ignore"):
            gone = betaln(a + 1, b + x - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
        both = np.where(x > 0, np.logaddexp(there, np.where(x > 0, gone, 0.0)), there)
        return -float((both + gammaln(r + x) - gammaln(r) + r * np.log(alpha)).sum())

    start = np.log([known.r, known.alpha, known.a, known.b])
    rival = minimize(loss, start, method="L-BFGS-B", bounds=[(-9, 14)] * 4)
    _, fit = fit_bgnbd(x, t_x, t, np.ones(len(x)))

    assert fit.likelihood >= -rival.fun - 0.01


def test_nearly_equal_chances_to_leave_are_no_trouble() -> None:
    """For a and b so large that everybody leaves with the chance a / (a + b)."""
    leave, rate = 0.1, 2.5 / 140
    found = expected_orders(Bgnbd(2.5e5, 140e5, 1e5, 9e5), 3, 100.0, 365.0)

    assert found == pytest.approx((1 - math.exp(-leave * rate * 365)) / leave, rel=1e-3)


def test_every_sample_of_very_many_is_spread_over_all(lab) -> None:
    lab.forget()
    lab.engine.execute("CREATE TEMP TABLE lifetime_facts AS SELECT i % 10 AS x FROM range(600000) AS many (i)")
    x, weight = _sampled(lab.engine, ("x",), "1 = 1", 600_000, 20_000)

    assert x.tolist() == list(range(10))
    assert weight.tolist() == [2_000.0] * 10


# -- the steps against the papers' equations ---------------------------------------------------------------------


@pytest.fixture
def asked(lab, general):
    """Rows (x, t_x, t, cents after the first day) -> their lifetimes, by given parameters."""

    def ask(orders: Bgnbd, rows: list[tuple[int, int, int, int]], money=(6.25, 3.74, 1544.0), doubt=0.0, model=None):
        lab.forget()
        facts = [(str(n), x, t_x, t, 0, cents) for n, (x, t_x, t, cents) in enumerate(rows)]
        kinds = {"customer_id": "VARCHAR", **dict.fromkeys(("x", "t_x", "t", "cents", "later_cents"), "BIGINT")}
        lab.engine.put("lifetime_facts", kinds, facts)
        known = (orders.r, orders.alpha, orders.a, orders.b, *money, doubt, "fitted")
        lab.engine.put("lifetime_model", MODEL, [known])
        ahead = {(x, t): discounted_orders(orders, x, t, 12, 0.1) for x, _, t, _ in rows}
        lab.engine.put("lifetime_orders", ORDERS, [(*key, round(each * 1e6)) for key, each in ahead.items()])
        lab.engine.run(lifetime_steps(model or general, AS_OF)[-1])
        return [row for _, row in sorted(lab.rows("lifetimes").items(), key=lambda each: int(each[0]))]

    return ask


def history(random: Random) -> tuple[int, int, int, int]:
    """x, t_x, t and cents after the first day of somebody; one in three has one order only."""
    x = random.choice([0, random.randint(1, 4), random.randint(1, 60)])
    t_x = random.randint(x, 900) if x else 0
    return x, t_x, t_x + random.choice([0, 1, random.randint(0, 900)]), random.randint(-500, 200_000) * (x > 0)


@pytest.mark.parametrize("seed", range(30))
def test_lifetimes_are_what_the_papers_equations_say(seed: int, asked, oracle_lifetime, general) -> None:
    random = Random(seed)
    shapes = (random.uniform(0.05, 5), random.uniform(1, 400), random.uniform(0.05, 20), random.uniform(0.1, 30))
    orders, rows = Bgnbd(*shapes), [history(random) for _ in range(4)]
    money = (random.uniform(0.5, 20), random.uniform(1.5, 20), random.uniform(100, 1e5))
    doubt = random.choice([0.0, 0.25, 1.0])
    k = oracle_lifetime.Parameters(orders.r, orders.alpha, orders.a, orders.b, money[0], money[1], money[2] / 100)
    params = {key: float(general.params[key].value) for key in ("clv_months", "clv_discount", "clv_margin")}

    for (x, t_x, t, cents), found in zip(rows, asked(orders, rows, money, doubt), strict=True):
        alive = oracle_lifetime.p_alive(k, x, t_x, t)
        soon, later = (oracle_lifetime.order_chance(k, x, t, days) for days in (90, 180))
        mean = max(cents, 0) / 100 / x if x else 0.0
        value = oracle_lifetime.clv(k, x, t_x, t, mean, params)
        low, high = oracle_lifetime.interval(k, x, alive, value, doubt, 0.8)

        assert found["p_alive"] == pytest.approx(alive * 1e6, abs=0.6)
        assert found["churn_risk"] == pytest.approx((1 - alive * soon) * 1e6, abs=0.6)
        assert found["return_chance"] == pytest.approx(alive * later * 1e6, abs=0.6)
        for key, expected in (("clv", value), ("clv_low", low), ("clv_high", high)):
            assert found[key] == pytest.approx(expected * 100, rel=2e-4, abs=1), key


def test_a_history_beyond_all_numbers_is_gone_for_sure(asked) -> None:
    found = asked(Bgnbd(50.0, 3.0, 0.5, 1.0), [(3000, 3001, 30_000, 100)])[0]

    assert (found["p_alive"], found["churn_risk"], found["clv"]) == (0, 1_000_000, 0)
