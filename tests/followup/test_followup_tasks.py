"""Which tasks are planned, which are kept, and what is said about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.engine import Engine
from tierbook.errors import ModelError
from tierbook.followup.records import Task
from tierbook.followup.tasks import blocked_pairs, plan_from_hits, task_id_of, with_ids
from tierbook.labels import Name, text
from tierbook.model.settings import with_settings
from tierbook.model.types import Play

AS_OF = dt.date(2026, 10, 30)
"""A Friday."""

RESULTS = [
    # id, name, owner, tier, score, recency_days, amount_12m
    ("1001", "上海澄岳软件有限公司", "陈思远", "VIP", 91.5, 12, "250000.50"),
    ("1002", "苏州岚和文仪设备", "李雅婷", "潜力", 66.25, 95, "32000.00"),
    ("1003", "南京珩舟贸易", None, "一般", 44.0, 120, None),
    ("1004", "杭州樾林物流", "陈思远", "潜力", 71.0, 101, "41000.00"),
]


def play(key="wake", **changes) -> Play:
    standard = Play(
        key=key,
        when="",
        action=Name("唤醒", "喚醒", "Wake up"),
        reason=Name("{recency_days} 天没有下单", "{recency_days} 天沒有下單", "No order for {recency_days} days"),
        channel="phone",
        due_days=3,
        priority=2,
        cool_down_days=60,
    )
    return replace(standard, **changes)


def task(customer="1002", **changes) -> Task:
    standard = Task("T1", customer, "苏州岚和文仪设备", "wake", "95 天没有下单", "唤醒", "电话", "李雅婷",
                    dt.date(2026, 10, 1), dt.date(2026, 10, 10), 2)  # fmt: skip
    return replace(standard, **changes)


def world(hits, rows=RESULTS) -> Engine:
    """An engine with `results` and the conditions that hold."""
    engine = Engine()
    engine.execute(
        "CREATE TABLE results (customer_id VARCHAR, name VARCHAR, owner VARCHAR, tier VARCHAR, score DOUBLE,"
        " recency_days BIGINT, amount_12m DECIMAL(18, 2))"
    )
    engine.execute("CREATE TABLE play_hits (customer_id VARCHAR, play_key VARCHAR)")
    for row in rows:
        engine.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    for hit in hits:
        engine.execute("INSERT INTO play_hits VALUES (?, ?)", hit)
    return engine


@pytest.fixture
def plan(general):
    """Plan as of AS_OF: plays, customers whose conditions hold, tasks there were."""

    def planned(hits, *, plays=None, existing=(), language="zh-CN", as_of=AS_OF, people=(), merged=(), params=(),
                **options):  # fmt: skip
        with world(hits) as engine:
            if people:
                engine.put("people", {"name": "VARCHAR", "tasks_per_day": "BIGINT", "boss": "VARCHAR"}, people)
            if merged:
                engine.put("merged_ids", {"customer_id": "VARCHAR", "kept_id": "VARCHAR"}, merged)
            model = replace(general, playbook=(play(),) if plays is None else tuple(plays))
            model = with_settings(model, params) if params else model
            return plan_from_hits(engine, model, as_of, existing, language, **options)

    return planned


def told(plan, language="zh-CN") -> list[str]:
    return [text(notice.key, language, **notice.values) for notice in plan.notices]


# -- new tasks


def test_a_condition_that_holds_makes_a_task_for_the_customers_own_rep(plan):
    found = plan([("1002", "wake")])
    assert found.tasks == [
        Task(
            task_id=found.new[0].task_id,
            customer_id="1002",
            name="苏州岚和文仪设备",
            play="wake",
            reason="95 天没有下单",
            action="唤醒",
            channel="电话",
            owner="李雅婷",
            created=AS_OF,
            due=dt.date(2026, 11, 4),  # three working days after a Friday
            priority=2,
            status="open",
        )
    ]
    assert (found.new, found.kept, found.notices) == (found.tasks, [], [])


@pytest.mark.parametrize(
    ("language", "channel", "action", "reason"),
    [
        ("zh-CN", "电话", "唤醒", "95 天没有下单"),
        ("zh-TW", "電話", "喚醒", "95 天沒有下單"),
        ("en", "Phone", "Wake up", "No order for 95 days"),
    ],
)
def test_a_task_speaks_the_runs_language(plan, language, channel, action, reason):
    [made] = plan([("1002", "wake")], language=language).new
    assert (made.channel, made.action, made.reason) == (channel, action, reason)


def test_a_channel_of_ones_own_is_shown_as_written(plan):
    [made] = plan([("1002", "wake")], plays=[play(channel="飞鸽传书")]).new
    assert made.channel == "飞鸽传书"


def test_a_named_person_gets_the_task_whoever_owns_the_customer(plan):
    found = plan([("1002", "wake"), ("1003", "wake")], plays=[play(owner="周敏")])
    assert {made.owner for made in found.new} == {"周敏"}
    assert found.notices == []


@pytest.mark.parametrize(("language", "owner"), [("zh-CN", "自动"), ("en", "Automatic")])
def test_what_a_message_does_is_nobodys_task(plan, language, owner):
    found = plan([("1002", "wake"), ("1003", "wake")], plays=[play(owner="auto")], language=language)
    assert {made.owner for made in found.new} == {owner}
    assert found.notices == []


def test_a_customer_without_an_owner_gets_a_task_without_one_and_a_notice(plan):
    found = plan([("1003", "wake")])
    assert found.new[0].owner == ""
    assert told(found) == ["1 个新任务没有负责人，请在“客户”表填写：1003"]


def test_missing_values_are_said_to_be_missing(plan):
    found = plan([("1003", "wake")], plays=[play(reason=Name("近12个月 {近12个月金额} 元", "", ""))])
    assert found.new[0].reason == "近12个月 （无数据） 元"


def test_a_play_that_is_switched_off_makes_no_task(plan):
    assert plan([("1002", "wake")], plays=[play(enabled=False)]).tasks == []


def test_a_customer_who_is_not_in_the_results_gets_no_task(plan):
    assert plan([("4711", "wake")]).tasks == []


def test_without_plays_and_tasks_the_plan_is_empty(plan):
    found = plan([], plays=[])
    assert (found.tasks, found.new, found.kept, found.notices) == ([], [], [], [])


def test_negative_due_days_are_refused(plan):
    with pytest.raises(ModelError):
        plan([("1002", "wake")], plays=[play(due_days=-1)])


def test_a_calendar_of_ones_own_sets_the_due_day(plan):
    [made] = plan([("1002", "wake")], is_workday=lambda day: True).new
    assert made.due == dt.date(2026, 11, 2)


# -- one task per customer and play; cool-down


@pytest.mark.parametrize("status", ["open", "doing", "", "等回电"])
def test_an_unfinished_task_keeps_its_play_away(plan, status):
    found = plan([("1002", "wake")], existing=[task(status=status)])
    assert found.new == []
    assert found.kept == [task(status=status)]


def test_an_unfinished_task_leaves_other_plays_and_other_customers_alone(plan):
    found = plan([("1002", "wake"), ("1004", "wake"), ("1002", "visit")], plays=[play(), play("visit")],
                 existing=[task()])  # fmt: skip
    assert {(made.customer_id, made.play) for made in found.new} == {("1004", "wake"), ("1002", "visit")}


@pytest.mark.parametrize("status", ["done", "dropped"])
@pytest.mark.parametrize(
    ("closed", "due", "new"),
    [
        (dt.date(2026, 8, 31), dt.date(2026, 10, 10), 1),  # 60 days ago: the cool-down is over
        (dt.date(2026, 9, 1), dt.date(2026, 7, 1), 0),  # 59 days ago
        (None, dt.date(2026, 8, 31), 1),  # nobody noted when: the due day stands for it
        (None, dt.date(2026, 9, 1), 0),
        (None, dt.date(2026, 12, 1), 0),  # finished before it was due
    ],
)
def test_a_closed_task_keeps_its_play_away_until_the_cool_down_has_passed(plan, status, closed, due, new):
    found = plan([("1002", "wake")], existing=[task(status=status, closed=closed, due=due)])
    assert len(found.new) == new


def test_without_a_cool_down_the_play_rests_for_the_day_of_closing(plan):
    plays = [play(cool_down_days=0)]
    closed_today = task(status="done", closed=AS_OF)
    assert plan([("1002", "wake")], plays=plays, existing=[closed_today]).new == []
    closed_yesterday = task(status="done", closed=AS_OF - dt.timedelta(1))
    assert len(plan([("1002", "wake")], plays=plays, existing=[closed_yesterday]).new) == 1


def test_a_task_of_a_play_that_is_gone_blocks_nothing_once_closed():
    assert blocked_pairs([task(play="old", status="done", closed=AS_OF)], [play()], AS_OF) == set()
    assert blocked_pairs([task(play="old")], [play()], AS_OF) == {("1002", "old")}


# -- existing tasks


def test_what_people_wrote_is_never_lost(plan):
    written = [
        task(task_id="T1", status="doing", result="约了下周", next_step="带样品", owner="王浩然", priority=1),
        task(task_id="T2", status="done", result="已下单", play="visit", closed=dt.date(2026, 10, 20)),
        task(task_id="T3", customer="4711", status="dropped", result="号码不对", play="gone"),
    ]
    found = plan([("1002", "wake"), ("1004", "wake")], existing=written)
    assert found.kept == written
    assert all(each in found.tasks for each in written)


def test_an_unfinished_task_without_its_reason_stays_and_is_told(plan):
    found = plan([("1002", "wake")], existing=[task(), task("1004", task_id="T2"), task("1001", task_id="T3")])
    assert len(found.kept) == 3
    assert told(found) == [
        "2 个未完成任务的触发条件已不再满足，仍保留，请核对后改为“完成”或“放弃”：1001、1004",
    ]


@pytest.mark.parametrize("changes", [{"status": "done"}, {"play": ""}, {"play": "typed by hand"}])
def test_closed_tasks_and_tasks_of_a_persons_own_need_no_reason(plan, changes):
    assert plan([], existing=[task(**changes)]).notices == []


def test_an_unfinished_task_of_a_vanished_customer_stays_and_is_told(plan):
    found = plan([], existing=[task("4711")])
    assert found.tasks == [task("4711")]
    assert told(found, "en") == ["1 unfinished tasks are for customers who are not in these data; they stay: 4711"]


def test_a_notice_names_five_customers_and_counts_the_rest(plan):
    found = plan([], existing=[task(str(number), task_id=f"T{number}") for number in range(1, 8)])
    assert told(found, "en")[0].startswith("7 unfinished tasks")
    assert found.notices[0].values["customers"] == "1、2、3、4、5 …"


def test_rows_people_typed_or_copied_get_numbers_of_their_own():
    rows = [task(), task(), task(task_id="", action="送样品"), task(task_id="", action="送样品")]
    ids = [each.task_id for each in with_ids(rows)]
    assert ids[0] == "T1"
    assert len(set(ids)) == 4
    assert [each.task_id for each in with_ids(with_ids(rows))] == ids


def test_planning_again_gives_the_same_tasks(plan):
    hits = [("1002", "wake"), ("1004", "wake"), ("1001", "visit")]
    plays = [play(), play("visit", priority=1)]
    assert plan(hits, plays=plays).tasks == plan(hits, plays=plays).tasks


def test_planning_after_planning_adds_nothing(plan):
    hits = [("1002", "wake"), ("1004", "wake")]
    first = plan(hits)
    again = plan(hits, existing=first.tasks)
    assert again.new == []
    assert again.tasks == first.tasks


def test_a_number_depends_on_customer_play_and_period_only(plan):
    period = AS_OF.toordinal() // 60
    first, last, after = (dt.date.fromordinal(day) for day in (period * 60, period * 60 + 59, period * 60 + 60))
    ids = [plan([("1002", "wake")], as_of=day).new[0].task_id for day in (first, last, after)]
    assert ids == [task_id_of("1002", "wake", str(number)) for number in (period, period, period + 1)]
    assert len(ids[0]) == 13
    assert (
        len({task_id_of(*parts) for parts in [("1", "2", "3"), ("12", "", "3"), ("1", "23", ""), ("1", "2", "4")]}) == 4
    )


def test_a_number_already_taken_is_not_given_twice(plan):
    first = plan([("1002", "wake")]).new[0]
    closed = replace(first, status="done", closed=dt.date(2026, 1, 1))
    second = plan([("1002", "wake")], existing=[closed]).new[0]
    assert second.task_id == task_id_of("1002", "wake", "2026-10-30")


def test_unfinished_tasks_come_first_then_priority_due_day_and_score(plan):
    plays = [play("slow", priority=2, due_days=9), play("fast", priority=2, due_days=1), play("urgent", priority=1)]
    hits = [("1003", "urgent"), ("1002", "fast"), ("1004", "fast"), ("1001", "slow"), ("1001", "fast")]
    closed = task("1001", task_id="T9", status="done", play="gone", priority=1)
    late = task("1004", play="slow", due=dt.date(2026, 10, 2))
    found = plan(hits, plays=plays, existing=[closed, late])
    assert [(each.customer_id, each.play) for each in found.tasks] == [
        ("1003", "urgent"),
        ("1004", "slow"),
        ("1001", "fast"),
        ("1004", "fast"),
        ("1002", "fast"),
        ("1001", "slow"),
        ("1001", "gone"),
    ]


@settings(max_examples=20, deadline=None)
@given(order=st.permutations([("1001", "wake"), ("1002", "wake"), ("1003", "wake"), ("1004", "visit")]))
def test_the_order_of_hits_and_rows_never_changes_the_list(general, order):
    model = replace(general, playbook=(play(), play("visit")))
    with world(order, list(reversed(RESULTS))) as engine:
        shuffled = plan_from_hits(engine, model, AS_OF, [], "zh-CN")
    with world(sorted(order)) as engine:
        assert shuffled.tasks == plan_from_hits(engine, model, AS_OF, [], "zh-CN").tasks


# -- loads, bosses, merges, offers


HITS = [("1001", "wake"), ("1002", "wake"), ("1004", "wake"), ("1003", "wake")]


def test_what_the_day_has_no_room_for_waits_and_is_told(plan):
    found = plan(HITS, people=[("陈思远", 1, None), ("李雅婷", 3, None)])
    assert [(made.customer_id, made.owner) for made in found.new] == [
        ("1001", "陈思远"), ("1002", "李雅婷"), ("1003", ""),
    ]  # fmt: skip
    assert [(one.customer_id, one.owner, one.since) for one in found.queued] == [("1004", "陈思远", AS_OF)]
    assert told(found)[1].startswith("今日任务量已满，1 个任务排队等待：陈思远 1。")


def test_who_waits_longest_is_next_and_still_waits_since_then(plan):
    people = [("陈思远", 1, None)]
    since = dt.date(2026, 10, 1)
    found = plan(HITS, people=people, waiting={("1004", "wake"): since})
    assert [made.customer_id for made in found.new if made.owner == "陈思远"] == ["1004"]
    assert [(one.customer_id, one.since) for one in found.queued] == [("1001", AS_OF)]
    again = plan([("1001", "wake"), ("1004", "wake")], people=[("陈思远", 0, None)], waiting={("1004", "wake"): since})
    assert [(one.customer_id, one.since) for one in again.queued] == [("1004", since), ("1001", AS_OF)]


def test_planning_the_same_day_again_hands_out_nothing_more(plan):
    people = [("陈思远", 1, None)]
    first = plan(HITS, people=people)
    again = plan(HITS, people=people, existing=first.tasks)
    assert (again.new, again.tasks, again.queued) == ([], first.tasks, first.queued)


def test_a_model_from_before_loads_hands_out_everything(plan, general):
    some = replace(general, params={key: each for key, each in general.params.items() if key != "tasks_per_day"},
                   playbook=(play(),))  # fmt: skip
    with world(HITS) as engine:
        found = plan_from_hits(engine, some, AS_OF, [], "zh-CN")
    assert (len(found.new), found.queued) == (4, [])


def test_a_play_may_be_the_bosss_own(plan):
    found = plan(HITS, plays=[play(owner="boss")], people=[("陈思远", 9, "周敏"), ("李雅婷", 9, None)])
    assert {made.customer_id: made.owner for made in found.new} == {
        "1001": "周敏", "1004": "周敏", "1002": "李雅婷", "1003": "",
    }  # fmt: skip


def test_an_overdue_task_goes_to_the_boss_once(plan):
    people = [("李雅婷", 9, "周敏")]
    found = plan([("1002", "wake")], existing=[task()], people=people)
    assert [(one.escalated, one.priority) for one in found.tasks] == [("周敏", 1)]
    assert told(found) == ["1 个任务逾期已久，上报给周敏：1002"]
    assert told(plan([("1002", "wake")], existing=found.tasks, people=people)) == []


def test_what_left_the_list_still_rests_its_play(plan):
    left = task(status="done", closed=dt.date(2026, 9, 15))
    found = plan([("1002", "wake")], existing=[left])
    assert (found.tasks, found.remembered) == ([], [left])
    assert plan([("1002", "wake")], remembered=[left]).new == []
    after = dt.date(2026, 9, 15) + dt.timedelta(60)
    assert len(plan([("1002", "wake")], remembered=[left], as_of=after).new) == 1


def test_a_task_of_a_merged_customer_keeps_its_play_from_the_customer_kept(plan):
    old = task("1009", name="岚和")
    found = plan([("1002", "wake")], existing=[old], merged=[("1009", "1002")])
    assert (found.new, found.kept, told(found)) == ([], [old], [])


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "推荐刀具|推荐相关品类"), ("en", "Offer 刀具|Offer related products")]
)
def test_a_text_may_name_the_category_to_offer_next(general, language, words):
    offer = play(action=Name("推荐{推荐品类}", "推薦{推薦品類}", "Offer {Next category}"))
    with world([("1001", "wake"), ("1002", "wake")]) as engine:
        engine.put("next_categories", {"customer_id": "VARCHAR", "next_category": "VARCHAR"}, [("1001", "刀具")])
        model = replace(general, playbook=(offer,))
        found = plan_from_hits(engine, model, AS_OF, [], language)
    assert "|".join(made.action for made in sorted(found.new, key=lambda one: one.customer_id)) == words


# -- the year nobody has published


def test_due_days_in_an_unpublished_year_are_told(plan, monkeypatch):
    from tierbook.followup import calendar

    monkeypatch.setattr(calendar, "published", lambda year: year <= 2026)
    found = plan([("1002", "wake")], as_of=dt.date(2026, 12, 30))
    assert found.new[0].due == dt.date(2027, 1, 4)
    assert told(found) == ["2027 年的节假日安排尚未公布，期限暂按周一至周五计算。"]
    assert told(plan([("1002", "wake")], as_of=dt.date(2026, 12, 25))) == []


def test_a_calendar_of_ones_own_needs_no_published_year(plan, monkeypatch):
    from tierbook.followup import calendar

    monkeypatch.setattr(calendar, "published", lambda year: False)
    assert plan([("1002", "wake")], is_workday=lambda day: True).notices == []
