"""What a check finds: a state, a sentence, and the cure where something is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ...errors import TierbookError
from ...labels import Language, text
from ..install.machine import Machine

State = Literal["ok", "warning", "failed", "not_here"]


@dataclass(frozen=True)
class Found:
    """A check's finding; `key` is the label of its sentence, the cure is the label `<key>_cure`."""

    state: State
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        return text(self.key, language, **self._worded(language))

    def cure(self, language: Language) -> str:
        """What to do; "" where nothing is wrong."""
        if self.state in {"ok", "not_here"}:
            return ""
        return text(f"{self.key}_cure", language, **self._worded(language))

    def _worded(self, language: Language) -> dict[str, object]:
        return {
            key: value.words(language) if isinstance(value, TierbookError) else value
            for key, value in self.values.items()
        }


@dataclass(frozen=True)
class Patient:
    """What the checks look at.

    Args:
        book: what names the book (a path, or the URL somebody set by mistake); "" where nothing does.
        trouble: why no book is named, where the settings themselves are at fault.
        now: the time with its zone.
    """

    machine: Machine
    language: Language
    book: str
    now: dt.datetime
    trouble: TierbookError | None = None

    @property
    def path(self) -> Path | None:
        """The book's path; None where none is named, or a URL."""
        return None if not self.book or is_url(self.book) else Path(self.book)


Check = Callable[[Patient], Found]


def is_url(words: str) -> bool:
    """Whether a book is named as OneDrive and SharePoint name it; a path made of it has one slash only."""
    return words.casefold().startswith(("http:", "https:"))


def ok(key: str, **values: object) -> Found:
    return Found("ok", key, values)


def warning(key: str, **values: object) -> Found:
    return Found("warning", key, values)


def failed(key: str, **values: object) -> Found:
    return Found("failed", key, values)


def not_here(key: str, **values: object) -> Found:
    return Found("not_here", key, values)
