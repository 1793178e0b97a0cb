"""Templates of messages: what is said to a customer on which occasion, by tier and in three languages.

A template is a TOML of its own:

    key = "birthday"
    name = { zh-CN = "生日祝福", zh-TW = "生日祝福", en = "Birthday greeting" }
    plays = ["birthday", "care_birthday*"]   # lines of the playbook whose tasks it carries out; * stands for anything
    automatic = true                         # made without being asked for
    closes = true                            # the message is all the task asks for: once it is out the task is done
    day = "birthday_in_days"                 # optional: the result that says in how many days its occasion is, or the
                                             # key of a holiday of care.toml
    early_days = 0                           # it may go out so many days before the occasion
    late_days = 1                            # and so many days after it

    [mail.any]                               # any, or the key of a tier of the main scale
    subject = { zh-CN = "…", zh-TW = "…", en = "…" }
    body = { … }
    [sms.any]
    body = { … }

Places in braces are the words of `WORDS` and everything a rule may name (indicators, customer columns, results). A
line with a place that has no value for a customer is left out, so no letter ever says "no data".
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ..errors import TierbookError, UsageError
from ..followup.texts import PLACE, places
from ..labels import LANGUAGES, Name
from ..model.nodes import Column
from ..model.words import Vocabulary, folded, nearest
from .records import CHANNELS, Channel

ANY = "any"
WORDS: Mapping[str, Name] = {
    "customer": Name("客户名称", "客戶名稱", "Customer"),
    "person": Name("称呼", "稱呼", "Person"),
    "rep": Name("客户经理", "客戶經理", "Rep"),
    "rep_mail": Name("客户经理邮箱", "客戶經理信箱", "Rep mail"),
    "company": Name("本公司", "本公司", "Company"),
    "action": Name("动作", "動作", "Action"),
    "reason": Name("原因", "原因", "Reason"),
    "due": Name("到期日期", "到期日期", "Due date"),
    "recommended": Name("推荐品类", "推薦品類", "Recommended category"),
}
"""Places that are no column of the results."""


@dataclass(frozen=True)
class Words:
    """What is said in one channel to one tier: `subject` is empty in a text message."""

    subject: Name
    body: Name


@dataclass(frozen=True)
class Topic:
    """A template. `words` maps channel and tier key (or ANY) to what is said."""

    key: str
    name: Name
    plays: Sequence[str]
    automatic: bool
    closes: bool
    day: str
    early_days: int
    late_days: int
    words: Mapping[tuple[Channel, str], Words]

    def serves(self, play: str) -> bool:
        return any(fnmatchcase(play, pattern) for pattern in self.plays)

    def said(self, channel: Channel, tier: str) -> Words | None:
        """The words for a tier, else those for everybody; None where the channel has none."""
        return self.words.get((channel, tier)) or self.words.get((channel, ANY))


def topics_in(folders: Sequence[Path], vocabulary: Vocabulary) -> list[Topic]:
    """The templates of all folders by key; a later folder's template takes the place of one with the same key.

    Raises:
        UsageError: a template cannot be read, lacks a language, or names a place nobody can fill.
    """
    found: dict[str, Topic] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            topic = topic_of(path.read_text(encoding="utf-8"), path.name, vocabulary)
            found[topic.key] = topic
    return [found[key] for key in sorted(found)]


def topic_of(toml: str, where: str, vocabulary: Vocabulary) -> Topic:
    """One template."""
    try:
        told = tomllib.loads(toml)
        topic = Topic(
            key=str(told["key"]),
            name=_name(told["name"], where, "name"),
            plays=[str(play) for play in told["plays"]],
            automatic=bool(told.get("automatic", False)),
            closes=bool(told.get("closes", False)),
            day=str(told.get("day", "")),
            early_days=int(told.get("early_days", 0)),
            late_days=int(told.get("late_days", 0)),
            words={
                (channel, tier): _words(words, channel, f"{channel}.{tier}", where)
                for channel in CHANNELS
                for tier, words in told.get(channel, {}).items()
            },
        )
    except TierbookError:
        raise
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as problem:
        raise UsageError("messages.bad_template", where=where, problem=problem) from problem
    if not topic.words:
        raise UsageError("messages.bad_template", where=where, problem="mail, sms")
    for words in topic.words.values():
        for each in (*words.subject.all(), *words.body.all()):
            columns_in(each, where, vocabulary)
    return topic


def _words(told: Mapping[str, Any], channel: Channel, at: str, where: str) -> Words:
    subject = _name(told["subject"], where, f"{at}.subject") if channel == "mail" else Name("", "", "")
    return Words(subject, _name(told["body"], where, f"{at}.body"))


def _name(told: Mapping[str, str], where: str, at: str) -> Name:
    for language in LANGUAGES:
        if not str(told.get(language, "")).strip():
            raise UsageError("messages.template_language", where=where, at=at, language=language)
    return Name(*(str(told[language]) for language in LANGUAGES))


def columns_in(template: str, where: str, vocabulary: Vocabulary) -> dict[str, Column]:
    """The words in braces that are columns of the results.

    Raises:
        UsageError: a word that is neither such a column nor one of WORDS; the nearest one is named.
    """
    found = {}
    for word in places(template):
        if own_word(word):
            continue
        column = vocabulary.columns.get(folded(word))
        if column is None:
            known = [*(name for words in WORDS.values() for name in words.all()), *vocabulary.shown]
            raise UsageError("messages.unknown_place", where=where, word=word, nearest=nearest(word, known) or "-")
        found[word] = column
    return found


def own_word(word: str) -> str:
    """The key of one of WORDS that a word in braces means; "" for any other."""
    meant = folded(word)
    return next((key for key, name in WORDS.items() if meant in {folded(key), *map(folded, name.all())}), "")


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its places filled; `values` maps words in braces to texts, "" where there is none.

    A line with a place that has no value is left out; blank lines never stand double or at an end.
    """
    lines: list[str] = []
    for line in template.strip().splitlines():
        if any(not values[word] for word in places(line)):
            continue
        said = PLACE.sub(lambda match: values[match[1]], line).rstrip()
        if said or (lines and lines[-1]):
            lines.append(said)
    return "\n".join(lines).strip()
