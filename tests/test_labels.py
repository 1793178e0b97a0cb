"""Labels: every key the code uses exists in three languages, with the same places to fill."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

import tierbook
from tierbook.labels import LANGUAGES, language_of

PACKAGE = Path(tierbook.__file__).parent
ROOMS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((PACKAGE / "labels").glob("*.toml"))}
ENTRIES = [(room, key, words) for room, entries in ROOMS.items() for key, words in entries.items()]


@pytest.mark.parametrize("room", ROOMS)
def test_every_label_has_three_languages_with_the_same_places(room: str) -> None:
    for key, words in ROOMS[room].items():
        assert set(words) == set(LANGUAGES), f"{room}.{key}"
        places = {
            language: {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
            for language, text in words.items()
        }
        assert len({frozenset(found) for found in places.values()}) == 1, f"{room}.{key}: {places}"
        assert all(text.strip() for text in words.values()), f"{room}.{key}"


def test_every_key_written_in_the_code_exists() -> None:
    rooms = "|".join(ROOMS)
    missing = [
        f"{path.name}: {room}.{key}"
        for path in PACKAGE.rglob("*.py")
        for room, key in re.findall(rf'"({rooms})\.([a-z0-9_]+)"', path.read_text(encoding="utf-8"))
        if key not in ROOMS[room] and key not in {"toml", "jsonl"}
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("zh", "zh-CN"), ("zh_TW.UTF-8", "zh-TW"), ("zh-Hant", "zh-TW"), ("en_GB", "en"), ("EN", "en"), ("fr", "zh-CN")],
)
def test_a_language_is_understood_however_it_is_written(typed: str, meant: str) -> None:
    assert language_of(typed) == meant
