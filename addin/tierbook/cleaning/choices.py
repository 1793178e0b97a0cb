"""Closed lists: what people write becomes the choice's key."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from tomllib import loads

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


@cache
def _region_data() -> Mapping[str, Mapping[str, list[str]]]:
    from importlib.resources import files

    return loads((files(__package__) / "regions.toml").read_text(encoding="utf-8"))


def region_words() -> dict[str, tuple[str, ...]]:
    """Region key -> its spellings, with 区/大区/地区 after the name, and the provinces in it."""
    found = {}
    for key, words in words_of(REGIONS).items():
        longer = [word + ending for word in words for ending in ("区", "區", "大区", "大區", "地区", "地區")]
        found[key] = (*words, *longer, *_region_data().get(key, {}).get("provinces", ()))
    return found


def region_of_province(column: str) -> str:
    """SQL for the region in which a tidied province name lies: 广东, 广东省, 廣東, Guangdong.

    The first two Chinese letters of a province's name tell it from all others.
    """
    branches = []
    for key, data in _region_data().items():
        chinese = sorted({word[:2] for word in data["provinces"] if not word.isascii()})
        latin = sorted(normal(word) for word in data["provinces"] if word.isascii())
        listed = ", ".join(map(text_literal, chinese))
        spelled = ", ".join(map(text_literal, latin))
        branches.append(
            f"WHEN left({column}, 2) IN ({listed}) OR translate(lower({column}), {text_literal(IGNORED)}, '') "
            f"IN ({spelled}) THEN {text_literal(key)}"
        )
    return f"CASE {' '.join(branches)} END"
