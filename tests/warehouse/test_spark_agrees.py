"""The same steps on Spark and in the embedded engine: every customer, every column."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tierbook import templates
from tierbook.cli import main
from tierbook.demo import build
from tierbook.engine import Engine, Step
from tierbook.errors import WarehouseError
from tierbook.schema import TABLES
from tierbook.warehouse import Policy, SparkEngine, open_facts

AS_OF = dt.date(2026, 8, 31)
ASKED = ("--as-of", AS_OF.isoformat(), "--lang", "en", "-q", "--json")
TYPES = {
    "id": pa.string(), "text": pa.string(), "choice": pa.string(), "date": pa.date32(), "money": pa.decimal128(18, 2),
    "quantity": pa.decimal128(18, 3), "number": pa.float64(), "count": pa.int64(), "flag": pa.int64(),
}  # fmt: skip
EDGES = [
    dt.date.fromisoformat(day)
    for day in (
        *("2026-08-31", "2026-08-30", "2026-09-01", "2026-08-01", "2026-08-02", "2026-06-02", "2026-06-03"),
        *("2026-02-28", "2026-03-01", "2025-08-31", "2025-09-01", "2024-02-29", "2025-02-28", "2025-12-31"),
        *("2025-08-30", "2024-08-31", "2023-01-01", "2026-05-31"),
    )
]
"""The day itself, the day after, leap days, and both sides of every window's beginning."""


def written(folder: Path, table: str, rows: list[dict[str, Any]]) -> str:
    """Rows as canonical Parquet; a column no row has is left out, as warehouses do."""
    kinds = {column.key: TYPES[column.kind] for column in TABLES[table].columns}
    keys = [key for key in kinds if any(key in row for row in rows)]
    arrays = {key: pa.array([row.get(key) for row in rows], kinds[key]) for key in keys}
    pq.write_table(pa.table(arrays), folder / f"{table}.parquet")
    return str(folder / f"{table}.parquet")


def files(folder: Path) -> list[str]:
    found = sorted(path for path in folder.glob("*.parquet") if path.stem in TABLES and path.stem != "people")
    return [word for path in found for word in (f"--{path.stem}", str(path))]


def scored(folder: Path, capsys, *words: str) -> list[dict[str, Any]]:
    """What both engines say of the facts in a folder; their results lie beside it."""
    told = []
    for name, engine in (("duckdb.parquet", ()), ("spark.parquet", ("--engine", "spark"))):
        out = str(folder.parent / name)
        assert main(["score", *files(folder), *engine, *words, "--out", out, *ASKED]) == 0
        told.append(json.loads(capsys.readouterr().out))
    return told


def agreeing(folder: Path, differing) -> int:
    """How many columns agree, which must be all."""
    columns, found = differing(folder.parent / "duckdb.parquet", folder.parent / "spark.parquet")
    assert found == {}
    return int(columns)


@pytest.mark.whole
def test_both_agree_on_every_customer_of_the_demo(spark, tmp_path, capsys, differing) -> None:
    recipe = tomllib.loads((templates.folder() / "recipes" / "demo.toml").read_text(encoding="utf-8"))
    words = []
    for table, rows in build(recipe).items():
        with (tmp_path / f"{table}.csv").open("w", newline="", encoding="utf-8") as stream:
            sheet = csv.DictWriter(stream, rows[0])
            sheet.writeheader()
            sheet.writerows(rows)
        words += [f"--{table}", str(tmp_path / f"{table}.csv")]
    assert main(["clean", *words, "--out", str(tmp_path / "cleaned"), *ASKED]) == 0
    capsys.readouterr()

    duckdb, sparkly = scored(tmp_path / "cleaned", capsys)

    assert agreeing(tmp_path / "cleaned", differing) > 90
    for entry in ("customers", "buyers", "revenue", "tiers", "stages", "notices", "latest_order"):
        assert sparkly[entry] == duckdb[entry], entry
    assert sparkly["accounts"]["orders"]["set_aside"] == duckdb["accounts"]["orders"]["set_aside"]


def made_up(folder: Path, customers: int, seed: int) -> None:
    """Facts with ties, blanks, returns on other days and dates on edges; one customer in nine is not in the table."""
    dice = random.Random(seed)
    ids = [f"{number:03d}" if number % 2 else f"客户-{number}'\\" for number in range(customers)]

    def day() -> dt.date:
        return dice.choice(EDGES) if dice.random() < 0.5 else dt.date(2023, 1, 1) + dt.timedelta(dice.randrange(1340))

    def perhaps(value: Any) -> Any:
        return value if dice.random() < 0.7 else None

    people = [
        {
            "customer_id": key, "name": perhaps(f"公司 {key}"), "kind": perhaps(dice.choice(("retail", "enterprise"))),
            "industry": perhaps(dice.choice(("服装制造", "IT", "餐饮"))),
            "size": perhaps(dice.choice(("large", "small"))),
            "region": perhaps(dice.choice(("east", "south", "north"))), "followers": perhaps(dice.randrange(3) * 900),
            "birthday": perhaps(dt.date(1980, 2, 28) + dt.timedelta(dice.randrange(3))),
            "industry_outlook": perhaps(dice.choice((0.1, 3.5, 7.25))),
        }
        for key in ids if dice.random() < 0.9
    ]  # fmt: skip
    orders = []
    for number in range(customers * 6):
        amount = dice.choice(("100.00", "100.00", "0.01", "2500.50", "99999.99", "0.00"))
        returned = dice.random() < 0.08
        orders.append(
            {
                "order_id": f"O{number // 2 if dice.random() < 0.3 else number}", "customer_id": dice.choice(ids),
                "date": day(), "amount": Decimal(amount) * (-1 if returned else 1),
                "quantity": perhaps(Decimal(dice.choice(("1", "2.5", "0.125")))),
                "category": perhaps(dice.choice(("A", "B", "Z", "打印机"))),
                "status": "returned" if returned and amount != "0.00" else perhaps("done"),
                "cost": perhaps(Decimal("60.05")), "due_date": perhaps(day()), "paid_date": perhaps(day()),
                "new_product": perhaps(dice.randrange(2)),
            }
        )  # fmt: skip
    met = [
        {"customer_id": dice.choice(ids), "date": day(), "channel": perhaps(dice.choice(("phone", "online", "mail"))),
         "kind": perhaps(dice.choice(("visit", "view", "click", "cart", "abandon", "training", "share"))),
         "topic": perhaps(dice.choice(("product", "repair")))}
        for _ in range(customers * 3)
    ]  # fmt: skip
    said = [
        {
            "customer_id": dice.choice(ids), "date": day(),
            "kind": dice.choice(("nps", "csat", "complaint", "suggestion")),
            "score": perhaps(dice.choice((3.5, 5.0, 9.0))), "status": perhaps(dice.choice(("open", "closed"))),
        }
        for _ in range(customers * 2)
    ]  # fmt: skip
    due = [
        {"customer_id": dice.choice(ids), "due_date": day(), "renewed": perhaps(dice.choice(("yes", "no", "open")))}
        for _ in range(customers)
    ]
    pairs = [dice.sample(ids, 2) for _ in range(customers)]
    told = [{"referrer_id": one, "referred_id": other, "date": day()} for one, other in pairs]
    folder.mkdir()
    facts = {"customers": people, "orders": orders, "interactions": met, "feedback": said, "renewals": due,
             "referrals": told}  # fmt: skip
    for table, rows in facts.items():
        written(folder, table, rows)


SETTINGS = ("count=quantity", "rfm.method=rank", "rfm.cut=median", "rfm.window=12m", "main=software")


def test_both_agree_on_facts_with_ties_blanks_and_edge_dates(spark, tmp_path, capsys, differing) -> None:
    made_up(tmp_path / "facts", 150, 7)
    words = [word for setting in SETTINGS for word in ("--set", setting)]

    duckdb, sparkly = scored(tmp_path / "facts", capsys, *words)

    assert agreeing(tmp_path / "facts", differing) > 90
    assert sparkly["tiers"] == duckdb["tiers"]
    assert sparkly["accounts"]["orders"]["set_aside"]["future"] == duckdb["accounts"]["orders"]["set_aside"]["future"]


# -- the engine ----------------------------------------------------------------------------------------------------


def test_a_relation_put_has_the_same_rows_in_both(spark) -> None:
    rows = [(1, "甲 'x\\", dt.date(2024, 2, 29), 0.1), (2**53, None, None, None)]
    asked = "SELECT n, t, d, f FROM small ORDER BY n"
    with Engine() as engine:
        for one in (engine, spark):
            one.put("small", {"n": "BIGINT", "t": "VARCHAR", "d": "DATE", "f": "DOUBLE"}, rows)
        assert engine.rows(asked) == spark.rows(asked) == rows
    assert spark.has("small")
    spark.drop("small")
    assert not spark.has("small")


def test_a_relation_without_rows_can_be_put(spark) -> None:
    spark.put("none", {"n": "BIGINT"}, [])
    assert spark.rows("SELECT n FROM none") == []


def test_billionths_of_many_days_do_not_overflow(spark) -> None:
    """Spark counts days in 32 bits, and a day in billionths fills 30 of them."""
    spark.run(Step("days", "SELECT DATE_DIFF('DAY', DATE '2020-01-01', DATE '2026-01-01') AS n"))
    assert spark.value("SELECT n * 1000000000 AS x FROM days") == 2192 * 10**9


def test_an_overflow_stops_the_run_instead_of_giving_another_number(spark) -> None:
    with pytest.raises(WarehouseError) as stopped:
        spark.value("SELECT CAST(9223372036854775807 AS BIGINT) + 1 AS x")
    assert "OVERFLOW" in stopped.value.words("en")


def test_a_kept_relation_is_computed_once(spark) -> None:
    spark.run(Step("kept", "SELECT 1 AS n"))
    plan = spark.session.table("kept")._jdf.queryExecution().optimizedPlan().toString()
    assert plan.startswith("LogicalRDD")


# -- facts in a warehouse ------------------------------------------------------------------------------------------

ORDER = {"order_id": "1", "customer_id": "A", "date": dt.date(2026, 1, 5), "amount": Decimal("10.25")}


def opened(spark: SparkEngine, places: dict[str, str], returns: str = "net"):
    return open_facts(spark, places, AS_OF, Policy(returns, "CNY"))


def test_rows_that_cannot_count_are_set_aside_and_counted(spark, tmp_path) -> None:
    changes = ({}, {"customer_id": " "}, {"date": None}, {"date": dt.date(2026, 9, 1)}, {"amount": None},
               {"status": "cancelled"}, {"amount": Decimal(-3)},
               {"amount": Decimal(3), "status": "returned"})  # fmt: skip
    place = written(tmp_path, "orders", [{**ORDER, **change} for change in changes])

    found = opened(spark, {"orders": place})["orders"]

    aside = {"no_customer": 1, "no_date": 1, "future": 1, "no_amount": 1, "cancelled": 1}
    assert (found.delivered, found.kept, dict(found.set_aside)) == (8, 3, aside)
    assert spark.rows("SELECT amount, is_return FROM orders ORDER BY amount") == [(-300, 1), (-300, 1), (1025, 0)]
    assert spark.rows("SELECT customer_id, name FROM customers") == [("A", None)]


def test_returns_do_not_count_where_the_model_ignores_them(spark, tmp_path) -> None:
    place = written(tmp_path, "orders", [ORDER, {**ORDER, "amount": Decimal(-3)}])

    assert dict(opened(spark, {"orders": place}, "ignore")["orders"].set_aside) == {"return_ignored": 1}
    with pytest.raises(WarehouseError) as refused:
        opened(spark, {"orders": place}, "exclude_order")
    assert refused.value.key == "warehouse.returns_left"


def test_a_table_of_the_catalog_is_as_good_as_a_file(spark, tmp_path) -> None:
    """With money as floating numbers and flags as truth values, as warehouses have them."""
    written(tmp_path, "orders", [ORDER])
    spark.make("warehouse_orders", "SELECT '7' AS order_id, 'A' AS customer_id, DATE '2026-01-05' AS date, "
               "CAST(0.29 AS DOUBLE) AS amount, true AS new_product", kept=False)  # fmt: skip

    letters = {opened(spark, {"orders": place})["orders"].fingerprint
               for place in ("warehouse_orders", str(tmp_path / "orders.parquet"), "warehouse_orders")}  # fmt: skip
    assert len(letters) == 2
    assert spark.rows("SELECT amount, new_product FROM orders") == [(29, 1)]


@pytest.mark.parametrize(
    ("table", "rows", "told"),
    [
        ("orders", [{"order_id": "1", "customer_id": "A", "date": AS_OF}], "has no column amount"),
        ("orders", [{**ORDER, "status": "Paid"}], "column status of"),
        ("orders", [{**ORDER, "currency": "cny"}, {**ORDER, "currency": "USD"}], "holds money in USD"),
        ("customers", [{"customer_id": "A"}, {"customer_id": "A"}], "customer A stands in"),
    ],
)
def test_what_would_make_every_answer_doubtful_is_refused_with_the_cure(spark, table, rows, told, tmp_path) -> None:
    with pytest.raises(WarehouseError) as refused:
        opened(spark, {table: written(tmp_path, table, rows)})
    assert told in refused.value.words("en")
    assert "tierbook clean" in refused.value.words("en")


@pytest.mark.parametrize("place", ["no_such_folder/", "no_such_table"])
def test_a_place_that_is_not_there_is_named(spark, place: str) -> None:
    with pytest.raises(WarehouseError) as refused:
        opened(spark, {"orders": place})
    assert place.rstrip("/") in refused.value.words("en")
    assert "\n" not in refused.value.words("en")


def test_a_csv_is_not_taken_for_a_table(spark, tmp_path) -> None:
    (tmp_path / "orders.csv").write_text("a\n1\n")
    with pytest.raises(WarehouseError) as refused:
        opened(spark, {"orders": str(tmp_path / "orders.csv")})
    assert refused.value.key == "warehouse.only_parquet"


def test_only_earlier_results_are_replaced(spark, tmp_path) -> None:
    from tierbook.warehouse import write_parquet

    out = tmp_path / "results.parquet"
    for number in (1, 2):
        spark.run(Step("found", f"SELECT {number} AS n"))
        write_parquet(spark, "found", str(out), "n")
        assert spark.rows("SELECT n FROM found") == [(number,)]
    (out / "letters.txt").write_text("mine")
    with pytest.raises(WarehouseError) as refused:
        write_parquet(spark, "found", str(out), "n")
    assert refused.value.key == "warehouse.target_taken"
    assert (out / "letters.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["results.parquet"]
