"""A rule's letters cut into tokens: one regular expression, then runs of letters cut at known words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, NoReturn

from ..errors import RuleError
from .words import Vocabulary, folded

TokenKind = Literal["name", "bracket", "text", "number", "op", "end"]


@dataclass(frozen=True)
class Token:
    """`value`: a name as written, the letters of a text, digits with an optional %, or an operator's sign.

    `raw` is what stands in the rule (an operator may be written as a word); positions count from 1.
    """

    kind: TokenKind
    value: str
    position: int
    raw: str


KEYWORDS: dict[str, tuple[str, ...]] = {
    "and": ("and", "且", "并且", "而且", "並且", "同时", "同時"),
    "or": ("or", "或", "或者"),
    "not": ("not", "非", "不", "并非", "並非"),
    "in": ("in", "属于", "屬於"),
    "not in": ("不属于", "不屬於"),
    "between": ("between", "介于", "介於", "在"),
    "not between": ("不介于", "不介於", "不在"),
    "between end": ("之间", "之間"),
    "to": ("to", "到", "至", "和", "与", "與"),
    "contains": ("contains", "包含", "含有"),
    "not contains": ("不包含", "不含"),
    "is": ("is", "是", "为", "為"),
    "is not": ("不是", "不为", "不為"),
    "empty": ("empty", "blank", "null", "空"),
    "is empty": ("为空", "為空", "是空"),
    "is not empty": ("不为空", "不為空", "非空", "不是空"),
    "=": ("等于", "等於", "equals"),
    "!=": ("不等于", "不等於"),
    ">": ("大于", "大於", "高于", "高於", "多于", "多於", "超过", "超過", "晚于", "晚於"),
    "<": ("小于", "小於", "低于", "低於", "少于", "少於", "不到", "不足", "早于", "早於"),
    ">=": (
        "大于等于", "大於等於", "大于或等于", "大於或等於", "不小于", "不小於", "不少于", "不少於", "不低于", "不低於",
        "至少", "不早于", "不早於",
    ),
    "<=": (
        "小于等于", "小於等於", "小于或等于", "小於或等於", "不大于", "不大於", "不多于", "不多於", "不超过", "不超過",
        "不高于", "不高於", "至多", "不晚于", "不晚於",
    ),
    "+": ("加",),
    "-": ("减", "減"),
    "*": ("乘", "乘以"),
    "/": ("除以",),
}  # fmt: skip
"""What each operator may be called, in simplified and traditional Chinese and in English."""
PHRASES: dict[tuple[str, ...], str] = {
    ("at", "least"): ">=", ("at", "most"): "<=", ("more", "than"): ">", ("greater", "than"): ">",
    ("less", "than"): "<", ("fewer", "than"): "<",
    ("does", "not", "contain"): "not contains", ("does", "not", "contains"): "not contains",
}  # fmt: skip
"""English operators of several words."""
LONGEST_PHRASE = max(map(len, PHRASES))
_OPERATOR = {folded(word): sign for sign, words in KEYWORDS.items() for word in words}
_LONG_WORDS = tuple(word for words in KEYWORDS.values() for word in words if len(word) > 1 and not word.isascii())
_SIGN = {
    "==": "=", "<>": "!=", "≠": "!=", "≥": ">=", "≤": "<=", "≧": ">=", "≦": "<=", "⩾": ">=", "⩽": "<=",
    "×": "*", "÷": "/", "−": "-", "–": "-", "、": ",", "&&": "and", "||": "or", "!": "not",
}  # fmt: skip
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<bracket>【[^】]*】|\[[^\]]*\]|`[^`]*`)
    |(?P<text>["“”„][^"“”„]*["“”„]|['‘’][^'‘’]*['‘’]|「[^」]*」|『[^』]*』)
    |(?P<number>[0-9]+(?:\.[0-9]+)?\s?%|[0-9]+\.[0-9]+|[0-9]+(?!\w))
    |(?P<run>\w+)
    |(?P<op>>=|<=|<>|!=|==|&&|\|\||[=<>≥≤≠≧≦⩾⩽+\-*/×÷−–(),、!])""",
    re.VERBOSE,
)
_BEFORE_NUMBER = "在"
"""Begins a range (在 30 到 90 之间), and many a name: an operator only where no letter follows."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DIGITS = re.compile(r"[0-9]+")


def tokens_of(rule: str, names: Vocabulary, functions: frozenset[str]) -> list[Token]:
    """All tokens of a rule, `end` last. Full-width letters, digits and signs count as their plain ones.

    Raises:
        RuleError: a sign the language does not know, a quote without its partner, a control character in a text.
    """
    plain = rule.translate(_FULL_WIDTH)  # one letter for one letter: positions stay
    found: list[Token] = []
    at = 0
    while at < len(plain):
        match = _TOKEN.match(plain, at)
        if match is None:
            _refuse(rule, plain, at)
        found += _token(match, rule, names, functions)
        at = match.end()
    return [*_phrased(found, names), Token("end", "", len(plain) + 1, "")]


def _phrased(tokens: list[Token], names: Vocabulary) -> list[Token]:
    """The tokens with English operators of several words made one, unless they are part of a name."""
    made: list[Token] = []
    while tokens:
        words = [folded(token.raw) for token in tokens[:LONGEST_PHRASE]]
        for phrase, sign in PHRASES.items():
            if tuple(words[: len(phrase)]) == phrase and "".join(phrase) not in names.columns:
                raw = " ".join(token.raw for token in tokens[: len(phrase)])
                made.append(Token("op", sign, tokens[0].position, raw))
                tokens = tokens[len(phrase) :]
                break
        else:
            made.append(tokens[0])
            tokens = tokens[1:]
    return made


def _token(match: re.Match[str], rule: str, names: Vocabulary, functions: frozenset[str]) -> list[Token]:
    kind, piece, position = match.lastgroup, match.group(), match.start() + 1
    written = rule[match.start() : match.end()]
    if kind == "run":
        return _cut(piece, position, names, functions)
    if kind == "text":
        return [Token("text", _text(rule, written[1:-1], position), position, written)]
    if kind == "bracket":
        return [Token("bracket", written[1:-1].strip(), position, written)]
    if kind == "number":
        return [Token("number", "".join(piece.split()), position, written)]
    if kind == "op":
        return [Token("op", _SIGN.get(piece, piece), position, written)]
    return []


def _refuse(rule: str, plain: str, at: int) -> NoReturn:
    key = "model.rule_quote" if plain[at] in "\"'“”„‘’「『【[`" else "model.rule_sign"
    raise RuleError(key, position=at + 1, rule=rule, sign=rule[at])


def _text(rule: str, letters: str, position: int) -> str:
    text = unicodedata.normalize("NFKC", letters).strip()
    if "\\" in text or not text.isprintable():
        raise RuleError("model.rule_text", position=position, rule=rule)
    return text


def _cut(run: str, position: int, names: Vocabulary, functions: frozenset[str]) -> list[Token]:
    """The tokens of letters that stand together: 客单价大于1000且得分 is five tokens.

    The longest known word wins at each place; letters nobody knows become one name (its error comes later).
    """
    pieces: list[Token] = []
    start = 0
    while start < len(run):
        end = _longest(run, start, names, functions) or _unknown(run, start)
        word = run[start:end]
        fold = folded(word)
        if fold in _OPERATOR and fold not in names.columns:
            pieces.append(Token("op", _OPERATOR[fold], position + start, word))
        else:
            pieces.append(Token("number" if _DIGITS.fullmatch(word) else "name", word, position + start, word))
        start = end
    return pieces


def _longest(run: str, start: int, names: Vocabulary, functions: frozenset[str]) -> int:
    """Where the longest known word that begins at `start` ends; 0 where none does."""
    for end in range(len(run), start, -1):
        if _may_part(run, end) and not (run[start:end] == _BEFORE_NUMBER and run[end : end + 1].strip("0123456789")):
            fold = folded(run[start:end])
            if fold in names.columns or fold in names.numbers or fold in _OPERATOR or fold in functions:
                return end
    digits = _DIGITS.match(run, start)
    return digits.end() if digits and _may_part(run, digits.end()) else 0


def _unknown(run: str, start: int) -> int:
    """Where an unknown word ends: before the next operator word of two letters or more, else with the run."""
    for end in range(start + 1, len(run)):
        if _may_part(run, end) and run.startswith(_LONG_WORDS, end):
            return end
    return len(run)


def _may_part(run: str, end: int) -> bool:
    """Whether two words may meet here: never inside plain letters or digits."""
    return end == len(run) or not (run[end - 1].isascii() and run[end].isascii())
