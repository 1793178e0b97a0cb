"""The hidden sheets a machine reads beside the results: tasks and model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tierbook.labels import LANGUAGES, text
from tierbook.model.settings import with_settings
from tierbook.model.stored import model_from_stored
from tierbook.model.version import fingerprint
from tierbook.publish import owned_sheets
from tierbook.publish.records import Report
from tierbook.workbook import read_rows, read_sheets

Make = Callable[..., Report]


def hidden(report: Report, folder: Path, name: str) -> list[list[Any]]:
    """The rows of a hidden sheet of the report's donor."""
    path = folder / "donor.xlsx"
    data, _ = owned_sheets(report.engine, report.model, report.stamp, report.cleaned, report.scored, report.tasks,
                           report.moves, report.language, report.kept)  # fmt: skip
    path.write_bytes(bytes(data))
    return [list(row) for row in read_sheets(path, [name])[name]]


def test_every_task_stands_on_the_hidden_list_in_the_order_of_the_sheet(company: Make, tmp_path: Path) -> None:
    report = company(12)
    head, *rows = hidden(report, tmp_path, "_tierbook_tasks")
    assert head == [
        "task_id", "customer_id", "name", "owner", "priority", "action", "reason", "channel", "created", "due",
        "status", "result", "next_step", "play", "closed", "escalated",
    ]  # fmt: skip
    seen = [row[0] for row in read_rows(tmp_path / "donor.xlsx", text("sheets.tasks"))[4:]]
    assert [row[0] for row in rows] == seen
    told = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    for task in report.tasks:
        row = told[task.task_id]
        assert (row["status"], row["priority"], row["play"]) == (task.status, task.priority, task.play)
        assert (row["result"] or "", row["next_step"] or "") == (task.result, task.next_step)
        assert [row[key].date() for key in ("created", "due")] == [task.created, task.due]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_stored_model_is_the_model_of_the_refresh(company: Make, tmp_path: Path, language: Any) -> None:
    general = company(1, language).model
    changed = with_settings(general, ["main=software", "rfm.window=12m", "high_factor=1.75", "count=lines"])
    changed = replace(changed, key="software")
    rows = hidden(company(3, language, model=changed), tmp_path, "_tierbook_model")

    assert {row[0] for row in rows} == {"toml"}
    assert model_from_stored(rows, language) == changed


def test_a_stored_model_is_read_from_what_another_program_hands_over(company: Make, tmp_path: Path) -> None:
    """Whole numbers come as floats, blank cells as empty text."""
    report = company(3)
    rows = hidden(report, tmp_path, "_tierbook_model")
    handed = [
        ["" if cell is None else float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell
         for cell in row]
        for row in rows
    ]  # fmt: skip

    assert fingerprint(model_from_stored(handed, "zh-CN")) == fingerprint(report.model)


@pytest.mark.parametrize(
    ("language", "line", "top"),
    [
        ("zh-CN", "再消费 12,400 元，或再下 2 单 → VIP", "已在最高层级 VIP"),
        ("zh-TW", "再消費 12,400 元，或再下 2 單 → VIP", "已在最高層級 VIP"),
        ("en", "spend 12,400 yuan more, or 2 more orders → VIP", "already in the highest tier, VIP"),
    ],
)
def test_the_gap_is_told_in_numbers_and_in_words(
    company: Make, tmp_path: Path, language: Any, line: str, top: str
) -> None:
    head, first, second, *_ = hidden(company(3, language), tmp_path, "_tierbook_gap")

    assert head == ["customer_id", "next_tier", "points", "text", "amount_12m", "orders_12m"]
    assert first == ["C00000", None, None, top, None, None]
    assert second == ["C00001", "VIP", 12.5, line, 12399.37, 2]
