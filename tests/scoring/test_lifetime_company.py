"""Lifetimes of a company: honesty where there is little to go by, and indicators like any other."""

from __future__ import annotations

import datetime as dt
import math
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from tierbook.scoring.lifetime import PARAMS

AS_OF = dt.date(2026, 8, 31)


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
    lab.engine.execute(f"SET threads = {threads}")
    return lab.run_to("lifetimes", {"orders": orders, "customers": [{"customer_id": "nobody"}]}, AS_OF, model)


def test_with_enough_repeat_buyers_the_models_are_fitted(lab, general) -> None:
    found = lives(lab, general, company(80, 40))

    assert {one["basis"] for one in found.values()} == {"fitted"}
    assert len(found) == 120
    assert all(0 <= one["clv_low"] <= one["clv"] <= one["clv_high"] for one in found.values())
    assert all(0 <= one["churn_risk"] <= 1_000_000 for one in found.values())
    assert found["R001"]["churn_risk"] < found["R003"]["churn_risk"]  # R003 has been away for 200 days more


def test_a_fit_is_the_same_on_every_run_and_with_any_number_of_threads(lab, general) -> None:
    orders = company(80, 40)

    assert lives(lab, general, orders) == lives(lab, general, orders[::-1], threads=2)


@pytest.mark.parametrize(("repeaters", "basis"), [(49, "prior"), (50, "fitted")])
def test_too_few_repeat_buyers_are_told(lab, general, repeaters: int, basis: str) -> None:
    assert {one["basis"] for one in lives(lab, general, company(repeaters, 5)).values()} == {basis}


def test_the_fewer_repeat_orders_the_wider_the_interval(lab, general) -> None:
    few, more = lives(lab, general, company(1, 5))["S000"], lives(lab, general, company(45, 5))["S000"]

    assert few["clv_high"] / few["clv_low"] > more["clv_high"] / more["clv_low"] > 10


def test_a_customer_with_one_order_is_there_for_sure_and_yet_may_not_come_back(lab, general) -> None:
    for orders in (company(80, 40), company(3, 40)):
        old, new = (lives(lab, general, orders)[key] for key in ("S039", "S000"))
        assert (old["p_alive"], new["p_alive"]) == (1_000_000, 1_000_000)
        assert old["churn_risk"] > new["churn_risk"] > 0
        assert old["clv"] < new["clv"]


def test_who_never_bought_has_no_lifetime(lab, general) -> None:
    assert "nobody" not in lives(lab, general, company(3, 3))
    assert lives(lab, general, []) == {}
    returned = [{"customer_id": "A", "date": AS_OF, "amount": -10}]
    assert lives(lab, general, returned) == {}


def test_later_orders_do_not_count(lab, general) -> None:
    orders = company(3, 3)
    later = [{"customer_id": "S000", "date": AS_OF + dt.timedelta(1), "amount": 10_000}]

    assert lives(lab, general, orders) == lives(lab, general, orders + later)


def test_orders_of_one_day_are_one_purchase_and_returns_take_money_off(lab, general) -> None:
    def row(days: int, amount: int, order: str) -> dict[str, Any]:
        return {"customer_id": "A", "date": AS_OF - dt.timedelta(days), "amount": amount, "order_id": order}

    orders = [row(30, 10, "1"), row(30, 5, "2"), row(20, 40, "3"), row(20, -15, "3"), row(4, -5, "3")]
    found = lab.run_to("lifetime_facts", {"orders": orders}, AS_OF, general)

    assert found == {"A": {"customer_id": "A", "x": 1, "t_x": 10, "t": 30, "cents": 3500, "later_cents": 2000}}


def test_an_order_is_bought_on_its_first_day(lab, general) -> None:
    """Lines of one order on several days are one purchase, as they are one order."""
    row = {"customer_id": "A", "order_id": "1", "amount": 10}
    orders = [{**row, "date": AS_OF - dt.timedelta(days)} for days in (9, 7, 5)]

    assert lab.run_to("lifetime_facts", {"orders": orders}, AS_OF, general)["A"]["x"] == 0


def test_money_follows_margin_and_discount_and_months(lab, changed) -> None:
    orders = company(3, 3)
    whole = lives(lab, changed(), orders)["S000"]["clv"]

    assert lives(lab, changed("clv_margin=0.25"), orders)["S000"]["clv"] == pytest.approx(whole / 4, abs=1)
    assert lives(lab, changed("clv_discount=0"), orders)["S000"]["clv"] > whole
    assert lives(lab, changed("clv_months=6"), orders)["S000"]["clv"] < whole
    assert not math.isclose(lives(lab, changed("clv_prior_days=30"), orders)["S000"]["clv"], whole)


def test_a_model_that_does_not_say_how_tells_nothing(lab, general) -> None:
    params = {key: param for key, param in general.params.items() if key != PARAMS[-1]}
    mute = replace(general, params=params, stages=general.stages[-1:], tags=(), segments=())
    lab.score({"orders": company(60, 3)}, AS_OF, mute)

    keys = ("clv", "clv_low", "clv_high", "churn_risk", "return_chance", "p_alive", "lifetime_basis")
    assert {lab.rows()["R001"][key] for key in keys} == {None}
    assert not lab.engine.has("lifetimes")


def test_without_the_days_of_another_order_only_its_chance_is_unknown(lab, general) -> None:
    params = {key: param for key, param in general.params.items() if key != "lost_chance_days"}
    lab.score({"orders": company(3, 3)}, AS_OF, replace(general, params=params))
    row = lab.rows()["R001"]

    assert row["return_chance"] is None
    assert row["clv"] > 0


# -- indicators like any other -----------------------------------------------------------------------------------


def test_results_show_money_in_units_and_chances_as_shares(lab, general) -> None:
    lab.score({"orders": company(60, 5), "customers": [{"customer_id": "nobody"}]}, AS_OF, general)
    results, kept = lab.rows(), lab.rows("lifetimes")

    for customer, row in kept.items():
        shown = results[customer]
        assert [shown[key] * 100 for key in ("clv", "clv_low", "clv_high")] == [
            row[key] for key in ("clv", "clv_low", "clv_high")
        ]
        for key in ("churn_risk", "return_chance", "p_alive"):
            assert shown[key] == row[key] / 1e6
        assert shown["lifetime_basis"] == "本公司数据"
    assert results["nobody"]["clv"] is None


def test_few_data_are_told_beside_every_number(lab, general) -> None:
    lab.score({"orders": company(3, 2)}, AS_OF, general)

    assert {row["lifetime_basis"] for row in lab.rows().values()} == {"数据少"}


def test_rules_and_scorecards_may_use_them(lab, general) -> None:
    from decimal import Decimal

    from tierbook.model.types import Percentile, ScoreLine

    rule = replace(
        general.tags[-1], key="mine", group="", when="CLV > 0 且 流失概率 < 50% 且 客户价值依据 = '本公司数据'"
    )
    card = replace(general.main_card, lines=(ScoreLine("clv", Decimal(1), Percentile()),))
    cards = tuple(card if each.key == card.key else each for each in general.scorecards)
    lab.score({"orders": company(60, 5)}, AS_OF, replace(general, tags=(rule,), scorecards=cards, segments=()))
    tags, kept = lab.rows("tags"), lab.rows("lifetimes")

    assert {c for c, row in tags.items() if row["tag_mine"]} == {
        c for c, row in kept.items() if row["clv"] > 0 and row["churn_risk"] < 500_000
    }
    best = max(kept, key=lambda c: (kept[c]["clv"], c))
    assert lab.rows("scores")[best]["score_general"] == max(r["score_general"] for r in lab.rows("scores").values())


def test_a_repeat_buyer_who_will_hardly_come_again_is_lost(lab, changed) -> None:
    """Forty orders in forty days, then nothing for 200: within the 365 days, and yet gone."""
    row = {"amount": 100}
    keen = [{**row, "customer_id": "keen", "date": AS_OF - dt.timedelta(200 + day)} for day in range(40)]
    orders = company(80, 10) + keen
    lab.score({"orders": orders}, AS_OF, changed())
    found = lab.rows()["keen"]
    assert found["return_chance"] < 0.05
    assert found["stage"] == "流失"

    lab.score({"orders": orders}, AS_OF, changed("lost_chance=0"))
    assert lab.rows()["keen"]["stage"] == "流失风险"


def test_the_chance_decides_on_its_line_and_not_for_single_orders(lab, changed) -> None:
    lab.score({"orders": company(80, 10)}, AS_OF, changed())
    chances = {c: row["return_chance"] for c, row in lab.rows("lifetimes").items()}
    line = sorted(chance for c, chance in chances.items() if c.startswith("R"))[10]
    lab.score({"orders": company(80, 10)}, AS_OF, changed(f"lost_chance={line / 1e6:.6f}"))
    lost = {c for c, row in lab.rows("stages").items() if row["stage"] == "lost"}

    assert lost == {c for c, chance in chances.items() if chance < line and c.startswith("R")}
    assert len(lost) < 11
    assert any(chance < line for c, chance in chances.items() if c.startswith("S")) or lost


def test_tags_tell_value_above_the_mean_and_a_likely_leave(lab, general) -> None:
    lab.score({"orders": company(80, 40)}, AS_OF, general)
    rows, tags = lab.rows(), lab.rows("tags")
    mean = sum(row["clv"] for row in rows.values()) / len(rows)

    assert {c for c, row in tags.items() if row["tag_clv_high"]} == {c for c, r in rows.items() if r["clv"] > mean}
    assert {c for c, row in tags.items() if row["tag_churn_chance"]} == {
        c for c, r in rows.items() if r["churn_risk"] >= 0.8 and r["orders_all"] >= 2 and r["recency_days"] <= 365
    }


@pytest.mark.parametrize(("goal", "key"), [("0.1", "scoring.clv_share"), ("1", "scoring.clv_share_low")])
def test_a_run_says_what_customers_above_the_mean_value_bring(lab, changed, goal: str, key: str) -> None:
    scored = lab.score({"orders": company(80, 40), "customers": [{"customer_id": "nobody"}]}, AS_OF,
                       changed(f"clv_share={goal}"))  # fmt: skip
    rows = [row for row in lab.rows().values() if row["clv"] is not None]
    mean = sum(row["clv"] for row in rows) / len(rows)
    above = [row for row in rows if row["clv"] > mean]
    money = sum(row["amount_12m"] for row in above) / sum(row["amount_12m"] for row in rows)

    [notice] = [each for each in scored.notices if each.key.startswith("scoring.clv")]
    assert notice.key == key
    assert notice.values == {"customers": str(len(above)), "share": f"{100 * len(above) / 120:.0f}%",
                             "money": f"{100 * money:.0f}%", "goal": f"{float(goal):.0%}"}  # fmt: skip


def test_without_a_fit_neither_numpy_nor_scipy_is_loaded() -> None:
    program = """
import datetime as dt, sys
from tierbook import templates
from tierbook.engine import Engine
from tierbook.model.load import load_toml
from tierbook.scoring.lifetime_model import learn
model = load_toml(templates.model_text("general"), where="general.toml")
with Engine() as engine:
    engine.execute("CREATE TABLE lifetime_facts AS SELECT 1 AS x, 5 AS t_x, 9 AS t, 7 AS cents, 3 AS later_cents")
    print(learn(engine, model).basis, "scipy" in sys.modules, "numpy" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["prior", "False", "False"]
