"""What each person has on their desk."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tierbook.engine import Engine
from tierbook.followup import Task
from tierbook.followup.workload import people_in, workloads

AS_OF = dt.date(2026, 10, 30)
TASK = Task("T1", "1", "甲公司", "wake", "", "", "电话", "陈思远", dt.date(2026, 10, 1), AS_OF, 2)


@pytest.fixture
def company(engine):
    engine.execute("CREATE TABLE results (customer_id VARCHAR, owner VARCHAR, tier VARCHAR, amount_12m DECIMAL(18, 2))")
    engine.execute(
        "INSERT INTO results VALUES ('1', '陈思远', 'VIP', 0.10), ('2', '陈思远', '一般', 0.20),"
        " ('3', '离职者', '低价值', 5), ('4', NULL, '低价值', NULL)"
    )
    columns = "source_row BIGINT, name VARCHAR, seniority VARCHAR, capacity BIGINT, regions VARCHAR"
    engine.execute(f"CREATE TABLE people ({columns}, tasks_per_day BIGINT, boss VARCHAR)")
    engine.execute(
        "INSERT INTO people VALUES (3, '陈思远', '销售', 4, '华东', 8, '周敏'),"
        " (2, '周敏', NULL, NULL, NULL, NULL, NULL), (4, '陈思远', '总监', 9, NULL, NULL, NULL)"
    )
    return engine


def test_people_come_as_they_are_listed_then_strangers_then_nobody(company, general):
    desks = workloads(company, general, [], AS_OF, "zh-CN")
    assert [(one.person.name, one.known, one.customers) for one in desks] == [
        ("周敏", True, 0), ("陈思远", True, 2), ("离职者", False, 1), ("", False, 1),
    ]  # fmt: skip
    assert desks[1].tiers == (1, 0, 1, 0)
    assert desks[1].revenue == 0.3
    assert (desks[0].use, desks[1].use) == (None, 0.5)


def test_a_task_due_today_is_open_and_one_due_yesterday_overdue(company, general):
    late = replace(TASK, task_id="T2", due=AS_OF - dt.timedelta(days=1))
    tasks = [TASK, late, replace(late, task_id="T3", status="done"), replace(late, task_id="T4", owner="别人")]
    desks = {one.person.name: one for one in workloads(company, general, tasks, AS_OF, "zh-CN")}
    assert (desks["陈思远"].open, desks["陈思远"].overdue) == (2, 1)
    assert (desks["别人"].open, desks["别人"].overdue, desks["别人"].customers) == (1, 1, 0)


def test_a_name_is_known_whatever_its_blanks_and_width(company, general):
    company.execute("INSERT INTO results VALUES ('5', '　陈思远 ', '潜力', 1)")
    tasks = [replace(TASK, owner="陈思远　")]
    desks = {one.person.name: one for one in workloads(company, general, tasks, AS_OF, "zh-CN")}
    assert (desks["陈思远"].customers, desks["陈思远"].open) == (3, 1)


def test_desks_as_a_proposal_would_have_them(company, general):
    desks = workloads(
        company, general, [], AS_OF, "zh-CN", owners={"1": "周敏", "2": "陈思远", "3": "陈思远", "4": "周敏"}
    )
    assert [(one.person.name, one.customers) for one in desks] == [("周敏", 2), ("陈思远", 2)]


def test_without_people_and_money_customers_are_counted_all_the_same(general):
    with Engine() as engine:
        engine.execute("CREATE TABLE results (customer_id VARCHAR, owner VARCHAR, tier VARCHAR)")
        engine.execute("INSERT INTO results VALUES ('1', '甲', 'VIP')")
        assert people_in(engine) == []
        (desk,) = workloads(engine, general, [], AS_OF, "zh-CN")
    assert (desk.person.name, desk.known, desk.customers, desk.revenue) == ("甲", False, 1, 0)
