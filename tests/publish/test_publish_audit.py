"""The audit sample: the same customers for the same seed, and what the people's answers prove."""

from __future__ import annotations

import pytest

from tierbook.publish.records import AuditRow, Report
from tierbook.publish.sheet_audit import draw_sample, needs_new_sample, sample_size, sampled_ids


@pytest.mark.parametrize(
    ("customers", "size"), [(0, 0), (1, 1), (29, 29), (30, 30), (31, 30), (600, 30), (601, 31), (620, 31), (621, 32)]
)
def test_the_sample_is_five_percent_at_least_thirty_or_all(customers: int, size: int) -> None:
    assert sample_size(customers, 0.05, 30) == size


def test_the_sample_depends_on_seed_and_ids_alone() -> None:
    ids = [f"C{number}" for number in range(500)]
    first = sampled_ids(ids, 25, 7)
    assert first == sampled_ids(list(reversed(ids)), 25, 7)
    assert first == sorted(first)
    assert len(set(first)) == 25
    assert first != sampled_ids(ids, 25, 8)


def test_one_customer_more_changes_at_most_one_of_the_sample() -> None:
    ids = [f"C{number}" for number in range(500)]
    assert len(set(sampled_ids([*ids, "NEW"], 25, 7)) - set(sampled_ids(ids, 25, 7))) <= 1


def test_the_last_order_is_checked_by_date_and_amount(sixty: Report) -> None:
    sample = draw_sample(sixty)
    assert len({one.customer_id for one in sample}) == 30
    for customer in {one.customer_id for one in sample}:
        told = {one.field: one for one in sample if one.customer_id == customer}
        last = sixty.engine.rows(
            "SELECT order_id, date, amount FROM orders WHERE customer_id = ? ORDER BY date DESC, order_id DESC LIMIT 1",
            [customer],
        )
        if not last:
            assert set(told) == {"客户名称"}
            continue
        order, day, amount = last[0]
        assert (told["下单日期"].record, told["下单日期"].value) == (order, day)
        assert (told["金额"].record, told["金额"].value) == (order, amount / 100)


@pytest.mark.parametrize(
    ("document", "remark", "anew"),
    [(None, "", True), ("", "", True), ("139", "", False), (None, "缺单据", False), (0, "", False)],
)
def test_a_sample_is_drawn_anew_until_somebody_writes_into_it(document: object, remark: str, anew: bool) -> None:
    assert needs_new_sample([AuditRow("C1", "", "电话", "138", document, remark)]) is anew
