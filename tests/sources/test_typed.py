"""Parquet files and data frames keep their types."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tierbook.engine import Engine
from tierbook.errors import SourceError
from tierbook.sources import load_file, load_frame

TABLE = pa.table(
    {
        "order_id": pa.array([7, 8], pa.int64()),
        "客户编号": pa.array([1001, 1002], pa.int64()),
        "order_date": pa.array([dt.date(2026, 1, 5), dt.date(2026, 1, 6)]),
        "amount": pa.array([12.5, 1234.0]),
        "weather": pa.array(["sun", "rain"]),
    }
)
TYPES = {
    "source_row": "BIGINT", "order_id": "BIGINT", "customer_id": "BIGINT", "date": "DATE", "amount": "DOUBLE",
}  # fmt: skip
FACTS = [(1, 7, 1001, dt.date(2026, 1, 5), 12.5), (2, 8, 1002, dt.date(2026, 1, 6), 1234.0)]


def test_a_parquet_file_is_a_view_with_its_own_types(engine: Engine, tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "o.parquet")
    source = load_file(engine, "orders", tmp_path / "o.parquet")
    assert engine.columns("raw_orders") == TYPES
    assert engine.rows("SELECT * FROM raw_orders ORDER BY source_row") == FACTS
    assert engine.value("SELECT count(*) FROM duckdb_views() WHERE view_name = 'raw_orders'") == 1
    assert (source.rows, source.unused) == (2, ("weather",))


def test_a_file_of_rows_in_many_groups_keeps_their_numbers(engine: Engine, tmp_path: Path) -> None:
    n = 50_000
    many = pa.table({"customer_id": range(1, n + 1), "date": [dt.date(2026, 1, 5)] * n, "amount": [1.0] * n})
    pq.write_table(many, tmp_path / "o.parquet", row_group_size=1000)
    load_file(engine, "orders", tmp_path / "o.parquet")
    assert engine.value("SELECT count(*) FROM raw_orders WHERE source_row <> customer_id") == 0


def test_what_is_no_parquet_is_refused(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "o.parquet").write_text("order_id,amount\n")
    with pytest.raises(SourceError, match=r"o\.parquet 不是 Parquet 文件"):
        load_file(engine, "orders", tmp_path / "o.parquet")
    pq.write_table(TABLE.slice(0, 0), tmp_path / "none.parquet")
    with pytest.raises(SourceError, match="没有数据行"):
        load_file(engine, "orders", tmp_path / "none.parquet")
    pq.write_table(TABLE.select(["weather"]), tmp_path / "other.parquet")
    with pytest.raises(SourceError, match="没有认得的表头"):
        load_file(engine, "orders", tmp_path / "other.parquet")


def test_frames_and_arrow_tables_keep_their_types(engine: Engine) -> None:
    source = load_frame(engine, "orders", TABLE, where="table")
    assert engine.columns("raw_orders") == TYPES
    assert engine.rows("SELECT * FROM raw_orders ORDER BY source_row") == FACTS
    frame = pd.DataFrame(
        {"客户": ["001", None], "日期": pd.to_datetime(["2026-01-05", None]), "钱": [1.5, float("nan")]}
    )
    load_frame(engine, "orders", frame, where="frame", mapping={"amount": "钱"})
    assert engine.rows("SELECT customer_id, date, amount FROM raw_orders ORDER BY source_row")[0] == (
        "001", dt.datetime(2026, 1, 5), 1.5,
    )  # fmt: skip
    assert source.rows == 2


def test_a_frames_fingerprint_changes_with_its_content(engine: Engine) -> None:
    first = load_frame(engine, "orders", TABLE, where="t").fingerprint
    assert load_frame(engine, "orders", TABLE, where="u").fingerprint == first
    assert load_frame(engine, "orders", TABLE.slice(1), where="t").fingerprint != first


def test_what_is_no_table_is_refused(engine: Engine) -> None:
    with pytest.raises(SourceError, match="不是表格数据"):
        load_frame(engine, "orders", object(), where="thing")
