"""The list a provider of text messages takes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tierbook.messages import SmsText
from tierbook.messages.sms import as_csv, as_xlsx, parts_of


def sms(phone: str = "13800138000", name: str = "李娜", text: str = "您好") -> SmsText:
    return SmsText("task:T1", "birthday", name, phone, text, "0012", "T1")


@pytest.mark.parametrize(
    ("words", "parts"),
    [("好" * 70, 1), ("好" * 71, 2), ("好" * 134, 2), ("好" * 135, 3), ("🎂" * 35, 1), ("🎂" * 36, 2), ("", 1)],
)
def test_parts_are_counted_as_a_provider_does(words: str, parts: int) -> None:
    assert parts_of(words) == parts


def test_the_csv_opens_in_excel_and_runs_nothing() -> None:
    data = as_csv([sms(name="=HYPERLINK(1)", text="第一行\n@SUM")], {"birthday": "生日祝福"}, "zh-CN")
    assert data.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert header[:5] == ["手机号", "短信内容", "称呼", "客户编号", "事由"]
    assert row[:5] == ["13800138000", "第一行\n@SUM", "'=HYPERLINK(1)", "0012", "生日祝福"]


def test_the_book_holds_numbers_as_text(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "sms.xlsx"
    path.write_bytes(as_xlsx([sms(), sms(phone="+1 650-253-0000", name="=1+1")], {}, "zh-CN"))
    rows = list(load_workbook(path).active.iter_rows(min_row=5, values_only=True))
    assert [row[:4] for row in rows] == [
        ("13800138000", "您好", "李娜", "0012"), ("+1 650-253-0000", "您好", "=1+1", "0012"),
    ]  # fmt: skip
