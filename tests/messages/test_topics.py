"""Templates: the shipped ones are whole, and a mistake in one's own is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierbook import templates
from tierbook.errors import UsageError
from tierbook.followup.texts import places
from tierbook.labels import LANGUAGES
from tierbook.messages.topics import columns_in, filled, own_word, topic_of, topics_in
from tierbook.model.words import Vocabulary

SHIPPED = templates.folder() / "messages"
SMALL = """
key = "own"
name = { zh-CN = "自", zh-TW = "自", en = "Own" }
plays = ["low_*"]
[sms.any]
body = { zh-CN = "您好{称呼}", zh-TW = "您好{稱呼}", en = "Hello {Person}" }
"""


@pytest.fixture(scope="module")
def words(general) -> Vocabulary:
    return Vocabulary.of(general)


def test_every_shipped_template_can_be_filled_in_every_language(words: Vocabulary) -> None:
    topics = topics_in([SHIPPED], words)
    assert {topic.key for topic in topics} >= {"low_automatic", "birthday", "holiday", "renewal", "wake_up", "welcome"}
    for topic in topics:
        for (channel, tier), said in topic.words.items():
            for language in LANGUAGES:
                body = said.body.of(language)
                told = filled(body, dict.fromkeys(places(body), "某"))
                assert told, f"{topic.key} {channel}.{tier} {language}"
                assert "{" not in told


def test_the_three_languages_of_a_template_tell_the_same(words: Vocabulary) -> None:
    """The same places in each, so that a translation leaves nothing out."""
    for topic in topics_in([SHIPPED], words):
        for key, said in topic.words.items():
            for name in (said.subject, said.body):
                meant = {
                    frozenset(own_word(word) or columns_in(f"{{{word}}}", "", words)[word].key for word in places(each))
                    for each in name.all()
                }
                assert len(meant) == 1, f"{topic.key} {key}"


def test_a_line_without_its_value_is_left_out() -> None:
    told = filled("您好{甲}\n\n常买{乙}\n再见", {"甲": "李娜", "乙": ""})
    assert told == "您好李娜\n\n再见"


def test_what_stands_in_a_value_is_no_place() -> None:
    assert filled("{甲}", {"甲": "{乙}", "乙": "no"}) == "{乙}"


def test_a_star_stands_for_anything(words: Vocabulary) -> None:
    topic = topic_of(SMALL, "own.toml", words)
    assert topic.serves("low_automatic")
    assert not topic.serves("birthday")


def test_a_tier_without_words_of_its_own_gets_those_for_everybody(words: Vocabulary) -> None:
    topic = topic_of(SMALL + SMALL.partition("[sms.any]")[2].replace("body", "[sms.vip]\nbody", 1), "own.toml", words)
    assert topic.said("sms", "general") is topic.words["sms", "any"]
    assert topic.said("sms", "vip") is topic.words["sms", "vip"]
    assert topic.said("mail", "vip") is None


def test_a_folder_of_ones_own_takes_the_place_of_ours(tmp_path: Path, words: Vocabulary) -> None:
    (tmp_path / "mine.toml").write_text(SMALL.replace('"own"', '"birthday"'), encoding="utf-8")
    topics = {topic.key: topic for topic in topics_in([SHIPPED, tmp_path], words)}
    assert topics["birthday"].plays == ["low_*"]


@pytest.mark.parametrize(
    ("old", "new", "words_en"),
    [
        ("{称呼}", "{称乎}", "the template own.toml has {称乎}, which nobody knows; nearest: {称呼}"),
        (', en = "Hello {Person}"', "", "sms.any.body of the template own.toml lacks en: every text"),
        ('key = "own"', "", "the template own.toml is wrong: 'key'"),
        ("[sms.any]", "[sms", "the template own.toml is wrong: "),
        ('plays = ["low_*"]', "plays = 3", "the template own.toml is wrong: 'int' object is not iterable"),
        ("[sms.any]", "[fax.any]", "the template own.toml is wrong: mail, sms"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(words: Vocabulary, old: str, new: str, words_en: str) -> None:
    with pytest.raises(UsageError) as wrong:
        topic_of(SMALL.replace(old, new), "own.toml", words)
    assert wrong.value.words("en").startswith(words_en)
