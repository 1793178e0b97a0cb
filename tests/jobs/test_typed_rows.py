"""Rows reps type into 互动 and 反馈 of their team's book: facts of everybody, each of them once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tierbook.engine import Engine
from tierbook.jobs.night.typed_rows import Row, Typed, new_rows, rows_in, with_typed
from tierbook.sources import Source, load_file

DAY = dt.date(2026, 6, 1)
HEAD = ["互动编号", "客户编号", "日期", "渠道", "内容"]
CALL: Row = {"customer_id": "1001", "date": "2026/6/1", "channel": "电话", "note": "谈合同"}
SAME: Row = {"customer_id": "1001.0", "date": "2026-06-01 00:00:00", "channel": "Phone", "note": "谈合同 "}


def typed(*rows: tuple[int, Row]) -> list[Typed]:
    return [Typed(book, place, cells) for place, (book, cells) in enumerate(rows, start=2)]


def new(*rows: tuple[int, Row], known: tuple[Row, ...] = ()) -> list[Typed]:
    return new_rows("interactions", "interaction_id", typed(*rows), known)


def test_a_row_without_a_number_gets_the_same_one_wherever_it_stands() -> None:
    (one,), (other,) = new((1, CALL)), new((3, SAME))
    assert one.cells["interaction_id"] == other.cells["interaction_id"]
    assert one.cells["interaction_id"].startswith("TB")


def test_the_same_row_in_two_books_is_one_row() -> None:
    assert [row.book for row in new((1, CALL), (2, SAME))] == [1]
    numbered: Row = {**CALL, "interaction_id": "H1"}
    assert [row.cells["interaction_id"] for row in new((1, CALL), (2, numbered))] == ["H1"]


def test_a_book_that_says_it_twice_means_it_twice() -> None:
    found = new((1, CALL), (1, CALL), (2, SAME))
    assert len({row.cells["interaction_id"] for row in found}) == 2


def test_a_row_the_facts_have_too_is_not_doubled() -> None:
    assert new((1, CALL), known=({**SAME, "interaction_id": "CRM-7"},)) == []
    assert new((1, {**CALL, "interaction_id": "H1"}), known=({**SAME, "interaction_id": "H1", "note": "改过"},)) == []
    assert new((1, {**CALL, "interaction_id": "H1"}), known=(SAME,)) == []
    assert len(new((1, CALL), known=({**SAME, "note": "别的"},))) == 1


def test_two_teams_that_both_began_with_1_keep_both_rows() -> None:
    one: Row = {**CALL, "interaction_id": "1"}
    first, second = new((1, one), (2, {**one, "customer_id": "2002"}))
    assert first.cells["interaction_id"] == "1"
    assert second.cells["interaction_id"].startswith("TB")


def book_with(path: Path, *rows: list[object], title: str = "互动", head: list[str] = HEAD) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in (head, *rows):
        sheet.append(row)
    book.save(path)
    return path


def parquet(tmp_path: Path) -> Path:
    path = tmp_path / "interactions.parquet"
    duckdb.sql(
        "COPY (SELECT 'CRM-1' AS interaction_id, CAST(1001 AS BIGINT) AS customer_id, DATE '2026-06-01' AS date, "
        f"'phone' AS channel, '谈合同' AS note) TO '{path}'"
    )
    return path


def told(engine: Engine, source: Source) -> list[tuple[object, ...]]:
    return engine.rows(
        f"SELECT source_row, customer_id, date, note FROM {source.relation} ORDER BY source_row"
    )  # fmt: skip


def test_typed_rows_stand_behind_the_facts_whatever_their_types(tmp_path: Path) -> None:
    east = book_with(tmp_path / "东.xlsx", ["", 1001, DAY, "电话", "谈合同"], ["", 2002, DAY, "邮件", "寄样品"])
    west = book_with(tmp_path / "西.xlsx", ["", 2002, "2026年6月1日", "邮件", "寄样品"], title="Interactions")
    with Engine() as engine:
        facts = load_file(engine, "interactions", parquet(tmp_path))
        found, notes = with_typed(engine, {"interactions": facts}, {"interactions": [west, east]})
        rows = told(engine, found["interactions"])
    assert notes == []
    assert [row[:2] for row in rows] == [(1, "1001"), (10000002, "2002")]
    assert (found["interactions"].rows, facts.rows) == (2, 1)
    assert found["interactions"].fingerprint != facts.fingerprint


def test_without_typed_rows_the_facts_stay_as_they_are(tmp_path: Path) -> None:
    east = book_with(tmp_path / "东.xlsx", ["CRM-1", 1001, DAY, "电话", "谈合同"])
    with Engine() as engine:
        facts = load_file(engine, "interactions", parquet(tmp_path))
        found, _ = with_typed(engine, {"interactions": facts}, {"interactions": [east], "feedback": [east]})
    assert found == {"interactions": facts}


def test_typed_rows_alone_are_facts_too(tmp_path: Path) -> None:
    east = book_with(tmp_path / "东.xlsx", ["H1", 1001, DAY, "电话", "谈合同"])
    with Engine() as engine:
        found, _ = with_typed(engine, {}, {"interactions": [east]})
        assert [row[1] for row in told(engine, found["interactions"])] == ["1001"]


def test_a_sheet_nobody_can_read_is_told_and_the_night_goes_on(tmp_path: Path) -> None:
    east = book_with(tmp_path / "东.xlsx", ["H1", 1001, DAY], head=["编号", "谁", "哪天"])
    with Engine() as engine:
        found, notes = with_typed(engine, {}, {"interactions": [east]})
    assert found == {}
    ((key, values),) = notes
    assert (key, values["book"]) == ("night.typed_unread", "东.xlsx")
    assert rows_in("feedback", east, 1) == []


@pytest.mark.parametrize("title", ["反馈", "回饋", "Feedback"])
def test_feedback_is_read_in_every_language(tmp_path: Path, title: str) -> None:
    book = book_with(
        tmp_path / "东.xlsx", ["F1", 1001, DAY, "投诉"], title=title, head=["反馈编号", "客户编号", "日期", "类型"]
    )
    (row,) = rows_in("feedback", book, 1)
    assert (row.place, row.cells["kind"]) == (2, "投诉")
