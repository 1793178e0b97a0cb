"""Text as people meant it, and what a text needs to become so: one Unicode form, no stray spaces, blanks as NULL."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from ..engine import text_literal

BLANK_WORDS = ("", "-", "--", "—", "/", "N/A", "#N/A", "NULL", "NONE", "NAN", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!")
"""What people and programs write into a cell that has no value; letters in upper, lower or title case."""
_BLANK = frozenset(case for word in BLANK_WORDS for case in (word, word.lower(), word.title())) | {"NaN"}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u00ad"))
_FIRST_INK = "!"
"""The first letter of ASCII that leaves a mark; what sorts before it is white space."""


@dataclass(frozen=True)
class Needs:
    """What a column's values call for.

    `beyond`: NFKC may change some letter; `white`: some value has outer white space; `blank`: some value is a word
    that means blank (or NaN, in a column of floating numbers); `odd`: some value is not of the plain form of its
    kind (2026-01-05, 12.5, an id without dots).
    """

    beyond: bool = False
    white: bool = False
    blank: bool = False
    odd: bool = False


def plain(text: str) -> str:
    """NFKC, without invisible letters and outer white space."""
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip()


def needs_of(texts: Collection[str]) -> Needs:
    """What a column calls for that holds just these texts."""
    return Needs(
        beyond=any(not text.isascii() and plain(text) != text for text in texts),
        white=any(text[:1] < _FIRST_INK or text[-1:] < _FIRST_INK for text in texts),
        blank=not _BLANK.isdisjoint(texts),
    )


def text_tests(text: str) -> tuple[str, str, str]:
    """SQL for whether a text may be changed by NFKC, has outer white space, means blank."""
    ink = text_literal(_FIRST_INK)
    return f"strlen({text}) <> length({text})", f"({text} < {ink} OR {text}[-1] < {ink})", is_blank_word(text)


def is_blank_word(text: str) -> str:
    return f"{text} IN ({', '.join(text_literal(word) for word in sorted(_BLANK))})"
