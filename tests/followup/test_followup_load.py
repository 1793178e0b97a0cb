"""Nobody is handed more than a day holds; what waits is handed out in turn; what stays undone goes to the boss."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.followup.calendar import is_chinese_workday
from tierbook.followup.escalation import escalate
from tierbook.followup.load import Loads, hand_out, in_turn
from tierbook.followup.outcomes import outcomes_of
from tierbook.followup.people import People
from tierbook.followup.records import Queued, Task
from tierbook.followup.tasks import parted

FRIDAY = dt.date(2026, 10, 30)
SATURDAY, SUNDAY, MONDAY, TUESDAY = (FRIDAY + dt.timedelta(days) for days in range(1, 5))


def queued(customer="1001", priority=2, since=FRIDAY, score=0.0, owner="李雅婷", play="wake") -> Queued:
    return Queued(customer, play, owner, priority, since, score)


def task(**changes) -> Task:
    standard = Task("T1", "1002", "岚和", "wake", "", "唤醒", "电话", "李雅婷", FRIDAY, FRIDAY, 2)
    return replace(standard, **changes)


def handed(wanted, tasks=(), *, daily=2, days=5, as_of=FRIDAY, of=None):
    given, waiting = hand_out(wanted, tasks, Loads(daily, days, of or {}), as_of, is_chinese_workday)
    return [one.customer_id for one in given], [one.customer_id for one in waiting]


# -- the day's load


def test_a_person_gets_a_days_load_and_the_rest_waits():
    assert handed([queued("1"), queued("2"), queued("3")]) == (["1", "2"], ["3"])


def test_everybody_has_a_load_of_their_own():
    wanted = [queued("1"), queued("2"), queued("3", owner="王浩然"), queued("4", owner="")]
    assert handed(wanted, daily=1, of={"李雅婷": 2}) == (["1", "2", "3", "4"], [])


def test_somebody_who_takes_nothing_is_given_nothing():
    assert handed([queued("1", priority=1)], of={"李雅婷": 0}) == ([], ["1"])


def test_what_a_message_does_waits_for_nobody_and_takes_nobodys_time():
    wanted = [queued(str(n), owner="auto", priority=5) for n in range(5)]
    assert handed([*wanted, queued("9"), queued("8")], daily=1) == (["8", *"01234"], ["9"])


def test_what_was_handed_out_today_counts_also_when_it_is_done_already():
    assert handed([queued("1"), queued("2")], [task(status="done", closed=FRIDAY)]) == (["1"], ["2"])


def test_tasks_people_made_themselves_are_no_part_of_the_days_load():
    assert handed([queued("1"), queued("2")], [task(play="")]) == (["1", "2"], [])


def test_days_off_share_the_load_of_the_working_day_after_them():
    on_saturday = [task(task_id="T1", created=SATURDAY), task(task_id="T2", created=SUNDAY)]
    assert handed([queued("1")], on_saturday, as_of=MONDAY) == ([], ["1"])
    assert handed([queued("1")], on_saturday, as_of=TUESDAY) == (["1"], [])
    assert handed([queued("1")], [task(created=FRIDAY), task(task_id="T2", created=FRIDAY)], as_of=SATURDAY)[0] == ["1"]


def test_a_weekend_that_is_worked_has_a_load_of_its_own():
    sunday, monday = dt.date(2026, 9, 20), dt.date(2026, 9, 21)  # 调休 for the National Day week of 2026
    assert is_chinese_workday(sunday)
    full = [task(task_id="T1", created=sunday), task(task_id="T2", created=sunday)]
    assert handed([queued("1")], full, as_of=sunday) == ([], ["1"])
    assert handed([queued("1")], full, as_of=monday) == (["1"], [])


# -- the tasks in hand


def test_with_as_many_unfinished_as_the_days_hold_nothing_more_is_handed_out():
    old = [task(task_id=f"T{number}", created=dt.date(2026, 10, 12)) for number in range(9)]
    assert handed([queued("1"), queued("2")], old) == (["1"], ["2"])  # 2 a day for 5 days: ten in hand
    assert handed([queued("1")], [*old, task(task_id="T9", created=dt.date(2026, 10, 12))]) == ([], ["1"])


def test_finished_tasks_are_no_longer_in_hand():
    old = [task(task_id=f"T{n}", created=dt.date(2026, 10, 12), status="dropped") for n in range(20)]
    assert handed([queued("1")], old) == (["1"], [])


def test_the_most_urgent_passes_a_backlog_but_not_the_days_load():
    old = [task(task_id=f"T{n}", created=dt.date(2026, 10, 12)) for n in range(20)]
    wanted = [queued("1", priority=1), queued("2", priority=1), queued("3", priority=1), queued("4")]
    assert handed(wanted, old) == (["1", "2"], ["3", "4"])


# -- whose turn it is


def test_priority_comes_first_then_who_waits_longest_then_the_highest_score():
    wanted = [
        queued("late", priority=3, since=dt.date(2026, 9, 1)),
        queued("low", score=10.0),
        queued("high", score=90.0),
        queued("old", since=dt.date(2026, 10, 29)),
        queued("urgent", priority=1),
    ]
    assert [one.customer_id for one in in_turn(wanted)] == ["urgent", "old", "high", "low", "late"]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.builds(queued, st.sampled_from("abcdef"), st.integers(1, 3), play=st.sampled_from("xyz"),
                  owner=st.sampled_from(["甲", "乙"])),
        max_size=15, unique_by=lambda one: (one.customer_id, one.play),
    ),
    st.integers(0, 4),
)  # fmt: skip
def test_nothing_is_lost_nothing_doubled_and_nobody_overloaded(wanted, daily):
    given_out, waiting = hand_out(wanted, [], Loads(daily, 1), FRIDAY, is_chinese_workday)
    assert sorted([*given_out, *waiting], key=repr) == sorted(wanted, key=repr)
    for owner in ("甲", "乙"):
        mine = [one for one in given_out if one.owner == owner]
        assert len(mine) == min(daily, sum(one.owner == owner for one in wanted))
        left = [one.priority for one in waiting if one.owner == owner]
        assert not left or not mine or max(one.priority for one in mine) <= min(left)


# -- what stays undone


PEOPLE = People(boss={"李雅婷": "周敏"})


def escalated(one, as_of, days=5, people=PEOPLE):
    return escalate([one], people, as_of, days, is_chinese_workday)


def test_the_last_day_in_time_is_still_in_time():
    late = task(due=FRIDAY)  # five working days after Friday 30 October are Friday 6 November
    assert escalated(late, dt.date(2026, 11, 6)).new == []
    [told] = escalated(late, dt.date(2026, 11, 7)).new
    assert (told.escalated, told.priority, told.owner) == ("周敏", 1, "李雅婷")


def test_holidays_give_more_time():
    before = task(due=dt.date(2026, 9, 30))  # 1 to 7 October are free, Saturday 10 October is worked
    assert escalated(before, dt.date(2026, 10, 9), days=2).new == []
    assert len(escalated(before, dt.date(2026, 10, 10), days=2).new) == 1


@pytest.mark.parametrize("changes", [{"status": "done"}, {"escalated": "周敏"}, {"due": MONDAY}])
def test_what_is_finished_or_told_already_or_in_time_goes_to_nobody(changes):
    one = task(**({"due": dt.date(2026, 9, 1)} | changes))
    found = escalated(one, MONDAY)
    assert (found.tasks, found.new) == ([one], [])


def test_who_has_no_boss_is_told_of_only_where_others_have_one():
    late = task(due=dt.date(2026, 9, 1), owner="王浩然")
    assert escalated(late, FRIDAY).without_boss == [late]
    assert escalated(late, FRIDAY, people=People()).without_boss == []
    assert escalated(replace(late, owner="周敏"), FRIDAY).without_boss == []


@pytest.mark.parametrize("owner", ["自动", "自動", "Automatic"])
def test_what_a_message_does_goes_to_no_boss(owner):
    late = task(due=dt.date(2026, 9, 1), owner=owner)
    assert (escalated(late, FRIDAY).new, escalated(late, FRIDAY).without_boss) == ([], [])


@pytest.mark.parametrize(("owner", "contacts"), [("李雅婷", ["T1"]), ("自动", []), ("Automatic", [])])
def test_a_letter_a_machine_sent_is_no_contact_with_the_customer(owner, contacts):
    """Else everybody who is mailed by itself would rise for it."""
    done = task(owner=owner, status="done", closed=FRIDAY)
    assert [one.interaction_id for one in outcomes_of([done])] == contacts


# -- what leaves the list


def test_a_finished_task_leaves_after_its_days_and_is_remembered_for_longer(general):
    done = task(status="done", closed=FRIDAY)
    keep, last = general.whole("keep_done_days"), general.whole("remember_done_days")
    assert parted([done], [], general, FRIDAY + dt.timedelta(keep - 1)) == ([done], [])
    assert parted([done], [], general, FRIDAY + dt.timedelta(keep)) == ([], [done])
    assert parted([], [done], general, FRIDAY + dt.timedelta(last)) == ([], [done])
    assert parted([], [done], general, FRIDAY + dt.timedelta(last + 1)) == ([], [])
    assert parted([task()], [done], general, FRIDAY) == ([task()], [])  # back on the list: not remembered
