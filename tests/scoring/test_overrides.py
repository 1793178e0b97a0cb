"""Decisions by hand: which hold, what is odd about the others, and how results show them beside what is computed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlglot

from tierbook.model.types import Model
from tierbook.scoring import plan
from tierbook.scoring.deliveries import BY_HAND, EVERYTHING
from tierbook.scoring.overrides import TAG, Entry, Override, judge, put_overrides

AS_OF = dt.date(2026, 10, 31)
KNOWN = frozenset({"A1", "A2", "007"})


def entry(row: int, customer: str, what: str, value: str, **more: Any) -> Entry:
    return Entry(row, customer, what, value, **{"owner": "王经理", "reason": "老客户", **more})


def test_a_decision_may_name_a_tier_of_any_scale_in_any_language_or_tags(general: Model) -> None:
    found = judge(
        [
            entry(2, "A1", "层级", "vip"),
            entry(3, "A1", "ＡＢＣ分层", "a"),
            entry(4, "A2", "Tag", "重点跟进、老板关系"),
            entry(5, "007", "四级分层", "潜力"),
        ],
        general,
        AS_OF,
        KNOWN,
    )
    assert [(one.customer_id, one.kind, one.value) for one in found.overrides] == [
        ("A1", "four", "vip"), ("A1", "abc", "a"), ("A2", TAG, "重点跟进"), ("A2", TAG, "老板关系"),
        ("007", "four", "potential"),
    ]  # fmt: skip
    assert (found.rows, found.kept, list(found.findings)) == (4, 4, [])


@pytest.mark.parametrize(
    ("wrong", "check", "column", "value"),
    [
        (entry(2, "", "层级", "VIP"), "no_customer", "customer_id", ""),
        (entry(2, "A9", "层级", "VIP"), "override_unknown_customer", "customer_id", "A9"),
        (entry(2, "A1", "等级吧", "VIP"), "override_unknown_kind", "what", "等级吧"),
        (entry(2, "A1", "层级", ""), "override_no_value", "value", ""),
        (entry(2, "A1", "层级", "白金"), "override_unknown_tier", "value", "白金"),
        (entry(2, "A1", "标签", "关照", expires_text="年底"), "override_bad_date", "expires", "年底"),
        (
            entry(2, "A1", "标签", "关照", expires=dt.date(2026, 10, 30), expires_text="2026-10-30"),
            "override_expired",
            "expires",
            "2026-10-30",
        ),
    ],
)
def test_a_row_that_does_not_hold_is_set_aside_with_its_cell(
    general: Model, wrong: Entry, check: str, column: str, value: str
) -> None:
    found = judge([wrong], general, AS_OF, KNOWN)
    assert [(one.check, one.severity, one.row, one.column, one.value) for one in found.findings] == [
        (check, "set_aside", 2, column, value)
    ]
    assert (found.rows, found.kept, list(found.overrides)) == (1, 0, [])


def test_a_decision_holds_on_its_last_day(general: Model) -> None:
    last = entry(2, "A1", "层级", "VIP", expires=AS_OF)
    assert judge([last], general, AS_OF, KNOWN).kept == 1
    assert judge([last], general, AS_OF + dt.timedelta(1), KNOWN).kept == 0


def test_the_lowest_row_of_those_that_hold_wins(general: Model) -> None:
    rows = [
        entry(2, "A1", "层级", "VIP"),
        entry(3, "A1", "层级", "一般"),
        entry(4, "A1", "层级", "低价值", expires=dt.date(2026, 1, 1)),
        entry(5, "A1", "标签", "关照"),
        entry(6, "A1", "标签", "关照、回访"),
    ]
    found = judge(rows, general, AS_OF, KNOWN)
    assert [(one.row, one.value) for one in found.overrides] == [(3, "general"), (6, "关照"), (6, "回访")]
    assert [(one.row, one.check) for one in found.findings] == [
        (2, "override_replaced"), (4, "override_expired"), (5, "override_replaced"),
    ]  # fmt: skip
    assert found.kept == 2


def test_a_decision_without_owner_or_reason_holds_and_is_told(general: Model) -> None:
    found = judge([entry(2, "A1", "层级", "VIP", owner=""), entry(3, "A2", "层级", "VIP", reason="")],
                  general, AS_OF, KNOWN)  # fmt: skip
    assert found.kept == 2
    assert [(one.check, one.severity, one.column) for one in found.findings] == [
        ("override_unexplained", "notice", "owner"), ("override_unexplained", "notice", "reason"),
    ]  # fmt: skip


# --- beside the results


FACTS = {
    "customers": [{"customer_id": "A1", "name": "甲", "industry": "制造业"}, {"customer_id": "A2", "name": "乙"}],
    "orders": [{"customer_id": "A1", "date": dt.date(2026, 10, 1), "amount": 100}],
}


def scored(lab: Any, model: Model, *overrides: Override) -> dict[str, Any]:
    lab.forget()
    if overrides:
        put_overrides(lab.engine, overrides)
    lab.fill(FACTS)
    from tierbook.scoring import score

    score(lab.engine, model, AS_OF)
    found: dict[str, Any] = lab.rows()
    lab.engine.drop("overrides")
    return found


def test_results_show_decisions_beside_what_is_computed(lab: Any, general: Model) -> None:
    plain = scored(lab, general)
    assert plain["A1"]["manual_tier"] is None
    shown = scored(
        lab,
        general,
        Override(2, "A1", "four", "vip", "王经理", "战略客户", dt.date(2026, 12, 31)),
        Override(3, "A1", "abc", "a", "王经理", "战略客户", None),
        Override(4, "A1", TAG, "重点跟进", "李总", "年底冲量", dt.date(2026, 11, 30)),
        Override(4, "A1", TAG, "关照", "李总", "年底冲量", dt.date(2026, 11, 30)),
    )
    one = shown["A1"]
    assert one["manual_tier"] == "VIP、ABC分层: A"
    assert one["manual_tags"] == "重点跟进、关照"
    assert one["manual_reason"] == "战略客户；年底冲量"
    assert one["manual_by"] == "王经理、李总"
    assert one["manual_expires"] == dt.date(2026, 11, 30)
    assert one["tags"] == plain["A1"]["tags"] + "、重点跟进、关照"
    by_hand = {key for key in one if key.startswith("manual_")} | {"tags"}
    assert {k: v for k, v in one.items() if k not in by_hand} == {
        k: v for k, v in plain["A1"].items() if k not in by_hand
    }
    assert shown["A2"] == plain["A2"]


def test_a_tag_by_hand_that_the_rules_give_too_stands_once(lab: Any, general: Model) -> None:
    computed = scored(lab, general)["A1"]["tags"]
    first = computed.split("、")[0]
    one = scored(lab, general, Override(2, "A1", TAG, first, "王", "", None))["A1"]
    assert (one["tags"], one["manual_tags"]) == (computed, first)


def test_decisions_go_to_another_engine_as_well(general: Model) -> None:
    (step,) = [one for one in plan(general, AS_OF, delivered=EVERYTHING | {BY_HAND}) if one.name == "results"]
    assert "LEFT JOIN manual" in step.select
    told = sqlglot.transpile(step.select, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    assert "manual_tier" in told[0]
