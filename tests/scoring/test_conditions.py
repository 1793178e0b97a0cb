"""Rules people write, run over five customers one can hold in one's head."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tierbook.model import nodes as n
from tierbook.model.rules import parse
from tierbook.model.words import Vocabulary
from tierbook.scoring.conditions import compile_rules

AS_OF = dt.date(2026, 8, 31)
KEYS = (
    "orders_6m",
    "amount_12m",
    "aov",
    "repurchase_rate",
    "recency_days",
    "growth",
    "first_order_date",
    "top_category",
)
# as stored: amounts in cents, averages and ratios in millionths
ROWS = {
    "ann": (6, 600_000, 1_000_000_000, 600_000, 30, 500_000, dt.date(2025, 8, 31), "甲"),
    "bob": (3, 150_000, 500_000_000, 599_900, 31, -500_000, dt.date(2026, 1, 1), "Tea_5%"),
    "cat": (1, 100_001, 333_333_333, 0, 90, 0, dt.date(2026, 8, 31), ""),
    "dan": (2, 100_000, 166_666_667, 500_000, 91, None, dt.date(2024, 2, 29), "甲'乙"),
    "eve": (0, 0, None, None, None, None, None, None),
}
INDICATORS = {customer: dict(zip(KEYS, row, strict=True)) for customer, row in ROWS.items()}
PEOPLE = {
    "ann": ("制造业", "large", 4.5, dt.date(2025, 1, 1)),
    "bob": ("零售", "small", 2.5, dt.date(2026, 8, 1)),
    "cat": ("食品制造", None, 0.6, None),
    "dan": ("", "large", None, None),
    "eve": (None, "medium", None, None),
}
CUSTOMERS = [
    {"customer_id": customer, **dict(zip(("industry", "size", "industry_outlook", "since"), row, strict=True))}
    for customer, row in PEOPLE.items()
]
EVERYBODY = set(INDICATORS)
SCORES = (80_000_000, 79_999_999, 60_000_000, 0, 0)
TIERS = ("vip", "potential", "potential", "low", "low")
IMPORTANT = {"r": 5, "f": 4, "m": 5, "rfm_total": 14, "rfm_grade": 5, "segment": "important_value"}


def each(**columns) -> list[dict[str, object]]:
    """One row per customer; a column is a sequence in their order."""
    rows = zip(*columns.values(), strict=True)
    return [{"customer_id": key, **dict(zip(columns, row, strict=True))} for key, row in zip(ROWS, rows, strict=True)]


@pytest.fixture
def held(lab, general):
    """rule text -> ids of the customers it holds for."""
    lab.forget()
    lab.fill({"customers": CUSTOMERS})
    lab.put("indicators", [{"customer_id": key, **row} for key, row in INDICATORS.items()])
    lab.put("rfm", [{"customer_id": "ann", **IMPORTANT}])
    lab.put("scores", each(score_general=SCORES, score_potential=SCORES))
    lab.put("tiers", each(tier_four=TIERS, tier_abc="aabcc"))
    lab.put("stages", each(stage=("active", "active", "active", "active", "prospect")))
    lab.put("tags", each(tag_frequency_low=(0, 0, 1, 1, 0)))

    def run(rule: str | n.Node) -> set[str]:
        tree = parse(rule, Vocabulary.of(general, "playbook")) if isinstance(rule, str) else rule
        compiled = compile_rules({"rule": tree}, name="asked", model=general, as_of=AS_OF)
        lab.engine.run_all(compiled.steps)
        sql = f"SELECT customers.customer_id AS id FROM {compiled.source} WHERE {compiled.tests['rule']}"
        return {row[0] for row in lab.engine.rows(sql)}

    return run


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ("最近消费天数 <= 30", "ann"),
        ("最近消费天数 > 90", "dan"),
        ("最近消费天数 介于 31 和 90", "bob cat"),
        ("复购率 >= 60%", "ann"),
        ("复购率 < 0.6", "bob cat dan"),
        ("近12个月金额 >= 1000.005", "ann bob cat"),
        ("近12个月金额 > 1000.005", "ann bob cat"),
        ("近12个月金额 <= 1000.005", "dan eve"),
        ("近12个月金额 = 1000", "dan"),
        ("近12个月金额 = 1000.005", ""),
        ("近12个月金额 != 1000", "ann bob cat eve"),
        ("近12个月金额 != 1000.005", "ann bob cat dan eve"),
        ("1000 >= 近12个月金额", "dan eve"),
        ("得分 >= 80", "ann"),
        ("得分 < 80", "bob cat dan eve"),
        ("R分 = 5 且 RFM总分 >= 14", "ann"),
        ("分层 = '潜力'", "bob cat"),
        ("分层 属于 ('VIP', '潜力')", "ann bob cat"),
        ("生命周期 = '潜在'", "eve"),
        ("RFM分类 = '重要价值客户'", "ann"),
        ("有标签('低频')", "cat dan"),
        ("非 有标签('低频')", "ann bob eve"),
        ("行业 包含 '制造'", "ann cat"),
        ("行业 为空", "dan eve"),
        ("行业 不为空", "ann bob cat"),
        ("规模 = '大型'", "ann dan"),
        ("规模 不是 '大型'", "bob eve"),
        ("主要品类 包含 'tea_5%'", "bob"),
        ("主要品类 包含 '%'", "bob"),
        ('主要品类 = "甲\'乙"', "dan"),
        ("首次下单日期 < '2026-01-01'", "ann dan"),
        ("首次下单日期 = '2024-02-29'", "dan"),
        ("距今天数(首次下单日期) = 365", "ann"),
        ("距今天数(建档日期) <= 30", "bob"),
        ("近6个月订单数 >= 5 且 客单价 >= 1.5 * 平均(客单价)", "ann"),
        ("", "ann bob cat dan eve"),
    ],
)  # fmt: skip
def test_a_rule_holds_for(rule: str, who: str, held) -> None:
    assert held(rule) == set(who.split())


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ("增长率 > 0", "ann"),
        ("非 (增长率 > 0)", "bob cat"),
        ("增长率 > 0 或 近6个月订单数 = 2", "ann dan"),
        ("增长率 > 0 且 近6个月订单数 = 2", ""),
        ("非 (增长率 > 0 且 近6个月订单数 = 2)", "ann bob cat eve"),
        ("增长率 为空", "dan eve"),
        ("客单价 / 近6个月订单数 > 0", "ann bob cat dan"),
        ("近12个月金额 / 近6个月订单数 为空", "eve"),
        ("缺省(增长率, -1) < 0", "bob dan eve"),
        ("取大(增长率, 0) >= 0", "ann bob cat"),
        ("取小(增长率, 0.2) = 0.2", "ann"),
        ("绝对值(增长率) = 0.5", "ann bob"),
    ],
)
def test_no_data_is_neither_true_nor_false(rule: str, who: str, held) -> None:
    assert held(rule) == set(who.split())


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ("近6个月订单数 >= 1.5 * 平均(近6个月订单数, 近6个月订单数 > 0)", "ann"),  # mean 3 -> 4.5
        ("近6个月订单数 = 平均(近6个月订单数, 近6个月订单数 > 0)", "bob"),
        ("近6个月订单数 > 平均(近6个月订单数)", "ann bob"),  # mean 2.4
        ("客单价 >= 平均(客单价)", "ann bob"),  # exactly 500: bob stands on the line
        ("客单价 > 平均(客单价)", "ann"),
        ("客单价 < 平均(客单价)", "cat dan"),
        ("客单价 >= 1 * 中位数(客单价)", "ann bob"),  # between 333.333333 and 500
        ("近6个月订单数 >= 中位数(近6个月订单数)", "ann bob dan"),  # 0 1 2 3 6 -> 2
        ("近6个月订单数 > 百分位(近6个月订单数, 80)", "ann"),  # 3 + (6 - 3) x 0.2 = 3.6
        ("近6个月订单数 >= 百分位(近6个月订单数, 75)", "ann bob"),  # exactly 3
        ("近6个月订单数 >= 百分位(近6个月订单数, 100)", "ann"),
        ("近6个月订单数 <= 百分位(近6个月订单数, 0)", "eve"),
        ("近6个月订单数 = 最大(近6个月订单数)", "ann"),
        ("近12个月金额 > 0.5 * 合计(近12个月金额)", "ann"),  # 6000 of 9500.01
        ("计数(近6个月订单数 > 0) = 4", "ann bob cat dan eve"),
        ("计数(增长率) = 3 且 增长率 > 0", "ann"),
        ("计数(行业 包含 '制造', 近6个月订单数 > 1) = 1 且 近6个月订单数 = 0", "eve"),
        ("近12个月金额 / 近6个月订单数 >= 平均(近12个月金额 / 近6个月订单数)", "ann cat"),  # 1000 500 1000.01 500
        ("排名(近6个月订单数) <= 2", "ann bob"),  # 6 3 2 1 0
        ("排名(近6个月订单数) = 3", "dan"),
        ("排名(-最近消费天数) = 1", "ann"),
        ("排名(最近消费天数) >= 1", "ann bob cat dan"),  # eve has none
        ("非 (排名(最近消费天数) >= 3)", "cat dan"),
        ("排名(增长率) = 1", "ann"),  # 0.5 0 -0.5
        ("排名(取大(近6个月订单数, 2)) = 3", "cat dan eve"),  # 6 3 2 2 2: equal values, equal ranks
        ("排名(近12个月金额, 近6个月订单数 < 6) = 1", "bob"),
        ("排名(近12个月金额, 近6个月订单数 < 6) 为空", "ann"),
        ("排名(近6个月订单数) <= 40% * 计数(近6个月订单数)", "ann bob"),
        ("排名(近12个月金额) < 排名(近6个月订单数)", "cat"),  # third in money, fourth in orders
        ("占比(近12个月金额) >= 60%", "ann"),  # 6000 of 9500.01
        ("占比(近6个月订单数) = 0.25", "bob"),  # 3 of 12
        ("占比(近6个月订单数, 近6个月订单数 < 6) = 50%", "bob"),
        ("占比(增长率) > 0", ""),  # the sum is 0
        ("占比(近6个月订单数 > 0) = 80%", "ann bob cat dan eve"),
        ("占比(增长率 > 0) = 20%", "ann bob cat dan eve"),  # unknown does not hold
        ("占比(增长率 > 0, 增长率 不为空) > 0.33", "ann bob cat dan eve"),
        ("占比(得分 > 0, 近6个月订单数 > 100) 为空", "ann bob cat dan eve"),  # a part of nobody
        ("客单价 > 平均(客单价, 近6个月订单数 > 100)", ""),  # nobody to average: unknown
    ],
)
def test_a_rule_may_ask_about_all_customers(rule: str, who: str, held) -> None:
    assert held(rule) == set(who.split())


def test_the_same_question_about_all_customers_is_asked_once(general) -> None:
    trees = {
        key: parse(f"客单价 >= {factor} * 平均(客单价)", Vocabulary.of(general, "tags"))
        for key, factor in (("high", "1.5"), ("low", "0.5"))
    }

    compiled = compile_rules(trees, name="asked", model=general, as_of=AS_OF)

    assert [step.name for step in compiled.steps] == ["asked_overall"]
    assert compiled.steps[0].select.count("SUM(") == 1


def test_a_calculated_value_on_the_line_counts_as_on_it(held) -> None:
    third = n.Arithmetic("/", n.Number(Decimal(1)), n.Number(Decimal(3)))
    whole = n.Arithmetic("*", third, n.Number(Decimal(3)))
    tenths = n.Arithmetic("+", n.Number(Decimal("0.1")), n.Number(Decimal("0.2")))

    assert held(n.Compare(">=", whole, n.Number(Decimal(1)))) == EVERYBODY
    assert held(n.Compare("=", tenths, n.Number(Decimal("0.3")))) == EVERYBODY
    assert held(n.Compare(">", tenths, n.Number(Decimal("0.3")))) == set()
    assert held(n.Compare("<", tenths, n.Number(Decimal("0.300001")))) == EVERYBODY


def test_a_floating_column_of_the_customer_table_is_compared_as_one(held) -> None:
    outlook = n.Column("industry_outlook", "number", 1, "customer")

    assert held(n.Compare(">=", outlook, n.Number(Decimal("0.6")))) == {"ann", "bob", "cat"}
    assert held(n.Compare(">", outlook, n.Number(Decimal("2.5")))) == {"ann"}


def test_columns_of_different_units_are_compared_exactly(held) -> None:
    amount, aov = n.Column("amount_12m", "number", 100), n.Column("aov", "number", 1_000_000)

    assert held(n.Compare(">=", amount, aov)) == {"ann", "bob", "cat", "dan"}
    assert held(n.Compare("=", aov, n.Column("aov", "number", 1_000_000))) == {"ann", "bob", "cat", "dan"}
