"""Ids, dates, numbers and choices in the forms people and programs write."""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook.schema import SIZES

D = dt.date
JAN_5 = D(2026, 1, 5)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("1001", "1001"), ("1001.0", "1001"), ("1001.00", "1001"), ("001", "001"), ("１００１", "1001"),
        (" 1001\t", "1001"), ("　1001　", "1001"), ("\ufeff1001", "1001"),
        ("110101199003078515", "110101199003078515"),
        ('="007"', "007"), ("'007", "007"), ("A-12.5", "A-12.5"), ("12E5", "12E5"), ("客户（甲）", "客户(甲)"),
    ],
)  # fmt: skip
def test_an_id_keeps_its_digits_whatever_the_spelling(orders, raw, clean):
    assert orders([{"customer_id": raw}]).column("customer_id") == [clean]


@pytest.mark.parametrize("raw", ["1.0E+03", "1.23457E+15", "1e+17"])
def test_an_id_in_scientific_notation_is_set_aside(orders, raw):
    assert orders([{"customer_id": raw}]).aside() == [(2, "id_unreadable", "customer_id", raw)]


@pytest.mark.parametrize("raw", ["", "  ", "-", "N/A", "#N/A", "null", "NaN", "None", "　"])
def test_a_blank_id_is_no_customer(orders, raw):
    assert orders([{"customer_id": raw}]).aside() == [(2, "no_customer", "customer_id", None)]


@pytest.mark.parametrize(
    ("sql_type", "raw", "clean"),
    [("BIGINT", 1001, "1001"), ("DOUBLE", 1001.0, "1001"), ("DOUBLE", float("nan"), None),
     ("DOUBLE", 1.5, None),
     ("DOUBLE", 1e17, None), ("HUGEINT", 110101199003078515, "110101199003078515"), ("DECIMAL(12,2)", 7, "7")],
)  # fmt: skip
def test_a_number_as_id_is_its_digits(orders, sql_type, raw, clean):
    result = orders([{"customer_id": raw}], types={"customer_id": sql_type})
    assert result.column("customer_id") == ([clean] if clean else [])


@pytest.mark.parametrize(
    "raw",
    ["2026-01-05", "2026-1-5", "2026/1/5", "2026/01/05 10:30", "2026.1.5", "2026年1月5日", "2026 年 1 月 5 日",
     "20260105",
     "2026年1月5日14:30", "2026-01-05 00:00:00", "2026-01-05T23:59:59+08:00", "2026-01-05T08:00:00Z",
     "2026/1/5 下午 3:05",
     "20260105 103000", "20260105103000", "5 Jan, 2026 00:03:00", "05-Jan-2026", "05-JAN-26", "Jan 5, 2026",
     "January 5 2026", "Jan 5th, 2026", "Mon, 05 Jan 2026 08:00:00", "46027", "46027.75", "２０２６－１－５",
     "1/5/2026", "1/5/26"],
)  # fmt: skip
def test_a_date_in_any_common_form_is_read(orders, raw):
    assert orders([{"date": raw}]).column("date") == [JAN_5]


@pytest.mark.parametrize(
    "raw",
    ["2026-02-29", "2023年2月29日", "29 Feb 2026", "2/29/2026", "20260229", "2026-13-01", "2026-04-31", "昨天",
     "2026年1月",
     "2026", "12", "0001-01-01", "2026-01-05 junk", "5 Foo 2026", "infinity", "99999999"],
)  # fmt: skip
def test_a_day_that_does_not_exist_is_set_aside_with_what_was_written(orders, raw):
    assert orders([{"date": raw}]).aside() == [(2, "bad_date", "date", raw)]


def test_the_29th_of_february_exists_in_leap_years(orders):
    rows = [{"date": raw} for raw in ("2024-02-29", "2024/2/29", "29 Feb 2024", "20240229")]
    assert orders(rows).column("date") == [D(2024, 2, 29)] * 4


def test_a_first_part_above_12_makes_the_column_day_first(orders):
    result = orders([{"date": "05/01/2026"}, {"date": "13/01/2026"}])
    assert result.column("date") == [JAN_5, D(2026, 1, 13)]
    assert result.notices() == []


def test_a_second_part_above_12_makes_the_column_month_first(orders):
    result = orders([{"date": "01/05/2026"}, {"date": "1/13/26 10:00"}])
    assert result.column("date") == [JAN_5, D(2026, 1, 13)]
    assert result.notices() == []


def test_an_undecidable_column_is_read_month_first_and_says_so_once(orders):
    result = orders([{"date": "2026-01-05"}, {"date": "01/05/2026", "amount": "11"}, {"date": "02/03/2026"}])
    assert result.column("date") == [JAN_5, JAN_5, D(2026, 2, 3)]
    assert result.notices() == [(3, "date_order", "date", "01/05/2026")]


@pytest.mark.parametrize(
    ("sql_type", "raw"),
    [("DATE", JAN_5), ("TIMESTAMP", dt.datetime(2026, 1, 5, 23, 59)), ("BIGINT", 20260105), ("INTEGER", 46027),
     ("DOUBLE", 46027.5), ("TIMESTAMPTZ", dt.datetime(2026, 1, 5, 23, 59, tzinfo=dt.UTC))],
)  # fmt: skip
def test_a_typed_date_is_read(orders, sql_type, raw):
    assert orders([{"date": raw}], types={"date": sql_type}).column("date") == [JAN_5]


@pytest.mark.parametrize(
    ("raw", "cents"),
    [
        ("12", 1200), ("12.345", 1235), ("-12.345", -1235), ("0.005", 1), ("-0.005", -1), ("0.004", 0),
        ("1e3", 100000),
        ("1,234.50", 123450), ("1,234", 123400), ("1,234,567.89", 123456789), ("¥1,234.50", 123450),
        ("￥1,234.50", 123450), ("(120.00)", -12000), ("（120）", -12000), ("-¥12", -1200), ("¥-12", -1200),
        ("(¥12)", -1200),
        ("12-", -1200), ("−12", -1200), ("1.2万", 1200000), ("1,000万元", 1000000000), ("3千", 300000),
        ("0.5亿", 5000000000),
        ("12元", 1200), ("12.5元整", 1250), ("CNY 12", 1200), ("12 RMB", 1200), ("人民币12", 1200),
        ("１２．５", 1250),
        ("1 234,50", 123450), ("1 234.50", 123450), ("1.234,50", 123450), ("1'234.50", 123450),
        ("$22,247.63", 15795817), ("US$1", 710), ("100美元", 71000), ("EUR 1", 820), ("€1", 820),
        ("HK$10", 910), ("HKD10", 910),
        ("$1.2万", 8520000), ("999999999999", 99999999999900),
    ],
)  # fmt: skip
def test_money_in_any_common_form_is_read_to_the_cent(orders, raw, cents):
    assert orders([{"amount": raw}]).column("amount") == [cents]


@pytest.mark.parametrize(
    "raw",
    [
        "abc",
        "约120",
        "12,34,56",
        "1.2.3",
        "12 34",
        "(12",
        "12)",
        "一百",
        "¥",
        "12万万",
        "1e99",
        "1000000000000",
        "0x10",
    ],
)
def test_text_that_is_no_number_is_set_aside_with_what_was_written(orders, raw):
    assert orders([{"amount": raw}]).aside() == [(2, "bad_amount", "amount", raw)]


def test_decimals_after_a_comma_make_the_columns_dots_thousands(orders):
    rows = [{"amount": raw} for raw in ("12,50", "1.234", "1.234.567", "-1.234", "7")]
    assert orders(rows).column("amount") == [1250, 123400, 123456700, -123400, 700]


def test_dots_stay_decimals_where_one_value_shows_it(orders):
    rows = [{"amount": raw} for raw in ("12,50", "1.234", "3.50")]
    assert orders(rows).column("amount") == [1250, 123, 350]


@pytest.mark.parametrize(
    ("sql_type", "raw", "cents"),
    [("DOUBLE", 12.345, 1235), ("DOUBLE", -0.125, -13), ("FLOAT", 0.5, 50), ("BIGINT", 12, 1200),
     ("DECIMAL(9,3)", 2.345, 235),
     ("INTEGER", -3, -300)],
)  # fmt: skip
def test_a_typed_amount_is_rounded_half_away_from_zero(orders, sql_type, raw, cents):
    assert orders([{"amount": raw}], types={"amount": sql_type}).column("amount") == [cents]


@pytest.mark.parametrize(
    ("sql_type", "raw", "check"),
    [("DOUBLE", float("inf"), "bad_amount"), ("DOUBLE", 1e13, "bad_amount"),
     ("DOUBLE", float("nan"), "no_amount"),
     ("BIGINT", 10**13, "bad_amount"), ("DOUBLE", -0.0, "zero_amount")],
)  # fmt: skip
def test_a_typed_amount_that_is_no_money_is_set_aside(orders, sql_type, raw, check):
    result = orders([{"amount": raw}], types={"amount": sql_type}, zero_lines="drop")
    assert [row[1] for row in result.aside()] == [check]


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("大型", "large"),
        (" 大 ", "large"),
        ("LARGE", "large"),
        ("中型企业", "medium"),
        ("s", "small"),
        ("小微", "small"),
    ],
)
def test_a_choice_is_known_by_key_name_or_word(cleaned, raw, key):
    result = cleaned({"customers": [{"customer_id": "1", "size": raw}]})
    assert result.column("size", "customers") == [key]
    assert key in {choice.key for choice in SIZES}


def test_an_unknown_choice_is_kept_as_blank_with_a_notice(cleaned):
    result = cleaned({"customers": [{"customer_id": "1", "size": "超大"}]})
    assert result.column("size", "customers") == [None]
    assert result.notices("customers") == [(2, "unknown_choice", "size", "超大")]
