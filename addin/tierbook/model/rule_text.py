"""A rule's tree back to words, in any of the three languages."""

from __future__ import annotations

from typing import cast

from ..labels import Language
from . import nodes as n
from .nodes import Node
from .rules import parse
from .version import plain
from .words import Vocabulary, folded

_PLACE: dict[Language, int] = {"zh-CN": 0, "zh-TW": 1, "en": 2}
_WORDS: dict[str, tuple[str, str, str]] = {
    "and": ("且", "且", "and"),
    "or": ("或", "或", "or"),
    "not": ("非", "非", "not"),
    "in": ("属于", "屬於", "in"),
    "between": ("介于", "介於", "between"),
    "to": ("和", "和", "and"),
    "contains": ("包含", "包含", "contains"),
    "empty": ("为空", "為空", "is empty"),
    "filled": ("不为空", "不為空", "is not empty"),
}
_FUNCTION: dict[str, tuple[str, str, str]] = {
    "avg": ("平均", "平均", "avg"),
    "median": ("中位数", "中位數", "median"),
    "percentile": ("百分位", "百分位", "percentile"),
    "min": ("最小", "最小", "min"),
    "max": ("最大", "最大", "max"),
    "sum": ("合计", "合計", "sum"),
    "count": ("计数", "計數", "count"),
    "share": ("占比", "佔比", "share"),
    "rank": ("排名", "排名", "rank"),
    "abs": ("绝对值", "絕對值", "abs"),
    "least": ("取小", "取小", "least"),
    "greatest": ("取大", "取大", "greatest"),
    "coalesce": ("缺省", "預設", "coalesce"),
    "days_since": ("距今天数", "距今天數", "days_since"),
    "has_tag": ("有标签", "有標籤", "has_tag"),
}
_TERM = 5
_FACTOR = 6
_QUOTES = ("''", '""', "「」", "『』")


def in_language(rule: str, names: Vocabulary, language: Language) -> str:
    """The rule in the reader's language; one already written in it stays as typed.

    Reading the result gives the same tree.
    """
    is_english = rule.isascii()
    if not rule.strip() or (language == "en" and is_english) or (language == "zh-CN" and not is_english):
        return rule
    return _Writer(names, language).bare(parse(rule, names))


def tightness(node: Node) -> int:
    """How tightly the node's own words hold together: 1 loosest."""
    if isinstance(node, n.Or | n.And | n.Not):
        return {n.Or: 1, n.And: 2, n.Not: 3}[type(node)]
    if isinstance(node, n.Arithmetic):
        return _TERM if node.op in "+-" else _FACTOR
    if isinstance(node, n.Compare | n.Between | n.InList | n.IsEmpty | n.Contains):
        return 4
    return 7


class _Writer:
    def __init__(self, names: Vocabulary, language: Language) -> None:
        self.names = names
        self.language = language
        self.place = _PLACE[language]

    def word(self, key: str) -> str:
        return _WORDS[key][self.place]

    def written(self, node: Node, outside: int) -> str:
        """The words of a node, in brackets where its surroundings hold tighter."""
        text = self.bare(node)
        return f"({text})" if tightness(node) < outside else text

    def bare(self, node: Node) -> str:
        if isinstance(node, n.And | n.Or | n.Not):
            return self.joined(node)
        if isinstance(node, n.Arithmetic):
            own = tightness(node)
            return f"{self.written(node.left, own)} {node.op} {self.written(node.right, own + 1)}"
        if isinstance(node, n.Call | n.Aggregate | n.Standing | n.HasTag):
            return self.function(node)
        if isinstance(node, n.Number | n.Text | n.Date | n.Column):
            return self.leaf(node)
        return "" if isinstance(node, n.Always) else self.test(node)

    def joined(self, node: n.And | n.Or | n.Not) -> str:
        """And, or, not; an `and` inside an `or` wears brackets although it need not: people read it faster."""
        if isinstance(node, n.Not):
            if isinstance(node.part, n.IsEmpty):
                return f"{self.value(node.part.value)} {self.word('filled')}"
            return f"{self.word('not')} {self.written(node.part, tightness(node))}"
        sign = self.word("and" if isinstance(node, n.And) else "or")
        return f" {sign} ".join(self.written(part, 3) for part in node.parts)

    def leaf(self, node: n.Number | n.Text | n.Date | n.Column) -> str:
        if isinstance(node, n.Number):
            return node.param or plain(node.value)
        if isinstance(node, n.Column):
            return self.column(node)
        return quoted(node.value if isinstance(node, n.Text) else node.value.isoformat())

    def column(self, column: n.Column) -> str:
        """The column's name; its key where the name means another column, brackets where it has other signs."""
        name = self.names.names[column.key].of(self.language)
        found = self.names.columns.get(folded(name))
        if found is None or found.key != column.key:
            return column.key
        return name if all(letter.isalnum() or letter in "_ " for letter in name) else f"【{name}】"

    def test(self, node: Node) -> str:
        """Comparisons: value, sign, value."""
        if isinstance(node, n.Compare):
            return f"{self.value(node.left, node.right)} {node.op} {self.value(node.right, node.left)}"
        if isinstance(node, n.Between):
            low, high = self.value(node.low, node.value), self.value(node.high, node.value)
            return f"{self.value(node.value)} {self.word('between')} {low} {self.word('to')} {high}"
        if isinstance(node, n.InList):
            options = ", ".join(self.value(option, node.value) for option in node.options)
            return f"{self.value(node.value)} {self.word('in')} ({options})"
        if isinstance(node, n.Contains):
            return f"{self.value(node.value)} {self.word('contains')} {quoted(node.part)}"
        return f"{self.value(cast('n.IsEmpty', node).value)} {self.word('empty')}"

    def value(self, node: Node, beside: Node | None = None) -> str:
        """A value; a text beside a choice column by the choice's name."""
        if isinstance(node, n.Text) and isinstance(beside, n.Column) and beside.key in self.names.choices:
            name = self.names.choice_names[beside.key][node.value].of(self.language)
            same = self.names.choices[beside.key].get(folded(name)) == node.value
            return quoted(name if same else node.value)
        return self.written(node, _TERM)

    def function(self, node: n.Call | n.Aggregate | n.Standing | n.HasTag) -> str:
        if isinstance(node, n.HasTag):
            tag = self.names.tag_names[node.key].of(self.language)
            return f"{_FUNCTION['has_tag'][self.place]}({quoted(tag)})"
        name = _FUNCTION[node.function][self.place]
        if isinstance(node, n.Call):
            return f"{name}({', '.join(map(self.bare, node.arguments))})"
        parts = [self.bare(node.value)]
        if isinstance(node, n.Aggregate) and node.percent is not None:
            parts.append(plain(node.percent))
        parts += [self.bare(node.among)] if node.among is not None else []
        return f"{name}({', '.join(parts)})"


def quoted(text: str) -> str:
    """The text in the first kind of quotes that it does not hold itself."""
    style = next((style for style in _QUOTES if not set(style) & set(text)), _QUOTES[0])
    return f"{style[0]}{text}{style[1]}"
