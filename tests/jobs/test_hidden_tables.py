"""The hidden tables of a book over its life: books of an earlier version get them, undo takes them back."""

from __future__ import annotations

import datetime as dt
import shutil
import warnings
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tierbook import jobs
from tierbook.labels import LANGUAGES
from tierbook.model.stored import model_from_stored
from tierbook.model.version import fingerprint
from tierbook.publish import read_kept, read_stamp
from tierbook.publish.marks import HIDDEN_MARKS
from tierbook.workbook import read_sheets, sheet_names

AS_OF = dt.date(2026, 10, 31)
NEW = [name for mark, name in HIDDEN_MARKS.items() if mark not in ("stamp", "results", "why", "before")]
"""The sheets that books refreshed by version 0.1 do not have."""


@pytest.fixture
def book(demo_report: jobs.BookReport, tmp_path: Path) -> Path:
    return Path(shutil.copy(demo_report.book, tmp_path / "客户.xlsx"))


def without_new_sheets(book: Path) -> None:
    """The book as the earlier version would have left it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl drops what it does not know, and says so
        opened = load_workbook(book)
    for name in NEW:
        del opened[name]
    opened.save(book)


def test_a_book_of_the_earlier_version_gets_the_new_sheets_and_then_rests(book: Path) -> None:
    told = read_sheets(book, NEW)
    without_new_sheets(book)

    assert jobs.refresh(jobs.Request(as_of=AS_OF, book=book)).changed
    assert read_sheets(book, NEW) == told
    assert not jobs.refresh(jobs.Request(as_of=AS_OF, book=book)).changed


def test_undo_takes_the_new_sheets_back(book: Path) -> None:
    without_new_sheets(book)
    before = book.read_bytes()
    jobs.refresh(jobs.Request(as_of=AS_OF, book=book))
    assert set(NEW) <= set(sheet_names(book))

    jobs.undo(book)

    assert book.read_bytes() == before


def test_followups_renew_the_hidden_list_with_the_sheet(book: Path) -> None:
    jobs.followups(jobs.Request(as_of=AS_OF + dt.timedelta(45), book=book))

    head, *rows = read_sheets(book, ["_tierbook_tasks"])["_tierbook_tasks"]
    tasks = {task.task_id: task.status for task in read_kept(book, "zh-CN").tasks}
    assert {row[0]: row[head.index("status")] for row in rows} == tasks
    assert any(row[head.index("created")].date() > AS_OF for row in rows)


def test_the_stored_model_bears_the_fingerprint_of_the_stamp(book: Path) -> None:
    stamp = read_stamp(book)
    rows = read_sheets(book, ["_tierbook_model"])["_tierbook_model"]

    assert stamp is not None
    assert stamp.language in LANGUAGES
    assert fingerprint(model_from_stored(rows, stamp.language)) == stamp.model_fingerprint


def test_every_customer_has_a_gap_and_who_bought_a_lifetime(book: Path) -> None:
    found = read_sheets(book, ["_tierbook_results", "_tierbook_gap"])
    (keys, *results), (heads, *gaps) = found["_tierbook_results"], found["_tierbook_gap"]
    told = [dict(zip(keys, row, strict=True)) for row in results]
    short = [dict(zip(heads, row, strict=True)) for row in gaps]

    assert [row["customer_id"] for row in short] == [row["customer_id"] for row in told]
    assert all(row["text"] for row in short)
    for row, gap in zip(told, short, strict=True):
        assert (gap["next_tier"] is None) == (row["tier"] == "VIP")
        assert (row["lifetime_basis"] == "本公司数据") == bool(row["orders_all"])
        if row["orders_all"]:
            assert row["clv_low"] <= row["clv"] <= row["clv_high"]
            assert 0 <= row["churn_risk"] <= 1
    lost = [row["churn_risk"] for row in told if row["stage"] == "流失"]
    active = [row["churn_risk"] for row in told if row["stage"] in ("活跃", "忠诚")]
    assert sum(lost) / len(lost) > 0.75
    assert sum(active) / len(active) < 0.5
