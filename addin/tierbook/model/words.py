"""The words a rule may use: columns, parameters, tags and the values of choices, in every spelling."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from ..labels import Name
from ..schema import CHANNELS, CUSTOMERS, LIFETIME_BASES, TOPICS, Choice
from .holidays import holidays
from .nodes import Column, Kind, Number
from .types import Indicator, Model

Use = Literal["stages", "tags", "segments", "playbook"]
"""Whose rule it is. Stages are found first, then tags, then segments, then tasks; a rule sees only what came before."""

SCORE_SCALE = 1_000_000

_RESULTS: tuple[tuple[str, Kind, int, Name, tuple[str, ...]], ...] = (
    ("r", "number", 1, Name("R分", "R分", "R score"), ("R得分", "R评分")),
    ("f", "number", 1, Name("F分", "F分", "F score"), ("F得分", "F评分")),
    ("m", "number", 1, Name("M分", "M分", "M score"), ("M得分", "M评分")),
    ("rfm_total", "number", 1, Name("RFM总分", "RFM總分", "RFM total"), ()),
    ("rfm_grade", "number", 1, Name("RFM等级", "RFM等級", "RFM grade"), ("RFM级别",)),
    ("score", "number", SCORE_SCALE, Name("得分", "得分", "Score"), ("总分", "综合得分", "客户得分")),
    ("segment", "text", 1, Name("八类客户", "八類客戶", "RFM class"), ("RFM分类", "客户分类")),
    ("tier", "text", 1, Name("分层", "分層", "Tier"), ("客户分层", "层级", "客户等级")),
    ("stage", "text", 1, Name("生命周期", "生命週期", "Stage"), ("阶段", "生命周期阶段", "客户阶段")),
    ("custom_segment", "text", 1, Name("细分", "細分", "Segment"), ("自定义细分", "客户细分")),
    ("tags", "text", 1, Name("标签", "標籤", "Tags"), ("客户标签",)),
    ("previous_tier", "text", 1, Name("上次分层", "上次分層", "Previous tier"), ("原分层", "上期分层")),
    ("tier_move", "text", 1, Name("分层变动", "分層變動", "Tier move"), ("升降", "层级变动")),
    ("next_category", "text", 1, Name("推荐品类", "推薦品類", "Next category"), ("推荐产品", "下一品类")),
    ("next_holiday", "text", 1, Name("节日", "節日", "Holiday"), ("下一节日", "最近节日")),
    ("holiday_in_days", "number", 1, Name("距节日天数", "距節日天數", "Days to holiday"), ("节日倒计时",)),
    ("renewal_in_days", "number", 1, Name("距续约天数", "距續約天數", "Days to renewal"), ("距到期天数", "续约倒计时")),
    ("renewal_date", "date", 1, Name("续约日期", "續約日期", "Renewal date"), ("合同到期日", "续约到期日")),
    ("renewal_contract", "text", 1, Name("续约合同", "續約合約", "Contract to renew"), ("到期合同",)),
)
CARE = frozenset({"next_holiday", "holiday_in_days", "renewal_in_days", "renewal_date", "renewal_contract"})
"""Results of `followup.care`, known to the playbook only."""
_MOVED = ("previous_tier", "tier_move", *sorted(CARE))
_LATER: dict[Use, tuple[str, ...]] = {
    "stages": ("stage", "tags", "custom_segment", *_MOVED, "next_category"),
    "tags": ("tags", "custom_segment", *_MOVED, "next_category"),
    "segments": ("custom_segment", *_MOVED, "next_category"),
    "playbook": ("next_category",),
}
"""`next_category` is a word for the texts of tasks only."""
MOVES = (
    Choice("up", Name("上升", "上升", "Up"), ("升", "升级")),
    Choice("down", Name("下降", "下降", "Down"), ("降", "降级")),
    Choice("same", Name("不变", "不變", "Same"), ()),
    Choice("new", Name("新增", "新增", "New"), ()),
)
_KIND: dict[str, Kind] = {"text": "text", "id": "text", "choice": "text", "date": "date"}
_TEXT_CHOICES = {"preferred_channel": CHANNELS, "top_topic": TOPICS, "lifetime_basis": LIFETIME_BASES}


@lru_cache(maxsize=8192)
def folded(word: str) -> str:
    """A spelling as it is compared: width, case, spaces and underscores do not matter."""
    plain = word if word.isascii() else unicodedata.normalize("NFKC", word)
    return plain.casefold().translate(_IGNORED)


_IGNORED = dict.fromkeys(map(ord, " _\t　"))


def nearest(word: str, words: Iterable[str]) -> str:
    """The valid word most like `word`, the first of equally like ones; "" where none is close."""
    from difflib import SequenceMatcher  # only when something is wrong

    likeness = 0.6 if word.isascii() else 0.5  # one of two Chinese letters is a likeness, one of two Latin ones is not
    matcher = SequenceMatcher(b=folded(word))
    best, found = 0.0, ""
    for each in words:
        matcher.set_seq1(folded(each))
        needed = max(likeness, best)
        if matcher.real_quick_ratio() >= needed and matcher.quick_ratio() >= needed and matcher.ratio() > best:
            best, found = matcher.ratio(), each
    return found if best >= likeness else ""


def listed(names: Iterable[Name]) -> Name:
    """Several names as one value of a message."""
    found = list(names)
    return Name("、".join(n.zh for n in found), "、".join(n.tw for n in found), ", ".join(n.en for n in found))


@dataclass(frozen=True)
class Vocabulary:
    """Every word a rule may use.

    `columns` and `numbers` map a folded spelling to what it means, `choices` a column key to its values
    (folded display name or key -> key), `tags` a folded tag name or key -> key. `shown` lists the
    spellings as people write them (for the nearest word), `shown_choices` and `shown_tags` likewise.
    """

    columns: Mapping[str, Column]
    numbers: Mapping[str, Number]
    choices: Mapping[str, Mapping[str, str]]
    tags: Mapping[str, str]
    shown: tuple[str, ...]
    shown_choices: Mapping[str, tuple[str, ...]]
    shown_tags: tuple[str, ...]
    names: Mapping[str, Name]
    """Column key -> its name in the three languages."""
    choice_names: Mapping[str, Mapping[str, Name]]
    """Column key -> choice key -> name."""
    tag_names: Mapping[str, Name]
    use: Use = "playbook"
    later: frozenset[str] = frozenset()
    """Keys of columns that are not known yet when this kind of rule is judged."""

    @classmethod
    def of(cls, model: Model, use: Use = "playbook") -> Vocabulary:
        """The words of a model's own indicators, customer columns, results, parameters and tags."""
        book = _Book()
        for indicator in model.indicators:
            _add_indicator(book, indicator)
        for column in CUSTOMERS.columns:
            kind = _KIND.get(column.kind, "number")
            book.column(Column(column.key, kind, 1, "customer"), column.name, column.words)
            book.choice(column.key, column.choices)
        for key, kind, scale, name, words in _RESULTS:
            book.column(Column(key, kind, scale, "result"), name, words)
        _add_model_results(book, model)
        for param in model.params.values():
            if isinstance(param.value, int | Decimal) and not isinstance(param.value, bool):
                book.number(param.key, Number(Decimal(param.value), param.key), param.name)
        rules = [rule for rule in model.tags if rule.enabled and not rule.value_of]
        return cls(
            columns=book.columns,
            numbers=book.numbers,
            choices=book.choices,
            tags={folded(word): rule.key for rule in rules for word in (rule.key, *rule.name.all())},
            shown=tuple(book.shown.values()),
            shown_choices={key: _shown(names.values()) for key, names in book.choice_names.items()},
            shown_tags=_shown(rule.name for rule in rules),
            names=book.names,
            choice_names=book.choice_names,
            tag_names={rule.key: rule.name for rule in rules},
        ).for_use(use)

    def for_use(self, use: Use) -> Vocabulary:
        """The same words, seen by another kind of rule."""
        return replace(self, use=use, later=frozenset(_LATER[use]))


def _shown(names: Iterable[Name]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for name in names for word in name.all()))


class _Book:
    """Words as they are gathered; the first meaning of a spelling stays."""

    def __init__(self) -> None:
        self.columns: dict[str, Column] = {}
        self.numbers: dict[str, Number] = {}
        self.choices: dict[str, dict[str, str]] = {}
        self.shown: dict[str, str] = {}
        self.names: dict[str, Name] = {}
        self.choice_names: dict[str, dict[str, Name]] = {}

    def column(self, column: Column, name: Name, words: Iterable[str]) -> None:
        self.names.setdefault(column.key, name)
        for word in (column.key, *name.all(), *words):
            fold = folded(word)
            if self.columns.setdefault(fold, column) is column:
                self.shown.setdefault(fold, word)

    def number(self, key: str, number: Number, name: Name) -> None:
        for word in (key, *name.all()):
            fold = folded(word)
            if fold not in self.columns and self.numbers.setdefault(fold, number) is number:
                self.shown.setdefault(fold, word)

    def choice(self, column: str, choices: Iterable[Choice]) -> None:
        values: dict[str, str] = {}
        for choice in choices:
            self.choice_names.setdefault(column, {})[choice.key] = choice.name
            for word in (choice.key, *choice.name.all(), *choice.words):
                values.setdefault(folded(word), choice.key)
        if values:
            self.choices[column] = values


def _add_indicator(book: _Book, indicator: Indicator) -> None:
    kind = _KIND.get(indicator.kind, "number")
    book.column(Column(indicator.key, kind, indicator.scale, "indicator"), indicator.name, indicator.aliases)
    book.choice(indicator.key, _TEXT_CHOICES.get(indicator.key, ()))


def _add_model_results(book: _Book, model: Model) -> None:
    for card in model.scorecards:
        column = Column(f"score_{card.key}", "number", SCORE_SCALE, "result")
        book.column(column, card.name, (f"{card.name.zh}得分",))
    for scale in model.scales:
        book.column(Column(f"tier_{scale.key}", "text", 1, "result"), scale.name, ())
        book.choice(f"tier_{scale.key}", (Choice(tier.key, tier.name) for tier in scale.tiers))
        if scale.key == model.main_scale:
            for key in ("tier", "previous_tier"):
                book.choice(key, (Choice(tier.key, tier.name) for tier in scale.tiers))
    book.choice("segment", (Choice(each.key, each.name) for each in model.rfm.classes))
    book.choice("stage", (Choice(each.key, each.name) for each in model.stages))
    book.choice("custom_segment", (Choice(each.key, each.name) for each in model.segments))
    book.choice("tier_move", MOVES)
    book.choice("next_holiday", (Choice(each.key, each.name, each.words) for each in holidays()))
