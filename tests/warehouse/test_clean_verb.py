"""`tierbook clean`: cleaned facts as Parquet that any warehouse takes."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tierbook.cli import main

AS_OF = ("--as-of", "2026-06-30", "--lang", "en", "-q", "--set", "rate.USD=7.255")
ORDERS = """订单号,客户编号,下单日期,金额,数量,币种,状态
0001,A1,2026/1/5,"¥1,200.50",2,,完成
0002,A1,2026-02-06,99,1.5,,取消
0003,A2,2025年12月31日,80,,,退货
0004,,2026-01-01,10,,,
0005,A2,2026-12-31,10,,,
0006,A3,2026-03-01,0,1,,
0007,A2,2026-05-31,100,4,USD,
"""
CUSTOMERS = "客户编号,客户名称,区域,规模\nA1,甲厂 \\ 'x',华东,大型\nA9,丙店,南方?,\n"


@pytest.fixture
def facts(tmp_path: Path) -> list[str]:
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    return ["--orders", str(tmp_path / "orders.csv"), "--customers", str(tmp_path / "customers.csv")]


def cleaned(path: Path, columns: str) -> list[tuple]:
    return duckdb.sql(f"SELECT {columns} FROM '{path}'").fetchall()


def test_cleaned_orders_are_in_currency_units_and_pieces_under_canonical_names(facts, tmp_path, capsys) -> None:
    assert main(["clean", *facts, "--out", str(tmp_path / "out"), *AS_OF]) == 0

    found = cleaned(tmp_path / "out" / "orders.parquet", "order_id, customer_id, date::text, amount, quantity, status")
    assert [tuple(map(str, row)) for row in found] == [
        ("0001", "A1", "2026-01-05", "1200.50", "2.000", "done"),
        ("0003", "A2", "2025-12-31", "-80.00", "None", "returned"),
        ("0006", "A3", "2026-03-01", "0.00", "1.000", "done"),
        ("0007", "A2", "2026-05-31", "725.50", "4.000", "done"),
    ]
    assert "7 delivered, 4 kept" in capsys.readouterr().out


def test_customers_met_only_in_orders_are_there_and_findings_tell_the_rest(facts, tmp_path) -> None:
    main(["clean", *facts, "--out", str(tmp_path / "out"), *AS_OF])

    ids = cleaned(tmp_path / "out" / "customers.parquet", "customer_id, region, size")
    assert ids == [("A1", "east", "large"), ("A2", None, None), ("A3", None, None), ("A9", None, None)]
    checks = {row[0] for row in cleaned(tmp_path / "out" / "findings.parquet", "check_key")}
    assert {"cancelled", "no_customer", "future"} <= checks


def test_cleaning_twice_gives_the_same_bytes(facts, tmp_path) -> None:
    for name in ("one", "two"):
        main(["clean", *facts, "--out", str(tmp_path / name), *AS_OF])

    for table in ("customers", "orders", "findings"):
        one, two = ((tmp_path / name / f"{table}.parquet").read_bytes() for name in ("one", "two"))
        assert one == two, table


def test_scoring_what_was_cleaned_gives_the_results_of_scoring_the_facts(facts, tmp_path, differing) -> None:
    main(["clean", *facts, "--out", str(tmp_path / "out"), *AS_OF])
    again = ["--orders", str(tmp_path / "out" / "orders.parquet"), "--customers",
             str(tmp_path / "out" / "customers.parquet")]  # fmt: skip
    for name, files in (("raw", facts), ("cleaned", again)):
        assert main(["score", *files, "--out", str(tmp_path / f"{name}.parquet"), *AS_OF]) == 0

    assert cleaned(tmp_path / "out" / "orders.parquet", "currency") == [(None,), (None,), (None,), ("CNY",)]
    columns, found = differing(tmp_path / "raw.parquet", tmp_path / "cleaned.parquet")
    assert columns > 80
    assert found == {}


def test_a_dry_run_says_what_it_would_write_and_writes_nothing(facts, tmp_path, capsys) -> None:
    assert main(["clean", *facts, "--out", str(tmp_path / "out"), *AS_OF, "--dry-run", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert [Path(name).name for name in told["files"]] == ["customers.parquet", "orders.parquet", "findings.parquet"]
    assert told["accounts"]["orders"]["kept"] == 4
    assert not (tmp_path / "out").exists()


def test_a_folder_in_no_folder_is_not_made(facts, tmp_path, capsys) -> None:
    assert main(["clean", *facts, "--out", str(tmp_path / "no" / "out"), *AS_OF]) == 2
    assert "make it first" in capsys.readouterr().err
