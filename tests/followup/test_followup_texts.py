"""Words in braces, and how values are written into a sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from tierbook.errors import ModelError
from tierbook.followup.texts import PlayTexts, places, shown, shows
from tierbook.labels import LANGUAGES, Name
from tierbook.model.words import Vocabulary


@pytest.fixture(scope="module")
def names(general):
    return Vocabulary.of(general)


def test_each_place_is_told_once_in_order():
    assert places("{b} 和 {a}，又是 {b}") == ("b", "a")


@pytest.mark.parametrize(
    ("value", "kind", "percent", "words"),
    [
        (95, "days", False, "95"),
        (1234, "count", False, "1,234"),
        (Decimal("12345.00"), "money", False, "12,345"),
        (Decimal("12345.60"), "money", False, "12,345.60"),
        (Decimal("-300.05"), "money", False, "-300.05"),
        (1536.6666, "mean_money", False, "1,536.67"),
        (0.625, "ratio", True, "62.5%"),
        (0.6, "ratio", True, "60%"),
        (-0.0001, "ratio", True, "0%"),
        (2.34, "ratio", False, "2.3"),
        (83.46, "number", False, "83.5"),
        (4.0, "number", False, "4"),
        (dt.date(2026, 10, 31), "date", False, "2026-10-31"),
        ("打印设备", "text", False, "打印设备"),
        (1, "flag", False, "是"),
        (0, "flag", False, "否"),
        (None, "money", False, "（无数据）"),
        ("", "text", False, "（无数据）"),
        (0, "count", False, "0"),
    ],
)
def test_values_are_written_for_people(value, kind, percent, words):
    assert shown(value, kind, percent=percent, language="zh-CN") == words


def test_only_ratios_in_percent_are_shown_in_percent(general, names):
    columns = [names.columns[word] for word in ("repurchaserate", "overdueratio", "score", "aov", "recencydays")]
    show = shows(columns, general, "en")
    assert show["repurchase_rate"](0.5) == "50%"
    assert show["overdue_ratio"](2.5) == "2.5"
    assert show["score"](79.96) == "80"
    assert show["aov"](99.9) == "99.90"
    assert show["recency_days"](None) == "(no data)"


def test_a_place_may_be_any_spelling_a_rule_may_use(general, names):
    play = replace(
        general.playbook[0],
        action=Name("致电 {联系人} {phone}", "x", "x"),
        reason=Name("{最近消费天数} 天，{ recency_days } 天，{R值}", "x", "x"),
    )
    texts = PlayTexts.of(play, names, "zh-CN")
    filled = texts.filled({"contact": "王敏", "phone": "021-55501001", "recency_days": "95"})
    assert filled == ("致电 王敏 021-55501001", "95 天，95 天，95")


def test_previous_tiers_and_moves_are_shown_by_name(general, names):
    show = shows([names.columns["previoustier"], names.columns["tiermove"]], general, "zh-CN")
    assert show["previous_tier"]("potential") == "潜力"
    assert show["tier_move"]("down") == "下降"
    assert show["previous_tier"](None) == "（无数据）"


@pytest.mark.parametrize("word", ["recency_day", "churn_days", "name.__class__", "0", "", "score:>100000", "name!r"])
def test_nothing_but_names_of_columns_is_understood_in_braces(general, names, word):
    play = replace(general.playbook[0], reason=Name(f"{{{word}}} 天", "x", "x"), where="模型-策略!D7")
    with pytest.raises(ModelError) as error:
        PlayTexts.of(play, names, "zh-CN")
    assert error.value.words("zh-CN") == f"模型-策略!D7：文字中的“{{{word}}}”不是已知的指标或字段。"


def test_a_lone_brace_is_just_a_letter(general, names):
    play = replace(general.playbook[0], action=Name("a { b", "x", "x"), reason=Name("}", "x", "x"))
    assert PlayTexts.of(play, names, "zh-CN").filled({}) == ("a { b", "}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_playbook_can_be_filled(general, names, language):
    for play in general.playbook:
        texts = PlayTexts.of(play, names, language)
        action, reason = texts.filled({column.key: "某值" for column in texts.columns.values()})
        assert "{" not in action + reason
        assert action
