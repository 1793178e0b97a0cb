"""Customers and the other fact tables."""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook.schema import SQL_TYPE, TABLES

CUSTOMERS = [{"customer_id": "1", "name": "甲"}, {"customer_id": "2", "name": "乙"}]


def test_every_table_is_there_with_every_column_whatever_was_delivered(cleaned):
    result = cleaned({"orders": [{"customer_id": "1", "date": "2026-01-05", "amount": "1"}]})
    for table in TABLES.values():
        columns = result.engine.columns(table.key)
        assert columns.pop("source_row") == "BIGINT"
        extra = columns.pop("is_return", None)
        assert (extra is not None) == (table.key == "orders")
        if table.key == "orders":
            assert columns.pop("order_id") == "BIGINT"
        expected = {c.key: SQL_TYPE[c.kind] for c in table.columns if c.key not in ("unit_price",)}
        if table.key == "orders":
            del expected["order_id"]
        assert columns == expected
    assert list(result.accounts) == ["orders"]


def test_the_fullest_row_of_a_repeated_customer_is_kept_and_its_blanks_filled(cleaned):
    rows = [
        {"customer_id": "1", "name": "甲公司", "phone": None, "city": None, "owner": "王"},
        {"customer_id": "1", "name": "甲有限公司", "phone": "13800000000", "city": "上海", "owner": None},
        {"customer_id": "1.0", "name": None, "phone": None, "city": "北京", "owner": None},
        {"customer_id": "2", "name": "乙"},
    ]
    result = cleaned({"customers": rows})
    assert result.rows("SELECT source_row, customer_id, name, phone, city, owner FROM customers ORDER BY 2") == [
        (3, "1", "甲有限公司", "13800000000", "上海市", "王"), (5, "2", "乙", None, None, None),
    ]  # fmt: skip
    assert result.aside("customers") == []
    assert result.merged() == [
        (2, "duplicate_customer", "customer_id", "1"), (4, "duplicate_customer", "customer_id", "1"),
    ]  # fmt: skip
    assert (result.accounts["customers"].kept, result.accounts["customers"].merged) == (2, {"duplicate_customer": 2})


def test_customers_without_an_id_are_set_aside(cleaned):
    result = cleaned({"customers": [*CUSTOMERS, {"customer_id": " ", "name": "丙"}, {"customer_id": "1E+05"}]})
    assert [row[1] for row in result.aside("customers")] == ["no_customer", "id_unreadable"]


def test_customers_met_only_in_facts_are_added_and_reported_once_a_table(cleaned):
    fact = {"customer_id": "9", "date": "2026-01-05"}
    result = cleaned(
        {
            "customers": CUSTOMERS,
            "orders": [{**fact, "amount": "1"}, {**fact, "amount": "2"}, {**fact, "customer_id": "1", "amount": "2"}],
            "interactions": [fact],
            "referrals": [{"referrer_id": "1", "referred_id": "8", "date": "2026-01-05"}],
        }
    )
    assert sorted(result.column("customer_id", "customers")) == ["1", "2", "8", "9"]
    assert result.notices("orders") == [(2, "unknown_customer", "customer_id", "9")]
    assert result.notices("interactions") == [(2, "unknown_customer", "customer_id", "9")]
    assert result.notices("referrals") == [(2, "unknown_customer", "referred_id", "8")]
    assert result.accounts["customers"].kept == 2


def test_a_customer_whose_facts_were_all_set_aside_is_not_added(cleaned):
    result = cleaned({"orders": [{"customer_id": "9", "date": "?", "amount": "1"}]})
    assert result.column("customer_id", "customers") == []


def test_without_a_customers_table_nobody_is_unknown(cleaned):
    result = cleaned({"orders": [{"customer_id": "9", "date": "2026-01-05", "amount": "1"}]})
    assert result.rows("SELECT source_row, customer_id, name FROM customers") == [(None, "9", None)]
    assert result.notices() == []


@pytest.mark.parametrize(
    ("province", "region"),
    [("广东", "south"), ("广东省", "south"), ("廣東", "south"), ("Guangdong", "south"),
     ("inner mongolia", "north"),
     ("内蒙古自治区", "north"), ("黑龙江省", "northeast"), ("上海市", "east"),
     ("新疆维吾尔自治区", "northwest"), ("重庆", "southwest"),
     ("湖北", "central"), ("香港特别行政区", "overseas"), ("台灣", "overseas"), ("火星", None), (None, None)],
)  # fmt: skip
def test_the_region_is_found_from_the_province(cleaned, province, region):
    result = cleaned({"customers": [{"customer_id": "1", "province": province}]})
    assert result.column("region", "customers") == [region]


def test_a_region_that_was_given_wins_over_the_province(cleaned):
    rows = [
        {"customer_id": "1", "region": "华北大区", "province": "广东"},
        {"customer_id": "2", "region": "", "province": "广东"},
        {"customer_id": "3", "region": "浙江", "province": None},
        {"customer_id": "4", "region": "月球", "province": "广东"},
    ]
    result = cleaned({"customers": rows})
    assert result.column("region", "customers") == ["north", "south", "east", "south"]
    assert result.notices("customers") == [(5, "unknown_choice", "region", "月球")]


def test_a_phone_or_mail_address_of_two_customers_is_reported_for_both(cleaned):
    rows = [
        {"customer_id": "1", "phone": "138-0000-0000", "email": "A@x.cn"},
        {"customer_id": "2", "phone": "+86 13800000000", "email": "b@x.cn"},
        {"customer_id": "3", "phone": "13800000001", "email": "a@X.cn"},
        {"customer_id": "4", "phone": "110", "email": "无"},
        {"customer_id": "5", "phone": "110", "email": "无"},
        {"customer_id": "6", "phone": "13800000001.0"},
    ]
    assert cleaned({"customers": rows}).notices("customers") == [
        (2, "same_contact", "email", "A@x.cn"), (2, "same_contact", "phone", "138-0000-0000"),
        (3, "same_contact", "phone", "+86 13800000000"), (4, "same_contact", "email", "a@X.cn"),
        (4, "same_contact", "phone", "13800000001"), (5, "bad_phone", "phone", "110"),
        (6, "bad_phone", "phone", "110"), (7, "same_contact", "phone", "13800000001.0"),
    ]  # fmt: skip


def test_a_customer_merged_into_one_row_shares_no_contact_with_itself(cleaned):
    rows = [{"customer_id": "1", "phone": "13800000000"}] * 2
    assert cleaned({"customers": rows}).notices("customers") == []


def test_text_is_trimmed_and_in_one_unicode_form(cleaned):
    rows = [{"customer_id": "1", "name": "　Ａｃｍｅ（中国）\u200b ", "contact": "Café", "city": "№ ①"}]
    assert cleaned({"customers": rows}).rows("SELECT name, contact, city FROM customers") == [
        ("Acme(中国)", "Café", "No 1")
    ]


def test_interactions_are_read_and_judged(cleaned):
    rows = [
        {
            "interaction_id": "1",
            "customer_id": "1",
            "date": "2026-01-05",
            "channel": "微信",
            "kind": "拜访",
            "topic": "售后",
        },
        {"interaction_id": "1", "customer_id": "1", "date": "2026-01-06"},
        {"interaction_id": None, "customer_id": "1", "date": "2026-01-06"},
        {"interaction_id": None, "customer_id": "1", "date": "2026-01-06"},
        {"interaction_id": "2", "customer_id": "", "date": "2026-01-06"},
        {"interaction_id": "3", "customer_id": "1", "date": "2026-09-06"},
        {"interaction_id": "4", "customer_id": "1", "date": "2026-01-07", "channel": "烟"},
    ]
    result = cleaned({"interactions": rows})
    assert result.rows("SELECT date, channel, kind, topic FROM interactions WHERE source_row = 2") == [
        (dt.date(2026, 1, 5), "online", "visit", "repair")
    ]
    assert result.aside("interactions") == [
        (3, "duplicate_row", "interaction_id", "1"), (6, "no_customer", "customer_id", None),
        (7, "future", "date", "2026-09-06"),
    ]  # fmt: skip
    assert result.notices("interactions") == [(8, "unknown_choice", "channel", "烟")]
    assert result.accounts["interactions"].kept == 4


def test_scores_outside_their_scale_are_kept_and_reported(cleaned):
    base = {"customer_id": "1", "date": "2026-01-05"}
    scores = [
        ("NPS", "0"),
        ("NPS", "10"),
        ("NPS", "11"),
        ("满意度", "0.9"),
        ("满意度", "5"),
        ("投诉", "99"),
        ("NPS", "好"),
    ]
    result = cleaned({"feedback": [{**base, "kind": kind, "score": score} for kind, score in scores]})
    assert result.column("score", "feedback") == [0, 10, 11, 0.9, 5, 99, None]
    assert result.notices("feedback") == [
        (4, "score_range", "score", "11"), (5, "score_range", "score", "0.9"),
        (8, "unreadable_number", "score", "好"),
    ]  # fmt: skip


def test_renewals_may_fall_due_later_and_repeat_by_year(cleaned):
    rows = [
        {"contract_id": "K", "customer_id": "1", "due_date": "2026-12-31", "renewed": ""},
        {"contract_id": "K", "customer_id": "1", "due_date": "2025-12-31", "renewed": "已续约"},
        {"contract_id": "K", "customer_id": "1", "due_date": "2025-12-31", "renewed": "否"},
        {"contract_id": "L", "customer_id": "1", "due_date": "2025-02-29", "renewed": "是"},
    ]
    result = cleaned({"renewals": rows})
    assert result.column("renewed", "renewals") == [None, "yes"]
    assert result.aside("renewals") == [
        (4, "duplicate_row", "contract_id", "K"), (5, "bad_date", "due_date", "2025-02-29"),
    ]  # fmt: skip


def test_nobody_refers_himself_and_a_referral_counts_once(cleaned):
    base = {"date": "2026-01-05"}
    rows = [("1", "2"), ("1", "2"), ("3", "3"), ("", "2")]
    result = cleaned({"referrals": [{**base, "referrer_id": a, "referred_id": b} for a, b in rows]})
    assert [row[1] for row in result.aside("referrals")] == ["duplicate_row", "self_referral", "no_customer"]
    assert result.column("referred_id", "referrals") == ["2"]


def test_people_need_a_name_once(cleaned):
    rows = [
        {"name": "王", "capacity": "30"},
        {"name": " 王 ", "capacity": "20"},
        {"name": "", "capacity": "5"},
        {"name": "李", "capacity": "x"},
    ]
    result = cleaned({"people": rows})
    assert result.rows("SELECT name, capacity FROM people ORDER BY source_row") == [("王", 30), ("李", None)]
    assert [row[1] for row in result.aside("people")] == ["duplicate_row", "no_name"]
    assert result.notices("people") == [(5, "unreadable_number", "capacity", "x")]


def test_clean_can_run_twice_in_one_engine(cleaned):
    rows = {"orders": [{"customer_id": "1", "date": "2026-01-05", "amount": "1"}], "customers": CUSTOMERS}
    first = cleaned(rows).accounts
    assert cleaned(rows).accounts == first
    assert cleaned({"customers": CUSTOMERS}).column("customer_id", "orders") == []
