"""The part of the parser that reads values: numbers, names, arithmetic and functions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from decimal import Decimal
from itertools import takewhile
from typing import cast

from . import nodes as n
from .nodes import Kind, Node, kind_of
from .reader import Reader
from .tokens import Token
from .words import Vocabulary, folded, nearest

AGGREGATES: dict[n.AggregateName, tuple[str, ...]] = {
    "avg": ("avg", "average", "mean", "平均", "平均值", "均值"),
    "median": ("median", "中位数", "中位數"),
    "percentile": ("percentile", "百分位", "百分位数", "百分位數", "分位数", "分位數"),
    "min": ("min", "最小", "最小值"),
    "max": ("max", "最大", "最大值"),
    "sum": ("sum", "合计", "合計", "总和", "總和"),
    "count": ("count", "计数", "計數", "个数", "個數"),
    "share": ("share", "占比", "佔比"),
}
RANK = ("rank", "排名", "名次")
CALLS: dict[n.CallName, tuple[str, ...]] = {
    "abs": ("abs", "绝对值", "絕對值"),
    "least": ("least", "取小", "较小值", "較小值"),
    "greatest": ("greatest", "取大", "较大值", "較大值"),
    "coalesce": ("coalesce", "缺省", "預設"),
    "days_since": ("days_since", "距今天数", "距今天數"),
}
HAS_TAG = ("has_tag", "有标签", "有標籤")
_AGGREGATE = {folded(word): name for name, words in AGGREGATES.items() for word in words}
_CALL = {folded(word): name for name, words in CALLS.items() for word in words}
_TAG = frozenset(map(folded, HAS_TAG))
_RANK = frozenset(map(folded, RANK))
FUNCTIONS = frozenset(_AGGREGATE) | frozenset(_CALL) | _TAG | _RANK
_SHOWN = tuple(word for words in (*AGGREGATES.values(), *CALLS.values(), HAS_TAG, RANK) for word in words)

LONGEST_NUMBER = 18
LONGEST_NAME = 8
"""Words of a name written with spaces, such as New product orders in 12 months."""


class Values(Reader, ABC):
    def __init__(self, rule: str, names: Vocabulary) -> None:
        super().__init__(rule, names, FUNCTIONS)
        self.inside = ""
        """The aggregate being read, as written; aggregates do not nest."""

    @abstractmethod
    def either(self) -> Node:
        """The loosest expression: what stands in brackets."""

    @abstractmethod
    def condition(self, read: Callable[[], Node]) -> Node:
        """What `read` reads, which must be a condition."""

    # Arithmetic

    def sum(self) -> Node:
        return self._arithmetic(self._product, "+", "-")

    def _product(self) -> Node:
        return self._arithmetic(self._signed, "*", "/")

    def _arithmetic(self, read: Callable[[], Node], *signs: str) -> Node:
        left = read()
        levels = self.depth
        while token := self.meets(*signs):
            levels += 1
            self.check_depth(levels, token)
            right = read()
            self._want_number(token, left, right)
            left = self.made(n.Arithmetic(cast("n.ArithmeticOp", token.value), left, right, token.position))
        return left

    def _want_number(self, token: Token, *values: Node) -> None:
        if any(kind_of(value) != "number" for value in values):
            self.error("model.rule_wants_number", token.position, word=token.raw)

    def _signed(self) -> Node:
        token = self.meets("-", "+")
        if token is None:
            return self._primary()
        before = self.deeper(token)
        value = self._signed()
        self.depth = before
        self._want_number(token, value)
        if token.value == "+":
            return value
        if isinstance(value, n.Number) and not value.param:
            return n.Number(-value.value, "", token.position)
        return self.made(n.Arithmetic("-", n.Number(Decimal(0)), value, token.position))

    def _primary(self) -> Node:
        token = self.token
        if token.kind == "op" and token.value == "(":
            before = self.deeper(self.next())
            inner = self.either()
            self.expect(")")
            self.depth = before
            return inner
        if token.kind == "name":
            return self._name()
        if token.kind == "bracket":
            return self._meaning(self.next())
        if token.kind == "number":
            return self._number(self.next())
        if token.kind == "text":
            self.next()
            return self.made(n.Text(token.value, token.position))
        return self.lost()

    def _number(self, token: Token) -> n.Number:
        digits = token.value.removesuffix("%")
        if len(digits) > LONGEST_NUMBER:
            self.error("model.rule_number", token.position)
        value = Decimal(digits) / 100 if token.value.endswith("%") else Decimal(digits)
        return self.made(n.Number(value, "", token.position))

    # Names

    def _name(self) -> Node:
        """A function call, or the longest run of words that is a name (English names have spaces)."""
        first = self.token
        after = self.tokens[self.at + 1]
        if after.kind == "op" and after.value == "(" and not self.is_known(first.value):
            return self._call()
        ahead = list(takewhile(_is_word, self.tokens[self.at : self.at + LONGEST_NAME]))
        for count in range(len(ahead), 1, -1):
            words = " ".join(token.raw for token in ahead[:count])
            if self.is_known(words):
                self.at += count
                return self._column_or_number(Token("name", words, first.position, words))
        return self._column_or_number(self.next())

    def _column_or_number(self, token: Token) -> n.Column | n.Number:
        meaning = self._meaning(token)
        if self.token.kind == "op" and self.token.value == "(":
            self.error("model.rule_function", token.position, word=token.value)
        return meaning

    def _meaning(self, token: Token) -> n.Column | n.Number:
        if not self.is_known(token.value):
            self.unknown(token, nearest(token.value, self.names.shown))
        fold = folded(token.value)
        column = self.names.columns.get(fold)
        if column is None:
            number = self.names.numbers[fold]
            return self.made(n.Number(number.value, number.param, token.position))
        if column.key in self.names.later:
            self.error("model.rule_later", token.position, word=token.value)
        return self.made(n.Column(column.key, column.kind, column.scale, column.origin, token.position))

    # Functions

    def _call(self) -> Node:
        token = self.next()
        fold = folded(token.value)
        before = self.deeper(token)
        self.expect("(")
        node: Node
        if fold in _TAG:
            node = self.has_tag(self.next(), token.position)
        elif fold in _AGGREGATE:
            node = self._aggregate(token, _AGGREGATE[fold])
        elif fold in _RANK:
            node = self._aggregate(token, "rank")
        elif fold in _CALL:
            node = self._row_call(token, _CALL[fold])
        else:
            near = nearest(token.value, _SHOWN)
            key = "model.rule_function_near" if near else "model.rule_function"
            self.error(key, token.position, word=token.value, near=near)
        self.expect(")")
        self.depth = before
        return self.made(node)

    def has_tag(self, name: Token, position: int) -> n.HasTag:
        """The test for the tag that `name`, a quoted text, names."""
        if name.kind != "text":
            self.error("model.rule_wants_text", name.position)
        if self.names.use in ("stages", "tags"):
            self.error("model.rule_tags_later", position)
        key = self.names.tags.get(folded(name.value))
        if key is None:
            near = nearest(name.value, self.names.shown_tags)
            self.error("model.rule_tag_near" if near else "model.rule_tag", name.position, text=name.value, near=near)
        return n.HasTag(key, position)

    def _aggregate(self, token: Token, function: n.AggregateName | n.StandingName) -> n.Aggregate | n.Standing:
        """A question about all customers; `share` asks for a part of them, or for one customer's part of a sum."""
        if self.inside:
            self.error("model.rule_nested", token.position, word=token.value, outer=self.inside)
        self.inside = token.value
        value = self.either()
        of_rule = function in ("count", "share") and kind_of(value) == "condition"
        if function != "count" and not of_rule:
            self._want_number(token, value)
        percent = None
        if function == "percentile":
            self.expect(",")
            percent = self._percent(self.next())
        among = self.condition(self.either) if self.meets(",") else None
        self.inside = ""
        if function == "rank" or (function == "share" and not of_rule):
            return n.Standing(function, value, among, token.position)
        return n.Aggregate(function, value, among, percent, token.position)

    def _percent(self, token: Token) -> Decimal:
        digits = token.value.removesuffix("%")  # 80 and 80% both mean the 80th
        if token.kind != "number" or len(digits) > LONGEST_NUMBER or Decimal(digits) > 100:
            self.error("model.rule_percent", token.position)
        return Decimal(digits)

    def _row_call(self, token: Token, function: n.CallName) -> n.Call:
        wanted: Kind = "date" if function == "days_since" else "number"
        arguments: list[Node] = []
        while not arguments or self.meets(","):
            start = self.token.position
            arguments.append(self.sum())
            if kind_of(arguments[-1]) != wanted:
                self.error(f"model.rule_wants_{wanted}", start, word=token.value)
        if function in ("abs", "days_since"):
            if len(arguments) != 1:
                self.error("model.rule_one_argument", token.position, word=token.value)
        elif len(arguments) < 2:
            self.error("model.rule_two_arguments", token.position, word=token.value)
        return n.Call(function, tuple(arguments), token.position)


def _is_word(token: Token) -> bool:
    return token.raw.replace("_", "").isalnum()
