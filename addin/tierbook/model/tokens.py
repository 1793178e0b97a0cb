"""A rule's letters cut into tokens: one regular expression, then runs of letters cut at known words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from ..errors import RuleError
from .words import Vocabulary, folded

TokenKind = Literal["name", "bracket", "text", "number", "op", "end"]


@dataclass(frozen=True)
class Token:
    """`value`: a name as written, the letters of a text, digits with an optional %, or an operator's sign."""

    kind: TokenKind
    value: str
    position: int


KEYWORDS: dict[str, tuple[str, ...]] = {
    "and": ("and", "且", "并且", "而且", "並且", "同时", "同時"),
    "or": ("or", "或", "或者"),
    "not": ("not", "非", "不", "并非", "並非"),
    "in": ("in", "属于", "屬於"),
    "not in": ("不属于", "不屬於"),
    "between": ("between", "介于", "介於"),
    "not between": ("不介于", "不介於"),
    "to": ("到", "至"),
    "contains": ("contains", "包含", "含有"),
    "not contains": ("不包含", "不含"),
    "is": ("is", "是", "为", "為"),
    "is not": ("不是", "不为", "不為"),
    "empty": ("empty", "blank", "null", "空"),
    "is empty": ("为空", "為空", "是空"),
    "is not empty": ("不为空", "不為空", "非空", "不是空"),
    "=": ("等于", "等於"),
    "!=": ("不等于", "不等於"),
    ">": ("大于", "大於", "高于", "高於", "超过", "超過"),
    "<": ("小于", "小於", "低于", "低於", "少于", "少於"),
    ">=": ("大于等于", "大於等於", "大于或等于", "不小于", "不少于", "不低于", "至少"),
    "<=": ("小于等于", "小於等於", "小于或等于", "不大于", "不超过", "不高于", "至多"),
    "+": ("加",),
    "-": ("减",),
    "*": ("乘", "乘以"),
    "/": ("除以",),
}
_OPERATOR = {folded(word): sign for sign, words in KEYWORDS.items() for word in words}
_SIGN = {
    "==": "=", "<>": "!=", "≠": "!=", "≥": ">=", "≤": "<=", "≧": ">=", "≦": "<=", "⩾": ">=", "⩽": "<=",
    "×": "*", "÷": "/", "−": "-", "–": "-", "、": ",", "&&": "and", "||": "or", "!": "not",
}  # fmt: skip
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<bracket>【[^】]*】|\[[^\]]*\]|`[^`]*`)
    |(?P<text>"[^"]*"|'[^']*'|[“”„][^“”]*[“”]|[‘’][^‘’]*[‘’]|「[^」]*」|『[^』]*』)
    |(?P<number>[0-9]+(?:\.[0-9]+)?\s?%|[0-9]+\.[0-9]+|[0-9]+(?!\w))
    |(?P<run>\w+)
    |(?P<op>>=|<=|<>|!=|==|&&|\|\||[=<>≥≤≠≧≦⩾⩽+\-*/×÷−–(),、!])""",
    re.VERBOSE,
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF02} | {0x3000: 0x20}
_DIGITS = re.compile(r"[0-9]+%?")


def tokens_of(rule: str, names: Vocabulary, functions: frozenset[str]) -> list[Token]:
    """All tokens of a rule, `end` last. Full-width letters, digits and signs count as their plain ones.

    Raises:
        RuleError: a sign the language does not know, a quote without its partner, a line break in a text.
    """
    plain = rule.translate(_FULL_WIDTH)
    found: list[Token] = []
    at = 0
    while at < len(plain):
        match = _TOKEN.match(plain, at)
        if match is None:
            _refuse(rule, plain, at)
        kind, piece = match.lastgroup, match.group()
        if kind == "run":
            found += _cut(piece, at, names, functions)
        elif kind == "text":
            found.append(Token("text", _text(rule, rule[at + 1 : match.end() - 1], at), at + 1))
        elif kind == "bracket":
            found.append(Token("bracket", rule[at + 1 : match.end() - 1].strip(), at + 1))
        elif kind == "number":
            found.append(Token("number", piece.replace(" ", ""), at + 1))
        elif kind == "op":
            found.append(Token("op", _SIGN.get(piece, piece), at + 1))
        at = match.end()
    return [*found, Token("end", "", len(plain) + 1)]


def _refuse(rule: str, plain: str, at: int) -> None:
    if plain[at] in "\"'“”„‘’「『【[`":
        raise RuleError("model.rule_quote", position=at + 1, rule=rule, sign=rule[at])
    raise RuleError("model.rule_sign", position=at + 1, rule=rule, sign=rule[at])


def _text(rule: str, letters: str, at: int) -> str:
    for offset, letter in enumerate(letters):
        if letter == "\\" or not letter.isprintable():
            raise RuleError("model.rule_text", position=at + 2 + offset, rule=rule)
    return unicodedata.normalize("NFKC", letters).strip()


def _cut(run: str, at: int, names: Vocabulary, functions: frozenset[str]) -> list[Token]:
    """The tokens of letters that stand together: 客单价大于1000且得分 is five tokens.

    The longest known word wins at each place; letters nobody knows become one name (its error comes later).
    """
    pieces: list[Token] = []
    start = 0
    while start < len(run):
        end = _longest(run, start, names, functions) or _unknown(run, start)
        word = run[start:end]
        sign = _OPERATOR.get(folded(word))
        if sign is not None and folded(word) not in names.columns:
            pieces.append(Token("op", sign, at + start + 1))
        elif _DIGITS.fullmatch(word):
            pieces.append(Token("number", word, at + start + 1))
        else:
            pieces.append(Token("name", word, at + start + 1))
        start = end
    return pieces


def _longest(run: str, start: int, names: Vocabulary, functions: frozenset[str]) -> int:
    """Where the longest known word that begins at `start` ends; 0 where none does."""
    for end in range(len(run), start, -1):
        if not _may_part(run, end):
            continue
        fold = folded(run[start:end])
        if fold in names.columns or fold in names.numbers or fold in _OPERATOR or fold in functions:
            return end
    digits = _DIGITS.match(run, start)
    return digits.end() if digits and _may_part(run, digits.end()) else 0


def _unknown(run: str, start: int) -> int:
    """Where an unknown word ends: before the next operator word of two letters or more, else with the run."""
    for end in range(start + 1, len(run)):
        if _may_part(run, end) and any(run.startswith(word, end) for word in _LONG_WORDS):
            return end
    return len(run)


_LONG_WORDS = tuple(word for words in KEYWORDS.values() for word in words if len(word) > 1 and not word.isascii())


def _may_part(run: str, end: int) -> bool:
    """Whether two words may meet here: never inside plain letters or digits."""
    return end == len(run) or not (run[end - 1].isascii() and run[end].isascii())
