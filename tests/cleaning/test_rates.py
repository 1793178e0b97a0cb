"""Currencies: rates of the model, rates of the day, and what becomes of returns under each policy."""

from __future__ import annotations

import datetime as dt

import pytest

RATES = [
    {"currency": "USD", "date": "2026-03-01", "rate": "7.2"},
    {"currency": "美元", "date": "2026-06-01", "rate": "6.9"},
    {"currency": "BRL", "date": "2026-01-01", "rate": "1.25"},
]


def order(date, amount, currency):
    return {"customer_id": "1", "date": date, "amount": amount, "currency": currency}


def test_the_last_rate_not_after_an_orders_date_counts(cleaned):
    orders = [
        order("2026-02-28", "10", "USD"), order("2026-03-01", "10", "美元"), order("2026-05-31", "10", "USD"),
        order("2026-06-01", "US$10", None), order("2026-08-31", "10", "usd"), order("2026-08-01", "10", "BRL"),
        order("2026-08-01", "10", "CNY"), order("2026-08-01", "10", None), order("2026-08-01", "10", "EUR"),
        order("2025-12-31", "10", "BRL"), order("2026-08-01", "10", "ZZZ"),
    ]  # fmt: skip
    result = cleaned({"orders": orders, "rates": RATES})
    assert result.column("amount") == [7100, 7200, 7200, 6900, 6900, 1250, 1000, 1000, 8200]
    assert [row[1:] for row in result.aside()] == [
        ("unknown_currency", "currency", "BRL"), ("unknown_currency", "currency", "ZZZ"),
    ]  # fmt: skip
    account = result.accounts["rates"]
    assert (account.delivered, account.kept, account.set_aside) == (3, 3, {})


def test_rates_that_are_none_are_set_aside(cleaned):
    rates = [
        {"currency": "USD", "date": "2026-01-01", "rate": "7"}, {"currency": "USD", "date": "2026-01-01", "rate": "8"},
        {"currency": None, "date": "2026-01-01", "rate": "8"}, {"currency": "EUR", "date": "下周", "rate": "8"},
        {"currency": "EUR", "date": "2026-01-01", "rate": "八"}, {"currency": "EUR", "date": "2026-01-02", "rate": "0"},
        {"currency": "EUR", "date": "2026-01-03", "rate": "-8"},
    ]  # fmt: skip
    result = cleaned({"orders": [order("2026-02-01", "10", "USD"), order("2026-02-01", "10", "EUR")], "rates": rates})
    assert result.column("amount") == [7000, 8200]
    assert [row[:2] for row in result.aside("rates")] == [
        (3, "duplicate_row"), (4, "no_currency"), (5, "bad_date"), (6, "bad_rate"), (7, "bad_rate"), (8, "bad_rate"),
    ]  # fmt: skip


def test_a_rate_of_a_later_day_is_no_rate_yet(cleaned):
    rates = [{"currency": "BRL", "date": "2026-09-01", "rate": "1.3"}]
    result = cleaned({"orders": [order("2026-08-01", "10", "BRL")], "rates": rates}, as_of=dt.date(2026, 8, 31))
    assert [row[1] for row in result.aside()] == ["unknown_currency"]


def test_typed_rates_and_amounts_give_the_same(cleaned):
    tables = {
        "orders": [{"customer_id": "1", "date": dt.date(2026, 6, 1), "amount": 19.99, "currency": "USD"}],
        "rates": [{"currency": "USD", "date": dt.date(2026, 6, 1), "rate": 7.1034}],
    }
    types = {"orders": {"date": "DATE", "amount": "DOUBLE"}, "rates": {"date": "DATE", "rate": "DOUBLE"}}
    assert cleaned(tables, types=types).column("amount") == [14200]


@pytest.mark.parametrize(
    ("returns", "amounts", "aside"),
    [
        ("net", [71000, -14200, 5000], []),
        ("ignore", [71000, 5000], [(3, "return_ignored")]),
        ("exclude_order", [5000], [(2, "order_returned"), (3, "return_ignored")]),
    ],
)
def test_returns_in_another_currency_follow_the_policy(cleaned, returns, amounts, aside):
    orders = [
        {"order_id": "1", **order("2026-01-05", "100", "USD")}, {"order_id": "1", **order("2026-01-08", "-20", "USD")},
        {"order_id": "2", **order("2026-01-09", "50", None)},
    ]  # fmt: skip
    result = cleaned({"orders": orders}, returns=returns)
    assert result.column("amount") == amounts
    assert [row[:2] for row in result.aside()] == aside
