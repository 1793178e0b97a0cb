"""Reading a rule token by token: what every part of the parser stands on."""

from __future__ import annotations

from typing import NoReturn, TypeVar

from ..errors import RuleError
from ..labels import Name
from .nodes import Node
from .tokens import KEYWORDS, Token, tokens_of
from .units import UNITS
from .words import Vocabulary, folded, nearest

LONGEST = 500
MOST_NODES = 200
DEEPEST = 30

_COUNTED = frozenset(folded(word) for unit in UNITS.values() for word in unit.all() if word) | frozenset("万萬亿億千")
"""Words people put behind a number."""

N = TypeVar("N", bound=Node)


class Reader:
    """A cursor over the tokens, the limits, and the errors that name a place."""

    def __init__(self, rule: str, names: Vocabulary, functions: frozenset[str]) -> None:
        self.rule = rule
        self.names = names
        self.functions = functions
        self.tokens = tokens_of(rule, names, functions)
        self.at = 0
        self.nodes = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        """Take the token; the end is never passed."""
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

    def lost(self, wanted: str | Name = "") -> NoReturn:
        """The next token cannot stand here: say what is missing, misspelt or too much."""
        token = self.token
        if token.kind == "end":
            self.error("model.rule_ends_wanting" if wanted else "model.rule_ends", token.position, wanted=wanted)
        if token.kind == "name" and not self.is_known(token.value):
            if self.at and self.tokens[self.at - 1].kind == "number" and folded(token.value) in _COUNTED:
                self.error("model.rule_unit", token.position, word=token.raw)
            words = [word for same in KEYWORDS.values() for word in same]
            self.unknown(token, nearest(token.value, words) or nearest(token.value, self.names.shown))
        key = "model.rule_unexpected_wanting" if wanted else "model.rule_unexpected"
        self.error(key, token.position, word=token.raw, wanted=wanted)

    def is_known(self, word: str) -> bool:
        fold = folded(word)
        return fold in self.names.columns or fold in self.names.numbers

    def unknown(self, token: Token, near: str) -> NoReturn:
        """Refuse a name nobody knows, with the nearest one."""
        if folded(token.value) in self.functions:
            self.error("model.rule_function_bare", token.position, word=token.value)
        key = "model.rule_word_near" if near else "model.rule_word"
        self.error(key, token.position, word=token.value, near=near)

    def made(self, node: N) -> N:
        """Count a node."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.error("model.rule_large", max(node.position, 1), limit=MOST_NODES)
        return node

    def deeper(self, token: Token) -> int:
        """Enter a level; gives the level to return to."""
        before = self.depth
        self.depth += 1
        self.check_depth(self.depth, token)
        return before

    def check_depth(self, depth: int, token: Token) -> None:
        if depth > DEEPEST:
            self.error("model.rule_deep", token.position, limit=DEEPEST)
