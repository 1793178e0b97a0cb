"""The figures of a review, against hand-made companies and the published examples of their formulas."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tierbook.engine import Engine
from tierbook.followup import Task
from tierbook.model.rules import parse
from tierbook.model.words import Vocabulary
from tierbook.publish.records import Past, PastOutcome, Report
from tierbook.publish.review.journey import journey_of
from tierbook.publish.review.outcomes import difference, outcomes_of, tasks_known, wilson
from tierbook.publish.review.people import people_of
from tierbook.publish.review.quarter import NOW, quarter_of
from tierbook.publish.review.returns import money_columns, returns_of
from tierbook.publish.review.suggest import suggested_tags
from tierbook.publish.review.targets import goal_of, targets_of

from .conftest import make_relation, make_report

AS_OF = dt.date(2026, 10, 31)
QUARTER = quarter_of(AS_OF)
ORDER = {"source_row": "BIGINT", "order_id": "VARCHAR", "customer_id": "VARCHAR", "date": "DATE", "amount": "BIGINT",
         "cost": "BIGINT", "channel": "VARCHAR", "category": "VARCHAR", "is_return": "BIGINT"}  # fmt: skip


@pytest.mark.parametrize(("as_of", "name", "before"), [
    ("2026-09-30", "2026 Q3", "2026-04-01"), ("2026-10-01", "2026 Q3", "2026-04-01"),
    ("2026-09-29", "2026 Q2", "2026-01-01"), ("2026-01-01", "2025 Q4", "2025-07-01"),
])  # fmt: skip
def test_a_review_looks_at_the_last_quarter_that_is_over(as_of, name, before):
    found = quarter_of(dt.date.fromisoformat(as_of))
    assert (found.name, found.before.start.isoformat()) == (name, before)
    assert found.eve == found.span.start - dt.timedelta(days=1)
    assert found.eve_before == found.before.start - dt.timedelta(days=1)


@pytest.mark.parametrize(("shares", "low", "high"), [
    ((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((10, 10, 0, 20), 0.6791, 1.0000),
])  # fmt: skip
def test_the_interval_of_a_difference_is_newcombes(shares, low, high):
    """Examples (a), (b) and (g) of his table II, method 10."""
    found = difference(*shares, 0.95)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_an_interval_never_leaves_zero_to_one():
    assert wilson(0, 5, 0.95)[0] == 0
    assert wilson(5, 5, 0.95)[1] == 1


def company(
    engine: Engine, general: Any, customers: list[dict[str, Any]], orders: list[tuple[str, str, int]], **more: Any
) -> Report:
    """A report over these customers (id, tier, owner …) and orders (customer, day, cents)."""
    report = make_report(engine, general, 1, tasks=(), moves=())
    types = engine.columns("results")
    named = {"tier": "VIP", "stage": "活跃", "owner": "李雷", "score": 50.0}
    make_relation(engine, "results", types, [named | one for one in customers])
    known = {"customer_id": "VARCHAR", "since": "DATE"}
    make_relation(engine, "customers", known, [{"customer_id": one["customer_id"]} for one in customers])
    make_relation(engine, "orders", ORDER, [
        {"order_id": str(place), "customer_id": who, "date": dt.date.fromisoformat(day), "amount": cents,
         "cost": cents // 2, "channel": "直销", "category": "刀具", "is_return": 0}
        for place, (who, day, cents) in enumerate(orders)
    ])  # fmt: skip
    stamp = replace(report.stamp, as_of=AS_OF)
    return replace(report, stamp=stamp, scored=replace_customers(report, len(customers)), **more)


def replace_customers(report: Any, count: int) -> Any:
    report.scored.customers = report.scored.buyers = count
    return report.scored


def people(count: int, **named: Any) -> list[dict[str, Any]]:
    return [{"customer_id": f"C{place:02d}", "name": f"公司{place}", **named} for place in range(count)]


def stood(engine: Engine, rows: list[tuple[str, str, str]], general: Any) -> None:
    """Where customers stood when the quarter began: (id, tier, stage)."""
    points = {line.indicator: "BIGINT" for line in general.main_card.lines}
    make_relation(engine, NOW, {"customer_id": "VARCHAR", "tier": "VARCHAR", "segment": "VARCHAR", "stage": "VARCHAR",
                                **points},
                  [{"customer_id": who, "tier": tier, "stage": stage} for who, tier, stage in rows])  # fmt: skip


def task(customer: str, **named: Any) -> Task:
    given = {"task_id": f"T-{customer}", "customer_id": customer, "name": "", "play": "wake_up", "reason": "",
             "action": "", "channel": "电话", "owner": "李雷", "created": dt.date(2026, 8, 1),
             "due": dt.date(2026, 8, 5), "priority": 1, "status": "done", "closed": dt.date(2026, 8, 3)}  # fmt: skip
    return Task(**(given | named))


def test_finished_tasks_stand_beside_those_that_wait(engine, general):
    orders = [("C00", "2026-08-04", 100), ("C01", "2026-09-02", 100), ("C02", "2026-09-03", 100),
              ("C03", "2026-08-03", 100), ("C10", "2026-08-20", 100)]  # fmt: skip
    report = company(engine, general, people(20), orders)
    done = [task(f"C{place:02d}") for place in range(10)]
    waiting = [task(f"C{place:02d}", status="open", closed=None) for place in range(10, 20)]
    [found] = outcomes_of(report, QUARTER, [*done, *waiting])
    # the day after and day 30 count; the day itself and day 31 do not
    assert (found.done, found.ordered, found.waiting, found.waiting_ordered) == (10, 2, 10, 1)
    assert found.revenue == 2.0
    assert found.verdict == "alike"
    assert found.action == "唤醒：发优惠券或满意度调研，客服跟进"


@pytest.mark.parametrize(("changes", "counted"), [
    ({"closed": dt.date(2026, 10, 1)}, 1),  # 30 days ago today
    ({"closed": dt.date(2026, 10, 2)}, 0),  # too young to judge
    ({"closed": dt.date(2026, 6, 30)}, 0),  # before the quarter
    ({"closed": dt.date(2026, 7, 1)}, 1),
    ({"closed": None}, 0),
    ({"status": "dropped"}, 0),
])  # fmt: skip
def test_only_tasks_finished_since_the_quarter_began_and_long_enough_ago_count(engine, general, changes, counted):
    report = company(engine, general, people(2), [])
    assert sum(one.done for one in outcomes_of(report, QUARTER, [task("C00", **changes)])) == counted


def test_a_customer_counts_once_however_many_tasks(engine, general):
    report = company(engine, general, people(2), [("C00", "2026-08-04", 100)])
    [found] = outcomes_of(report, QUARTER, [task("C00"), task("C00", task_id="T2", created=dt.date(2026, 8, 2))])
    assert (found.done, found.ordered) == (1, 1)


def test_a_customer_with_a_finished_and_an_open_task_is_not_waiting(engine, general):
    report = company(engine, general, people(2), [])
    [found] = outcomes_of(report, QUARTER, [task("C00"), task("C00", task_id="T2", status="open", closed=None)])
    assert (found.done, found.waiting, found.verdict) == (1, 0, "few")


def test_a_clear_difference_is_said_and_a_small_group_is_not_judged(engine, general):
    orders = [(f"C{place:02d}", "2026-08-10", 100) for place in range(12)]
    report = company(engine, general, people(24), orders)
    tasks = [task(f"C{place:02d}", status="done" if place < 12 else "open") for place in range(24)]
    assert [one.verdict for one in outcomes_of(report, QUARTER, tasks)] == ["better"]
    worse = [replace(one, status="done" if one.status == "open" else "open") for one in tasks]
    assert [one.verdict for one in outcomes_of(report, QUARTER, worse)] == ["worse"]
    assert [one.verdict for one in outcomes_of(report, QUARTER, tasks[:21])] == ["few"]


def test_tasks_only_the_history_knows_count_too_and_none_twice(engine, general):
    past = [PastOutcome(name, who, "wake_up", "电话", "李雷", dt.date(2026, 8, 1), dt.date(2026, 8, 5),
                        dt.date(2026, 8, 3), "done")
            for name, who in (("T-C00", "C00"), ("T-gone", "C01"))]  # fmt: skip
    report = company(engine, general, people(2), [], tasks=[task("C00")], past=Past(outcomes=past))
    assert [one.task_id for one in tasks_known(report)] == ["T-C00", "T-gone"]
    [found] = outcomes_of(report, QUARTER, tasks_known(report))
    assert found.done == 2


def traded(count: int, amount: Any) -> list[dict[str, Any]]:
    """Customers whose size and region go round; `amount` tells the money of 12 months of each."""
    found = []
    for place in range(count):
        one = {"customer_id": f"C{place:03d}", "kind": "企业", "size": ("大型", "小型")[place % 2],
               "region": ("华东", "华南", "华北")[place // 2 % 3], "industry": None}  # fmt: skip
        found.append(one | {"amount_12m": Decimal(amount(place, one)), "preferred_channel": None, "top_topic": None})
    return found


def test_a_pair_of_values_that_separates_revenue_is_suggested_as_a_rule(engine, general):
    def amount(place: int, one: dict[str, Any]) -> int:
        return 1000 + place if (one["size"], one["region"]) == ("大型", "华东") else 100 + place % 7

    report = company(engine, general, traded(120, amount), [])
    [found] = suggested_tags(report)
    assert found.name == "大型·华东"
    assert (found.customers, found.chance) == (20, 1.0)
    assert found.mean == pytest.approx(1057, abs=1)
    tree = parse(found.rule, Vocabulary.of(general))  # the rule can be copied as it is
    assert tree is not None


def test_one_large_customer_makes_no_tag(engine, general):
    report = company(engine, general, traded(120, lambda place, one: 10**9 if place == 0 else 100 + place % 7), [])
    assert suggested_tags(report) == []


def test_equal_money_and_few_customers_make_no_tag(engine, general):
    assert suggested_tags(company(engine, general, traded(120, lambda place, one: 100), [])) == []
    few = company(engine, general, traded(18, lambda place, one: 1000 if one["size"] == "大型" else 1), [])
    assert suggested_tags(few) == []


def test_a_value_that_is_a_tag_already_is_not_suggested(engine, general):
    report = company(engine, general, traded(120, lambda place, one: 900 if one["size"] == "大型" else 100 + place), [])
    assert suggested_tags(report) == []
    untagged = replace(general, tags=tuple(rule for rule in general.tags if rule.value_of != "size"))
    assert [one.rule for one in suggested_tags(replace(report, model=untagged))] == [
        "企业规模 = '大型'", "企业规模 = '小型'"]  # fmt: skip


def test_targets_are_judged_by_where_customers_stood_when_the_quarter_began(engine, general):
    customers = people(12, tier="低价值")
    orders = [(f"C{place:02d}", "2026-05-01", 100) for place in range(12)]
    orders += [(f"C{place:02d}", "2026-08-01", 100) for place in range(9)]
    report = company(engine, general, customers, orders)
    stood(engine, [(one["customer_id"], "VIP", "活跃") for one in customers], general)
    found = {(one.by, one.group): one for one in targets_of(report, QUARTER) if one.figure == "retention"}
    vip, low = found["tier", "vip"], found["tier", "low"]
    assert (vip.value, vip.base, vip.met) == (0.75, 12, True)
    assert (low.value, low.met) == (None, None)
    assert found["all", "all"].value == 0.75


@pytest.mark.parametrize(("buyers", "met"), [(10, True), (9, None)])
def test_a_figure_of_few_customers_is_not_judged(engine, general, buyers, met):
    days = ("2026-05-01", "2026-08-01")
    orders = [(f"C{place:02d}", day, 100) for place in range(buyers) for day in days]
    report = company(engine, general, people(buyers), orders)
    [found] = [one for one in targets_of(report, QUARTER) if (one.by, one.figure) == ("all", "retention")]
    assert (found.value, found.met) == (1.0, met)


def test_a_target_on_the_line_is_met_and_one_tier_may_have_its_own(engine, general):
    own = {"target_retention.vip": replace(general.params["target_retention"], value=Decimal("0.9"))}
    report = make_report(engine, replace(general, params={**general.params, **own}), 5)
    assert goal_of(report, "retention", "vip") == 0.9
    assert goal_of(report, "retention", "low") == goal_of(report, "retention", "") == 0.7


def test_who_lost_a_customer_cannot_leave_it_out(engine, general):
    now = (("C00", "李雷", "VIP"), ("C01", "李雷", "一般"), ("C02", "韩梅梅", "VIP"))
    customers = [{"customer_id": who, "owner": owner, "tier": tier} for who, owner, tier in now]
    orders = [("C00", "2026-05-01", 10000), ("C01", "2026-05-01", 10000), ("C00", "2026-08-01", 15000),
              ("C02", "2026-08-01", 99900)]  # fmt: skip
    report = company(engine, general, customers, orders)
    stood(engine, [("C00", "VIP", "活跃"), ("C01", "VIP", "活跃"), ("C02", "一般", "活跃")], general)
    due = [task("C00"), task("C01", closed=dt.date(2026, 8, 6)), task("C02")]
    [found] = people_of(report, QUARTER, due)
    assert (found.owner, found.customers, found.kept) == ("李雷", 2, 1)
    assert (found.retention, found.growth) == (0.5, pytest.approx(-0.25))
    assert (found.due, found.on_time) == (2, 1)
    # 40 x 0.5/0.7 + 20 x 0.75/1 + 20 x 1/2 of 80: nobody was asked how satisfied they are
    assert found.points == pytest.approx(100 * (40 * 0.5 / 0.7 + 20 * 0.75 + 20 * 0.5) / 80)


def test_returns_are_told_only_where_costs_are_known(engine, general):
    report = company(engine, general, people(3), [("C00", "2026-08-01", 20000), ("C01", "2026-06-30", 50000)])
    spoken = [{"customer_id": "C00", "date": dt.date(2026, 8, day), "channel": "phone"} for day in (1, 2)]
    types = {"customer_id": "VARCHAR", "date": "DATE", "channel": "VARCHAR"}
    make_relation(engine, "interactions", types, [*spoken, {**spoken[0], "channel": "website"}])
    [vip] = [one for one in returns_of(report, QUARTER) if one.group == "vip"]
    assert (vip.revenue, vip.margin, vip.contacts, vip.spent, vip.roi) == (200.0, 100.0, 2, None, None)
    costs = {"cost_phone": replace(general.params["cost_phone"], value=20)}
    known = replace(report, model=replace(general, params={**general.params, **costs}))
    [vip] = [one for one in returns_of(known, QUARTER) if one.group == "vip"]
    assert (vip.spent, vip.roi) == (40.0, 1.5)


def test_campaigns_and_gifts_count_where_they_have_a_cost(engine, general):
    """Two finished tasks of the quarter at 8 and 5, an open one and one of the next quarter; 30 points at 0.1."""
    day = dt.date(2026, 8, 20)
    done = {"status": "done", "closed": day}
    tasks = [
        *(task(who, play=play, **done) for who, play in (("C00", "wake_up"), ("C01", "complaint_open"))),
        *(task("C00", status="open"), task("C01", status="done", closed=dt.date(2026, 10, 1))),
    ]
    report = company(engine, general, people(3), [("C00", "2026-08-21", 20000), ("C01", "2026-08-19", 9000),
                                                  ("C01", "2026-09-30", 50000)], tasks=tasks)  # fmt: skip
    spoken = [{"customer_id": one, "date": day, "channel": "online"} for one in ("C00", "C00", "C01")]
    make_relation(engine, "interactions", {"customer_id": "VARCHAR", "date": "DATE", "channel": "VARCHAR"}, spoken)
    assert {one.benefits for one in returns_of(report, QUARTER, tasks)} == {None}
    engine.put("review_gifts", {"customer_id": "VARCHAR", "day": "DATE", "points": "BIGINT"},
               [("C02", day, 30), ("C02", dt.date(2026, 10, 1), 900)])  # fmt: skip
    costs = {"cost_task": replace(general.params["cost_task"], value=5),
             "cost_task.wake_up": replace(general.params["cost_task"], value=8),
             "cost_point": replace(general.params["cost_point"], value=Decimal("0.1"))}  # fmt: skip
    known = replace(report, model=replace(general, params={**general.params, **costs}))
    found = {one.group: one for one in returns_of(known, QUARTER, tasks)}
    vip, online = found["vip"], found["online"]
    assert (vip.benefits, vip.spent, vip.contacts) == (16.0, None, 3)
    assert vip.roi == pytest.approx((395 - 16) / 16)
    assert money_columns(known.model) == ["benefits", "roi"]
    channels = {play.key: play.channel for play in general.playbook}
    given = sum(cost for play, cost in (("wake_up", 8.0), ("complaint_open", 5.0)) if channels[play] == "online")
    assert (online.customers, online.contacts, online.revenue, online.benefits) == (2, 3, 200.0, given)
    assert not engine.has("review_benefits")


def test_the_journey_tells_who_came_and_where_others_went(engine, general):
    customers = [
        {"customer_id": f"C{place:02d}", "stage": stage} for place, stage in enumerate(["忠诚", "流失", "新客", "忠诚"])
    ]
    report = company(engine, general, customers, [], tasks=[task("C00", status="open")])
    stood(engine, [("C00", "VIP", "活跃"), ("C01", "VIP", "活跃"), ("C03", "VIP", "忠诚")], general)
    steps = {one.name: one for one in journey_of(report, QUARTER)}
    assert list(steps) == ["潜在", "新客", "活跃", "忠诚", "流失风险", "流失", "回流"]
    assert (steps["忠诚"].customers, steps["忠诚"].came, steps["忠诚"].went) == (2, 1, 0)
    assert (steps["活跃"].customers, steps["活跃"].went, steps["活跃"].went_to) == (0, 2, "忠诚 1、流失 1")
    assert steps["新客"].came == 1  # nobody knew it when the quarter began
    assert (steps["忠诚"].tasks, steps["流失"].tasks) == (1, 0)
