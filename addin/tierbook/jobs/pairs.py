"""What people said on 疑似重复 about customers who may be one, as every run asks for it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ..cleaning import PairDecision
from ..engine import Engine
from ..labels import Language


def decided_pairs(book: Path | None, language: Language) -> list[PairDecision]:
    """The decisions a book holds; none without a book."""
    if book is None:
        return []
    from ..publish.read_pairs import read_decisions

    return read_decisions(book, language)


def decided_in(books: Sequence[Path | None], language: Language) -> list[PairDecision]:
    """The decisions of several books; on the same two ids the first book that decided has the word."""
    found: dict[tuple[str, str], PairDecision] = {}
    for book in books:
        for one in decided_pairs(book, language):
            if one.ids not in found or not found[one.ids].word:
                found[one.ids] = one
    return list(found.values())


def fingerprint_of_pairs(decisions: Sequence[PairDecision]) -> str:
    """Changes with every decision; blank without any. Notes and names change no result."""
    said = "".join(f"{one.ids!r}:{one.word};" for one in decisions if one.word)
    return hashlib.blake2b(said.encode(), digest_size=6).hexdigest() if said else ""


def kept_id(engine: Engine, customer_id: str) -> str:
    """The id under which a customer counts: its own, unless it was merged into another."""
    found: str | None = engine.value("SELECT kept_id FROM merged_ids WHERE customer_id = ?", [customer_id])
    return found or customer_id
