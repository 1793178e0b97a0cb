"""What cells of a copy show at first is what the add-in says: two ways to the same answers, held together."""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook.excel.scored import reading
from tierbook.sharing.answers import read_answers
from tierbook.sharing.values import PER_CUSTOMER, value_of

WORDS = [None, "", " ", "four", "ABC 分层", "ａｂｃ　分层", "nope", "#N/A", 5, 5.5, True, "general", "简单评分", "CSAT",
         "最近购买间隔（天）", "高频", "低频、", "、", "last_order_date", "name"]  # fmt: skip
DAYS = [None, "", dt.datetime(2026, 8, 31), dt.datetime(2026, 8, 30, 23, 59), dt.datetime(2026, 8, 1), 46264.5, 1, 0,
        3e6, True, "2026-08-01", "2026年8月30日", "soon", "#REF!"]  # fmt: skip


@pytest.fixture(scope="module")
def small(asked, tmp_path_factory):
    path = asked.small_book(tmp_path_factory.mktemp("small") / "small.xlsx", asked.asking([], []))
    return read_answers(path), reading.read(path)


def agree(asked, small, function, arguments):
    answers, book = small
    found, expected = value_of(answers, function, arguments), asked.answer_of(book, function, arguments)
    expected = asked.serial(expected) if isinstance(expected, dt.date) else expected
    assert found == expected, (function, arguments)
    assert isinstance(found, bool) == isinstance(expected, bool)


@pytest.mark.parametrize("function", sorted(PER_CUSTOMER))
def test_every_function_answers_as_the_addin_for_every_id(asked, small, function):
    word = {"CUST_METRIC": ["csat"], "CUST_HAS_TAG": ["高频"]}.get(function, [])
    for customer in [*(row[0] for row in asked.RESULTS[1:]), *asked.ODD, dt.datetime(1902, 9, 27), "9999"]:
        agree(asked, small, function, [customer, *word])


@pytest.mark.parametrize("function", ["CUST_TIER", "CUST_SCORE", "CUST_METRIC", "CUST_TAGS", "CUST_HAS_TAG"])
@pytest.mark.parametrize("word", WORDS)
def test_every_word_means_what_it_means_to_the_addin(asked, small, function, word):
    for customer in ("1001", "1002", "A-7", "nobody", None):
        agree(asked, small, function, [customer, word])


@pytest.mark.parametrize("function", ["CUST_TIER", "CUST_SCORE"])
@pytest.mark.parametrize("day", DAYS)
def test_every_day_means_what_it_means_to_the_addin(asked, small, function, day):
    for customer in ("1001", "A-7", "1002", "9999", ""):
        for word in (None, "four", "general", "abc", "nope"):
            agree(asked, small, function, [customer, word, day])


def test_tags_only_the_rules_know_are_words_too(asked, small):
    for tag in ("高频", "high_frequency", "High frequency", "重要客户"):
        agree(asked, small, "CUST_HAS_TAG", ["1001", tag])


def test_the_stamp_is_the_addins(asked, small):
    agree(asked, small, "CUST_STAMP", [])


@pytest.mark.slow
def test_the_demo_answers_as_the_addin_for_every_customer_and_function(asked, demo):
    answers, book = read_answers(demo), reading.read(demo)
    for customer in answers.results.ids:
        for function in PER_CUSTOMER:
            word = {"CUST_METRIC": ["recency_days"], "CUST_HAS_TAG": ["高忠诚"]}.get(function, [])
            agree(asked, (answers, book), function, [customer, *word])
