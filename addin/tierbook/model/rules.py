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
import re
from collections.abc import Callable
from typing import cast

from ..errors import ModelError, RuleError
from ..labels import Name
from . import nodes as n
from .nodes import Node, kind_of
from .reader import LONGEST
from .values import Values
from .words import Vocabulary, folded, listed, nearest

_COMPARE = ("=", "!=", "<", "<=", ">", ">=")
_TESTS = ("in", "between", "contains")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AND = Name("和", "和", "and")
_BETWEEN = Name("介于", "介於", "between")
MOST_SHOWN = 12
"""Valid values a message lists at most."""


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


class _Parser(Values):
    def whole(self) -> Node:
        node = self.condition(self.either)
        if self.token.kind != "end":
            self.lost()
        return node

    def condition(self, read: Callable[[], Node]) -> Node:
        start = self.token.position
        node = read()
        if kind_of(node) != "condition":
            if self.token.kind in ("name", "bracket", "text", "number"):
                self.lost()  # what follows is the trouble: 客单价 gt 5
            self.error("model.rule_not_condition", start)
        return node

    def either(self) -> Node:
        return self._joined("or", self._both, n.Or)

    def _both(self) -> Node:
        return self._joined("and", self._negated, n.And)

    def _joined(self, sign: str, read: Callable[[], Node], make: type[n.And] | type[n.Or]) -> Node:
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

    def _negated(self) -> Node:
        token = self.meets("not")
        if token is None:
            return self._comparison()
        before = self.deeper(token)
        part = self.condition(self._negated)
        self.depth = before
        return self._not(part, token.position)

    def _not(self, part: Node, position: int) -> n.Not:
        return self.made(n.Not(part, position))

    # Comparisons

    def _comparison(self) -> Node:
        left = self.sum()
        token = self.token
        if self.meets(*_COMPARE):
            return self._compared(left, cast("n.CompareOp", token.value), token.position)
        if self.meets("is", "is not"):
            return self._is(left, token.value == "is not" or self.meets("not") is not None, token.position)
        if self.meets("is empty", "is not empty"):
            return self._empty(left, token.value == "is not empty", token.position)
        negative = self.meets("not", *(f"not {test}" for test in _TESTS))
        if negative is None and not self.meets(*_TESTS):
            return left
        sign = (self.meets(*_TESTS) or self.lost()).value if token.value == "not" else token.value.removeprefix("not ")
        node = self._test(left, sign, token.position)
        return self._not(node, token.position) if negative else node

    def _is(self, left: Node, negative: bool, position: int) -> Node:
        """`is empty`, `is not empty`, `is` and `is not` before a value, or before a test of its own (is at least 5)."""
        if self.meets("empty"):
            return self._empty(left, negative, position)
        if test := self.meets(*_TESTS):
            node = self._test(left, test.value, position)
            return self._not(node, position) if negative else node
        if not negative and (sign := self.meets(*_COMPARE)):
            return self._compared(left, cast("n.CompareOp", sign.value), sign.position)
        return self._compared(left, "!=" if negative else "=", position)

    def _empty(self, left: Node, negative: bool, position: int) -> Node:
        self._want_value(left, position)
        node = self.made(n.IsEmpty(left, position))
        return self._not(node, position) if negative else node

    def _test(self, left: Node, sign: str, position: int) -> Node:
        if sign == "contains":
            return self._contains(left, position)
        self._want_value(left, position)
        return self._in_list(left, position) if sign == "in" else self._between(left, position)

    def _want_value(self, node: Node, position: int) -> None:
        if kind_of(node) == "condition":
            self.error("model.rule_condition_inside", max(node.position, 1))
        if isinstance(node, n.Column) and node.key == "tags":
            self.error("model.rule_tags_contain", position)

    def _compared(self, left: Node, op: n.CompareOp, position: int) -> Node:
        self._want_value(left, position)
        right = self._beside(left)
        if self.token.kind == "op" and self.token.value in _COMPARE:
            self.error("model.rule_chained", self.token.position)
        left, right = self._alike(left, right)
        if kind_of(left) == "text" and op not in ("=", "!="):
            self.error("model.rule_text_order", position, sign=op)
        return self.made(n.Compare(op, left, right, position))

    def _beside(self, left: Node) -> Node:
        """The value compared with `left`; a word that should be a text is told to wear quotes."""
        token = self.token
        bare = token.kind == "name" and not self.is_known(token.value) and folded(token.value) not in self.functions
        if bare and kind_of(left) == "text":
            self.error("model.rule_quotes", token.position, word=token.value)
        return self.sum()

    def _in_list(self, left: Node, position: int) -> Node:
        self.expect("(")
        options: list[n.Number | n.Text | n.Date] = []
        while not options or self.meets(","):
            start = self.token.position
            option = self._alike(left, self._beside(left))[1]
            if not isinstance(option, n.Number | n.Text | n.Date):
                self.error("model.rule_fixed_values", start)
            options.append(option)
        self.expect(")")
        return self.made(n.InList(left, tuple(options), position))

    def _between(self, left: Node, position: int) -> Node:
        bracket = self.meets("(") if self._is_pair() else None
        low = self._alike(left, self.sum())[1]
        if not self.meets(*((",", "and", "to") if bracket else ("and", "to"))):
            self.lost(wanted=_AND)
        high = self._alike(left, self.sum())[1]
        self.meets("between end")
        if bracket:
            self.expect(")")
            self.meets("between end")
        if kind_of(left) == "text":
            self.error("model.rule_text_order", position, sign=_BETWEEN)
        return self.made(n.Between(left, low, high, position))

    def _is_pair(self) -> bool:
        """Whether brackets around both ends follow, (30, 90), and not only around part of the first."""
        depth = 0
        for token in self.tokens[self.at :]:
            sign = token.value if token.kind == "op" else ""
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if depth == 0:
                return False
            if depth == 1 and sign in (",", "and", "to"):
                return True
        return False

    def _contains(self, left: Node, position: int) -> Node:
        token = self.next()
        if isinstance(left, n.Column) and left.key == "tags":
            return self.made(self.has_tag(token, position))
        if token.kind != "text":
            self.error("model.rule_wants_text", token.position)
        if kind_of(left) != "text" or (isinstance(left, n.Column) and left.key in self.names.choices):
            self.error("model.rule_contains", position)
        return self.made(n.Contains(left, token.value, position))

    # Both sides in one kind

    def _alike(self, left: Node, right: Node) -> tuple[Node, Node]:
        """A text beside a date is read as a date, beside a choice as one of its values; else the kinds must agree."""
        if isinstance(left, n.Text):
            left = self._read_beside(right, left)
        if isinstance(right, n.Text):
            right = self._read_beside(left, right)
        for side in (left, right):
            self._want_value(side, max(side.position, 1))
        if kind_of(left) != kind_of(right):
            # the kinds' names are labels too: worded with the sentence, in the reader's language
            kinds = [ModelError(f"model.kind_{kind_of(side)}") for side in (left, right)]
            self.error("model.rule_kinds", max(right.position, 1), left=kinds[0], right=kinds[1])
        return left, right

    def _read_beside(self, other: Node, text: n.Text) -> n.Text | n.Date:
        if kind_of(other) == "date":
            return self._date(text)
        if isinstance(other, n.Column) and other.key in self.names.choices:
            return self._choice(other, text)
        return text

    def _date(self, text: n.Text) -> n.Date:
        try:
            if _ISO_DATE.fullmatch(text.value):
                return n.Date(dt.date.fromisoformat(text.value), text.position)
        except ValueError:
            pass  # 2026-02-30: the same message
        return self.error("model.rule_date", text.position, text=text.value)

    def _choice(self, column: n.Column, text: n.Text) -> n.Text:
        key = self.names.choices[column.key].get(folded(text.value))
        if key is None:
            near = nearest(text.value, self.names.shown_choices[column.key])
            if near:
                self.error("model.rule_choice_near", text.position, text=text.value, near=near)
            valid = list(self.names.choice_names[column.key].values())
            self.error("model.rule_choice", text.position, text=text.value, valid=listed(valid[:MOST_SHOWN]))
        return n.Text(key, text.position)
