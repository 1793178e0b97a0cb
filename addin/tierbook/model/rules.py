"""The rule language: a condition a sales manager can read, turned into a checked tree.

    近6个月订单数 >= 5 且 客单价 ≥ 1.5 * 平均(客单价)
    行业 = "制造业" and 规模 = "大型" and 最近消费天数 <= 30
    orders_6m >= high_factor * avg(orders_6m, orders_6m > 0)

Names in any language and spelling of the vocabulary, keywords in Chinese or English, full-width signs.
The tree holds only the node types of `nodes` (see the table at its top): nothing else can pass, so a
compiler may trust it. Nothing a person writes is ever executed as text.

Precedence, loosest first: or, and, not, comparisons, + -, * /, unary minus.
Limits: 500 characters, 200 nodes, 30 levels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import NoReturn, cast

from ..errors import ModelError, RuleError
from . import nodes as n
from .nodes import Kind, Node, kind_of
from .tokens import Token, tokens_of
from .words import Vocabulary, folded, nearest

LONGEST = 500
MOST_NODES = 200
DEEPEST = 30

_AGGREGATES: dict[str, n.AggregateName] = {
    **dict.fromkeys(("avg", "average", "mean", "平均", "平均值", "均值"), "avg"),
    **dict.fromkeys(("median", "中位数", "中位數"), "median"),
    **dict.fromkeys(("percentile", "百分位", "百分位数", "分位数"), "percentile"),
    **dict.fromkeys(("min", "最小", "最小值"), "min"),
    **dict.fromkeys(("max", "最大", "最大值"), "max"),
    **dict.fromkeys(("sum", "合计", "合計", "总和"), "sum"),
    **dict.fromkeys(("count", "计数", "計數", "个数"), "count"),
}  # type: ignore[dict-item]
_CALLS: dict[str, n.CallName] = {
    **dict.fromkeys(("abs", "绝对值", "絕對值"), "abs"),
    **dict.fromkeys(("least", "取小", "较小值"), "least"),
    **dict.fromkeys(("greatest", "取大", "较大值"), "greatest"),
    **dict.fromkeys(("coalesce", "缺省"), "coalesce"),
    **dict.fromkeys(("days_since", "距今天数", "距今天數"), "days_since"),
}  # type: ignore[dict-item]
_HAS_TAG = ("has_tag", "有标签", "有標籤")
FUNCTIONS = frozenset(map(folded, (*_AGGREGATES, *_CALLS, *_HAS_TAG)))
_AGGREGATE_OF = {folded(word): name for word, name in _AGGREGATES.items()}
_CALL_OF = {folded(word): name for word, name in _CALLS.items()}
_TAG_WORDS = frozenset(map(folded, _HAS_TAG))
_COMPARE = ("=", "!=", "<", "<=", ">", ">=")


def parse(rule: str, names: Vocabulary) -> Node:
    """Read one condition.

    An empty rule gives `Always`. The result is a condition, never a bare number.

    Raises:
        RuleError: with the 1-based character where reading stopped, and the nearest valid word where one is close.
    """
    if len(rule) > LONGEST:
        raise RuleError("model.rule_long", position=LONGEST + 1, rule=rule[:LONGEST], limit=LONGEST)
    if not rule.strip():
        return n.Always()
    return _Parser(rule, names).whole()


class _Parser:
    def __init__(self, rule: str, names: Vocabulary) -> None:
        self.rule = rule
        self.names = names
        self.tokens = tokens_of(rule, names, FUNCTIONS)
        self.at = 0
        self.count = 0
        self.depth = 0
        self.inside: str = ""

    # -- tokens ------------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def meets(self, *signs: str) -> Token | None:
        """Take the next token if it is one of these operators."""
        return self.next() if self.token.kind == "op" and self.token.value in signs else None

    def expect(self, sign: str) -> Token:
        return self.meets(sign) or self.lost(wanted=sign)

    def error(self, key: str, position: int, **values: object) -> NoReturn:
        raise RuleError(key, position=position, rule=self.rule, **values)

    def lost(self, wanted: str = "") -> NoReturn:
        """The next token cannot stand here."""
        token = self.token
        if token.kind == "end":
            self.error("model.rule_ends_wanting" if wanted else "model.rule_ends", token.position, wanted=wanted)
        if token.kind == "name":
            self.known(token)
        key = "model.rule_unexpected_wanting" if wanted else "model.rule_unexpected"
        self.error(key, token.position, word=token.value, wanted=wanted)

    def made(self, node: Node) -> Node:
        self.count += 1
        if self.count > MOST_NODES:
            self.error("model.rule_large", node.position or 1, limit=MOST_NODES)
        return node

    # -- conditions --------------------------------------------------------------------------------------------

    def whole(self) -> Node:
        node = self.condition(self.either)
        if self.token.kind != "end":
            self.lost()
        return node

    def condition(self, read: Callable[[], Node]) -> Node:
        start = self.token.position
        node = read()
        if kind_of(node) != "condition":
            self.error("model.rule_not_condition", start)
        return node

    def either(self) -> Node:
        return self.joined("or", self.both, n.Or)

    def both(self) -> Node:
        return self.joined("and", self.negated, n.And)

    def joined(self, sign: str, read: Callable[[], Node], make: type[n.And] | type[n.Or]) -> Node:
        start = self.token.position
        first = read()
        if not (self.token.kind == "op" and self.token.value == sign):
            return first
        if kind_of(first) != "condition":
            self.error("model.rule_not_condition", start)
        parts = [first]
        while self.meets(sign):
            parts.append(self.condition(read))
        return self.made(make(tuple(parts), start))

    def negated(self) -> Node:
        token = self.meets("not")
        if token is None:
            return self.comparison()
        with_depth = self.deeper(token)
        part = self.condition(self.negated)
        self.depth = with_depth
        return self.made(n.Not(part, token.position))

    def deeper(self, token: Token) -> int:
        """Enter a level; gives the level to return to."""
        before = self.depth
        self.depth += 1
        if self.depth > DEEPEST:
            self.error("model.rule_deep", token.position, limit=DEEPEST)
        return before

    def comparison(self) -> Node:
        left = self.sum()
        token = self.token
        if token.kind != "op":
            return left
        position = token.position
        if self.meets("not", "is not") and token.value == "not":
            operator = self.meets("in", "between", "contains") or self.lost()
            return self.made(n.Not(self.test(left, operator.value, position), position))
        if token.value == "is not":
            if self.meets("empty"):
                return self.made(n.Not(self.made(n.IsEmpty(left, position)), position))
            return self.compared(left, "!=", position)
        return self.positive(left, position)

    def positive(self, left: Node, position: int) -> Node:
        if self.meets("is"):
            negative = self.meets("not") is not None
            if self.meets("empty"):
                node = self.made(n.IsEmpty(left, position))
                return self.made(n.Not(node, position)) if negative else node
            return self.compared(left, "!=" if negative else "=", position)
        if token := self.meets(*_COMPARE):
            return self.compared(left, cast("n.CompareOp", token.value), position)
        for sign in ("is empty", "in", "between", "contains"):
            if self.meets(sign):
                return self.test(left, sign, position)
            if sign == "is empty" and self.meets("is not empty"):
                return self.made(n.Not(self.test(left, sign, position), position))
            if self.meets(f"not {sign}"):
                return self.made(n.Not(self.test(left, sign, position), position))
        return left

    def test(self, left: Node, sign: str, position: int) -> Node:
        if kind_of(left) == "condition":
            self.error("model.rule_condition_inside", position)
        if sign == "in":
            return self.in_list(left, position)
        if sign == "between":
            return self.between(left, position)
        if sign == "contains":
            return self.contains(left, position)
        return self.made(n.IsEmpty(left, position))

    def compared(self, left: Node, op: n.CompareOp, position: int) -> Node:
        right = self.sum()
        if self.token.kind == "op" and self.token.value in _COMPARE:
            self.error("model.rule_chained", self.token.position)
        left, right = self.alike(left, right)
        if kind_of(left) == "text" and op not in ("=", "!="):
            self.error("model.rule_text_order", position, sign=op)
        return self.made(n.Compare(op, left, right, position))

    def in_list(self, left: Node, position: int) -> Node:
        self.expect("(")
        options: list[n.Number | n.Text | n.Date] = []
        while True:
            start = self.token.position
            _, option = self.alike(left, self.sum())
            if not isinstance(option, n.Number | n.Text | n.Date):
                self.error("model.rule_fixed_values", start)
            options.append(option)
            if not self.meets(","):
                break
        self.expect(")")
        return self.made(n.InList(left, tuple(options), position))

    def between(self, left: Node, position: int) -> Node:
        bracket = self.meets("(")
        low = self.alike(left, self.sum())[1]
        if not self.meets(*((",", "and", "to") if bracket else ("and", "to"))):
            self.lost(wanted="and")
        high = self.alike(left, self.sum())[1]
        if bracket:
            self.expect(")")
        if kind_of(left) == "text":
            self.error("model.rule_text_order", position, sign="between")
        return self.made(n.Between(left, low, high, position))

    def contains(self, left: Node, position: int) -> Node:
        token = self.next()
        if token.kind != "text":
            self.error("model.rule_wants_text", token.position)
        if kind_of(left) != "text" or (isinstance(left, n.Column) and left.key in self.names.choices):
            self.error("model.rule_contains", position)
        return self.made(n.Contains(left, token.value, position))

    def alike(self, left: Node, right: Node) -> tuple[Node, Node]:
        """Both sides in one kind: a text beside a date is read as a date, beside a choice as one of its values."""
        if isinstance(left, n.Text) and not isinstance(right, n.Text):
            right, left = self.alike(right, left)
            return left, right
        if isinstance(right, n.Text):
            if kind_of(left) == "date":
                right = self.date(right)
            elif isinstance(left, n.Column) and left.key in self.names.choices:
                right = self.choice(left, right)
        kinds = kind_of(left), kind_of(right)
        if "condition" in kinds:
            self.error("model.rule_condition_inside", (left if kinds[0] == "condition" else right).position or 1)
        if kinds[0] != kinds[1]:
            self.error("model.rule_kinds", right.position or left.position or 1,
                       left=self.kind_word(kinds[0]), right=self.kind_word(kinds[1]))  # fmt: skip
        return left, right

    @staticmethod
    def kind_word(kind: Kind) -> ModelError:
        return ModelError(f"model.kind_{kind}")  # worded in the reader's language with the sentence around it

    def date(self, text: n.Text) -> n.Date:
        try:
            return n.Date(dt.date.fromisoformat(text.value), text.position)
        except ValueError:
            self.error("model.rule_date", text.position, text=text.value)

    def choice(self, column: n.Column, text: n.Text) -> n.Text:
        values = self.names.choices[column.key]
        key = values.get(folded(text.value))
        if key is None:
            shown = self.names.shown_choices[column.key]
            near = nearest(text.value, shown)
            if near:
                self.error("model.rule_choice_near", text.position, text=text.value, near=near)
            self.error("model.rule_choice", text.position, text=text.value, valid="、".join(shown[:12]))
        return n.Text(key, text.position)

    # -- values ------------------------------------------------------------------------------------------------

    def sum(self) -> Node:
        return self.arithmetic(self.product, "+", "-")

    def product(self) -> Node:
        return self.arithmetic(self.signed, "*", "/")

    def arithmetic(self, read: Callable[[], Node], *signs: str) -> Node:
        left = read()
        levels = 0
        while token := self.meets(*signs):
            levels += 1
            if self.depth + levels > DEEPEST:
                self.error("model.rule_deep", token.position, limit=DEEPEST)
            right = read()
            for side in (left, right):
                if kind_of(side) != "number":
                    self.error("model.rule_wants_number", token.position, word=token.value)
            left = self.made(n.Arithmetic(cast("n.ArithmeticOp", token.value), left, right, token.position))
        return left

    def signed(self) -> Node:
        token = self.meets("-", "+")
        if token is None:
            return self.primary()
        before = self.deeper(token)
        value = self.signed()
        self.depth = before
        if kind_of(value) != "number":
            self.error("model.rule_wants_number", token.position, word=token.value)
        if token.value == "+":
            return value
        if isinstance(value, n.Number) and not value.param:
            return n.Number(-value.value, "", token.position)
        return self.made(n.Arithmetic("-", n.Number(Decimal(0)), value, token.position))

    def primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.next()
            return self.made(self.number(token))
        if token.kind == "text":
            self.next()
            return self.made(n.Text(token.value, token.position))
        if token.kind == "op" and token.value == "(":
            before = self.deeper(token)
            self.next()
            inner = self.either()
            self.expect(")")
            self.depth = before
            return inner
        if token.kind == "bracket":
            return self.made(self.meaning(self.next()))
        if token.kind == "name":
            return self.name()
        self.lost()

    def number(self, token: Token) -> n.Number:
        percent = token.value.endswith("%")
        digits = token.value.rstrip("%")
        if len(digits) > 18:
            self.error("model.rule_number", token.position)
        value = Decimal(digits)
        return n.Number(value / 100 if percent else value, "", token.position)

    def name(self) -> Node:
        """A function call, or the longest run of words that is a name (English names have spaces)."""
        token = self.token
        after = self.tokens[self.at + 1]
        if after.kind == "op" and after.value == "(" and folded(token.value) not in self.names.columns:
            return self.call()
        most = 1
        while most < 6 and self.tokens[self.at + most].kind in ("name", "number"):
            most += 1
        for count in range(most, 1, -1):
            words = Token("name", " ".join(t.value for t in self.tokens[self.at : self.at + count]), token.position)
            if folded(words.value) in self.names.columns or folded(words.value) in self.names.numbers:
                self.at += count
                return self.made(self.meaning(words))
        self.next()
        return self.made(self.meaning(token))

    def meaning(self, token: Token) -> n.Column | n.Number:
        self.known(token)
        fold = folded(token.value)
        column = self.names.columns.get(fold)
        if column is None:
            number = self.names.numbers[fold]
            return n.Number(number.value, number.param, token.position)
        if column.key in self.names.later:
            self.error("model.rule_later", token.position, word=token.value)
        return n.Column(column.key, column.kind, column.scale, column.origin, token.position)

    def known(self, token: Token) -> None:
        """Refuse a name nobody knows, with the nearest one."""
        fold = folded(token.value)
        if fold in self.names.columns or fold in self.names.numbers:
            return
        near = nearest(token.value, self.names.shown)
        if near:
            self.error("model.rule_word_near", token.position, word=token.value, near=near)
        self.error("model.rule_word", token.position, word=token.value)

    # -- functions ---------------------------------------------------------------------------------------------

    def call(self) -> Node:
        token = self.next()
        fold = folded(token.value)
        before = self.deeper(token)
        self.expect("(")
        if fold in _TAG_WORDS:
            node: Node = self.has_tag(token)
        elif fold in _AGGREGATE_OF:
            node = self.aggregate(token, _AGGREGATE_OF[fold])
        elif fold in _CALL_OF:
            node = self.row_call(token, _CALL_OF[fold])
        else:
            near = nearest(token.value, (*_AGGREGATES, *_CALLS, *_HAS_TAG))
            key = "model.rule_function_near" if near else "model.rule_function"
            self.error(key, token.position, word=token.value, near=near)
        self.expect(")")
        self.depth = before
        return self.made(node)

    def has_tag(self, token: Token) -> n.HasTag:
        if self.names.use in ("stages", "tags"):
            self.error("model.rule_tags_later", token.position)
        text = self.next()
        if text.kind != "text":
            self.error("model.rule_wants_text", text.position)
        key = self.names.tags.get(folded(text.value))
        if key is None:
            near = nearest(text.value, self.names.shown_tags)
            key_of = "model.rule_tag_near" if near else "model.rule_tag"
            self.error(key_of, text.position, text=text.value, near=near)
        return n.HasTag(key, token.position)

    def aggregate(self, token: Token, function: n.AggregateName) -> n.Aggregate:
        if self.inside:
            self.error("model.rule_nested", token.position, word=token.value, outer=self.inside)
        self.inside = token.value
        start = self.token.position
        value = self.either()
        if function != "count" and kind_of(value) != "number":
            self.error("model.rule_wants_number", start, word=token.value)
        percent = None
        if function == "percentile":
            self.expect(",")
            percent = self.percent()
        among = self.condition(self.either) if self.meets(",") else None
        self.inside = ""
        return n.Aggregate(function, value, among, percent, token.position)

    def percent(self) -> Decimal:
        token = self.next()
        digits = token.value.rstrip("%")  # 80 and 80% both mean the 80th
        if token.kind != "number" or len(digits) > 9 or not Decimal(digits) <= 100:
            self.error("model.rule_percent", token.position)
        return Decimal(digits)

    def row_call(self, token: Token, function: n.CallName) -> n.Call:
        wanted: Kind = "date" if function == "days_since" else "number"
        arguments: list[Node] = []
        while True:
            start = self.token.position
            arguments.append(self.sum())
            if kind_of(arguments[-1]) != wanted:
                key = "model.rule_wants_date" if wanted == "date" else "model.rule_wants_number"
                self.error(key, start, word=token.value)
            if not self.meets(","):
                break
        fewest, most = (1, 1) if function in ("abs", "days_since") else (2, 20)
        if not fewest <= len(arguments) <= most:
            self.error("model.rule_arguments", token.position, word=token.value, count=fewest)
        return n.Call(function, tuple(arguments), token.position)
