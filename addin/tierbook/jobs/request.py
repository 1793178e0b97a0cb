"""What a user asked for, in one record that every job understands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..labels import Language

Progress = Callable[[str, Mapping[str, object]], None]
"""Told before each long stage: a label key and its values."""


Note = tuple[str, Mapping[str, object]]
"""A label key and its values: something a person should know."""


def silent(_key: str, _values: Mapping[str, object]) -> None:
    """Progress for callers who want none."""


@dataclass(frozen=True)
class Request:
    """Options shared by all verbs that score.

    Args:
        as_of: the date the facts are looked at from; only facts up to and including it count.
        book: the workbook whose sheets hold facts and model; None scores files alone.
        files: table key -> file with its facts; a file wins over the book's sheet of that table.
        sheet: sheet to read where a file is a workbook; empty picks the one whose header fits best.
        mapping: `canonical=header` or `table.canonical=header` overrides, as typed.
        model: name of a shipped model or path of a TOML; empty takes the book's rules in force (before its first
            refresh its 模型 sheets), else `general`.
        model_version: which of the versions the book keeps, by label or number; empty: the one in force on the day.
        settings: `key=value` changes to the model, as typed.
        language: language of labels and names; None takes the book's own, else the default.
        ledger: where the history is kept: path of a SQLite file or a postgresql:// URL; "" keeps none.
        sheets: which of our sheets a book is to hold, as people name them (`publish.chosen`); none: all.
        scope: the name under which the book's history is kept there; "" takes the book's own.
    """

    as_of: dt.date
    book: Path | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    sheet: str = ""
    mapping: tuple[str, ...] = ()
    model: str = ""
    model_version: str = ""
    settings: tuple[str, ...] = ()
    language: Language | None = None
    memory_limit: str = ""
    ledger: str = ""
    scope: str = ""
    sheets: tuple[str, ...] = ()
    progress: Progress = silent
