"""Scores for people who live in data frames."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from tierbook.errors import ModelError, SourceError, UsageError
from tierbook.frames import score_frames
from tierbook.model.version import fingerprint

AS_OF = dt.date(2026, 8, 31)
ORDERS = pd.DataFrame(
    [
        ("o1", "1001", "2026-08-20", 1200.50, "完成"),
        ("o2", "1001", "2026-03-01", 800.25, "完成"),
        ("o3", "1001", "2025-01-05", 99.99, "完成"),
        ("o4", "0012", "2026-06-30", 50.00, "完成"),
        ("o5", "0012", "2026-07-01", 70.00, "取消"),
        ("o6", "A-7", "2026-09-01", 10.00, "完成"),
    ],
    columns=["订单号", "客户编号", "下单日期", "金额", "状态"],
)
CUSTOMERS = pd.DataFrame(
    [("1001", "上海样品", "企业"), ("0012", "零零客户", "零售"), ("77", "潜在一家", "渠道")],
    columns=["客户编号", "客户名称", "类型"],
)


@pytest.fixture(scope="module")
def results():
    return score_frames(ORDERS, CUSTOMERS, as_of=AS_OF)


def test_there_is_one_row_per_customer_by_id(results):
    assert results.index.name == "customer_id"
    assert results.index.is_unique
    assert list(results.index) == ["0012", "1001", "77"]


def test_who_is_known_only_from_later_facts_is_not_there_yet(results):
    assert "A-7" not in results.index
    assert "A-7" in score_frames(ORDERS, CUSTOMERS, as_of=dt.date(2026, 9, 1)).index


def test_the_columns_are_those_of_the_results(results, general):
    fixed = ["name", "owner", "kind", "industry", "size", "region", "tier", "score", "coverage", "r", "f", "m", "rfm",
             "rfm_total", "rfm_grade", "segment", "custom_segment", "stage", "tags",
             "manual_tier", "manual_tags", "manual_reason", "manual_by", "manual_expires"]  # fmt: skip
    scales = [f"tier_{scale.key}" for scale in general.scales]
    cards = [name for card in general.scorecards for name in (f"score_{card.key}", f"coverage_{card.key}")]
    indicators = [indicator.key for indicator in general.indicators]
    assert list(results.columns) == [*fixed, *scales, *cards, *indicators]


def test_whole_numbers_stay_whole_where_some_customer_has_none(results):
    whole = ["r", "f", "m", "rfm_total", "rfm_grade", "recency_days", "orders_all", "referrals"]
    assert {str(kind) for kind in results.dtypes[whole]} == {"Int64"}
    assert {str(kind) for kind in results.dtypes[["score", "coverage", "aov", "amount_all"]]} == {"float64"}
    assert results["last_order_date"].dtype.kind == "M"


def test_indicators_are_those_worked_out_by_hand(results):
    best = results.loc["1001"]
    assert (best.recency_days, best.tenure_days) == (11, (AS_OF - dt.date(2025, 1, 5)).days)
    assert (best.orders_all, best.orders_12m, best.orders_6m) == (3, 2, 2)
    assert (best.amount_all, best.amount_12m) == (2100.74, 2000.75)
    assert best.last_order_date == pd.Timestamp("2026-08-20")
    assert (results.loc["0012"].orders_all, results.loc["0012"].amount_all) == (1, 50.0)


def test_names_speak_the_language_asked_for(results):
    assert results.loc["77", ["name", "kind", "stage"]].tolist() == ["潜在一家", "渠道", "潜在"]
    english = score_frames(ORDERS, CUSTOMERS, as_of=AS_OF, language="en")
    assert english.loc["77", "kind"] == "Channel"


def test_only_facts_up_to_the_day_count():
    earlier = score_frames(ORDERS, as_of=dt.date(2026, 3, 1))
    assert earlier.loc["1001", "recency_days"] == 0
    assert earlier.loc["1001", "orders_all"] == 2


def test_a_moment_counts_as_its_day(results):
    assert score_frames(ORDERS, CUSTOMERS, as_of=dt.datetime(2026, 8, 31, 23, 59)).equals(results)


def test_row_order_changes_nothing(results):
    turned = score_frames(ORDERS[::-1], CUSTOMERS[::-1], as_of=AS_OF)
    assert turned.equals(results)


def test_typed_columns_give_what_text_gives(results):
    typed = ORDERS.assign(下单日期=pd.to_datetime(ORDERS["下单日期"]), 金额=[Decimal(str(x)) for x in ORDERS["金额"]])
    assert score_frames(typed, CUSTOMERS, as_of=AS_OF).equals(results)


def test_the_frames_given_stay_as_they_were():
    orders, customers = ORDERS.copy(deep=True), CUSTOMERS.copy(deep=True)
    score_frames(orders, customers, as_of=AS_OF)
    pd.testing.assert_frame_equal(orders, ORDERS)
    pd.testing.assert_frame_equal(customers, CUSTOMERS)


def test_customers_alone_are_all_prospects():
    results = score_frames(customers=CUSTOMERS, as_of=AS_OF)
    assert set(results["stage"]) == {"潜在"}
    assert results["rfm"].isna().all()


def test_other_frames_count_too():
    feedback = pd.DataFrame({"客户编号": ["1001"], "日期": ["2026-08-01"], "类型": ["满意度"], "评分": [4]})
    with_it = score_frames(ORDERS, CUSTOMERS, feedback=feedback, as_of=AS_OF)
    assert with_it["csat"].notna().tolist() == [False, True, False]
    assert score_frames(ORDERS, CUSTOMERS, as_of=AS_OF)["csat"].isna().all()


def test_a_setting_changes_the_rules():
    scores = score_frames(ORDERS, CUSTOMERS, as_of=AS_OF, settings=["main=simple"])
    assert scores["score"].equals(scores["score_simple"].rename("score"))


def test_a_model_read_before_is_the_model_named(results, general):
    assert score_frames(ORDERS, CUSTOMERS, as_of=AS_OF, model=general).equals(results)


def test_a_header_of_ones_own_is_mapped(results):
    own = ORDERS.rename(columns={"金额": "俺的钱"})
    assert score_frames(own, CUSTOMERS, as_of=AS_OF, mapping=["orders.amount=俺的钱"]).equals(results)


def test_the_result_carries_its_stamp(results, general):
    assert results.attrs == {
        "as_of": "2026-08-31",
        "model": "general",
        "model_version": general.version,
        "model_fingerprint": fingerprint(general),
        "set_aside": results.attrs["set_aside"],
        "merged": {},
    }
    assert sum(results.attrs["set_aside"]["orders"].values()) == 2  # one cancelled, one after the day


def test_without_orders_and_customers_there_is_nobody_to_score():
    with pytest.raises(UsageError, match=r"^至少要给 orders（订单）或 customers（客户）其中一个数据框$"):
        score_frames(feedback=pd.DataFrame({"客户编号": ["1"]}), as_of=AS_OF)


def test_an_unknown_model_is_refused_by_name():
    with pytest.raises(ModelError, match="no such model"):
        score_frames(ORDERS, as_of=AS_OF, model="no such model")


def test_a_frame_without_a_needed_column_is_refused():
    with pytest.raises(SourceError):
        score_frames(ORDERS.drop(columns="下单日期"), as_of=AS_OF)
