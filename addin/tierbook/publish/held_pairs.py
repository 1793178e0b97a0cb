"""What the rows of 疑似重复 say: people's decisions, and rows they typed themselves."""

from __future__ import annotations

from ..cleaning import PairDecision
from ..labels import LANGUAGES, Language
from .held import Rows, records, text_of
from .sheet_duplicates import JOINT, pair_columns, pair_key, word_names


def decisions_of(rows: Rows, language: Language) -> list[PairDecision]:
    """The rows of 疑似重复, those without a decision too."""
    return [one for _, one, _ in _read(rows, language)]


def pair_rows_of(rows: Rows, language: Language) -> dict[int, str]:
    """Row (from 1) -> its pair, of rows whose first cell does not tell it: people typed two ids of their own."""
    return {number: key for number, one, told in _read(rows, language) if (key := pair_key(*one.ids)) != told}


def _read(rows: Rows, language: Language) -> list[tuple[int, PairDecision, str]]:
    """(row, decision, text of the first cell) of every row that names two ids."""
    found = []
    for number, record in records(rows, pair_columns(language)):
        told = text_of(record["pair"]).strip()
        ids = [text_of(record[key]).strip() for key in ("left_id", "right_id")]
        if not all(ids):
            ids = _split(told)
        if len(ids) == len(set(ids)) == 2 and all(ids):
            word, by, note = (text_of(record[key]).strip() for key in ("word", "by_whom", "pair_note"))
            found.append((number, PairDecision(ids[0], ids[1], word_of(word), by, note), told))
    return found


def _split(told: str) -> list[str]:
    return [part.strip() for part in told.split(JOINT.strip())]


def word_of(typed: str) -> str:
    """The decision a word means in any language; a word nobody knows stays as it was typed."""
    for language in LANGUAGES:
        for key, name in word_names(language).items():
            if typed.casefold() in {name.casefold(), key}:
                return key
    return typed
