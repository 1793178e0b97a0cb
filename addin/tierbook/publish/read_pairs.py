"""What people decided about pairs of customers, read before the facts are cleaned."""

from __future__ import annotations

from pathlib import Path

from ..cleaning import PairDecision
from ..labels import Language
from ..workbook import read_sheets, sheet_names
from .held import Rows, text_of
from .held_pairs import decisions_of
from .hidden_pairs import PAIR_FIELDS, PAIRS
from .readback import our_names


def read_decisions(path: Path, language: Language) -> list[PairDecision]:
    """The decisions a book holds, sorted by ids. A row of 疑似重复 wins over what was kept; a lost one stays."""
    present = sheet_names(path)
    if PAIRS not in present:
        return []
    shown = our_names(path, language).get("duplicates", "")
    held = read_sheets(path, [name for name in (PAIRS, shown) if name in present])
    found = {one.ids: one for one in _kept(held.get(PAIRS, []))}
    found |= {one.ids: one for one in decisions_of(held.get(shown, []), language)}
    return [one for _, one in sorted(found.items()) if one.word or one.by or one.note]


def _kept(rows: Rows) -> list[PairDecision]:
    blank = [None] * len(PAIR_FIELDS)
    told = ([*row, *blank][: len(blank)] for row in rows[1:] if row and row[0])
    return [PairDecision(*map(text_of, row)) for row in told]
