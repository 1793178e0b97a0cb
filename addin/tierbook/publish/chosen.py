"""A book that holds only some of our sheets: those people see, and of the hidden ones what these need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ..errors import UsageError
from ..labels import LANGUAGES, Language, Name, name, text
from .records import Stamp
from .sheet_keys import OWNED

MEMBERS, CARD = "members", "customer_card"
KNOWN = (*OWNED, MEMBERS)
"""Marks of the sheets somebody can choose, in the order of the tabs."""
FUNCTIONS = "functions"
"""Beside the sheets: what worksheet functions read."""

ALWAYS = frozenset({"stamp", "results", "before", "model", "merged", "pair_list", "versions", "standing"})
"""Hidden sheets of every book: what the next refresh goes by, and what people decided."""
OF_TASKS = frozenset({"task_list", "queue", "done_list"})
OF_CHANGES = frozenset({"why", "totals"})
"""What tells why somebody moved."""
OF_CARD = frozenset({"gap", "portrait_rows"})
TELLS_CHANGES = frozenset({"moves", "dashboard"})
EMPTIED = OF_CHANGES | OF_CARD
"""Hidden sheets that would answer with an older day where nobody brings them up to date."""


@dataclass(frozen=True)
class Chosen:
    """The sheets of ours that a book is to hold.

    Args:
        sheets: marks of the sheets people see.
        functions: whether worksheet functions are to answer from the book.
    """

    sheets: frozenset[str]
    functions: bool = False

    @property
    def tells_changes(self) -> bool:
        """Whether the book must remember what an earlier day's scores were made of."""
        return self.functions or bool(TELLS_CHANGES & self.sheets)

    @property
    def whole_results(self) -> bool:
        """Whether every column of the results is kept, not only what changes are told against."""
        return self.functions or CARD in self.sheets

    @property
    def hidden(self) -> frozenset[str]:
        """Marks of the hidden sheets these need."""
        found = ALWAYS
        if "tasks" in self.sheets:
            found |= OF_TASKS
        if self.tells_changes:
            found |= OF_CHANGES
        if self.whole_results:
            found |= OF_CARD
        return found

    def emptied(self, there: Collection[str]) -> frozenset[str]:
        """Of the hidden sheets that are there those which nothing may answer from any more."""
        return (EMPTIED - self.hidden) & set(there)

    def words(self) -> str:
        """As the stamp holds it: marks in the order of the tabs."""
        return " ".join([mark for mark in KNOWN if mark in self.sheets] + [FUNCTIONS] * self.functions)


def chosen_of(words: Sequence[str]) -> Chosen | None:
    """What people named, in any language or by key; None where they named nothing, which means every sheet.

    Raises:
        UsageError: a word names no sheet of ours; those there are are named.
    """
    named = {said: mark for mark in KNOWN for said in (mark, *name(f"sheets.{mark}").all())}
    named |= dict.fromkeys((FUNCTIONS, *name("chosen.functions").all()), FUNCTIONS)
    folded = {said.casefold(): mark for said, mark in named.items()}
    asked = [word.strip() for word in words if word.strip()]
    for word in asked:
        if word.casefold() not in folded:
            raise UsageError("chosen.unknown_sheet", word=word, known=Name(*map(_known, LANGUAGES)))
    marks = {folded[word.casefold()] for word in asked}
    return Chosen(frozenset(marks - {FUNCTIONS}), FUNCTIONS in marks) if marks else None


def _known(language: Language) -> str:
    titles = [text(f"sheets.{mark}", language) for mark in KNOWN]
    return text("chosen.between", language).join([*titles, text("chosen.functions", language)])


def left_out(found: Collection[str], chosen: Chosen, last: Stamp | None) -> dict[str, dt.date]:
    """Mark -> the day it still shows, of every sheet of ours that is in the book and not among those chosen.

    A sheet that was never filled shows no day.

    Args:
        found: marks of our sheets in the book.
        last: the stamp of the refresh before.
    """
    if last is None:
        return {}
    filled = set(last.chosen.split() or KNOWN)
    days = {mark: last.as_of if mark in filled else last.left.get(mark) for mark in KNOWN if mark in found}
    return {mark: day for mark, day in days.items() if day is not None and mark not in chosen.sheets}


def left_words(left: Mapping[str, dt.date], found: Mapping[str, str], as_of: dt.date, language: Language) -> str:
    """`看板（2026-10-30）、变动（2026-10-30）` of the sheets that show an older day; "" where none does.

    客户画像 is not among them: it looks up what the hidden sheets hold today.
    """
    told = [
        text("chosen.left_sheet", language, sheet=found[mark], day=day.isoformat())
        for mark, day in left.items()
        if day != as_of and mark in found and mark != CARD
    ]
    return text("chosen.between", language).join(told)
