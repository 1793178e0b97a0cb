"""Closed lists: what people write becomes the choice's key."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from ..engine import text_literal
from ..schema import REGIONS, Choice

YES_NO: Mapping[str, tuple[str, ...]] = {
    "1": ("1", "1.0", "是", "有", "y", "yes", "true", "t", "√", "✓", "对", "對"),
    "0": ("0", "0.0", "否", "无", "無", "没有", "沒有", "n", "no", "false", "f", "×", "x"),
}
IGNORED = " _-/\t"
"""Letters that do not matter in a choice's spelling."""


def normal(word: str) -> str:
    return unicodedata.normalize("NFKC", word).lower().translate(dict.fromkeys(map(ord, IGNORED)))


def words_of(choices: Sequence[Choice]) -> dict[str, tuple[str, ...]]:
    """Choice key -> every spelling: the key, its three names, its words."""
    return {choice.key: (choice.key, *choice.name.all(), *choice.words) for choice in choices}


def choice_of(column: str, words: Mapping[str, Sequence[str]]) -> str:
    """SQL for the key of the choice that a tidied text means, NULL where it is none. An earlier choice wins."""
    spelled = f"translate(lower({column}), {text_literal(IGNORED)}, '')"
    taken: set[str] = set()
    branches = []
    for key, spellings in words.items():
        fresh = {normal(word) for word in spellings} - taken
        taken |= fresh
        listed = ", ".join(text_literal(word) for word in sorted(fresh))
        branches.append(f"WHEN {spelled} IN ({listed}) THEN {text_literal(key)}")
    return f"CASE {' '.join(branches)} END"


def meanings(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Normal spelling -> choice key; an earlier choice wins."""
    found: dict[str, str] = {}
    for key, spellings in words.items():
        for word in spellings:
            found.setdefault(normal(word), key)
    return found


def choice_among(column: str, known: Mapping[str, str]) -> str:
    """SQL for the key of each of the few texts that occur in a column, NULL for any other."""
    if not known:
        return "CAST(NULL AS VARCHAR)"
    branches = " ".join(f"WHEN {text_literal(text)} THEN {text_literal(key)}" for text, key in known.items())
    return f"CASE {column} {branches} END"


def region_words() -> dict[str, tuple[str, ...]]:
    """Region key -> its spellings, with 区/大区/地区 after the name. (Provinces and cities: `regions.region_keys`.)"""
    found = {}
    for key, words in words_of(REGIONS).items():
        longer = [word + ending for word in words for ending in ("区", "區", "大区", "大區", "地区", "地區")]
        found[key] = (*words, *longer)
    return found


def region_and_province_words() -> dict[str, tuple[str, ...]]:
    """The same with the names of its provinces, for a column with too many different texts to read one by one."""
    from .places import gazetteer

    book = gazetteer()
    return {
        key: (*words, *(name for name, province in book.provinces.items() if book.regions[province] == key))
        for key, words in region_words().items()
    }
