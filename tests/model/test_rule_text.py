"""A rule's tree written back in the reader's language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.labels import LANGUAGES
from tierbook.model import nodes as n
from tierbook.model.reader import LONGEST
from tierbook.model.rule_text import _Writer, in_language
from tierbook.model.rules import parse
from tierbook.model.words import Vocabulary


@pytest.fixture(scope="module")
def names(general) -> Vocabulary:
    return Vocabulary.of(general)


TOLD = [
    ("近6个月订单数 >= 5 且 客单价 >= high_factor * 平均(客单价)",
     "Orders in 6 months >= 5 and Average order value >= high_factor * avg(Average order value)"),
    ("规模 属于 ('大型', '中型') 或 非 行业 包含 '制造'",
     "Size in ('Large', 'Medium') or not Industry contains '制造'"),
    ("(客单价 > 1 或 得分 > 2) 且 行业 不为空", "(Average order value > 1 or Score > 2) and Industry is not empty"),
    ("客单价 > 1 或 得分 > 2 且 行业 为空", "Average order value > 1 or (Score > 2 and Industry is empty)"),
    ("最近消费天数 介于 30 和 90", "Days since last order between 30 and 90"),
    ("有标签('高频') 且 生命周期 != '流失'", "has_tag('High frequency') and Stage != 'Lost'"),
    ("距今天数(建档日期) > 30", "days_since(Since) > 30"),
    ("百分位(客单价, 80, 得分 > 3) < 客单价", "percentile(Average order value, 80, Score > 3) < Average order value"),
    ("排名(近6个月订单数, 得分 > 3) <= 10% * 计数(客单价)",
     "rank(Orders in 6 months, Score > 3) <= 0.1 * count(Average order value)"),
    ("占比(客单价 > 5) < 20% 且 占比(客单价) > 1%",
     "share(Average order value > 5) < 0.2 and share(Average order value) > 0.01"),
    ("客单价 在 1 到 2 之间", "Average order value between 1 and 2"),
    ("客单价 - (1 - 2) * 3 > 60%", "Average order value - (1 - 2) * 3 > 0.6"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "english"), TOLD)
def test_a_rule_is_told_in_english(names, rule, english):
    assert in_language(rule, names, "en") == english


def test_a_rule_already_in_the_language_stays_as_typed(names):
    assert in_language("客单价>1且得分  >2", names, "zh-CN") == "客单价>1且得分  >2"
    assert in_language("aov>1   and score>2", names, "en") == "aov>1   and score>2"
    assert in_language("aov>1   and score>2", names, "zh-CN") == "客单价 > 1 且 得分 > 2"
    assert in_language("客单价>1且得分  >2", names, "zh-TW") == "客單價 > 1 且 得分 > 2"
    assert in_language("", names, "en") == ""


def test_every_shipped_rule_means_the_same_in_every_language(names, general):
    lists = (("stages", general.stages), ("tags", general.tags), ("segments", general.segments),
             ("playbook", general.playbook))  # fmt: skip
    for use, rules in lists:
        words = names.for_use(use)
        for rule in rules:
            for language in LANGUAGES:
                assert parse(in_language(rule.when, words, language), words) == parse(rule.when, words)


NUMBERS = (
    n.Column("orders_6m", "number", 1),
    n.Column("aov", "number", 1_000_000),
    n.Column("score", "number", 1_000_000, "result"),
    n.Number(Decimal(90), "churn_days"),
)
INDUSTRY, NAME = n.Column("industry", "text", 1, "customer"), n.Column("name", "text", 1, "customer")
SIZE, SINCE = n.Column("size", "text", 1, "customer"), n.Column("since", "date", 1, "customer")

TEXTS = tuple(map(n.Text, ("制造业", "it's", 'a "b"', "x or y", "((", "100%")))
COMPARE = ("=", "!=", "<", "<=", ">", ">=")
AGGREGATES = ("avg", "median", "min", "max", "sum", "count")


@st.composite
def numbers(draw, depth: int = 2) -> n.Node:
    kind = draw(st.integers(0, 4 if depth else 1))
    if kind == 0:
        return n.Number(Decimal(draw(st.integers(-999, 999))) / 100)
    if kind == 1:
        return draw(st.sampled_from(NUMBERS))
    left = draw(numbers(depth - 1))
    if kind == 2:
        return n.Call("abs", (left,))
    right = draw(numbers(depth - 1))
    return n.Arithmetic(draw(st.sampled_from("+-*/")), left, right) if kind == 3 else n.Call("least", (left, right))


def overall() -> st.SearchStrategy[n.Node]:
    """Questions about all customers."""
    holds = st.builds(n.Compare, st.just(">"), numbers(), numbers())
    return (
        st.builds(n.Aggregate, st.sampled_from(AGGREGATES), numbers(), st.none() | holds)
        | st.builds(n.Aggregate, st.sampled_from(["count", "share"]), holds, st.none() | holds)
        | st.builds(n.Standing, st.sampled_from(["rank", "share"]), numbers(), st.none() | holds)
    )


@st.composite
def conditions(draw, depth: int = 2) -> n.Node:
    kind = draw(st.integers(0, 10 if depth else 7))
    if kind > 7:
        parts = draw(st.lists(conditions(depth - 1), min_size=2, max_size=3))
        return n.Not(parts[0]) if kind == 8 else n.And(tuple(parts)) if kind == 9 else n.Or(tuple(parts))
    return draw(
        (
            st.builds(n.Compare, st.sampled_from(COMPARE), numbers(), numbers()),
            st.builds(n.Compare, st.just("<"), overall(), numbers()),
            st.sampled_from(TEXTS).map(lambda each: n.Compare("=", INDUSTRY, each)),
            st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)).map(lambda day: n.Compare(">=", SINCE, n.Date(day))),
            st.sampled_from(["large", "small"]).map(lambda key: n.InList(SIZE, (n.Text(key),))),
            st.builds(n.Between, numbers(), numbers(), numbers()),
            st.sampled_from([INDUSTRY, SINCE, NUMBERS[0]]).map(n.IsEmpty),
            st.sampled_from(TEXTS).map(lambda each: n.Contains(NAME, each.value)) | st.just(n.HasTag("frequency_high")),
        )[kind]
    )


@given(conditions())
@settings(max_examples=150, deadline=None)
def test_writing_and_reading_a_tree_gives_the_tree(names, tree):
    for language in LANGUAGES:
        written = _Writer(names, language).bare(tree)
        if len(written) <= LONGEST:
            assert parse(written, names) == tree, written
