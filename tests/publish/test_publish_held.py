"""What people leave in cells, read with patience."""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook.publish.held import audit_of, before_of, date_of, points_of, previous_of, stamp_of, status_of, text_of

STAMP = [["as_of", "2026-08-31"], ["model", "general"], ["model_version", "2026.1"], ["model_fingerprint", "a"],
         ["data_fingerprint", "b"], ["language", "zh-TW"], ["tierbook_version", "0.1.0"]]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "day"),
    [(dt.datetime(2026, 3, 1, 9, 30), dt.date(2026, 3, 1)), (dt.date(2026, 3, 1), dt.date(2026, 3, 1)),
     (46082, dt.date(2026, 3, 1)), ("2026-03-01", dt.date(2026, 3, 1)), (" 2026/03/01 ", dt.date(2026, 3, 1)),
     ("下周", None), (None, None), (1e12, None), (-1e9, None)],
)  # fmt: skip
def test_a_date_is_read_in_any_of_its_forms(cell: object, day: dt.date | None) -> None:
    assert date_of(cell) == day


@pytest.mark.parametrize(
    ("cell", "words"), [(None, ""), (1001.0, "1001"), (1001, "1001"), ("0012", "0012"), (1.5, "1.5")]
)
def test_an_id_that_became_a_number_is_an_id_again(cell: object, words: str) -> None:
    assert text_of(cell) == words


@pytest.mark.parametrize(
    ("word", "status"), [("待办", "open"), ("DONE", "done"), (" 放棄 ", "dropped"), ("", "open"), ("?", None)]
)
def test_a_status_word_has_one_meaning(word: str, status: str | None) -> None:
    assert status_of(word) == status


def test_a_damaged_stamp_is_no_stamp() -> None:
    stamp = stamp_of(STAMP)
    assert stamp is not None
    assert (stamp.as_of, stamp.language) == (dt.date(2026, 8, 31), "zh-TW")
    assert stamp_of(STAMP[1:]) is None
    assert stamp_of([["as_of", "soon"], *STAMP[1:]]) is None
    assert stamp_of([]) is None


def test_results_points_and_the_state_before_are_read_by_customer() -> None:
    results = [["customer_id", "name", "tier", "score"], ["0012", "甲", "VIP", 81.25], [7.0, None, "一般", None]]
    assert previous_of(results) == {"0012": ("VIP", 81.25), "7": ("一般", 0.0)}
    why = [
        ["customer_id", "aov", "csat"],
        [None, "客单价", "满意度"],
        [None, 5, 6],
        [None, "元", "分"],
        ["0012", 4.25, None],
    ]
    assert points_of(why) == {"0012": {"aov": 4_250_000}}
    before = [["customer_id", "tier", "score", "aov"], ["0012", "潜力", 70, 1.5]]
    day, previous, points = before_of([*STAMP, ["before_as_of", "2026-07-31"]], before)
    assert (day, previous, points) == (dt.date(2026, 7, 31), {"0012": ("潜力", 70.0)}, {"0012": {"aov": 1_500_000}})
    assert before_of(STAMP, before) == (None, {}, {})
    assert previous_of([]) == points_of([]) == {}


def test_audit_answers_are_found_by_their_titles() -> None:
    rows = [
        ["抽样核对"],
        ["hint"],
        [],
        ["备注", "客户编号", "核对项", "原始单据值"],
        ["缺", "C1", "电话", 138.0],
        [None] * 4,
    ]
    width = max(map(len, rows))
    [found] = audit_of([[*row, *[None] * (width - len(row))] for row in rows], "zh-CN")
    assert (found.customer_id, found.field, found.document, found.remark) == ("C1", "电话", 138.0, "缺")
