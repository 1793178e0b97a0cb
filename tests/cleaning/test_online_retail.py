"""Two years of a real shop's invoices: every one of the 541,909 rows is accounted for."""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook.cleaning import clean
from tierbook.engine import Engine
from tierbook.sources import load_file

AS_OF = dt.date(2011, 12, 10)


@pytest.fixture(scope="module")
def retail(shared_data):
    path = shared_data("online_retail.csv.gz")
    with Engine() as engine:
        yield engine, load_file(engine, "orders", path)


@pytest.mark.data
def test_the_headers_of_the_file_are_recognised(retail):
    _, source = retail
    assert source.columns == {
        "order_id": "InvoiceNo", "customer_id": "CustomerID", "date": "InvoiceDate", "unit_price": "UnitPrice",
        "quantity": "Quantity", "product": "StockCode",
    }  # fmt: skip
    assert source.unused == ("Description", "Country")
    assert source.rows == 541_909


@pytest.mark.data
@pytest.mark.parametrize(
    ("returns", "kept", "set_aside", "notices"),
    [
        ("net", 406_829, {"no_customer": 135_080}, {"identical_line": 5_228, "zero_amount": 40}),
        (
            "ignore",
            397_924,
            {"no_customer": 135_080, "return_ignored": 8_905},
            {"identical_line": 5_195, "zero_amount": 40},
        ),
    ],
)
def test_every_row_is_accounted_for(retail, with_params, returns, kept, set_aside, notices):
    engine, source = retail
    account = clean(engine, {"orders": source}, with_params(returns=returns), AS_OF).accounts["orders"]
    assert (account.delivered, account.kept) == (541_909, kept)
    assert account.set_aside == set_aside
    assert account.notices == notices
    assert account.delivered == account.kept + sum(account.set_aside.values())
    assert engine.value("SELECT count(*) FROM orders") == kept


@pytest.mark.data
def test_sales_without_returns_are_exact_to_the_cent(retail, with_params):
    engine, source = retail
    clean(engine, {"orders": source}, with_params(returns="ignore"), AS_OF)
    found = engine.rows("SELECT count(*), count(DISTINCT customer_id), sum(amount) FROM orders")
    assert found == [(397_924, 4_339, 891_140_790)]
    assert engine.value("SELECT count(*) FROM customers") == 4_339


@pytest.mark.data
def test_cancelling_invoices_are_returns_and_bad_debts_have_no_customer(retail, with_params):
    engine, source = retail
    clean(engine, {"orders": source}, with_params(returns="net"), AS_OF)
    assert engine.value("SELECT count(*) FROM raw_orders WHERE starts_with(order_id, 'C')") == 9_288
    cancelled = "SELECT count(*), min(is_return), max(amount) < 0 FROM orders WHERE starts_with(order_id, 'C')"
    assert engine.rows(cancelled) == [(8_905, 1, True)]
    assert engine.value("SELECT count(*) FROM orders WHERE is_return = 1 AND NOT starts_with(order_id, 'C')") == 0
    reasons = (
        "SELECT check_key, count(*) FROM findings JOIN raw_orders USING (source_row) "
        "WHERE starts_with(order_id, 'A') GROUP BY check_key"
    )
    assert engine.rows(reasons) == [("no_customer", 3)]


@pytest.mark.data
def test_dropping_identical_lines_leaves_one_of_each(retail, with_params):
    engine, source = retail
    model = with_params(returns="net", identical_lines="drop")
    account = clean(engine, {"orders": source}, model, AS_OF).accounts["orders"]
    assert account.set_aside["identical_line"] == 5_228
    assert account.kept == 406_829 - 5_228
    twins = "SELECT order_id, customer_id, date, amount, quantity, product FROM orders GROUP BY ALL HAVING count(*) > 1"
    assert engine.rows(twins) == []
