"""Rules that cannot be read: every message whole, with its place and the nearest valid word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.errors import ModelError, RuleError
from tierbook.model.nodes import kind_of, walk
from tierbook.model.rules import parse
from tierbook.model.words import Vocabulary


@pytest.fixture(scope="module")
def names(general) -> Vocabulary:
    return Vocabulary.of(general)


WRONG = [
    ("近6月订单数 >= 5", "第 1 个字符：没有“近6月订单数”这个词，是不是“近6个月订单数”？"),
    ("客单价 >= 1.5 * avrg(客单价)", "第 14 个字符：没有“avrg”这个函数，是不是“avg”？"),
    ("客单价 >= foo(客单价)", "第 8 个字符：没有“foo”这个函数；带括号的字段名要写成【…】"),
    ("客单价 > 5 adn 得分 > 3", "第 9 个字符：没有“adn”这个词，是不是“and”？"),
    ("客单价 gt 5", "第 5 个字符：没有“gt”这个词；文字要加引号"),
    ("客单价 >", "第 6 个字符：规则到这里没写完"),
    ("(客单价 > 5", "第 9 个字符：规则到这里没写完，还缺“)”"),
    ("客单价 > 5)", "第 8 个字符：这里不该是“)”"),
    ("客单价 > 5 且", "第 10 个字符：规则到这里没写完"),
    ("客单价 > 5 且 且 得分 > 3", "第 11 个字符：这里不该是“且”"),
    ("客单价 (元) > 5", "第 1 个字符：没有“客单价”这个函数；带括号的字段名要写成【…】"),
    ("客单价 > 'abc'", "第 7 个字符：不能拿数字和文字比较"),
    ("行业 > '制造业'", "第 4 个字符：文字只能用 = 或 ≠ 比较，不能用“>”"),
    ("行业 介于 'a' 和 'b'", "第 4 个字符：文字只能用 = 或 ≠ 比较，不能用“介于”"),
    ("行业 = 制造业", "第 6 个字符：文字要加引号：'制造业'"),
    ("行业 = 5", "第 6 个字符：不能拿文字和数字比较"),
    ("规模 = '大形'", "第 6 个字符：没有“大形”这个值，是不是“大型”？"),
    ("规模 = '巨无霸'", "第 6 个字符：没有“巨无霸”这个值；可以是：大型、中型、小型"),
    ("标签 包含 '高頻率客'", "第 7 个字符：没有“高頻率客”这个标签，是不是“高頻”？"),
    ("标签 包含 '完全没有'", "第 7 个字符：没有“完全没有”这个标签"),
    ("标签 = '高频'", "第 4 个字符：标签请写成：标签 包含 '高频'"),
    ("has_tag(高频)", "第 9 个字符：这里要写加引号的文字"),
    ("平均 > 3", "第 1 个字符：“平均”后面要有括号"),
    ("avg(avg(客单价)) > 1", "第 5 个字符：“avg”里面不能再用“avg”"),
    ("avg(行业) > 1", "第 1 个字符：“avg”只能用于数字"),
    ("percentile(客单价, 101) > 1", "第 17 个字符：百分位要写 0 到 100 的数字"),
    ("percentile(客单价) > 1", "第 15 个字符：这里应是“,”，而不是“)”"),
    ("abs(客单价, 1) > 1", "第 1 个字符：“abs”的括号里只能有一个值"),
    ("least(客单价) > 1", "第 1 个字符：“least”的括号里至少要有两个值"),
    ("days_since(客单价) > 1", "第 12 个字符：“days_since”只能用于日期字段"),
    ("建档日期 >= '2026-02-30'", "第 9 个字符：日期要写成 '2026-01-31' 这样，不是“2026-02-30”"),
    ("建档日期 > 5", "第 8 个字符：不能拿日期和数字比较"),
    ("客单价", "第 1 个字符：这里要写一个判断，例如：近6个月订单数 >= 5"),
    ("客单价 + 1", "第 1 个字符：这里要写一个判断，例如：近6个月订单数 >= 5"),
    ("5", "第 1 个字符：这里要写一个判断，例如：近6个月订单数 >= 5"),
    ("'abc'", "第 1 个字符：这里要写一个判断，例如：近6个月订单数 >= 5"),
    ("客单价 且 得分 > 3", "第 1 个字符：这里要写一个判断，例如：近6个月订单数 >= 5"),
    ("(客单价 > 5) > 3", "第 6 个字符：判断不能当作值来比较"),
    ("(客单价 > 5) 为空", "第 6 个字符：判断不能当作值来比较"),
    ("30 <= 最近消费天数 <= 90", "第 14 个字符：一次只能比较一回；范围请写“介于 30 和 90”"),
    ("行业 + 1 > 2", "第 4 个字符：“+”只能用于数字"),
    ("-行业 > 2", "第 1 个字符：“-”只能用于数字"),
    ("规模 包含 '大'", "第 4 个字符：“包含”只能用于文字字段（有固定选项的字段用 =）"),
    ("行业 包含 大", "第 7 个字符：这里要写加引号的文字"),
    ("规模 属于 ('大型', 行业)", "第 14 个字符：“属于”里只能写固定的值"),
    ("规模 属于 '大型'", "第 7 个字符：这里应是“(”，而不是“'大型'”"),
    ("规模 属于 ('大型'", "第 12 个字符：规则到这里没写完，还缺“)”"),
    ("最近消费天数 介于 30", "第 13 个字符：规则到这里没写完，还缺“和”"),
    ("客单价 > 5 ; x", "第 9 个字符：规则里不能用“;”"),
    ("客单价 > 5 # x", "第 9 个字符：规则里不能用“#”"),
    ("行业 = 'abc", "第 6 个字符：' 没有配对的另一半"),
    ("【客单价 > 5", "第 1 个字符：【 没有配对的另一半"),
    ("行业 = 'a\\b'", "第 6 个字符：引号里的文字不能有反斜杠、换行或控制字符"),
    ("客单价 > 12345678901234567890", "第 7 个字符：数字太长"),
    ("非", "第 2 个字符：规则到这里没写完"),
    ("not", "第 4 个字符：规则到这里没写完"),
    ("平均(排名(客单价)) > 1", "第 4 个字符：“平均”里面不能再用“排名”"),
    ("排名(平均(客单价)) > 1", "第 4 个字符：“排名”里面不能再用“平均”"),
    ("排名(行业) > 1", "第 1 个字符：“排名”只能用于数字"),
    ("排名(客单价 > 5) > 1", "第 1 个字符：“排名”只能用于数字"),
    ("占比(行业) > 1", "第 1 个字符：“占比”只能用于数字"),
    ("排名 > 1", "第 1 个字符：“排名”后面要有括号"),
    ("最近消费天数 <= 30天", "第 13 个字符：数字后面不要写“天”，只写数字（5 万写成 50000）"),
    ("近12个月金额 >= 5万", "第 13 个字符：数字后面不要写“万”，只写数字（5 万写成 50000）"),
    ("最近消费天数 <= 30 days", "第 14 个字符：数字后面不要写“days”，只写数字（5 万写成 50000）"),
    ("在途订单 > 1", "第 1 个字符：没有“在途订单”这个词，是不是“订单数”？"),
    ("客单价 在 100", "第 10 个字符：规则到这里没写完，还缺“和”"),
    ("没有这个东西 > 1", "第 1 个字符：没有“没有这个东西”这个词；文字要加引号"),
]


@pytest.mark.parametrize(("rule", "message"), WRONG)
def test_a_wrong_rule_says_where_and_why(names, rule, message):
    with pytest.raises(RuleError) as caught:
        parse(rule, names)
    assert caught.value.words("zh-CN") == message
    assert caught.value.rule == rule


def test_a_message_speaks_the_readers_language(names):
    with pytest.raises(RuleError) as caught:
        parse("规模 = '巨无霸'", names)
    assert caught.value.words("en") == ("at character 6: there is no value “巨无霸”; valid are: Large, Medium, Small")
    assert caught.value.words("zh-TW") == "第 6 個字元：沒有「巨无霸」這個值；可以是：大型、中型、小型"
    with pytest.raises(RuleError) as caught:
        parse("客单价 > 'abc'", names)
    assert caught.value.words("en") == "at character 7: cannot compare a number with a text"


TOO_EARLY = [
    ("stages", "分层变动 = '上升'", "第 1 个字符：“分层变动”在算这类规则时还不知道，这里不能用"),
    ("stages", "生命周期 = '新客'", "第 1 个字符：“生命周期”在算这类规则时还不知道，这里不能用"),
    ("stages", "has_tag('高频')", "第 1 个字符：标签和生命周期的规则不能看标签（那时还没打标签）"),
    ("tags", "标签 包含 '高频'", "第 1 个字符：“标签”在算这类规则时还不知道，这里不能用"),
    ("tags", "细分 为空", "第 1 个字符：“细分”在算这类规则时还不知道，这里不能用"),
    ("segments", "细分 为空", "第 1 个字符：“细分”在算这类规则时还不知道，这里不能用"),
    ("segments", "上次分层 = 'VIP'", "第 1 个字符：“上次分层”在算这类规则时还不知道，这里不能用"),
]


@pytest.mark.parametrize(("use", "rule", "message"), TOO_EARLY)
def test_a_rule_sees_only_what_is_known_at_its_turn(names, use, rule, message):
    with pytest.raises(RuleError) as caught:
        parse(rule, names.for_use(use))
    assert caught.value.words("zh-CN") == message


LIMITS = [
    ("客单价 > " + "1" * 600, "第 501 个字符：规则超过 500 个字符，请拆成几条"),
    ("r>1 or " * 60 + "r>1", None),
    ("r>1 or " * 70 + "r>1", "第 464 个字符：规则太复杂（超过 200 个部分），请拆成几条"),
    ("(" * 30 + "客单价 > 1" + ")" * 30, None),
    ("(" * 31 + "客单价 > 1" + ")" * 31, "第 31 个字符：层次超过 30 层，请减少括号"),
    ("not " * 31 + "客单价 > 1", "第 121 个字符：层次超过 30 层，请减少括号"),
    ("客单价 > " + "-" * 31 + "1", "第 37 个字符：层次超过 30 层，请减少括号"),
    ("客单价 > 1" + "+1" * 31, "第 68 个字符：层次超过 30 层，请减少括号"),
    ("客单价 > " + "abs(" * 31 + "1" + ")" * 31, "第 127 个字符：层次超过 30 层，请减少括号"),
]


@pytest.mark.parametrize(("rule", "message"), LIMITS)
def test_a_rule_has_limits_and_never_exhausts_the_stack(names, rule, message):
    if message is None:
        assert parse(rule, names)
    else:
        with pytest.raises(RuleError) as caught:
            parse(rule, names)
        assert caught.value.words("zh-CN") == message


ATTACKS = """
1=1; drop table orders
(select count(*) from orders) > 0
客单价 in (select 1)
exists(select 1)
read_csv('/etc/passwd') is null
getenv('HOME') = 'x'
客单价::varchar = 'x'
cast(客单价 as varchar) = '1'
s.客单价 > 1
main.customers.行业 = 'x'
* > 1
客单价 > 1 -- x
客单价 > 1 /* x */
客单价 > $1
客单价 > ?
客单价 > :x
客单价 > @x
row_number() over () > 1
sum(客单价) over (order by 客单价) > 1
case when 1=1 then true end
行业 = 'a'' or ''1''=''1'
行业 = 'a\\' or 1=1 -- '
行业 = `客单价`; drop
`客单价; drop` > 1
客单价 > 1 union select 1
客单价 > pg_sleep(100)
行业 ~ '(a+)+$'
行业 similar to '(a+)+$'
行业 like '%x%'
{'a':1}.a = 1
客单价 > (lambda x: x)(1)
interval '1' day > 客单价
x -> y
客单价 > 1e999999
客单价 > 1e5
count(*) > 1
extract(year from 建档日期) > 1
__import__('os').system('id')
客单价.__class__ = 1
current_user = 'a'
客单价 > 0x1F
行业 = x'41'
行业 = E'\\n'
行业 = $$a$$
客单价 collate "x" = 1
行业 || 'x' = 'y'
客单价 > 1 limit 1
if(客单价>1,true,false)
客单价 > ٣
客单价 > ²
""".strip().splitlines()


@pytest.mark.parametrize("attack", [*ATTACKS, "客单价 > 1 \x00", "客单价 > 1\u202e", "客单价\u200b > 1"])
def test_nothing_but_the_language_passes(names, attack):
    with pytest.raises(RuleError):
        parse(attack, names)


@pytest.mark.parametrize(
    "text",
    ["'; drop table orders; --", "x' or '1'='1", "%s {0} $(id)", "</script>", "=HYPERLINK(1)", "a;b", "(((", "【】"],
)
def test_a_quoted_text_stays_a_text_whatever_it_says(names, text):
    quote = '"' if "'" in text else "'"
    tree = parse(f"行业 = {quote}{text}{quote}", names)
    assert tree.right.value == text
    assert len(list(walk(tree))) == 3


@pytest.mark.parametrize("text", ["a\\b", "a\nb", "a\tb", "a\x00b", "a\u200bb", "a\u202eb"])
def test_a_quoted_text_holds_no_backslash_or_control_character(names, text):
    with pytest.raises(RuleError) as caught:
        parse(f"行业 = '{text}'", names)
    assert caught.value.words("zh-CN") == "第 6 个字符：引号里的文字不能有反斜杠、换行或控制字符"


def test_ten_thousand_letters_are_refused_at_once(names):
    with pytest.raises(RuleError) as caught:
        parse("客" * 10_000, names)
    assert caught.value.words("zh-CN") == "第 501 个字符：规则超过 500 个字符，请拆成几条"


def test_a_rule_error_is_a_model_error_and_points_at_its_place(names):
    with pytest.raises(ModelError) as caught:
        parse("客单价 > foo", names)
    assert caught.value.pointed() == "客单价 > foo\n　　　   ^"


PIECES = (
    "客单价", "近6个月订单数", "行业", "规模", "标签", "建档日期", "churn_days", "avg(",
    "percentile(", "has_tag(", "abs(",
    "(", ")", ",", "且", "or", "非", "not", "属于", "in", "介于", "between", "to", "is",
    "空", "empty", "包含", "排名(", "占比(", "rank(", "在", "之间", "at", "least", "does", "contain", "30天",
    "=", "≥", "<", "+", "-", "*", "/", "5", "60%",
    "1.5", "'大型'", "'高频'", "'2026-01-31'", "“", "【", "】", "\\", ";", " ", "\n",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_tree_or_a_rule_error(names, text):
    try:
        tree = parse(text, names)
    except RuleError as error:
        assert 1 <= error.position <= len(text) + 1
        assert error.words("zh-CN")
        assert error.words("en")
    else:
        assert kind_of(tree) == "condition"
