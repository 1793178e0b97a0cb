"""Every word a person reads, in three languages, in one place.

One TOML file per room lies beside this module; a key is `room.entry` and an entry has all three
languages: `entry = { zh-CN = "…", zh-TW = "…", en = "…" }`. Values are filled in with `{name}`.
Names that belong to a model (tiers, tags, indicators) live in the model, not here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

Language = Literal["zh-CN", "zh-TW", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "zh-CN"


@dataclass(frozen=True)
class Name:
    """One thing's name in the three languages."""

    zh: str
    tw: str
    en: str

    def of(self, language: Language) -> str:
        return {"zh-CN": self.zh, "zh-TW": self.tw, "en": self.en}[language]

    def all(self) -> tuple[str, ...]:
        return (self.zh, self.tw, self.en)


def language_of(text: str) -> Language:
    """The language a person means: zh, zh_CN.UTF-8, zh-Hant, tw, en_GB … ; unknown ones read as the default."""
    key = text.strip().lower().replace("_", "-").split(".")[0]
    if key.startswith(("zh-tw", "zh-hk", "zh-hant", "tw")):
        return "zh-TW"
    if key.startswith("en"):
        return "en"
    return DEFAULT


@cache
def _room(room: str) -> dict[str, dict[str, str]]:
    found = tomllib.loads(Path(__file__).with_name(f"{room}.toml").read_text(encoding="utf-8"))
    return cast("dict[str, dict[str, str]]", found)


def text(key: str, language: Language = DEFAULT, /, **values: object) -> str:
    """The words for `room.entry` in a language, with `{name}` places filled from `values`.

    Raises:
        KeyError: no such key; a test reads every key the code uses.
    """
    room, entry = key.split(".", 1)
    words = _room(room)[entry][language]
    return words.format(**values) if values else words


def name(key: str) -> Name:
    """The three languages of `room.entry`, unfilled."""
    return Name(*(text(key, language) for language in LANGUAGES))
