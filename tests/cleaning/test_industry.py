"""Trades as people call them, and their codes of GB/T 4754-2017."""

from __future__ import annotations

import csv

import pytest

from tierbook.cleaning.industry import catalogue, code_in, code_named, coded, key_of, suggestions


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("制造业", "C"), ("制造", "C"), ("製造業", "C"), ("Manufacturing", "C"), ("软件和信息技术服务业", "I65"),
        ("软件与信息技术服务", "I65"), ("軟體業", "I65"), ("Software", "I65"), ("批发零售", "F"), ("批发/零售", "F"),
        ("餐飲", "H62"), ("互联网行业", "I64"), ("房地产", "K70"), ("教育", "P83"), ("医疗", "Q84"), ("物流", "G"),
        ("贸易公司", "F51"), ("C18", "C18"), ("c-18", "C18"), ("18", "C18"), ("C18 纺织服装", "C18"), ("1811", "C1811"),
        ("纺织服装、服饰业", "C18"), ("纺织服装服饰业", "C18"), ("health care", "Q84"), ("制衣", "C18"),
    ],
)  # fmt: skip
def test_a_name_that_means_one_trade_is_coded(text, code):
    assert code_named(text) == code


@pytest.mark.parametrize(
    "text", ["做服装的工厂", "服装", "卖衣服的小店", "新能源", "C99", "Z1", "A18", "什么都做", "其他"]
)
def test_a_trade_in_somebodys_own_words_is_never_coded_alone(text):
    assert code_named(text) is None


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("做服装的工厂", ["C18", "C17"]), ("卖衣服的小店", ["F52", "C18"]), ("修车铺", ["O81"]),
        ("开饭店的", ["H62", "F52"]),
        ("搞IT的", ["I65"]), ("机械厂", ["C34", "C35"]), ("跨境电商", ["F52", "I64"]), ("a small hospital", ["Q84"]),
        ("光伏组件生产", ["C38"]), ("???", []),
    ],
)  # fmt: skip
def test_it_gets_the_likeliest_divisions(text, likely):
    assert [entry.code for entry in suggestions(text)][: len(likely)] == likely
    assert len(suggestions(text)) <= 3


@pytest.mark.parametrize(
    ("text", "code"),
    [("C", "C"), ("I6510", "I6510"), ("６５", "I65"), ("18.0", "C18"), ("1", "A01"), ("0111", "A0111"), ("98", None),
     ("C65", None), ("U", None), ("C181111", None), ("", None)],
)  # fmt: skip
def test_a_code_is_valid_where_its_division_is_and_bears_its_letter(text, code):
    assert code_in(text) == code


@pytest.mark.parametrize(
    ("industry", "code", "expected"),
    [
        ("制造业", None, ("C", "制造业", "industry", "", "", "")),
        (None, "I65", ("I65", "软件和信息技术服务业", "", "industry_code", "", "")),
        ("软件", "C18", ("C18", "软件", "", "", "industry_mismatch", "industry_code")),
        ("做衣服", "C18", ("C18", "做衣服", "", "", "", "")),
        ("软件", "?", ("I65", "软件", "", "", "industry_code_wrong", "industry_code")),
        ("做服装的工厂", None, (None, "做服装的工厂", "", "", "industry_doubt", "industry")),
        ("其他", None, (None, "其他", "", "", "", "")),
        (None, None, (None, None, "", "", "", "")),
    ],
)
def test_name_and_code_together(industry, code, expected):
    assert coded(industry, code) == expected


def test_every_sure_name_means_one_entry_alone():
    meant: dict[str, set[str]] = {}
    for entry in catalogue().of.values():
        for word in (entry.name, entry.en, *entry.sure):
            meant.setdefault(key_of(word), set()).add(entry.code)
    shared = {word for word, codes in meant.items() if len(codes) > 1}
    assert shared == {
        key_of(word)
        for word in ("教育", "房地产业", "国际组织", "Education", "Real estate", "International organizations")
    }


@pytest.mark.data
def test_sections_and_divisions_are_those_of_the_standard(shared_data):
    with shared_data("gbt4754_2017.csv").open(encoding="utf-8-sig") as stream:
        rows = [row for row in csv.DictReader(stream) if row["level"] in ("门类", "大类")]
    assert {entry.code: entry.name for entry in catalogue().of.values()} == {
        row["full_code"]: row["name"] for row in rows
    }


@pytest.mark.data
def test_every_name_of_the_standard_is_coded_to_itself_or_left_to_people(shared_data):
    """A group or class of the standard, typed as a trade, never becomes another section's code."""
    with shared_data("gbt4754_2017.csv").open(encoding="utf-8-sig") as stream:
        for row in csv.DictReader(stream):
            found = code_named(row["name"])
            assert found is None or row["full_code"].startswith(found) or found.startswith(row["full_code"]), row
