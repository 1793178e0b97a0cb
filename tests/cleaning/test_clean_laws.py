"""Laws that hold for any mess."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.cleaning import clean, repeats
from tierbook.engine import Engine

AS_OF = dt.date(2026, 8, 31)

ids = st.sampled_from([None, "", "1", "1.0", "001", "２", "C5", "5", "1E+05", "甲", "-"])
dates = st.sampled_from(
    [None, "2026-01-05", "2026/1/5", "5 Jan 2026", "2026-02-29", "2027-01-01", "46027", "x", "7/8/2026"]
)
money = st.sampled_from([None, "", "1", "-1", "0", "1,000", "¥2", "$3", "ZZZ 4", "1.2万", "(5)", "x", "0.004", "1e20"])
order_rows = st.lists(
    st.fixed_dictionaries(
        {"customer_id": ids, "order_id": ids, "date": dates, "amount": money},
        optional={
            "line_no": st.sampled_from([None, "1", "2"]),
            "unit_price": money,
            "quantity": st.sampled_from([None, "2", "-2", "x", "3件"]),
            "status": st.sampled_from([None, "完成", "取消", "退货", "?"]),
            "currency": st.sampled_from([None, "CNY", "USD", "ZZZ"]),
            "product": st.sampled_from([None, "a", "ａ"]),
        },
    ),
    min_size=1,
    max_size=14,
)
policies = st.fixed_dictionaries(
    {
        "returns": st.sampled_from(["net", "ignore", "exclude_order"]),
        "identical_lines": st.sampled_from(["keep", "drop"]),
    }
)


@pytest.fixture(scope="module")
def shared_engine():
    with Engine(threads=1) as engine:
        yield engine


@pytest.fixture(scope="module")
def cleaned_orders(shared_engine, general, delivered):
    """cleaned_orders(rows, policy, types) -> the account of these orders; their relations stay in shared_engine."""

    def run(rows, policy, types=None):
        params = dict(general.params)
        for key, value in policy.items():
            params[key] = dataclasses.replace(params[key], value=value)
        model = dataclasses.replace(general, params=params)
        source = delivered(shared_engine, "orders", rows, types)
        return clean(shared_engine, {"orders": source}, model, AS_OF).accounts["orders"]

    return run


@settings(max_examples=30, deadline=None)
@given(rows=order_rows, policy=policies)
def test_every_row_is_kept_or_set_aside_once(shared_engine, cleaned_orders, rows, policy):
    account = cleaned_orders(rows, policy)
    kept = [row for (row,) in shared_engine.rows("SELECT source_row FROM orders")]
    aside = [row for (row,) in shared_engine.rows("SELECT source_row FROM findings WHERE severity = 'set_aside'")]
    assert sorted(kept + aside) == list(range(2, len(rows) + 2))
    assert (account.delivered, account.kept) == (len(rows), len(kept))
    assert sum(account.set_aside.values()) == len(aside)
    noticed = {row for (row,) in shared_engine.rows("SELECT source_row FROM findings WHERE severity = 'notice'")}
    assert noticed <= set(kept) | {
        row for (row,) in shared_engine.rows("SELECT source_row FROM findings WHERE check_key = 'date_order'")
    }


@settings(max_examples=30, deadline=None)
@given(rows=order_rows, policy=policies)
def test_what_is_kept_is_a_customers_dated_money(shared_engine, cleaned_orders, rows, policy):
    cleaned_orders(rows, policy)
    bad = shared_engine.value(
        "SELECT count(*) FROM orders WHERE customer_id IS NULL OR order_id IS NULL OR date IS NULL OR date > ? "
        "OR amount IS NULL OR status NOT IN ('done', 'returned') OR (is_return = 1) <> (status = 'returned') "
        "OR (is_return = 1 AND amount > 0) OR (is_return = 0 AND amount < 0)",
        [AS_OF],
    )
    assert bad == 0
    assert shared_engine.value("SELECT count(DISTINCT customer_id) FROM orders") == shared_engine.value(
        "SELECT count(*) FROM customers"
    )


def kept_values(engine: Engine) -> Counter[tuple[object, ...]]:
    return Counter(
        engine.rows(
            "SELECT CASE WHEN starts_with(order_id, '<row') THEN '<row' ELSE order_id END, customer_id, date, amount, "
            "quantity, product, status, is_return FROM orders"
        )
    )


@settings(max_examples=30, deadline=None)
@given(rows=order_rows, policy=policies, seed=st.integers(0, 99))
def test_the_order_of_rows_never_changes_what_is_kept(shared_engine, cleaned_orders, rows, policy, seed):
    for row in rows:  # a repeated line number with other content: which one counts is the earlier by design
        row.pop("line_no", None)
    first = cleaned_orders(rows, policy)
    values = kept_values(shared_engine)
    shuffled = rows[:]
    random.Random(seed).shuffle(shuffled)
    again = cleaned_orders(shuffled, policy)
    assert (again.kept, again.set_aside) == (first.kept, first.set_aside)
    assert kept_values(shared_engine) == values


@settings(max_examples=15, deadline=None)
@given(rows=order_rows, policy=policies)
def test_many_passes_find_the_same_repeats_as_one(shared_engine, cleaned_orders, rows, policy):
    once = cleaned_orders(rows, policy)
    values = kept_values(shared_engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats, "SLICE", 3)
        assert cleaned_orders(rows, policy) == once
    assert kept_values(shared_engine) == values


typed_rows = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(1, 4)),
        st.one_of(st.none(), st.integers(1, 3)),
        st.one_of(st.none(), st.dates(dt.date(2026, 8, 1), dt.date(2026, 9, 10))),
        st.one_of(st.none(), st.integers(-200, 200).map(lambda n: n / 4), st.just(float("inf"))),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=30, deadline=None)
@given(facts=typed_rows, policy=policies)
def test_typed_rows_give_what_the_same_rows_give_as_text(shared_engine, cleaned_orders, facts, policy):
    keys = ("order_id", "customer_id", "date", "amount")
    types = {"order_id": "BIGINT", "customer_id": "BIGINT", "date": "DATE", "amount": "DOUBLE"}
    found = []
    for kinds in ({}, types):
        rows = [
            {key: value if kinds or value is None else str(value) for key, value in zip(keys, fact, strict=True)}
            for fact in facts
        ]
        account = cleaned_orders(rows, policy, kinds)
        kept = (
            "SELECT source_row, CAST(order_id AS VARCHAR), customer_id, date, amount, is_return FROM orders ORDER BY 1"
        )
        found.append((account, shared_engine.rows(kept)))
    assert found[0] == found[1]
