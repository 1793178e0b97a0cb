"""Rules that can be read, and what they become."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tierbook.model import nodes as n
from tierbook.model.rules import parse
from tierbook.model.tokens import KEYWORDS
from tierbook.model.values import AGGREGATES, CALLS, HAS_TAG, RANK
from tierbook.model.words import Vocabulary

ORDERS = n.Column("orders_6m", "number", 1, "indicator")
AOV = n.Column("aov", "number", 1_000_000, "indicator")
RECENCY = n.Column("recency_days", "number", 1, "indicator")
INDUSTRY = n.Column("industry", "text", 1, "customer")
SIZE = n.Column("size", "text", 1, "customer")
SINCE = n.Column("since", "date", 1, "customer")
STAGE = n.Column("stage", "text", 1, "result")
TIER = n.Column("tier", "text", 1, "result")
BEFORE = n.Column("previous_tier", "text", 1, "result")
MOVE = n.Column("tier_move", "text", 1, "result")


def number(text: str, param: str = "") -> n.Number:
    return n.Number(Decimal(text), param)


@pytest.fixture(scope="module")
def names(general) -> Vocabulary:
    return Vocabulary.of(general)


OVER_5 = n.Compare(">=", ORDERS, number("5"))
READ = [
    ("orders_6m >= 5", OVER_5),
    ("近6个月订单数 >= 5", OVER_5),
    ("近6個月訂單數 ≥ 5", OVER_5),
    ("近6个月订单数　＞＝　５", OVER_5),
    ("近6个月订单数大于等于5", OVER_5),
    ("ORDERS_6M 不小于 5", OVER_5),
    ("Orders in 6 months >= 5", OVER_5),
    ("【近6个月订单数】>=5", OVER_5),
    ("[orders_6m] >= 5", OVER_5),
    ("(((近6个月订单数))) >= (5)", OVER_5),
    ("【客单价(元)】 > 100", n.Compare(">", AOV, number("100"))),
    ("【客单价（元）】 > 100", n.Compare(">", AOV, number("100"))),
    ("12月订单数 < 3", n.Compare("<", n.Column("orders_12m", "number", 1, "indicator"), number("3"))),
    ("复购率 >= 60%", n.Compare(">=", n.Column("repurchase_rate", "number", 1_000_000), number("0.6"))),
    ("复购率 >= 60％", n.Compare(">=", n.Column("repurchase_rate", "number", 1_000_000), number("0.6"))),
    ("最近消费天数 > churn_days", n.Compare(">", RECENCY, number("90", "churn_days"))),
    ("最近消费天数 > 流失预警天数", n.Compare(">", RECENCY, number("90", "churn_days"))),
    ("客单价 > -1.5", n.Compare(">", AOV, number("-1.5"))),
    ("客单价 > -(1.5)", n.Compare(">", AOV, number("-1.5"))),
    ("客单价 <> 1", n.Compare("!=", AOV, number("1"))),
    ("客单价 ≠ 1", n.Compare("!=", AOV, number("1"))),
    ("客单价 == 1", n.Compare("=", AOV, number("1"))),
    ("行业 = '制造业'", n.Compare("=", INDUSTRY, n.Text("制造业"))),
    ("行业 是 “制造业”", n.Compare("=", INDUSTRY, n.Text("制造业"))),
    ("行业 = ＂制造业＂", n.Compare("=", INDUSTRY, n.Text("制造业"))),
    ("'制造业' = 行业", n.Compare("=", n.Text("制造业"), INDUSTRY)),
    ("行业 不是 「制造业」", n.Compare("!=", INDUSTRY, n.Text("制造业"))),
    ("行业 = 'ＡＢＣ　公司'", n.Compare("=", INDUSTRY, n.Text("ABC 公司"))),
    ("规模 = '大型'", n.Compare("=", SIZE, n.Text("large"))),
    ("规模 = 'LARGE'", n.Compare("=", SIZE, n.Text("large"))),
    ("生命周期 = '流失風險'", n.Compare("=", STAGE, n.Text("at_risk"))),
    ("分层变动 = '上升'", n.Compare("=", MOVE, n.Text("up"))),
    ("分层 != 上次分层", n.Compare("!=", TIER, BEFORE)),
    ("规模 属于 ('大型', \"中型\")", n.InList(SIZE, (n.Text("large"), n.Text("medium")))),
    ("规模 in（'大型'、'中型'）", n.InList(SIZE, (n.Text("large"), n.Text("medium")))),
    ("近6个月订单数 in (1, 2)", n.InList(ORDERS, (number("1"), number("2")))),
    ("规模 不属于 ('小型')", n.Not(n.InList(SIZE, (n.Text("small"),)))),
    ("规模 not in ('小型')", n.Not(n.InList(SIZE, (n.Text("small"),)))),
    ("最近消费天数 between 30 and 90", n.Between(RECENCY, number("30"), number("90"))),
    ("最近消费天数 介于 30 到 90", n.Between(RECENCY, number("30"), number("90"))),
    ("最近消费天数介于30和90", n.Between(RECENCY, number("30"), number("90"))),
    ("最近消费天数 介于(30, 90)", n.Between(RECENCY, number("30"), number("90"))),
    ("最近消费天数 介于 (30) 和 (90)", n.Between(RECENCY, number("30"), number("90"))),
    ("最近消费天数 介于 (30 和 90)", n.Between(RECENCY, number("30"), number("90"))),
    ("最近消费天数 not between 30 and 90", n.Not(n.Between(RECENCY, number("30"), number("90")))),
    ("行业 为空", n.IsEmpty(INDUSTRY)),
    ("行业 is empty", n.IsEmpty(INDUSTRY)),
    ("行业 is null", n.IsEmpty(INDUSTRY)),
    ("行业 不为空", n.Not(n.IsEmpty(INDUSTRY))),
    ("行业 is not empty", n.Not(n.IsEmpty(INDUSTRY))),
    ("行业 包含 '制造'", n.Contains(INDUSTRY, "制造")),
    ("行业 not contains '制造'", n.Not(n.Contains(INDUSTRY, "制造"))),
    ("行业不包含'制造'", n.Not(n.Contains(INDUSTRY, "制造"))),
    ("建档日期 >= '2026-01-31'", n.Compare(">=", SINCE, n.Date(dt.date(2026, 1, 31)))),
    ("'2026-01-31' <= 建档日期", n.Compare("<=", n.Date(dt.date(2026, 1, 31)), SINCE)),
    ("days_since(建档日期) > 30", n.Compare(">", n.Call("days_since", (SINCE,)), number("30"))),
    ("has_tag('高频')", n.HasTag("frequency_high")),
    ("有标签(“High frequency”)", n.HasTag("frequency_high")),
    ("标签 包含 '高频'", n.HasTag("frequency_high")),
    ("标签 不包含 '高频'", n.Not(n.HasTag("frequency_high"))),
    ("最近消费天数 在 30 到 90 之间", n.Between(RECENCY, number("30"), number("90"))),
    ("最近消费天数在30到90之间", n.Between(RECENCY, number("30"), number("90"))),
    ("最近消費天數 介於 (30, 90) 之間", n.Between(RECENCY, number("30"), number("90"))),
    ("最近消费天数不在30至90之间", n.Not(n.Between(RECENCY, number("30"), number("90")))),
    ("Days since last order is not between 30 and 90", n.Not(n.Between(RECENCY, number("30"), number("90")))),
    ("Orders in 6 months is at least 5", OVER_5),
    ("orders_6m AT LEAST 5", OVER_5),
    ("orders_6m more than 5", n.Compare(">", ORDERS, number("5"))),
    ("orders_6m is less than 5", n.Compare("<", ORDERS, number("5"))),
    ("orders_6m is in (1, 2)", n.InList(ORDERS, (number("1"), number("2")))),
    ("Industry does not contain '制造'", n.Not(n.Contains(INDUSTRY, "制造"))),
    ("近6個月訂單數 不少於 5", OVER_5),
    ("近6个月订单数不到5", n.Compare("<", ORDERS, number("5"))),
    ("建档日期 早于 '2026-01-31'", n.Compare("<", SINCE, n.Date(dt.date(2026, 1, 31)))),
    ("建檔日期 不早於 '2026-01-31'", n.Compare(">=", SINCE, n.Date(dt.date(2026, 1, 31)))),
    ("", n.Always()),
    (" 　\n", n.Always()),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "tree"), READ)
def test_a_rule_becomes_its_tree(names, rule, tree):
    assert parse(rule, names) == tree


def test_functions_over_all_customers_may_be_restricted_to_some(names):
    assert parse("orders_6m >= high_factor * avg(orders_6m, orders_6m > 0)", names) == n.Compare(
        ">=",
        ORDERS,
        n.Arithmetic(
            "*", number("1.5", "high_factor"), n.Aggregate("avg", ORDERS, n.Compare(">", ORDERS, number("0")))
        ),
    )


@pytest.mark.parametrize(
    ("words", "aggregate"),
    [
        ("平均(客单价)", n.Aggregate("avg", AOV)),
        ("中位数(客单价)", n.Aggregate("median", AOV)),
        ("percentile(客单价, 80)", n.Aggregate("percentile", AOV, None, Decimal(80))),
        ("百分位(客单价, 80%)", n.Aggregate("percentile", AOV, None, Decimal(80))),
        ("percentile(客单价, 80, 规模 = '大型')",
         n.Aggregate("percentile", AOV, n.Compare("=", SIZE, n.Text("large")), Decimal(80))),
        ("最大(客单价)", n.Aggregate("max", AOV)),
        ("min(客单价)", n.Aggregate("min", AOV)),
        ("sum(客单价 * 2)", n.Aggregate("sum", n.Arithmetic("*", AOV, number("2")))),
        ("count(行业)", n.Aggregate("count", INDUSTRY)),
        ("count(行业 = 'x')", n.Aggregate("count", n.Compare("=", INDUSTRY, n.Text("x")))),
        ("占比(行业 = 'x')", n.Aggregate("share", n.Compare("=", INDUSTRY, n.Text("x")))),
        ("佔比(行业 = 'x', 规模 = '大型')",
         n.Aggregate("share", n.Compare("=", INDUSTRY, n.Text("x")), n.Compare("=", SIZE, n.Text("large")))),
        ("占比(客单价)", n.Standing("share", AOV)),
        ("share(客单价, 规模 = '大型')", n.Standing("share", AOV, n.Compare("=", SIZE, n.Text("large")))),
        ("排名(客单价)", n.Standing("rank", AOV)),
        ("名次(-客单价)", n.Standing("rank", n.Arithmetic("-", number("0"), AOV))),
        ("RANK(客单价, 规模 = '大型')", n.Standing("rank", AOV, n.Compare("=", SIZE, n.Text("large")))),
    ],
)  # fmt: skip
def test_aggregates_have_names_in_chinese_and_english(names, words, aggregate):
    assert parse(f"{words} > 1", names) == n.Compare(">", aggregate, number("1"))


TRADITIONAL = str.maketrans("与并属为于过个总计数绝对较签组档标预设间减", "與並屬為於過個總計數絕對較籤組檔標預設間減")


def test_every_word_of_the_language_is_there_in_traditional_letters():
    told = [*KEYWORDS.values(), *AGGREGATES.values(), *CALLS.values(), HAS_TAG, RANK]
    for words in told:
        for word in words:
            other = word.translate(TRADITIONAL)
            assert other in words or other == "缺省", other


def test_every_keyword_means_one_thing():
    spelt = [word for words in KEYWORDS.values() for word in words]
    assert len(spelt) == len(set(spelt))


def test_row_functions_take_numbers(names):
    assert parse("greatest(coalesce(客单价, 0), abs(客单价), 5) > 1", names) == n.Compare(
        ">",
        n.Call("greatest", (n.Call("coalesce", (AOV, number("0"))), n.Call("abs", (AOV,)), number("5"))),
        number("1"),
    )


def test_or_holds_loosest_then_and_then_not(names):
    a, b, c = OVER_5, n.Compare(">", AOV, number("1")), n.IsEmpty(INDUSTRY)
    text = "近6个月订单数 >= 5", "客单价 > 1", "行业 为空"
    assert parse(f"{text[0]} or {text[1]} and {text[2]}", names) == n.Or((a, n.And((b, c))))
    assert parse(f"({text[0]} 或 {text[1]}) 且 {text[2]}", names) == n.And((n.Or((a, b)), c))
    assert parse(f"非 {text[0]} 且 {text[1]}", names) == n.And((n.Not(a), b))
    assert parse(f"not ({text[0]} and {text[1]})", names) == n.Not(n.And((a, b)))
    assert parse(f"{text[0]} 且 {text[1]} 并且 {text[2]}", names) == n.And((a, b, c))


def test_multiplication_holds_tighter_than_addition_and_runs_from_the_left(names):
    assert parse("客单价 - 1 - 2 * 3 / 4 > 0", names).left == n.Arithmetic(
        "-",
        n.Arithmetic("-", AOV, number("1")),
        n.Arithmetic("/", n.Arithmetic("*", number("2"), number("3")), number("4")),
    )


def test_letters_without_spaces_are_cut_at_known_words(names):
    assert parse("客单价大于1000且近6个月订单数不小于5或非(行业为空)", names) == n.Or(
        (n.And((n.Compare(">", AOV, number("1000")), OVER_5)), n.Not(n.IsEmpty(INDUSTRY)))
    )


def test_a_tree_remembers_where_its_words_stand(names):
    tree = parse("行业 为空 且 客单价 > 1", names)
    assert tree.parts[1].left.position == 9
    assert [node.position for node in n.walk(tree) if isinstance(node, n.Column)] == [1, 9]


def test_every_name_of_every_indicator_can_be_written_without_brackets(names, general):
    for indicator in general.indicators:
        for word in (indicator.key, *indicator.name.all(), *indicator.aliases):
            written = f"【{word}】" if set("(,") & set(word) else word
            tree = parse(f"{written} 不为空", names)
            assert tree == n.Not(n.IsEmpty(names.columns[_folded(word)])), word


def _folded(word: str) -> str:
    from tierbook.model.words import folded

    return folded(word)


def test_a_name_means_the_same_indicator_in_all_languages(names, general):
    for indicator in general.indicators:
        keys = {names.columns[_folded(word)].key for word in indicator.name.all()}
        assert keys == {indicator.key}


def test_stages_do_not_see_tags_and_playbooks_see_everything(names):
    parse("分层变动 = '上升' 且 标签 包含 '高频' 且 细分 不为空", names.for_use("playbook"))
    parse("生命周期 = '新客'", names.for_use("tags"))
    parse("has_tag('高频')", names.for_use("segments"))
