"""CUST_COUNT counts in a copy as the add-in does, whatever the conditions are called."""

from __future__ import annotations

import itertools

import pytest

from tierbook.excel.scored import reading
from tierbook.sharing import share
from tierbook.sharing.answers import read_answers
from tierbook.sharing.values import value_of

TIERS = [None, "", "VIP", "vip", "低价值", "Potential", "A", "nope", "#N/A"]
TAGS = [None, "低频", "低频、", "nope"]
SEGMENTS = [None, "一般挽留客户", "重要保持客户", "nope"]
OWNERS = [None, "王芳", " 王芳 ", "nobody"]
CONDITIONS = [*itertools.product(TIERS, TAGS), *((None, None, *rest) for rest in itertools.product(SEGMENTS, OWNERS)),
              ("低价值", "低频", "一般挽留客户", "王芳"), ("VIP", "低频"), ()]  # fmt: skip


@pytest.fixture(scope="module")
def book(asked, tmp_path_factory):
    asks = [asked.Ask("CUST_COUNT", condition) for condition in CONDITIONS]
    return asked.small_book(tmp_path_factory.mktemp("count") / "count.xlsx", asked.asking(["x"], asks)), asks


def test_what_cells_show_at_first_is_the_addins_count(asked, book):
    answers, scored = read_answers(book[0]), reading.read(book[0])
    off = [
        (one, value_of(answers, "CUST_COUNT", one), asked.answer_of(scored, "CUST_COUNT", one)) for one in CONDITIONS
    ]
    assert not [each for each in off if each[1] != each[2]]
    assert {each[1] for each in off} >= {7.0, 2.0, 1.0, 0.0, "#VALUE!", "#N/A"}


def copied(path, to):
    made = share(path, to)
    assert made.frozen == ()
    copy = path.with_name(f"{to}.xlsx")
    copy.write_bytes(made.data)
    return copy


def only_looks_like_an_error(each):
    """The text #N/A as a word: to a formula a word like any other, to the add-in the error itself."""
    return '"#N/A"' in each[1] and each[2] == "#VALUE!"


@pytest.mark.parametrize("to", ["lambda", "classic"])
def test_a_copy_counts_as_the_addin_does(asked, book, to):
    """By IronCalc, which knows no FIND in several cells at once: tags are left to LibreOffice."""
    path, asks = book
    copy, expected = copied(path, to), asked.wanted(path, ["x"], asks)
    off = asked.differences(asked.by_ironcalc(copy, 1, len(asks)), expected, ["x"], asks)
    assert not [each for each in off if "低频" not in each[1] and not only_looks_like_an_error(each)]
    assert asked.shown(copy, 1, len(asks)) == expected


@pytest.mark.office
@pytest.mark.slow
def test_libreoffice_counts_tags_as_the_addin_does(asked, book, tmp_path):
    path, asks = book
    found = asked.by_libreoffice(copied(path, "classic"), 1, len(asks), tmp_path)
    off = asked.differences(found, asked.wanted(path, ["x"], asks), ["x"], asks)
    assert not [each for each in off if not only_looks_like_an_error(each)]


def test_conditions_from_cells_are_counted_by_the_names_and_frozen_in_plain_formulas(asked, tmp_path):
    words = ["VIP", "低价值", "ａ", "nope", None]
    asks = [asked.Ask("CUST_COUNT", (asked.WORD,)), asked.Ask("CUST_COUNT", (None, None, None, asked.WORD))]
    ids = ["x"] * len(words)
    path = asked.small_book(tmp_path / "words.xlsx", asked.asking(ids, asks, words))
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(share(path, "lambda").data)
    found = asked.by_ironcalc(copy, len(ids), len(asks))
    assert found == asked.wanted(path, ids, asks, words)
    frozen = share(path, "classic")
    assert len(frozen.frozen) == 2 * len(words)
    copy.write_bytes(frozen.data)
    assert [row[0] for row in asked.shown(copy, len(ids), 1)] == [1, 3, 1, "#VALUE!", 7]
