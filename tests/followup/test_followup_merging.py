"""Two people write about one task: nothing either typed is lost, and what differs is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.followup.merging import Version, merge
from tierbook.followup.outcomes import fingerprint_of, outcomes_of, put_outcomes, settle
from tierbook.followup.records import Task

DAY = dt.date(2026, 10, 30)
BASE = Task("T1", "1002", "岚和", "wake", "久未下单", "唤醒", "电话", "李雅婷", DAY, DAY, 2)


def merged(left, right, base=BASE):
    before = [] if base is None else [base]
    found = merge(before, [Version("任务", [left]), Version("任务-李雅婷", [right])])
    [one] = found.tasks
    return one, found.conflicts


# -- one side, both sides


def test_what_only_one_side_changed_counts():
    left, right = replace(BASE, status="doing"), replace(BASE, result="已打电话")
    assert merged(left, right) == (replace(BASE, status="doing", result="已打电话"), [])
    assert merged(BASE, replace(BASE, next_step="")) == (BASE, [])


def test_what_both_changed_alike_is_no_conflict():
    same = replace(BASE, status="done", result="已下单")
    assert merged(same, replace(same, result="已下单 ")) == (same, [])


def test_a_text_that_was_emptied_on_one_side_is_empty():
    base = replace(BASE, result="旧的")
    assert merged(replace(base, result=""), base, base) == (BASE, [])


def test_texts_of_both_are_kept_and_told():
    one, [told] = merged(replace(BASE, result="没接"), replace(BASE, result="已打电话"))
    assert one.result == "没接；已打电话"
    assert (told.task_id, told.field, told.kept) == ("T1", "result", "没接；已打电话")
    assert told.said == [("任务", "没接"), ("任务-李雅婷", "已打电话")]


def test_a_text_that_says_what_the_other_says_and_more_counts_alone():
    one, told = merged(replace(BASE, result="已打电话"), replace(BASE, result="已打电话，下周回访"))
    assert (one.result, told) == ("已打电话，下周回访", [])


@pytest.mark.parametrize(
    ("left", "right", "kept"),
    [("doing", "done", "done"), ("dropped", "doing", "dropped"), ("dropped", "done", "done")],
)
def test_the_further_status_counts_and_is_told(left, right, kept):
    for one, other in ((left, right), (right, left)):
        found, [told] = merged(replace(BASE, status=one), replace(BASE, status=other))
        assert (found.status, told.field) == (kept, "status")


def test_of_other_fields_the_stricter_value_counts_and_is_told():
    later, sooner = DAY + dt.timedelta(3), DAY + dt.timedelta(1)
    one, told = merged(replace(BASE, due=later, owner="王浩然"), replace(BASE, due=sooner, owner="陈思远"))
    assert (one.due, one.owner) == (DAY + dt.timedelta(1), "王浩然")
    assert [each.field for each in told] == ["owner", "due"]


def test_each_book_is_compared_with_what_was_last_published_in_it():
    yesterday = replace(BASE, result="旧")
    stale = Version("乙.xlsx", [yesterday], base=[yesterday])
    fresh = Version("甲.xlsx", [replace(BASE, result="旧；新")], base=[replace(BASE, result="旧；新")])
    assert merge([replace(BASE, result="旧；新")], [fresh, stale]).tasks[0].result == "旧；新"
    edited = replace(stale, tasks=[replace(yesterday, result="旧，又补充")])
    assert merge([replace(BASE, result="旧；新")], [fresh, edited]).tasks[0].result == "旧，又补充"


# -- rows that came and went


def test_a_row_somebody_typed_is_a_task_and_one_missing_on_one_side_stays():
    typed = replace(BASE, task_id="T2", result="自己加的")
    found = merge([BASE], [Version("任务", [BASE, typed]), Version("任务-李雅婷", [])])
    assert (found.tasks, found.restored) == ([BASE, typed], [])


def test_an_unfinished_task_deleted_everywhere_comes_back_a_finished_one_does_not():
    done = replace(BASE, task_id="T2", status="done", closed=DAY)
    found = merge([BASE, done], [Version("任务", [])])
    assert (found.tasks, found.restored, found.removed) == ([BASE], [BASE], [done])


WORDS = st.text(alphabet="甲乙丙 ", max_size=4)
EDITS = st.builds(
    lambda status, result, next_step: replace(BASE, status=status, result=result, next_step=next_step),
    st.sampled_from(["open", "doing", "done", "dropped"]), WORDS, WORDS,
)  # fmt: skip


def parts(said: str) -> set[str]:
    return {part.strip() for part in said.split("；")}


@settings(max_examples=60, deadline=None)
@given(EDITS, EDITS)
def test_no_text_is_ever_lost_and_both_orders_say_the_same(left, right):
    one, conflicts = merged(left, right)
    other, _ = merged(right, left)
    for field in ("result", "next_step"):
        texts = [getattr(each, field).strip() for each in (left, right) if getattr(each, field).strip()]
        assert all(said in getattr(one, field) for said in texts)
        assert parts(getattr(one, field)) == parts(getattr(other, field))
    assert one.status == other.status
    again, told = merged(one, one, one)
    assert (again, told) == (one, [])
    assert all(len(conflict.said) == 2 for conflict in conflicts)


# -- the day a task was finished


def settled(now, before=BASE, as_of=DAY, last=None):
    return settle([now], {} if before is None else {"T1": before}, as_of, last)[0]


def test_a_task_finished_since_the_last_run_was_finished_on_the_day_of_this_one():
    assert settled(replace(BASE, status="done")).closed == DAY
    assert settled(replace(BASE, status="dropped"), as_of=DAY + dt.timedelta(3)).closed == DAY + dt.timedelta(3)


def test_the_day_people_wrote_and_the_day_known_already_stay():
    wrote = replace(BASE, status="done", closed=dt.date(2026, 10, 12))
    assert settled(wrote) == wrote
    known = replace(BASE, status="done", closed=dt.date(2026, 10, 12))
    assert settled(replace(known, closed=None), known).closed == dt.date(2026, 10, 12)


def test_a_book_from_before_takes_the_due_day_of_what_was_finished_then():
    old = replace(BASE, status="done", due=dt.date(2026, 9, 1))
    assert settled(old, old, last=DAY).closed == dt.date(2026, 9, 1)
    later = replace(old, due=dt.date(2026, 12, 1))
    assert settled(later, later, last=DAY).closed == DAY


def test_a_task_set_back_opens_again_and_loses_its_day():
    done = replace(BASE, status="done", closed=DAY, result="已下单")
    assert settled(replace(done, status="open"), done) == replace(BASE, result="已下单")


def test_a_day_written_without_a_status_says_that_it_is_done():
    assert settled(replace(BASE, closed=DAY)).status == "done"


def test_looking_at_an_earlier_day_finishes_nothing_there():
    found = settled(replace(BASE, status="done"), as_of=dt.date(2026, 9, 1), last=DAY)
    assert found.closed == DAY


# -- finished tasks are contacts


def test_done_tasks_are_interactions_dropped_and_unfinished_ones_are_not():
    done = replace(BASE, status="done", closed=DAY, result="已下单")
    rest = [replace(BASE, task_id="T2"), replace(BASE, task_id="T3", status="dropped", closed=DAY)]
    [one] = outcomes_of([done, *rest, done])
    assert (one.interaction_id, one.customer_id, one.date, one.channel, one.note) == (
        "T1",
        "1002",
        DAY,
        "phone",
        "已下单",
    )
    assert fingerprint_of([one]) != fingerprint_of([replace(one, note="")])
    assert fingerprint_of([]) == ""


def facts(engine, rows):
    texts = ("interaction_id", "customer_id", "channel", "kind", "topic", "note", "tone")
    engine.put("interactions", {"source_row": "BIGINT", **dict.fromkeys(texts, "VARCHAR"), "date": "DATE"}, rows)
    engine.put("customers", {"customer_id": "VARCHAR"}, [("1002",), ("1003",)])
    engine.put("merged_ids", {"customer_id": "VARCHAR", "kept_id": "VARCHAR"}, [("1009", "1003")])


def test_outcomes_stand_beside_the_facts_once_for_customers_there_are(engine):
    facts(engine, [(2, "T4", "1002", "mail", "visit", None, "CRM", None, dt.date(2026, 10, 1))])
    done = replace(BASE, status="done", closed=DAY, result="已下单")
    told = [replace(done, task_id=key, customer_id=customer)
            for key, customer in (("T1", "1002"), ("T2", "1009"), ("T3", "4711"), ("T4", "1002"))]  # fmt: skip
    assert put_outcomes(engine, outcomes_of(told)) == 2
    rows = engine.rows("SELECT interaction_id, customer_id, date, channel, kind, note FROM interactions ORDER BY 1")
    assert rows == [
        ("T1", "1002", DAY, "phone", "visit", "已下单"),
        ("T2", "1003", DAY, "phone", "visit", "已下单"),
        ("T4", "1002", dt.date(2026, 10, 1), "mail", "visit", "CRM"),
    ]


def test_where_nobody_delivers_interactions_nothing_is_put_there(engine):
    facts(engine, [])
    assert put_outcomes(engine, outcomes_of([replace(BASE, status="done", closed=DAY)])) == 0
    assert engine.rows("SELECT * FROM interactions") == []
