"""Whole runs at the ends of what there is: nobody, one customer, no orders, everything equal."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tierbook.errors import ModelError, ScoringError
from tierbook.labels import text
from tierbook.scoring import Notice, deliveries, pipeline, plan, run, score
from tierbook.scoring.deliveries import EVERYTHING, ONE_LINE_EACH
from tierbook.scoring.orders import opening_steps

AS_OF = dt.date(2026, 8, 31)


def order(customer: str, day: dt.date = dt.date(2026, 8, 1), amount: float = 100) -> dict[str, object]:
    return {"customer_id": customer, "date": day, "amount": amount}


def said(notices: list[Notice]) -> list[str]:
    return [text(notice.key, "zh-CN", **notice.values) for notice in notices]


def test_without_any_customer_the_run_says_what_to_check(lab, general) -> None:
    with pytest.raises(ScoringError) as error:
        lab.score({}, AS_OF, general)

    assert error.value.words("en") == (
        "there is no customer to score: check that customers or orders have rows and known headers"
    )


def test_one_customer_is_scored(lab, general) -> None:
    scored = lab.score({"orders": [order("A")]}, AS_OF, general)

    row = lab.rows()["A"]
    assert (scored.customers, scored.buyers) == (1, 1)
    assert (row["rfm"], row["rfm_grade"], row["stage"]) == ("1-1-1", 1, "新客")
    assert row["segment"] == "一般发展客户"  # nothing lies above its own mean; no days lie above it either
    assert 0 < row["score"] <= 100


def test_without_orders_everybody_is_a_prospect(lab, general) -> None:
    scored = lab.score({"customers": [{"customer_id": "A"}, {"customer_id": "B"}]}, AS_OF, general)

    assert (scored.customers, scored.buyers) == (2, 0)
    for row in lab.rows().values():
        assert (row["stage"], row["segment"], row["r"], row["rfm"]) == ("潜在", None, None, None)
        assert (row["score"], row["tier"], row["orders_all"], row["amount_all"]) == (0, "低价值", None, None)
    assert "截止日之前没有一张订单，所有客户都是潜在客户，RFM 没有结果" in said(scored.notices)


def test_a_day_before_all_orders_knows_no_orders(lab, general) -> None:
    scored = lab.score({"orders": [order("A"), order("B")]}, dt.date(2020, 1, 1), general)

    assert (scored.customers, scored.buyers) == (2, 0)
    assert {row["stage"] for row in lab.rows().values()} == {"潜在"}


def test_where_all_are_equal_there_is_one_band_and_the_run_names_the_empty_ones(lab, general) -> None:
    scored = lab.score({"orders": [order(each) for each in "ABCDEF"]}, AS_OF, general)

    rows = lab.rows().values()
    assert {row["rfm"] for row in rows} == {"1-1-1"}
    assert len({row["score"] for row in rows}) == 1
    assert said(scored.notices)[:3] == [
        "R 没有客户得 2、3、4、5 分：数值相同的客户得分相同",
        "F 没有客户得 2、3、4、5 分：数值相同的客户得分相同",
        "M 没有客户得 2、3、4、5 分：数值相同的客户得分相同",
    ]


def test_full_bands_are_not_spoken_of(lab, general) -> None:
    scored = lab.score(
        {"orders": [order(str(n), AS_OF - dt.timedelta(days=n), 10 - n) for n in range(5)]}, AS_OF, general
    )

    assert {n.values["letter"] for n in scored.notices if n.key == "scoring.empty_bands"} == {"F"}


def test_groups_that_hold_more_than_the_limit_are_named_for_review(lab, general) -> None:
    orders = [order(str(n)) for n in range(4)] + [order("5", dt.date(2025, 1, 1))]
    scored = lab.score({"orders": orders}, AS_OF, general)

    large = next(notice for notice in scored.notices if notice.key == "scoring.large_tags")
    assert large.values["limit"] == "20%"
    assert "近期消费 80%" in str(large.values["names"])
    assert "久未消费" not in str(large.values["names"])  # exactly 20 % is not more than 20 %


def test_tags_nobody_has_are_named(lab, general) -> None:
    scored = lab.score({"orders": [order("A")]}, AS_OF, general)

    silent = next(notice for notice in scored.notices if notice.key == "scoring.silent_tags")
    assert "久未消费" in str(silent.values["names"])
    assert "近期消费" not in str(silent.values["names"])


def test_results_have_the_promised_columns_in_order(lab, general) -> None:
    lab.score({"orders": [order("A")]}, AS_OF, general)

    fixed = [
        *("customer_id", "name", "owner", "kind", "industry", "size", "region", "tier", "score", "coverage"),
        *("r", "f", "m", "rfm", "rfm_total", "rfm_grade", "segment", "custom_segment", "stage", "tags"),
        *("manual_tier", "manual_tags", "manual_reason", "manual_by", "manual_expires"),
    ]
    scales = [f"tier_{scale.key}" for scale in general.scales]
    cards = [f"{part}_{card.key}" for card in general.scorecards for part in ("score", "coverage")]
    indicators = [indicator.key for indicator in general.indicators]
    types = lab.engine.columns("results")
    assert list(types) == [*fixed, *scales, *cards, *indicators]
    assert (types["score"], types["coverage"], types["r"]) == ("DOUBLE", "DOUBLE", "BIGINT")
    assert (types["amount_12m"], types["growth"], types["orders_all"]) == ("DECIMAL(18,2)", "DOUBLE", "BIGINT")
    assert (types["first_order_date"], types["top_category"]) == ("DATE", "VARCHAR")


def test_results_speak_the_language_of_the_run(lab, general) -> None:
    facts = {
        "customers": [{"customer_id": "A", "kind": "enterprise", "size": "large", "region": "east"}],
        "orders": [order("A")],
        "interactions": [{"customer_id": "A", "date": AS_OF, "channel": "phone"}],
    }
    lab.score(facts, AS_OF, general, "en")

    row = lab.rows()["A"]
    assert (row["kind"], row["size"], row["region"], row["stage"]) == ("Enterprise", "Large", "East China", "New")
    assert row["preferred_channel"] == "Phone"
    assert row["tags"].split(", ")[-5:] == ["Little loyal", "Phone", "Large", "East China", "Enterprise"]


def test_an_indicator_nobody_can_measure_is_refused_with_the_nearest(general) -> None:
    strange = replace(general.indicators[0], key="recency_dayz")
    with pytest.raises(ModelError) as error:
        plan(replace(general, indicators=(strange,)), AS_OF)

    assert error.value.words("en") == (
        "nobody can measure the indicator recency_dayz; the nearest known one is recency_days"
    )


@pytest.mark.parametrize("missing", [*sorted(EVERYTHING), "everything"])
def test_whatever_was_not_delivered_the_plan_runs_and_nobody_has_a_value(missing: str, lab, general) -> None:
    gone = EVERYTHING if missing == "everything" else {each for each in EVERYTHING if each.startswith(missing)}
    lab.forget()
    lab.fill({"orders": [order("A")]})

    for step in plan(general, AS_OF, "zh-CN", EVERYTHING - gone):
        run(lab.engine, general, step)

    assert lab.rows()["A"]["customer_id"] == "A"
    unknown = {"interactions": "interactions_90d", "referrals": "referrals", "feedback": "complaints_12m",
               "orders.category": "categories_12m", "orders.new_product": "new_product_12m"}  # fmt: skip
    if missing in unknown:
        assert lab.rows()["A"][unknown[missing]] is None


def test_two_runs_on_one_engine_do_not_mix(lab, general, changed) -> None:
    lab.fill({"orders": [order("A"), order("B", amount=300)]})
    score(lab.engine, general, AS_OF, "zh-CN")
    first = lab.rows()
    score(lab.engine, changed("main=simple", "rfm.cut=score"), dt.date(2026, 8, 30), "en")
    score(lab.engine, general, AS_OF, "zh-CN")

    assert lab.rows() == first


def test_large_tiers_and_classes_are_named_for_review(lab, general) -> None:
    scored = lab.score({"orders": [order(str(n)) for n in range(3)]}, AS_OF, general)

    named = {notice.key: str(notice.values["names"]) for notice in scored.notices if "names" in notice.values}
    tier = lab.rows()["0"]["tier"]
    assert named["scoring.large_tiers"] == f"{tier} 100%"
    assert named["scoring.large_segments"] == "一般发展客户 100%"


def test_lines_need_no_gathering_where_every_order_has_one(lab, general) -> None:
    facts = {"orders": [order("A"), order("A", dt.date(2026, 7, 1)), order("B"), order("B", amount=-5)]}
    lab.score(facts, AS_OF, general)
    gathered = lab.rows()
    lab.forget()

    for step in plan(general, AS_OF, "zh-CN", EVERYTHING - {"orders.category"} | {ONE_LINE_EACH}):
        run(lab.engine, general, step)

    for customer in "AB":
        for key in ("orders_all", "orders_6m", "frequency", "recency_days", "interval_days", "amount_all", "rfm"):
            assert lab.rows()[customer][key] == gathered[customer][key]


def test_cleaning_is_only_asked_about_one_line_orders_where_there_are_many(lab, general, monkeypatch) -> None:
    monkeypatch.setattr(deliveries, "_WORTH_ASKING", 2)
    lab.fill({"orders": [order("A"), order("B")]})
    lab.put("orders_shape", [{"one_line_each": 1}])
    lab.engine.run_all(opening_steps(general, AS_OF))

    assert ONE_LINE_EACH in deliveries.delivered(lab.engine, AS_OF)
    lab.put("orders_shape", [{"one_line_each": 0}])
    assert ONE_LINE_EACH not in deliveries.delivered(lab.engine, AS_OF)


def test_orders_gathered_part_by_part_are_the_same_orders(lab, changed, monkeypatch) -> None:
    lines = [(str(number), n) for number in range(20) for n in range(number)]
    facts = {"orders": [{**order(who, amount=n + 1), "order_id": str(n % 3)} for who, n in lines]}
    for model in (changed(), changed("count=lines", "rfm.window=12m")):
        lab.score(facts, AS_OF, model)
        together = lab.rows()
        monkeypatch.setattr(deliveries, "_MANY", 1)

        lab.score(facts, AS_OF, model)

        assert lab.rows() == together
        monkeypatch.undo()


def test_results_of_very_many_customers_stay_a_view_with_the_same_rows(lab, general, monkeypatch) -> None:
    facts = {"orders": [order("A"), order("B", amount=300)]}
    lab.score(facts, AS_OF, general)
    held = lab.rows()
    monkeypatch.setattr(pipeline, "_HELD", 1)

    lab.score(facts, AS_OF, general)

    kinds = "SELECT table_type FROM information_schema.tables WHERE table_name = 'results'"
    assert lab.engine.value(kinds) == "VIEW"
    assert lab.rows() == held
    monkeypatch.undo()
    score(lab.engine, general, AS_OF)
    assert lab.engine.value(kinds) != "VIEW"


def test_the_value_matrix_counts_buyers_and_averages_their_money(lab, changed) -> None:
    breaks = ("rfm.breaks.r=30,60,90,180", "rfm.breaks.f=1,2,5,10", "rfm.breaks.m=50,150,250,350")
    model = changed("rfm.method=fixed", *breaks)
    facts = {"orders": [order("A", amount=100), order("B", amount=301), order("C", dt.date(2026, 7, 1), 20)]}
    lab.score(facts, AS_OF, model)

    cells = {(row[0], row[1]): row[2:] for row in lab.engine.rows("SELECT * FROM rfm_matrix")}
    assert cells == {(5, 1): (2, 3.0, 200.5), (3, 1): (1, 1.0, 20.0)}


def test_good_customers_are_the_top_two_grades(lab, general) -> None:
    lab.score({"orders": [order(str(n), AS_OF - dt.timedelta(days=n), 10 - n) for n in range(5)]}, AS_OF, general)

    good = {row["rfm_grade"]: row["good"] for row in lab.rows("rfm").values()}
    assert good == {1: 0, 2: 0, 3: 0, 4: 1, 5: 1}
