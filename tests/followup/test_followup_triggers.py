"""The playbook's conditions on scored relations, and who rose or fell."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tierbook.engine import Engine
from tierbook.errors import RuleError
from tierbook.followup import plan_tasks
from tierbook.followup.movement import find_moves
from tierbook.followup.triggers import find_hits, hit_steps
from tierbook.labels import Name
from tierbook.model.types import Play

AS_OF = dt.date(2026, 10, 30)

CUSTOMERS = [
    # id, name, owner, contact, tier key, tier name, stage, score, recency_days, amount_12m in cents
    ("1001", "上海澄岳软件有限公司", "陈思远", "王敏", "vip", "VIP", "loyal", 91_500_000, 12, 25_000_050),
    ("1002", "苏州岚和文仪设备", "李雅婷", "刘洋", "potential", "潜力", "at_risk", 66_250_000, 95, 3_200_000),
    ("1003", "南京珩舟贸易", None, None, "general", "一般", "at_risk", 44_000_000, 91, 0),
    ("1004", "杭州樾林物流", "陈思远", "何静", "low", "低价值", "prospect", 0, None, None),
]


def play(key, when, reason="{name}", **changes) -> Play:
    words = Name(reason, reason, reason)
    standard = Play(key, when, action=Name("联系", "聯絡", "Contact"), channel="phone", due_days=1, priority=2,
                    cool_down_days=30, reason=words)  # fmt: skip
    return replace(standard, **changes)


@pytest.fixture
def scored(engine: Engine) -> Engine:
    """What scoring leaves behind, for four customers."""
    columns = (
        "customer_id VARCHAR, name VARCHAR, owner VARCHAR, contact VARCHAR, tier_key VARCHAR, tier VARCHAR,"
        " stage VARCHAR, points BIGINT, recency_days BIGINT, amount_12m BIGINT"
    )
    engine.execute(f"CREATE TABLE everything ({columns})")
    for row in CUSTOMERS:
        engine.execute(f"INSERT INTO everything VALUES ({', '.join('?' * len(row))})", row)
    for relation, select in {
        "customers": "customer_id, name, owner, contact",
        "indicators": "customer_id, recency_days, amount_12m",
        "tiers": "customer_id, tier_key AS tier_four",
        "stages": "customer_id, stage",
        "scores": "customer_id, points AS score_general",
        "results": "customer_id, name, owner, tier, points / 1000000 AS score, recency_days,"
        " CAST(amount_12m * 0.01 AS DECIMAL(18, 2)) AS amount_12m",
    }.items():
        engine.execute(f"CREATE TABLE {relation} AS SELECT {select} FROM everything")
    return engine


def hits(engine, model, *plays) -> list[tuple[str, str]]:
    find_hits(engine, replace(model, playbook=plays), AS_OF)
    return engine.rows("SELECT play_key, customer_id FROM play_hits ORDER BY play_key, customer_id")


@pytest.mark.parametrize(
    ("when", "customers"),
    [
        ("最近消费天数 > churn_days", ["1002", "1003"]),
        ("最近消费天数 > 91", ["1002"]),
        ("生命周期 = '流失风险' 且 得分 >= wake_score", ["1002"]),
        ("分层 = 'VIP'", ["1001"]),
        ("近12个月金额 = 0 或 近12个月金额 为空", ["1003", "1004"]),
        ("近12个月金额 > 平均(近12个月金额)", ["1001"]),
        ("负责人 为空", ["1003"]),
        ("最近消费天数 > 9999", []),
    ],
)
def test_a_condition_finds_its_customers(scored, general, when, customers):
    assert hits(scored, general, play("p", when)) == [("p", customer) for customer in customers]


def test_every_play_has_its_own_hits_and_switched_off_ones_have_none(scored, general):
    plays = [play("a", "分层 = 'VIP'"), play("b", "分层 = 'VIP'", enabled=False), play("c", "最近消费天数 > 91")]
    assert hits(scored, general, *plays) == [("a", "1001"), ("c", "1002")]


def test_an_empty_playbook_has_no_hits(scored, general):
    assert hits(scored, general) == []


def test_a_condition_that_cannot_be_understood_is_refused(scored, general):
    with pytest.raises(RuleError):
        find_hits(scored, replace(general, playbook=(play("p", "最近消费天数 >> 3"),)), AS_OF)


def test_the_whole_shipped_playbook_compiles(general):
    steps = hit_steps(general, AS_OF)
    assert [step.name for step in steps][-2:] == ["play_tests", "play_hits"]
    assert all(f'"play_{each.key}"' in steps[-2].select for each in general.playbook)


# -- who moved


def moves(engine, model, previous) -> dict[str, tuple[str | None, str | None]]:
    find_moves(engine, model, previous)
    rows = engine.rows("SELECT customer_id, previous_tier, tier_move FROM moves ORDER BY customer_id")
    return {customer: (tier, move) for customer, tier, move in rows}


def test_customers_rise_fall_stay_or_are_new(scored, general):
    previous = {"1001": ("潜力", 70.0), "1002": ("VIP", 85.0), "1003": ("一般", 44.0)}
    assert moves(scored, general, previous) == {
        "1001": ("potential", "up"),
        "1002": ("vip", "down"),
        "1003": ("general", "same"),
        "1004": (None, "new"),
    }


@pytest.mark.parametrize("name", ["潜力", "潛力", "Potential", "potential"])
def test_an_earlier_tier_is_known_in_any_language(scored, general, name):
    assert moves(scored, general, {"1001": (name, 70.0)})["1001"] == ("potential", "up")


def test_without_an_earlier_state_nobody_has_moved_and_nobody_is_new(scored, general):
    assert set(moves(scored, general, {}).values()) == {(None, None)}


def test_an_earlier_tier_the_scale_no_longer_has_is_no_move(scored, general):
    assert moves(scored, general, {"1001": ("钻石", 99.0)})["1001"] == (None, None)


# -- conditions, texts and history together


def test_a_fall_makes_a_task_that_names_both_tiers(scored, general):
    fell = play("fell", "分层变动 = '下降'", "从{previous_tier}降为{tier}，请联系{contact}")
    model = replace(general, playbook=(fell,))
    [task] = plan_tasks(scored, model, AS_OF, [], "zh-CN", previous={"1002": ("VIP", 85.0)}).new
    assert (task.customer_id, task.reason) == ("1002", "从VIP降为潜力，请联系刘洋")


def test_without_a_previous_run_no_move_makes_a_task(scored, general):
    model = replace(general, playbook=(play("fell", "分层变动 属于 ('下降', '上升', '新增')"),))
    assert plan_tasks(scored, model, AS_OF, [], "zh-CN").new == []


def test_values_in_a_reason_are_those_of_the_results(scored, general):
    told = play("told", "分层 = 'VIP'", "{name}：{近12个月金额} 元，{最近消费天数} 天，得分 {score}")
    [task] = plan_tasks(scored, replace(general, playbook=(told,)), AS_OF, [], "zh-CN").new
    assert task.reason == "上海澄岳软件有限公司：250,000.50 元，12 天，得分 91.5"


def test_planning_twice_on_one_engine_gives_the_same_plan(scored, general):
    model = replace(general, playbook=(play("a", "最近消费天数 > 90"), play("b", "分层 = 'VIP'")))
    first = plan_tasks(scored, model, AS_OF, [], "zh-CN")
    assert plan_tasks(scored, model, AS_OF, [], "zh-CN").tasks == first.tasks
    assert plan_tasks(scored, model, AS_OF, first.tasks, "zh-CN").new == []
