"""What reading the 模型 sheets has in common: the sheets, the base, keys, names, conditions, and the problems found."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from ..errors import ModelError, RuleError, TierbookError
from ..labels import LANGUAGES, Language, Name
from .check import KEY
from .rule_text import in_language
from .rules import parse
from .sheet_columns import SHEETS
from .sheet_rows import Grid, Row, rows_of
from .types import Model
from .words import Use, Vocabulary, folded

T = TypeVar("T")
NO_NAME = Name("", "", "")
ROOTS = {
    "model_scorecard": ("card",), "model_tiers": ("scale",), "model_tags": ("tag",),
    "model_segments": ("rfm.classes", "stage", "segment"), "model_playbook": ("play",),
    "model_params": ("param", "main", "main_scale", "rfm"),
}  # fmt: skip
"""What each sheet holds, for problems that have no cell of their own."""


class Reading:
    """The sheets of one book being read over a base model.

    `rows` holds the rows of every sheet that has its header; `cells` maps a part's path to its cell's address;
    `left_out` holds the folded words of rows that are wrong;
    `typed` maps a condition's cell to what stands in it where the base's own words were taken instead.
    """

    def __init__(self, grids: Mapping[str, Grid], base: Model, language: Language) -> None:
        self.base = base
        self.language = language
        self.names = Vocabulary.of(base)
        self.problems: list[TierbookError] = []
        self.left_out: set[str] = set()
        self.cells = {root: grid.sheet_name for sheet, grid in grids.items() for root in ROOTS[sheet]}
        self.typed: dict[str, str] = {}
        self.rows: dict[str, list[Row]] = {}
        for sheet, grid in grids.items():
            try:
                self.rows[sheet] = rows_of(grid, SHEETS[sheet])
            except TierbookError as error:
                self.problems.append(error)

    def each(self, rows: Iterable[Row], build: Callable[[Row], T]) -> list[T]:
        """What `build` makes of every row; a row that is wrong is told and left out."""
        built = []
        for row in rows:
            try:
                built.append(build(row))
            except ModelError as error:
                self.problems.append(error)
                self.left_out |= row.words()
        return built

    def condition(self, row: Row, column: str, old: str | None, use: Use) -> str:
        """The cell's condition; where it says what the base's says in some language, the base's own words.

        Args:
            old: the base's condition; None for a new thing.
        """
        typed = row.text(column)
        if old is None or typed == old or not typed:
            return typed
        names = self.names.for_use(use)
        if any(typed == in_language(old, names, each) for each in (self.language, *LANGUAGES)):
            self.typed[row.where(column)] = typed
            return old
        return typed

    def readable(self, rule: str, where: str, names: Vocabulary) -> str:
        """The rule, or what its cell says where names changed so that the base's words cannot be read any more."""
        if where not in self.typed:
            return rule
        try:
            parse(rule, names)
        except RuleError:
            return self.typed[where]
        return rule


class Keys:
    """Keys of one list: a row's own, else the one of the base's thing with that name, else a new one."""

    def __init__(self, kind: str, base: Mapping[str, Name]) -> None:
        self.kind = kind
        self.base = base
        self.used: set[str] = set()

    def take(self, row: Row, column: str, given: str, word: str) -> str:
        """The key for a row whose name `word` stands in `column`.

        A copied row (the same key under another name) becomes a new thing.

        Raises:
            ModelError: a key with other letters, or a name that stands twice.
        """
        if given and not KEY.fullmatch(given):
            raise row.error("model.sheet_key", "key", value=given)
        wanted = (given, next((key for key, name in self.base.items() if is_name(word, name)), ""))
        key = next((each for each in wanted if each and each not in self.used), "") or made_key(self.kind, word)
        if key in self.used:
            raise row.error("model.check_twice", column, name=word)
        self.used.add(key)
        return key

    def name(self, key: str, word: str) -> Name:
        """The base's name in three languages where the word is one of them, else the word in all."""
        old = self.base.get(key)
        return old if old is not None and word in old.all() else Name(word, word, word)


def made_key(kind: str, word: str) -> str:
    """A key from a name: plain English letters as they are, others as hex letters; the same name, the same key."""
    plain = re.sub(r"[^a-z0-9]+", "_", unicodedata.normalize("NFKC", word).casefold()).strip("_")
    if word.isascii() and KEY.fullmatch(plain):
        return plain
    return f"{kind}_{hashlib.sha256(folded(word).encode()).hexdigest()[:12]}"


def is_name(word: str, name: Name) -> bool:
    return folded(word) in map(folded, name.all())
