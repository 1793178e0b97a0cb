"""Birthdays, holidays and contracts that run out: words of the playbook, and days by which a greeting is due."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tierbook.engine import Engine
from tierbook.errors import RuleError
from tierbook.followup import plan_tasks
from tierbook.followup.calendar import is_chinese_workday
from tierbook.followup.care import find_care, last_workday, occasions
from tierbook.labels import Name
from tierbook.model.holidays import holidays_of, next_holiday
from tierbook.model.rules import parse
from tierbook.model.types import Play
from tierbook.model.words import Vocabulary

D = dt.date
CONTRACTS = [
    ("1", "HT-1", D(2026, 10, 30), "open"),
    ("1", "HT-0", D(2026, 10, 30), None),
    ("1", "HT-2", D(2026, 11, 30), "open"),
    ("2", "HT-3", D(2026, 10, 1), "yes"),
    ("3", "HT-4", D(2026, 9, 1), "open"),
    ("4", "HT-5", D(2024, 9, 1), "open"),
]


@pytest.fixture
def scored(engine: Engine) -> Engine:
    """What scoring leaves behind, for four customers: the first two VIP, their birthdays 3 and 9 days ahead."""
    engine.execute(
        "CREATE TABLE everything AS SELECT * FROM (VALUES ('1', '甲', '张伟', 'vip', 'VIP', 3),"
        " ('2', '乙', '张伟', 'vip', 'VIP', 9), ('3', '丙', '张伟', 'low', '低价值', NULL),"
        " ('4', '丁', '张伟', 'low', '低价值', 0)) AS t(customer_id, name, owner, tier_four, tier, birthday_in_days)"
    )
    for relation, columns in {
        "customers": "customer_id, name, owner",
        "indicators": "customer_id, CAST(birthday_in_days AS BIGINT) AS birthday_in_days",
        "tiers": "customer_id, tier_four",
        "results": "customer_id, name, owner, tier, 50.0 AS score, birthday_in_days",
        "moves": "customer_id, tier_four AS previous_tier, 'same' AS tier_move",
    }.items():
        engine.execute(f"CREATE TABLE {relation} AS SELECT {columns} FROM everything")
    types = {"customer_id": "VARCHAR", "contract_id": "VARCHAR", "due_date": "DATE", "renewed": "VARCHAR"}
    engine.put("renewals", types, CONTRACTS)
    return engine


@pytest.fixture(scope="module")
def plays(general) -> dict[str, Play]:
    return {one.key: one for one in general.playbook}


def planned(engine, general, play, as_of, existing=()):
    model = replace(general, playbook=(play,))
    return plan_tasks(engine, model, as_of, existing, "zh-CN", is_workday=is_chinese_workday).new


def test_the_holiday_to_come_is_found_by_either_calendar() -> None:
    told = [
        (one.key, day)
        for one, day in map(next_holiday, (D(2026, 9, 25), D(2026, 9, 26), D(2026, 12, 31), D(2027, 1, 2)))
    ]

    assert told == [
        ("mid_autumn", D(2026, 9, 25)), ("national_day", D(2026, 10, 1)),
        ("new_year", D(2027, 1, 1)), ("spring_festival", D(2027, 2, 6)),
    ]  # fmt: skip


def test_of_two_holidays_on_one_day_the_first_named_counts() -> None:
    assert next_holiday(D(2020, 9, 30))[0].key == "mid_autumn"
    own = holidays_of({"founded": {"solar": "10-01", "name": ["司庆", "司慶", "Our day"]}})
    assert next_holiday(D(2020, 10, 2), own) == (own[0], D(2021, 10, 1))


def test_vips_are_greeted_before_mid_autumn_once_and_by_the_last_working_day(scored, general, plays) -> None:
    too_early = planned(scored, general, plays["mid_autumn"], D(2026, 9, 17))
    week = planned(scored, general, plays["mid_autumn"], D(2026, 9, 18))
    again = planned(scored, general, plays["mid_autumn"], D(2026, 9, 22), [replace(week[0], status="done"), week[1]])

    assert not too_early
    assert [(task.customer_id, task.due) for task in week] == [("1", D(2026, 9, 24)), ("2", D(2026, 9, 24))]
    assert week[0].reason == "中秋节还有 7 天，VIP客户"
    assert not again


def test_a_birthday_s_greeting_is_due_on_the_day(scored, general, plays) -> None:
    tasks = planned(scored, general, plays["birthday"], D(2026, 11, 4))

    assert [(task.customer_id, task.due) for task in tasks] == [("4", D(2026, 11, 4)), ("1", D(2026, 11, 6))]


def test_a_contract_is_talked_of_before_it_runs_out_and_for_a_while_after(scored, general, plays) -> None:
    tasks = planned(scored, general, plays["renewal_due"], D(2026, 10, 1))

    assert [(task.customer_id, task.reason) for task in tasks] == [
        ("1", "合同 HT-0 于 2026-10-30 到期"),
        ("3", "合同 HT-4 于 2026-09-01 到期"),
    ]


def test_without_contracts_nobody_has_one_to_renew(engine, scored, general, plays) -> None:
    engine.execute("DROP TABLE renewals")

    assert not planned(scored, general, plays["renewal_due"], D(2026, 10, 1))


def test_occasions_tell_each_customer_s_days_under_a_lasting_key(scored, general) -> None:
    first = occasions(scored, general, D(2026, 9, 20), "zh-CN")
    found = {(one.customer_id, one.key, one.days) for one in first}

    assert ("1", "birthday:2026-09-23", 3) in found
    assert ("3", "mid_autumn:2026-09-25", 5) in found
    assert ("1", "contract:HT-0:2026-10-30", 40) in found
    assert ("3", "contract:HT-4:2026-09-01", -19) in found
    assert not any(one.customer_id == "2" and one.kind != "holiday" for one in first)
    next_day = {one.key for one in occasions(scored, general, D(2026, 9, 21), "zh-CN") if one.kind != "birthday"}
    assert next_day == {one.key for one in first if one.kind != "birthday"}


@pytest.mark.parametrize(
    ("as_of", "days", "due"),
    [
        (D(2026, 9, 18), 7, D(2026, 9, 24)),  # 中秋 is a holiday
        (D(2026, 9, 14), 6, D(2026, 9, 20)),  # a Sunday that is worked (调休)
        (D(2026, 10, 2), 1, D(2026, 10, 8)),  # nothing is worked until the holidays are over
        (D(2026, 11, 6), 0, D(2026, 11, 6)),
    ],
)
def test_a_greeting_is_due_on_the_last_working_day_up_to_its_day(as_of: D, days: int, due: D) -> None:
    assert last_workday(as_of, days, is_chinese_workday) == due


def test_care_words_are_for_the_playbook_only(general) -> None:
    with pytest.raises(RuleError):
        parse("距节日天数 <= 7", Vocabulary.of(general, "tags"))
    assert parse("下一节日 = '中秋'", Vocabulary.of(general)) == parse("节日 = '中秋节'", Vocabulary.of(general))


def test_no_relation_is_made_where_no_play_asks_for_care(scored, general) -> None:
    text = Name("x", "x", "x")
    model = replace(general, playbook=(Play("p", "得分 > 0", text, "phone", 1, 1, 30, text),))

    find_care(scored, model, D(2026, 9, 20))

    assert not scored.has("care")
