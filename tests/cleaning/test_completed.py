"""What cleaning fills into customers' blanks, and how it says so."""

from __future__ import annotations

import pytest

FILLED = "SELECT customer_id, column_key, value, told_by, evidence FROM filled ORDER BY 1, 2"


def test_places_and_codes_are_filled_and_marked(cleaned):
    rows = [
        {"customer_id": "1", "province": "廣東", "city": "深圳", "industry": "软件"},
        {"customer_id": "2", "address": "江苏省苏州市工业园区", "industry_code": "i65"},
        {"customer_id": "3", "region": "杭州", "industry": "做服装的工厂"},
        {"customer_id": "4", "city": "朝阳"},
    ]
    result = cleaned({"customers": rows})
    columns = "customer_id, region, province, city, industry, industry_code"
    assert result.rows(f"SELECT {columns} FROM customers ORDER BY 1") == [
        ("1", "south", "广东省", "深圳市", "软件", "I65"),
        ("2", "east", "江苏省", "苏州市", "软件和信息技术服务业", "I65"),
        ("3", "east", "浙江省", "杭州市", "做服装的工厂", None),
        ("4", None, None, "朝阳", None, None),
    ]  # fmt: skip
    assert result.rows(FILLED) == [
        ("1", "industry_code", "I65", "industry", None), ("1", "region", "south", "province", None),
        ("2", "city", "苏州市", "address", None), ("2", "industry", "软件和信息技术服务业", "industry_code", None),
        ("2", "province", "江苏省", "address", None), ("2", "region", "east", "address", None),
        ("3", "city", "杭州市", "region", None), ("3", "province", "浙江省", "region", None),
    ]  # fmt: skip
    assert result.notices("customers") == [
        (4, "industry_doubt", "industry", "做服装的工厂"), (5, "place_ambiguous", "city", "朝阳"),
    ]  # fmt: skip


def test_what_a_merge_put_into_blanks_is_marked(cleaned):
    rows = [
        {"customer_id": "1", "name": "甲", "phone": None},
        {"customer_id": "1", "name": None, "phone": "13800000000"},
    ]
    assert cleaned({"customers": rows}).rows(FILLED) == [("1", "phone", "13800000000", "merged", None)]


def test_plain_customers_have_nothing_filled(cleaned):
    assert cleaned({"customers": [{"customer_id": "1", "name": "甲"}]}).rows(FILLED) == []
    assert cleaned({"orders": [{"customer_id": "1", "date": "2026-08-01", "amount": "1"}]}).rows(FILLED) == []


def companies(count, size, amount, first):
    """(customers, orders): so many companies of a size, each with one order of about the amount."""
    ids = [str(number) for number in range(first, first + count)]
    return (
        [{"customer_id": one, "kind": "企业", "size": size} for one in ids],
        [{"customer_id": one, "date": "2026-08-01", "amount": str(amount)} for one in ids],
    )


@pytest.mark.parametrize(
    ("large", "small", "filled"),
    [(20, 0, "large"), (19, 0, None), (20, 5, "large"), (20, 6, None), (5, 20, "small")],
)
def test_a_size_is_filled_where_nearly_all_alike_have_it(cleaned, large, small, filled):
    tables = [companies(large, "大型", 1500, 1), companies(small, "小型", 1100, 100), companies(1, None, 2000, 500)]
    customers, orders = ([row for table in tables for row in table[place]] for place in (0, 1))
    result = cleaned({"customers": customers, "orders": orders})
    assert result.rows("SELECT size FROM customers WHERE customer_id = '500'") == [(filled,)]
    evidence = f"{max(large, small)}/{large + small}"
    assert result.rows(FILLED) == ([("500", "size", filled, "orders", evidence)] if filled else [])


def test_a_private_customer_gets_no_size(cleaned):
    customers, orders = companies(20, "大型", 1500, 1)
    customers.append({"customer_id": "500", "kind": "零售", "size": None})
    orders.append({"customer_id": "500", "date": "2026-08-01", "amount": "1500"})
    assert cleaned({"customers": customers, "orders": orders}).rows(FILLED) == []


@pytest.mark.parametrize(
    ("note", "title"),
    [
        ("王强CFO来电询价", "CFO"), ("与COO王强面谈", "COO"),
        ("回访:职位:采购经理,满意", "采购经理"), ("Title: Buyer; all well", "Buyer"),
        ("和副总经理王强通了电话", "副总经理"),
        ("王强总监说下月再订", "总监"), ("和李明经理通了电话", None), ("经理不在", None), ("一切正常", None),
    ],
)  # fmt: skip
def test_a_title_is_filled_where_a_note_says_it_of_the_contact(cleaned, note, title):
    result = cleaned(
        {
            "customers": [{"customer_id": "1", "contact": "王强", "title": None}],
            "interactions": [{"customer_id": "1", "date": "2026-08-01", "note": note}],
        }
    )
    assert result.column("title", "customers") == [title]
    assert result.rows(FILLED) == ([("1", "title", title, "interactions", note)] if title else [])


def test_the_latest_note_counts_and_what_was_written_stays(cleaned):
    def note(customer, day, words):
        return {"customer_id": customer, "date": day, "note": words}

    result = cleaned(
        {
            "customers": [{"customer_id": "1", "size": None}, {"customer_id": "2", "size": "大型"}],
            "interactions": [
                note("1", "2026-08-02", "规模：中型"), note("1", "2026-08-01", "规模：小型"),
                note("2", "2026-08-01", "规模：小型"),
            ],
        }
    )  # fmt: skip
    assert result.column("size", "customers") == ["medium", "large"]


def test_nothing_is_filled_from_history_where_the_model_says_so(cleaned):
    tables = {
        "customers": [{"customer_id": "1", "size": None}],
        "interactions": [{"customer_id": "1", "date": "2026-08-01", "note": "规模：小型"}],
    }
    assert cleaned(tables, fill_history="off").column("size", "customers") == [None]
