"""What somebody probably meant: ids and words near one that is not known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...typed import folded
from ..scored.book import ScoredBook

SHOWN = 3
LIKENESS = 0.6
"""Share of letters in common (Ratcliff and Obershelp) from which a word counts as near."""
_LEADING_ZEROS = re.compile(r"^0+(?=.)")


def near_ids(book: ScoredBook, customer: str) -> list[str]:
    """Up to three ids like this one, or whose customer bears this name; the same but for zeros or signs comes first."""
    ids: Sequence[str] = book.columns["customer_id"]
    wanted = _plain(customer)
    same = [each for each in ids if _plain(each) == wanted]
    name = folded(customer)
    named = [each for each, held in zip(ids, book.columns.get("name", ()), strict=False)
             if held and name in folded(str(held)) and len(name) > 1]  # fmt: skip
    return list(dict.fromkeys([*same, *named, *nearest(customer, ids)]))[:SHOWN]


def nearest(wanted: str, words: Iterable[str]) -> list[str]:
    """The words most like one, the likest first; equal ones as they stand."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(b=folded(wanted), autojunk=False)
    found: list[tuple[float, str]] = []
    for each in dict.fromkeys(words):
        matcher.set_seq1(folded(each))
        if matcher.real_quick_ratio() >= LIKENESS and matcher.quick_ratio() >= LIKENESS:
            likeness = matcher.ratio()
            if likeness >= LIKENESS:
                found.append((-likeness, each))
    return [each for _, each in sorted(found, key=lambda pair: pair[0])][:SHOWN]


def _plain(customer: str) -> str:
    """An id without what people mistype most: leading zeros, signs between letters, case."""
    letters = "".join(letter for letter in folded(customer) if letter.isalnum())
    return _LEADING_ZEROS.sub("", letters)
