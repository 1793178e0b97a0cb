"""Words of the model room: three languages, the same places in each, none missing and none left over."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

import tierbook
from tierbook.labels import LANGUAGES

PACKAGE = Path(tierbook.__file__).parent
ENTRIES = tomllib.loads((PACKAGE / "labels" / "model.toml").read_text(encoding="utf-8"))
CODE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py")))
MADE = ("column_", "curve_", "better_", "missing_", "group_", "flag_", "sort_", "rfm_", "returns_", "count_",
        "identical_lines_", "setting_", "kind_", "wants_", "rule_wants_", "owner_", "high", "low")  # fmt: skip
"""Beginnings of keys that the code puts together."""


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_has_three_languages_with_the_same_places(entry):
    words = ENTRIES[entry]
    assert set(words) == set(LANGUAGES)
    assert all(text.strip() for text in words.values())
    assert len({frozenset(places(text)) for text in words.values()}) == 1


def test_every_key_the_code_names_is_there():
    named = set(re.findall(r'"model\.([a-z_]+)"', CODE))
    assert named <= set(ENTRIES), named - set(ENTRIES)


def test_no_entry_is_left_over():
    named = set(re.findall(r'"model\.([a-z_]+)"', CODE))
    assert {entry for entry in ENTRIES if entry not in named and not entry.startswith(MADE)} == set()
