"""Customer lifetime: the published results, and honesty where there is little to go by."""

from __future__ import annotations

import datetime as dt
import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from tierbook.engine import Engine
from tierbook.scoring.lifetime import (
    PARAMS,
    _gathered,
    expected_orders,
    lifetime_steps,
    lifetimes,
    order_chance,
    order_value,
    p_alive,
)
from tierbook.scoring.lifetime_fit import Bgnbd, GammaGamma, fit_bgnbd, fit_gamma_gamma

AS_OF = dt.date(2026, 8, 31)
CDNOW = dt.date(1997, 9, 30)
PUBLISHED = Bgnbd(0.243, 4.414, 0.793, 2.426)


@pytest.fixture(scope="module")
def cdnow(shared_data) -> list[dict[str, Any]]:
    """The sample of 2,357 customers as facts; columns: old id, id, date, discs, dollars."""
    lines = (line.split() for line in shared_data("cdnow_sample.txt").read_text().splitlines())
    return [
        {"customer_id": each[1], "date": dt.datetime.strptime(each[2], "%Y%m%d").date(), "amount": each[4]}
        for each in lines
    ]


@pytest.fixture(scope="module")
def weeks(cdnow) -> tuple[Any, ...]:
    """x, t_x, t in weeks and the mean value of repeat orders, of the 39 weeks that the papers fit."""
    from tests.scoring.conftest import Lab

    with Engine(threads=1) as engine:
        lab = Lab(engine)
        lab.fill({"orders": cdnow})
        engine.run_all(lifetime_steps(CDNOW))
        rows = engine.rows("SELECT x, t_x, t, later_cents FROM lifetime_facts ORDER BY customer_id")
    x, t_x, t, cents = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return x, t_x / 7, t / 7, cents / 100 / np.maximum(x, 1)


def test_the_published_bgnbd_of_cdnow_is_found(weeks) -> None:
    x, t_x, t, _ = weeks
    found, fit = fit_bgnbd(*_gathered(x, t_x, t))

    assert len(x) == 2357
    assert (round(found.r, 3), round(found.alpha, 3)) == (0.243, 4.414)
    assert (round(found.a, 3), round(found.b, 3)) == (0.793, 2.426)
    assert round(fit.likelihood, 1) == -9582.4


def test_the_published_gamma_gamma_of_cdnow_is_found(weeks) -> None:
    x, _, _, money = weeks
    some = (x > 0) & (money > 0)
    found, _ = fit_gamma_gamma(*_gathered(x[some], money[some]))

    assert some.sum() == 946
    assert (round(found.p, 2), round(found.q, 2), round(found.v, 2)) == (6.25, 3.74, 15.44)
    assert found.mean == pytest.approx(35.2, abs=0.1)


def test_the_papers_customer_is_expected_to_buy_as_often_as_the_paper_says() -> None:
    """Fader, Hardie & Lee's spreadsheet note: x = 2, t_x = 30.43, T = 38.86 gives 1.226 orders in 39 weeks."""
    alive = p_alive(PUBLISHED, np.array([2.0]), np.array([30.43]), np.array([38.86]))
    expected = alive * expected_orders(PUBLISHED, 2.0, np.array([38.86]), [39.0])[0]

    assert expected[0] == pytest.approx(1.226, abs=0.0005)


@pytest.mark.parametrize("known", [PUBLISHED, Bgnbd(2.5, 140.0, 1.5, 12.0), Bgnbd(0.3, 5.0, 0.1, 0.4)])
@pytest.mark.parametrize("x", [0.0, 3.0, 40.0])
def test_expected_orders_are_those_of_the_paper_s_formula(known: Bgnbd, x: float) -> None:
    """Equation 10 with its 2F1, times what p_alive takes off."""
    from scipy.special import hyp2f1

    t, days = x + np.array([0.0, 39.0, 800.0]), np.array([30.0, 365.0])  # at most one purchase a day
    z = days / (known.alpha + t[:, None] + days)
    shape = known.a + known.b + x - 1
    paper = shape / (known.a - 1) * (1 - (1 - z) ** (known.r + x) * hyp2f1(known.r + x, known.b + x, shape, z))

    assert expected_orders(known, x, t, days.tolist()) == pytest.approx(paper, rel=1e-4)


def test_nearly_equal_chances_to_leave_are_no_trouble() -> None:
    """For a and b so large that everybody leaves with the chance a / (a + b)."""
    leave, rate = 0.1, 2.5 / 140
    known = Bgnbd(2.5e5, 140e5, 1e5, 9e5)
    [[found]] = expected_orders(known, 3.0, np.array([100.0]), [365.0])

    assert found == pytest.approx((1 - math.exp(-leave * rate * 365)) / leave, rel=1e-3)


def test_expected_orders_and_chances_agree_with_a_crude_integral() -> None:
    """While there: rate is Gamma(r + x, alpha + t), chance to leave Beta(a, b + x); both taken by small steps."""
    x, t, days = 3.0, 50.0, 40.0
    steps = (np.arange(400) + 0.5) / 400
    leaves = steps ** (PUBLISHED.a - 1) * (1 - steps) ** (PUBLISHED.b + x - 1)
    top = 1.0
    rates = (np.arange(4000) + 0.5) / 4000 * top
    weight = rates ** (PUBLISHED.r + x - 1) * np.exp(-rates * (PUBLISHED.alpha + t))
    orders = (1 - np.exp(-np.outer(rates, steps) * days)) / steps
    crude = (orders * np.outer(weight, leaves)).sum() / (weight.sum() * leaves.sum())
    some = ((1 - np.exp(-rates * days)) * weight).sum() / weight.sum()

    [[expected]] = expected_orders(PUBLISHED, x, np.array([t]), [days])
    assert expected == pytest.approx(crude, rel=0.01)
    assert order_chance(PUBLISHED, np.array([x]), np.array([t]), days)[0] == pytest.approx(some, rel=0.01)


def test_the_value_of_an_order_lies_between_everybody_s_and_the_customer_s_own() -> None:
    known = GammaGamma(6.25, 3.74, 15.44)
    values = order_value(known, np.array([0.0, 1.0, 100.0]), np.array([0.0, 100.0, 100.0]))

    assert values[0] == pytest.approx(known.mean)
    assert known.mean < values[1] < values[2] < 100


def test_every_sample_of_very_many_is_spread_over_all() -> None:
    x = np.repeat(np.arange(10.0), 60_000)
    ways, weight = _gathered(x)

    assert ways.tolist() == list(range(10))
    assert weight.tolist() == [2_000.0] * 10


# -- a company ---------------------------------------------------------------------------------------------------


def company(repeaters: int, others: int) -> list[dict[str, Any]]:
    """Customers who came back 2 to 7 times, some of them long gone, and customers with one order."""
    rows = []
    for number in range(repeaters):
        gone = 200 if number % 3 == 0 else 0
        for turn in range(2 + number % 6):
            day = AS_OF - dt.timedelta(days=gone + 10 + turn * (20 + 7 * (number % 5)) + number % 11)
            rows.append({"customer_id": f"R{number:03d}", "date": day, "amount": 50 + 13 * (number % 7) + turn})
    for number in range(others):
        day = AS_OF - dt.timedelta(days=3 + number * 5)
        rows.append({"customer_id": f"S{number:03d}", "date": day, "amount": 80 + number})
    return rows


def lives(lab, model, orders: list[dict[str, Any]], threads: int = 1) -> dict[str, Any]:
    lab.forget()
    lab.fill({"orders": orders, "customers": [{"customer_id": "nobody"}]})
    lab.engine.execute(f"SET threads = {threads}")
    return lifetimes(lab.engine, model, AS_OF)


def test_with_enough_repeat_buyers_the_models_are_fitted(lab, general) -> None:
    found = lives(lab, general, company(80, 40))

    assert {one.basis for one in found.values()} == {"fitted"}
    assert len(found) == 120
    assert all(0 <= one.clv_low <= one.clv <= one.clv_high for one in found.values())
    assert all(0 <= one.churn_risk <= 1 for one in found.values())
    assert found["R001"].churn_risk < found["R003"].churn_risk  # R003 has been away for 200 days more


def test_a_fit_is_the_same_on_every_run_and_with_any_number_of_threads(lab, general) -> None:
    orders = company(80, 40)

    assert lives(lab, general, orders) == lives(lab, general, orders[::-1], threads=2)


@pytest.mark.parametrize(("repeaters", "basis"), [(49, "prior"), (50, "fitted")])
def test_too_few_repeat_buyers_are_told(lab, general, repeaters: int, basis: str) -> None:
    assert {one.basis for one in lives(lab, general, company(repeaters, 5)).values()} == {basis}


def test_the_fewer_repeat_orders_the_wider_the_interval(lab, general) -> None:
    few, more = lives(lab, general, company(1, 5))["S000"], lives(lab, general, company(45, 5))["S000"]

    assert few.clv_high / few.clv_low > more.clv_high / more.clv_low > 10


def test_a_customer_with_one_order_is_there_for_sure_and_yet_may_not_come_back(lab, general) -> None:
    for orders in (company(80, 40), company(3, 40)):
        old, new = (lives(lab, general, orders)[key] for key in ("S039", "S000"))
        assert (old.p_alive, new.p_alive) == (1, 1)
        assert old.churn_risk > new.churn_risk > 0
        assert old.clv < new.clv


def test_who_never_bought_has_no_lifetime(lab, general) -> None:
    assert "nobody" not in lives(lab, general, company(3, 3))
    assert lives(lab, general, []) == {}
    returned = [{"customer_id": "A", "date": AS_OF, "amount": -10}]
    assert lives(lab, general, returned) == {}


def test_later_orders_do_not_count(lab, general) -> None:
    orders = company(3, 3)
    later = [{"customer_id": "S000", "date": AS_OF + dt.timedelta(1), "amount": 10_000}]

    assert lives(lab, general, orders) == lives(lab, general, orders + later)


def test_orders_of_one_day_are_one_purchase_and_returns_take_money_off(lab) -> None:
    def row(days: int, amount: int, order: str) -> dict[str, Any]:
        return {"customer_id": "A", "date": AS_OF - dt.timedelta(days), "amount": amount, "order_id": order}

    lab.forget()
    lab.fill({"orders": [row(30, 10, "1"), row(30, 5, "2"), row(20, 40, "3"), row(20, -15, "3"), row(4, -5, "3")]})
    lab.engine.run_all(lifetime_steps(AS_OF))

    assert lab.engine.rows("SELECT * FROM lifetime_facts") == [("A", 1, 10, 30, 1500, 2000)]


def test_money_follows_margin_and_discount_and_months(lab, changed) -> None:
    orders = company(3, 3)
    whole = lives(lab, changed(), orders)["S000"].clv

    assert lives(lab, changed("clv_margin=0.25"), orders)["S000"].clv == pytest.approx(whole / 4, abs=0.01)
    assert lives(lab, changed("clv_discount=0"), orders)["S000"].clv > whole
    assert lives(lab, changed("clv_months=6"), orders)["S000"].clv < whole
    assert not math.isclose(lives(lab, changed("clv_prior_days=30"), orders)["S000"].clv, whole)


def test_a_model_that_does_not_say_how_tells_nothing(lab, general) -> None:
    from dataclasses import replace

    params = {key: param for key, param in general.params.items() if key != PARAMS[-1]}

    assert lives(lab, replace(general, params=params), company(3, 3)) == {}


def test_the_steps_are_carried_to_spark() -> None:
    import sqlglot

    for step in lifetime_steps(AS_OF):
        assert step.select.startswith("-- One row")
        assert sqlglot.transpile(step.select, read="duckdb", write="spark",
                                 unsupported_level=sqlglot.ErrorLevel.RAISE)  # fmt: skip


def test_without_a_fit_scipy_is_not_loaded() -> None:
    program = """
import datetime as dt, sys, tomllib
from tierbook import templates
from tierbook.engine import Engine
from tierbook.model.load import load_toml
from tierbook.scoring.lifetime import lifetimes
model = load_toml(templates.model_text("general"), where="general.toml")
with Engine() as engine:
    engine.execute("CREATE TABLE orders (customer_id TEXT, date DATE, amount BIGINT, is_return BIGINT)")
    engine.execute("INSERT INTO orders VALUES ('A', DATE '2026-08-01', 100, 0)")
    print(lifetimes(engine, model, dt.date(2026, 8, 31))["A"].basis, "scipy" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["prior", "False"]
