"""Exchange rates come from a file or from a sheet 汇率 of the book; one of that name that holds none is people's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from tierbook.engine import Engine
from tierbook.jobs import Request
from tierbook.jobs.checks import cleaned_run

ORDERS = [["订单号", "客户编号", "下单日期", "金额", "币种"], ["1", "A1", "2026-01-05", 100, "USD"],
          ["2", "A1", "2026-07-05", 100, "USD"]]  # fmt: skip
RATES = [["币种", "日期", "汇率"], ["USD", "2026-06-01", 6.5]]


def book(folder: Path, **sheets: list[list[object]]) -> Path:
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def amounts(request: Request) -> tuple[list[int], list[str]]:
    with Engine() as engine:
        run = cleaned_run(request, engine)
        found = [amount for (amount,) in engine.rows("SELECT amount FROM orders ORDER BY source_row")]
        return found, list(run.cleaned.accounts)


@pytest.mark.parametrize(
    ("sheet", "expected", "tables"),
    [
        (RATES, [71000, 65000], ["orders", "rates"]),
        ([["本公司汇率说明"], ["按月初牌价"]], [71000, 71000], ["orders"]),
        (None, [71000, 71000], ["orders"]),
    ],
)
def test_a_sheet_of_rates_counts_from_its_days_on(tmp_path, sheet, expected, tables):
    path = book(tmp_path, 订单=ORDERS, **({"汇率": sheet} if sheet else {}))
    assert amounts(Request(as_of=dt.date(2026, 8, 31), book=path)) == (expected, tables)


def test_a_file_of_rates_wins_over_the_sheet(tmp_path):
    path = book(tmp_path, 订单=ORDERS, 汇率=RATES)
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,date,rate\nUSD,2026-01-01,7\n", encoding="utf-8")
    request = Request(as_of=dt.date(2026, 8, 31), book=path, files={"rates": rates})
    assert amounts(request)[0] == [70000, 70000]
