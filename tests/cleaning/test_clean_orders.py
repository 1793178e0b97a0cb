"""Which order lines count, and for how much."""

from __future__ import annotations

import datetime as dt

import pytest


def test_delivered_is_kept_plus_set_aside_with_one_reason_each(orders):
    result = orders(
        [
            {"customer_id": "", "date": "", "amount": ""},
            {"date": "", "amount": "x"},
            {"date": "31.02.2026"},
            {"date": "2026-09-01"},
            {"amount": ""},
            {"amount": "x"},
            {"amount": "0"},
            {"amount": "XYZ 5"},
            {"amount": "5"},
        ],
        zero_lines="drop",
    )
    account = result.accounts["orders"]
    assert [row[1] for row in result.aside()] == [
        "no_customer", "no_date", "bad_date", "future", "no_amount", "bad_amount", "zero_amount", "unknown_currency",
    ]  # fmt: skip
    assert (account.delivered, account.kept, sum(account.set_aside.values())) == (9, 1, 8)


def test_a_row_dated_on_the_day_itself_counts_and_the_next_day_does_not(orders):
    result = orders([{"date": "2026-08-31 23:59"}, {"date": "2026-09-01"}])
    assert result.column("date") == [dt.date(2026, 8, 31)]
    assert result.aside() == [(3, "future", "date", "2026-09-01")]


def test_unit_price_times_quantity_stands_in_for_a_blank_amount(orders):
    rows = [
        {"amount": None, "unit_price": "2.55", "quantity": "6"},
        {"amount": "7", "unit_price": "2.55", "quantity": "6"},
        {"amount": None, "unit_price": "0.335", "quantity": "1"},
        {"amount": None, "unit_price": "0.335", "quantity": "-1"},
        {"amount": None, "unit_price": "¥1,000", "quantity": "2件"},
    ]
    result = orders(rows)
    assert result.column("amount") == [1530, 700, 34, -34, 200000]
    assert result.column("quantity") == [6000, 6000, 1000, -1000, 2000]
    assert "unit_price" not in result.engine.columns("orders")


def test_an_amount_that_price_or_quantity_cannot_give_is_set_aside(orders):
    rows = [{"amount": None, "unit_price": "abc", "quantity": "6"}, {"amount": None, "unit_price": "3", "quantity": ""}]
    assert orders(rows).aside() == [(2, "bad_amount", "amount", "abc x 6"), (3, "no_amount", "amount", None)]


def test_a_typed_price_and_quantity_give_exact_cents(orders):
    types = {"unit_price": "DOUBLE", "quantity": "BIGINT", "amount": "DOUBLE"}
    result = orders([{"amount": None, "unit_price": 0.145, "quantity": 1}], types=types)
    assert result.column("amount") == [15]
    assert result.column("quantity") == [1000]


def test_a_line_worth_less_than_half_a_cent_is_kept_at_zero_cents(orders):
    result = orders([{"amount": "0.004"}, {"amount": "0.000"}], zero_lines="drop")
    assert result.column("amount") == [0]
    assert result.aside() == [(3, "zero_amount", "amount", "0.000")]


def test_a_gift_is_a_purchase_worth_nothing_and_said_so(orders):
    result = orders([{"amount": "0"}, {"amount": "5"}])
    assert result.column("amount") == [0, 500]
    assert result.column("is_return") == [0, 0]
    assert result.notices() == [(2, "zero_amount", "amount", "0")]


def test_pieces_taken_back_for_nothing_are_a_return(orders):
    result = orders([{"amount": "0", "quantity": "-2"}, {"amount": "0", "quantity": "2"}])
    assert result.column("is_return") == [1, 0]
    assert result.column("quantity") == [-2000, 2000]


def test_cancelled_orders_are_set_aside_before_anything_is_asked_of_their_amount(orders):
    result = orders([{"status": "已取消", "amount": "?"}, {"status": "交易成功"}, {"status": None}])
    assert result.aside() == [(2, "cancelled", "status", "已取消")]
    assert result.column("status") == ["done", "done"]


def test_an_unknown_status_counts_as_done_with_a_notice(orders):
    result = orders([{"status": "审核中"}])
    assert result.column("status") == ["done"]
    assert result.notices() == [(2, "unknown_status", "status", "审核中")]


RETURNS = [
    {"order_id": "1", "amount": "100", "quantity": "2", "product": "a"},
    {"order_id": "1", "amount": "40", "quantity": "1", "product": "b", "status": "退货"},
    {"order_id": "2", "amount": "-30", "quantity": "-3"},
    {"order_id": "3", "amount": "7"},
]


def test_returns_net_counts_them_as_negative_money_on_their_own_date(orders):
    result = orders(RETURNS, returns="net")
    assert result.column("amount") == [10000, -4000, -3000, 700]
    assert result.column("quantity") == [2000, -1000, -3000, None]
    assert result.column("is_return") == [0, 1, 1, 0]
    assert result.column("status") == ["done", "returned", "returned", "done"]


def test_returns_ignore_sets_returned_lines_aside(orders):
    result = orders(RETURNS, returns="ignore")
    assert result.column("order_id") == ["1", "3"]
    assert [row[:2] for row in result.aside()] == [(3, "return_ignored"), (4, "return_ignored")]


def test_a_line_of_a_returned_order_is_set_aside_once_whatever_else_is_wrong_with_it(orders):
    rows = [{"order_id": "1", "amount": "5"}, {"order_id": "1", "amount": "5"}, {"order_id": "1", "amount": "-5"}]
    result = orders(rows, returns="exclude_order", identical_lines="drop")
    assert [row[:2] for row in result.aside()] == [(2, "order_returned"), (3, "order_returned"), (4, "return_ignored")]
    assert result.notices() == []


def test_returns_exclude_order_sets_every_line_of_a_returned_order_aside(orders):
    result = orders(RETURNS, returns="exclude_order")
    assert result.column("order_id") == ["3"]
    assert result.aside() == [
        (2, "order_returned", "order_id", "1"),
        (3, "return_ignored", "amount", "40"),
        (4, "return_ignored", "amount", "-30"),
    ]
    assert result.accounts["orders"].kept == 1


def test_a_c_before_another_orders_number_is_its_return(orders):
    rows = [{"order_id": "5001", "amount": "9"}, {"order_id": "C5001", "amount": "9"}, {"order_id": "5002"}]
    assert orders(rows, returns="net").column("amount") == [900, -900, 1000]
    excluded = orders(rows, returns="exclude_order")
    assert excluded.column("order_id") == ["5002"]
    assert [row[1] for row in excluded.aside()] == ["order_returned", "return_ignored"]


def test_order_numbers_that_all_begin_with_c_are_no_returns(orders):
    result = orders([{"order_id": "C5001"}, {"order_id": "C5002", "amount": "11"}])
    assert result.column("is_return") == [0, 0]


def test_a_repeated_line_number_sets_the_later_row_aside(orders):
    rows = [
        {"order_id": "1", "line_no": "1", "amount": "5"},
        {"order_id": "1", "line_no": "2", "amount": "5"},
        {"order_id": "1.0", "line_no": "1", "amount": "6"},
        {"order_id": "2", "line_no": "1", "amount": "5"},
    ]
    result = orders(rows)
    assert result.column("source_row") == [2, 3, 5]
    assert result.aside() == [(4, "duplicate_line", "line_no", "1")]


def test_the_second_copy_counts_where_the_first_was_set_aside(orders):
    rows = [{"order_id": "1", "line_no": "1", "date": "?"}, {"order_id": "1", "line_no": "1"}]
    assert orders(rows).column("source_row") == [3]


def test_identical_lines_without_a_number_are_kept_and_reported(orders):
    rows = [{"order_id": "1", "product": "a"}] * 3 + [
        {"order_id": "1", "product": "b"},
        {"order_id": "2", "product": "a"},
    ]
    result = orders(rows)
    assert result.accounts["orders"].kept == 5
    assert result.notices() == [(3, "identical_line", "order_id", "1"), (4, "identical_line", "order_id", "1")]


def test_identical_lines_are_set_aside_where_the_model_says_drop(orders):
    rows = [{"order_id": "1", "product": "a"}] * 3
    result = orders(rows, identical_lines="drop")
    assert result.column("source_row") == [2]
    assert result.accounts["orders"].set_aside == {"identical_line": 2}


def test_one_order_id_under_two_customers_is_reported_once(orders):
    rows = [
        {"order_id": "1", "customer_id": "a"}, {"order_id": "1", "customer_id": "b"},
        {"order_id": "2", "customer_id": "a"}, {"order_id": "2", "customer_id": "a", "amount": "3"},
    ]  # fmt: skip
    result = orders(rows)
    assert result.notices() == [(2, "order_two_customers", "order_id", "1")]
    assert result.accounts["orders"].kept == 4


@pytest.mark.parametrize("sql_type", ["VARCHAR", "BIGINT"])
def test_a_row_without_an_order_id_is_an_order_of_its_own(orders, sql_type):
    rows = [{"order_id": None}, {"order_id": None, "amount": "3"}, {"order_id": 7, "amount": "4"}]
    result = orders(rows, types={"order_id": sql_type})
    assert len(set(result.column("order_id"))) == 3
    assert result.notices() == [(2, "no_order_id", "order_id", None), (3, "no_order_id", "order_id", None)]


def test_order_ids_that_begin_with_a_hash_are_ids_like_others(orders):
    rows = [
        {"order_id": "#1001", "line_no": "1"},
        {"order_id": "#1001", "line_no": "1", "amount": "3"},
        {"order_id": "#3"},
    ]
    result = orders(rows)
    assert result.column("order_id") == ["#1001", "#3"]
    assert [row[1] for row in result.aside()] == ["duplicate_line"]


def test_rows_without_an_order_id_repeat_no_line(orders):
    result = orders([{"order_id": None, "line_no": "1"}, {"order_id": None, "line_no": "1"}, {"order_id": "7"}])
    assert result.accounts["orders"].kept == 3


def test_categories_of_a_frame_are_text(orders):
    types = {"customer_id": "ENUM('001', '002')", "status": "ENUM('取消', '完成')", "category": "ENUM('甲类', '乙类')"}
    result = orders([{"status": "完成", "category": "甲类"}, {"customer_id": "002", "status": "取消"}], types=types)
    assert result.rows("SELECT customer_id, category, typeof(category) FROM orders") == [("001", "甲类", "VARCHAR")]


def test_without_an_order_id_column_every_row_is_an_order(orders):
    result = orders([{"amount": "3"}, {"amount": "4"}])
    assert len(set(result.column("order_id"))) == 2
    assert result.notices() == []


def test_an_order_id_that_lost_digits_does_not_join_orders(orders):
    result = orders([{"order_id": "1.2E+15", "amount": "3"}, {"order_id": "1.2E+15", "amount": "4"}])
    assert len(set(result.column("order_id"))) == 2
    assert [row[1] for row in result.notices()] == ["unreadable_id", "unreadable_id"]


def test_whole_number_order_ids_keep_their_type(orders):
    result = orders([{"order_id": 7}, {"order_id": 8}], types={"order_id": "BIGINT"})
    assert result.column("order_id") == [7, 8]
    assert result.engine.columns("orders")["order_id"] == "BIGINT"


@pytest.mark.parametrize(("ids", "one"), [(["1", "2"], 1), (["1", "1"], 0), ([7, 8], 1), ([7, 7], 0), ([1, 10**12], 1)])
def test_the_orders_shape_says_whether_every_order_has_one_line(orders, ids, one):
    rows = [{"order_id": each, "amount": str(n + 1)} for n, each in enumerate(ids)]
    result = orders(rows, types={"order_id": "BIGINT" if isinstance(ids[0], int) else "VARCHAR"})
    assert result.rows("SELECT one_line_each FROM orders_shape") == [(one,)]


def test_the_currency_column_decides_the_rate(orders):
    rows = [
        {"amount": "10", "currency": "USD", "cost": "5"},
        {"amount": "10", "currency": "人民币", "cost": "$5"},
        {"amount": "$10", "currency": "hkd"},
        {"amount": "$10", "currency": None},
        {"amount": "10", "currency": "卢比"},
        {"amount": "10", "currency": "JPY"},
    ]
    result = orders(rows)
    assert result.column("amount") == [7100, 1000, 910, 7100]
    assert result.column("cost") == [3550, 500, None, None]
    assert result.aside() == [(6, "unknown_currency", "currency", "卢比"), (7, "unknown_currency", "currency", "JPY")]


def test_signs_mean_the_books_own_currency_where_it_bears_them(orders):
    rows = [{"amount": "$10"}, {"amount": "10元"}, {"amount": "HKD 10"}, {"amount": "10"}]
    assert orders(rows, currency="HKD").column("amount") == [1000] * 4


def test_typed_amounts_in_other_currencies_are_converted(orders):
    rows = [{"amount": 10.005, "currency": "USD"}, {"amount": 10.005, "currency": "CNY"}]
    assert orders(rows, types={"amount": "DOUBLE"}).column("amount") == [7104, 1001]


def test_optional_values_that_cannot_be_read_become_blank_with_a_notice(orders):
    rows = [{"due_date": "30 Feb 2026", "cost": "?", "quantity": "many", "is_renewal": "maybe", "new_product": "是"}]
    result = orders(rows)
    assert result.rows("SELECT due_date, cost, quantity, is_renewal, new_product FROM orders") == [
        (None, None, None, None, 1)
    ]
    assert result.notices() == [
        (2, "unknown_choice", "is_renewal", "maybe"),
        (2, "unreadable_date", "due_date", "30 Feb 2026"),
        (2, "unreadable_number", "cost", "?"),
        (2, "unreadable_number", "quantity", "many"),
    ]


def test_rows_set_aside_get_no_notices(orders):
    result = orders([{"customer_id": None, "quantity": "many", "status": "??"}])
    assert [row[1] for row in result.aside()] == ["no_customer"]
    assert result.notices() == []


def test_the_date_after_which_goods_fall_due_may_lie_ahead(orders):
    assert orders([{"due_date": "2026-12-31"}]).column("due_date") == [dt.date(2026, 12, 31)]


def test_a_month_first_reading_is_decided_for_each_column_alone(orders):
    rows = [{"date": "13/01/2026", "paid_date": "01/13/2026"}, {"date": "02/01/2026", "paid_date": "01/02/2026"}]
    result = orders(rows)
    assert result.column("date") == [dt.date(2026, 1, 13), dt.date(2026, 1, 2)]
    assert result.column("paid_date") == [dt.date(2026, 1, 13), dt.date(2026, 1, 2)]
