"""Names of customers, and how alike two of them are.

The core of a name is what tells it from others: small letters, no legal form, no blanks or signs
(上海栎川办公科技有限公司 and 上海栎川 办公科技 have the same core). The bare core lacks what stands in brackets.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..engine import text_literal

FORMS = (
    r"(股份)?有限(责任|責任)?公司|股份公司|个体工商户|個體工商戶"
    r"|\b(co|ltd|inc|corp|corporation|incorporated|limited|company|llc|llp|plc|gmbh|pty|bv)\b"
)
"""Legal forms in small letters, a pattern of the engine and of Python."""
IN_BRACKETS = r"[(（\[【《<][^)）\]】》>]*[)）\]】》>]"
_BRANCH = re.compile(
    r"[0-9]+|[一二三四五六七八九十甲乙丙丁]+|分公司|分店|分部|分厂|分廠|门店|門店|办事处|辦事處|branch|店$"
)
"""What tells a place of a company from another: numbers, and words for branches."""
SHORTEST = 4
"""Letters a core has at least that may be a misspelling of another; a shorter one (a person's name) is equal or not."""
SAME, MOVED, REMARK, SHORTENED, OTHER = 100, 96, 98, 95, 50
"""Likeness, 0 to 100: the same core; the same letters in another order; the same but for a remark in brackets; one
begins with the other; most for names that differ in a number or a branch."""


def core(name: str) -> str:
    """SQL for the core of a name."""
    bare = f"regexp_replace(lower({name}), {text_literal(FORMS)}, '', 'g')"
    return f"regexp_replace({bare}, '[^\\p{{L}}\\p{{N}}]', '', 'g')"


def bare_core(name: str) -> str:
    """SQL for the core without what stands in brackets."""
    return core(f"regexp_replace({name}, {text_literal(IN_BRACKETS)}, '', 'g')")


@dataclass(frozen=True)
class Named:
    """`core` and `bare` core of a name, "" where there is none."""

    core: str
    bare: str

    @property
    def has_brackets(self) -> bool:
        return self.core != self.bare


def likeness(one: Named, other: Named, *, same_contact: bool) -> int:
    """How alike two names are, 0 to 100; 0 where either has none.

    Names that differ in a number or a word for a branch are other places of business, however alike they look.

    Args:
        same_contact: the two share a number, address or code, so that a name shortened to its beginning is alike.
    """
    if not one.core or not other.core:
        return 0
    if one.core == other.core:
        return SAME
    differ = _places(one.core) != _places(other.core)
    if one.bare == other.bare and one.bare:
        return OTHER if differ or (one.has_brackets and other.has_brackets) else REMARK
    letters: int = round(_fuzz().ratio(one.core, other.core))
    short, long = sorted((one.core, other.core), key=len)
    if differ or len(short) < SHORTEST:
        return min(letters, OTHER)
    if same_contact and long.startswith(short):
        return max(letters, SHORTENED)
    return max(letters, MOVED) if Counter(short) == Counter(long) else letters


def _places(name: str) -> list[str]:
    return sorted(_BRANCH.findall(name))


@cache
def _fuzz() -> Any:
    from rapidfuzz import fuzz

    return fuzz
