"""Real orders in, tiers in a workbook out: the UCI Online Retail data as of 2011-12-10."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tierbook import jobs
from tierbook.publish import read_kept

AS_OF = dt.date(2011, 12, 10)


@pytest.mark.data
def test_real_orders_fill_a_workbook_and_every_row_is_accounted_for(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    book = tmp_path / "零售.xlsx"
    jobs.new(book, "zh-CN")
    request = jobs.Request(
        as_of=AS_OF, book=book, files={"orders": shared_data("online_retail.csv.gz")}, settings=("returns=ignore",)
    )
    report = jobs.refresh(request)
    assert report.summary is not None
    account = report.summary.accounts.accounts["orders"]
    assert (account.delivered, account.kept) == (541_909, 397_924)
    assert account.kept + sum(account.set_aside.values()) == account.delivered
    assert (report.summary.customers, report.summary.revenue) == (4_339, Decimal("8911407.90"))
    tiers = read_kept(book, "zh-CN").previous
    assert len(tiers) == 4_339
    assert sum(count for _, count, _ in report.summary.tiers) == 4_339
    assert not jobs.refresh(request).changed


@pytest.mark.data
def test_real_orders_are_scored_to_a_file(shared_data: Callable[[str], Path], tmp_path: Path) -> None:
    import duckdb

    out, findings = tmp_path / "r.parquet", tmp_path / "f.parquet"
    request = jobs.Request(as_of=AS_OF, files={"orders": shared_data("online_retail.csv.gz")})
    summary = jobs.score_to_file(request, out, findings=findings)
    rows, customers = duckdb.sql(f"SELECT COUNT(*), COUNT(DISTINCT customer_id) FROM '{out}'").fetchall()[0]
    assert rows == customers == summary.customers
    set_aside = duckdb.sql(f"SELECT COUNT(*) FROM '{findings}' WHERE severity = 'set_aside'").fetchall()[0][0]
    account = summary.accounts.accounts["orders"]
    assert set_aside == sum(account.set_aside.values()) == 541_909 - account.kept
