from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tierbook.errors import ScoringError
from tierbook.labels import Name
from tierbook.model.load import load_toml
from tierbook.model.types import Indicator
from tierbook.scoring import why
from tierbook.scoring.why import value_text

AS_OF = dt.date(2026, 8, 31)
RULES = """
key = "example"
name = "示例"
version = "1"
main = "software"
[card.software]
name = "软件公司评分"
source = "示例：采购 40、续费 30、反馈 20、培训 10"
[card.software.lines]
amount_12m = { weight = 40, curve = { linear = [0, 200000] } }
renewal_rate = { weight = 30, curve = { linear = [0, 1] } }
csat = { weight = 20, curve = { linear = [1, 5] }, missing = "mean" }
trainings_12m = { weight = 10, curve = { steps = [[1, 0.4], [2, 0.7], [4, 1]] }, missing = "zero" }
"""
FACTS = {
    "orders": [
        {"customer_id": "1001", "date": dt.date(2026, 8, 1), "amount": 12400},
        {"customer_id": "1002", "date": dt.date(2026, 8, 1), "amount": 7},
    ],
    "renewals": [
        {"customer_id": "1001", "due_date": dt.date(2026, 8, day), "renewed": renewed}
        for day, renewed in ((1, "yes"), (2, "yes"), (3, "no"))
    ],
    "feedback": [{"customer_id": "1002", "date": dt.date(2026, 8, 1), "kind": "csat", "score": 4.0}],
}


@pytest.fixture
def scored(lab, general):
    model = load_toml(RULES, where="example", base=general)
    lab.score(FACTS, AS_OF, model)
    return model


def test_why_tells_every_line_with_value_points_and_source(lab, scored) -> None:
    lines = why(lab.engine, scored, "1001", "zh-CN")

    told = [(line.name, line.value_text, line.points, line.of, line.share) for line in lines]
    assert told == [
        ("近12个月金额", "12,400.00 元", Decimal("2.48"), Decimal(40), Decimal("0.062")),
        ("续费率", "66.67 %", Decimal("20.00001"), Decimal(30), Decimal("0.666667")),
        ("满意度", "", Decimal(15), Decimal(20), Decimal("0.75")),  # nobody asked: the mean of the others
        ("近12个月培训次数", "", Decimal(0), Decimal(10), Decimal(0)),  # no data counts as zero here
    ]
    assert [line.value for line in lines] == [Decimal(12400), Decimal("0.666667"), None, None]
    assert [line.weight for line in lines] == [40, 30, 20, 10]
    assert {line.source for line in lines} == {"示例：采购 40、续费 30、反馈 20、培训 10"}


def test_a_line_that_did_not_count_leaves_its_points_to_the_others(lab, scored) -> None:
    lines = why(lab.engine, scored, "1002", "en")

    assert [(line.indicator, line.points, line.of, line.share) for line in lines] == [
        ("amount_12m", Decimal("0.002"), Decimal("57.142857"), Decimal("0.000035")),
        ("renewal_rate", Decimal(0), Decimal(0), None),
        ("csat", Decimal("21.428571"), Decimal("28.571429"), Decimal("0.75")),
        ("trainings_12m", Decimal(0), Decimal("14.285714"), Decimal(0)),
    ]


def test_the_points_sum_to_the_score_and_the_most_to_a_hundred(lab, scored) -> None:
    for customer, row in lab.rows().items():
        lines = why(lab.engine, scored, customer)

        assert sum(line.points for line in lines) == Decimal(repr(row["score"]))
        assert sum(line.of for line in lines) == 100


def test_an_unknown_customer_is_refused_by_name(lab, scored) -> None:
    with pytest.raises(ScoringError) as error:
        why(lab.engine, scored, "9999")

    assert error.value.words("zh-CN") == "评分结果里没有客户 9999"


@pytest.mark.parametrize(
    ("kind", "unit", "stored", "shown"),
    [
        ("money", "元", 1_240_000, "12,400.00 元"),
        ("money", "元", -5, "-0.05 元"),
        ("mean_money", "元", 33_333_333, "33.33 元"),
        ("mean_money", "元", 33_335_000, "33.34 元"),
        ("days", "天", 35, "35 天"),
        ("days", "天", 1095, "1,095 天"),
        ("ratio", "%", 600_000, "60 %"),
        ("ratio", "%", 599_900, "59.99 %"),
        ("ratio", "%", -808_140, "-80.81 %"),
        ("ratio", "倍", 1_500_000, "1.5 倍"),
        ("number", "分", 4_500_000, "4.5 分"),
        ("number", "分", 4_000_000, "4 分"),
        ("count", "", 3, "3"),
        ("count", "单", 100, "100 单"),
        ("date", "日期", dt.date(2026, 8, 31), "2026-08-31"),
        ("days", "天", None, ""),
    ],
)
def test_a_value_is_written_as_people_write_it(kind, unit, stored, shown) -> None:
    name = Name(unit, unit, unit)
    indicator = Indicator("thing", name, kind, name, name, "orders")

    assert value_text(indicator, stored, "zh-CN") == shown


def test_a_choice_is_written_by_its_name_in_the_readers_language() -> None:
    name = Name("咨询方式", "諮詢方式", "Channel")
    indicator = Indicator("preferred_channel", name, "text", Name("", "", ""), name, "interactions")

    assert value_text(indicator, "phone", "zh-TW") == "電話"
    assert value_text(indicator, "phone", "en") == "Phone"
