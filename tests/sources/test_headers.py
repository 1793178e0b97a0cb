"""Headers and what they mean."""

from __future__ import annotations

import pytest

from tierbook.errors import SourceError, UsageError
from tierbook.schema import TABLES
from tierbook.sources import parse_mapping
from tierbook.sources.headers import check_found, header_row, missing_columns, recognise


def test_every_key_and_name_of_the_schema_is_recognised_as_itself() -> None:
    for table in TABLES.values():
        for column in table.columns:
            for header in (column.key, *column.name.all()):
                assert column.key in recognise(table.key, [header], {}).places, f"{table.key}: {header}"


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("InvoiceNo", "order_id"), ("invoice_no", "order_id"), ("INVOICE NO.", "order_id"), ("客户编号", "customer_id"),
        ("CustomerID", "customer_id"), ("Customer ID*", "customer_id"), ("下单日期", "date"), ("InvoiceDate", "date"),
        ("UnitPrice", "unit_price"), ("金额(元)", "amount"), ("金额（元）", "amount"), ("成交额【人民币】", "amount"),
        ("ＡＭＯＵＮＴ", "amount"), ("数量（件）", "quantity"), ("客戶編號", "customer_id"), ("Order date", "date"),
    ],
)  # fmt: skip
def test_spellings_met_in_files_are_recognised(header: str, column: str) -> None:
    assert list(recognise("orders", [header], {}).places) == [column]


def test_an_exact_name_wins_over_a_synonym_wherever_it_stands() -> None:
    found = recognise("orders", ["客户", "日期", "客户编号", "下单日期"], {})
    assert found.columns == {"customer_id": "客户编号", "date": "下单日期"}
    assert found.unused == ("客户", "日期")


def test_of_two_synonyms_the_one_first_in_the_list_wins() -> None:
    found = recognise("orders", ["Description", "StockCode"], {})
    assert found.columns == {"product": "StockCode"}


def test_each_header_serves_one_column() -> None:
    found = recognise("feedback", ["满意度"], {})
    assert len(found.places) == 1


def test_a_mapped_header_wins_and_frees_the_column_it_would_have_taken() -> None:
    found = recognise("orders", ["金额", "税后"], {"amount": "税后"})
    assert found.columns == {"amount": "税后"}
    assert found.unused == ("金额",)


def test_the_header_row_is_the_one_with_most_columns() -> None:
    rows = [["订单", "", ""], ["", "", ""], ["订单号", "客户编号", "金额"], ["1", "取消", "3"]]
    found = header_row("orders", rows, {})
    assert found is not None
    assert found[0] == 2


def test_unit_price_and_quantity_stand_in_for_the_amount() -> None:
    found = recognise("orders", ["客户编号", "日期", "单价", "数量"], {})
    assert missing_columns("orders", found) == []
    found = recognise("orders", ["客户编号", "日期", "单价"], {})
    assert [column.key for column in missing_columns("orders", found)] == ["amount"]


def test_a_mapped_header_that_is_not_there_names_the_nearest() -> None:
    mapping = {"amount": "成交总额"}
    found = recognise("orders", ["客户编号", "日期", "成交总计", "产品"], mapping)
    with pytest.raises(SourceError) as caught:
        check_found("orders", found, mapping, "a.csv")
    assert str(caught.value) == (
        "a.csv 里没有表头“成交总额”（--map orders.amount）；最接近的是“成交总计”。"
        "文件里的表头：客户编号、日期、成交总计、产品"
    )
    assert "has no header '成交总额'" in caught.value.words("en")


def test_missing_columns_are_named_in_the_readers_language() -> None:
    with pytest.raises(SourceError) as caught:
        check_found("orders", recognise("orders", ["Customer ID", "Total paid"], {}), {}, "a.csv")
    assert caught.value.words("en") == (
        "a.csv lacks the column Order date (date), Amount (amount). Headers found: Customer ID、Total paid. "
        'If it has another name there, add --map orders.date="Total paid"'
    )


def test_settings_name_a_column_by_key_or_name_with_or_without_its_table() -> None:
    assert parse_mapping(["amount=成交额", "orders.date=时间=起", "订单.金额 = x"]) == {
        "*": {"amount": "成交额"},
        "orders": {"date": "时间=起", "amount": "x"},
    }


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            "amount",
            "看不懂 --map amount；写法是 列=表头 或 表.列=表头，例如 --map amount=成交额 或 --map orders.amount=成交额",
        ),
        ("amuont=x", "--map amuont=x：没有叫“amuont”的列；最接近的是 amount"),
        ("order.amount=x", "--map order.amount=x：没有叫“order”的表；最接近的是 orders"),
    ],
)
def test_a_setting_that_is_not_understood_says_so(setting: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_mapping([setting])
    assert str(caught.value) == message
    assert caught.value.exit_code == 2
