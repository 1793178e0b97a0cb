"""Decisions by hand: read off a book's 手工调整, judged, and put beside the facts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..cleaning import Account, Cleaned
from ..engine import Engine
from ..labels import Language, text
from ..scoring.overrides import RELATION, Doubtful, Entry, Judged, judge, put_overrides
from .pairs import kept_id

if TYPE_CHECKING:
    import datetime as dt

    from ..model.types import Model


@dataclass(frozen=True)
class ByHand:
    """What stands on the sheet; `fingerprint` is blank where nothing does."""

    entries: Sequence[Entry] = ()

    @property
    def fingerprint(self) -> str:
        if not self.entries:
            return ""
        told = "".join(f"{vars(entry)!r};" for entry in self.entries)
        return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()


def written_by_hand(book: Path | None, model: Model, language: Language) -> ByHand:
    """The rows of a book's 手工调整; none without a book or without that sheet."""
    if book is None:
        return ByHand()
    from ..workbook import read_rows, sheet_names

    title = text("sheets.overrides", language)
    if title not in sheet_names(book):
        return ByHand()
    from ..publish.written_overrides import written_overrides

    return ByHand(written_overrides(read_rows(book, title), model, language))


def written_in(books: Sequence[Path | None], model: Model, language: Language) -> ByHand:
    """The rows of several books' 手工调整; what is written word for word in two books stands there once."""
    found = [entry for book in books for entry in written_by_hand(book, model, language).entries]
    if len(books) == 1:
        return ByHand(found)
    once = {repr(vars(entry) | {"row": 0}): entry for entry in reversed(found)}
    return ByHand(list(reversed(once.values())))


def put_by_hand(engine: Engine, by_hand: ByHand, model: Model, as_of: dt.date, cleaned: Cleaned) -> Cleaned:
    """Make the relation `overrides` of what holds on the day, and account for every row as for any other table."""
    if not by_hand.entries:
        engine.drop(RELATION)
        return cleaned
    entries = [replace(entry, customer_id=kept_id(engine, entry.customer_id)) for entry in by_hand.entries]
    asked = sorted({entry.customer_id for entry in entries})
    known = engine.rows(
        "SELECT customer_id FROM customers WHERE customer_id IN (SELECT UNNEST(CAST(? AS VARCHAR[])))", [asked]
    )
    judged = judge(entries, model, as_of, {customer for (customer,) in known})
    put_overrides(engine, judged.overrides)
    for found in judged.findings:
        engine.execute(
            "INSERT INTO findings (check_key, severity, table_key, source_row, column_key, value) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [found.check, found.severity, RELATION, found.row, found.column, found.value],
        )
    return replace(cleaned, accounts={**cleaned.accounts, RELATION: account_of(judged)})


def account_of(judged: Judged) -> Account:
    def counted(severity: str) -> dict[str, int]:
        found: Counter[str] = Counter(one.check for one in _of(judged, severity))
        return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))

    return Account(
        table=RELATION,
        delivered=judged.rows,
        kept=judged.kept,
        set_aside=counted("set_aside"),
        notices=counted("notice"),
    )


def _of(judged: Judged, severity: str) -> list[Doubtful]:
    return [one for one in judged.findings if one.severity == severity]
