"""What people finished, on its way into the facts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ..followup.outcomes import Outcome, outcomes_of
from ..labels import Language

TASKS = "_tierbook_tasks"
"""The hidden sheet every refreshed book has; its name stands here so that a fresh book needs no room of sheets."""


def finished_in(book: Path | None, language: Language, as_of: dt.date) -> list[Outcome]:
    """The finished tasks of a book as interactions, those that left its list too; none where it was never refreshed."""
    if book is None:
        return []
    from ..workbook import sheet_names

    if TASKS not in sheet_names(book):
        return []
    from ..publish.readback import read_tasks

    kept = read_tasks(book, language, as_of)
    return outcomes_of([*kept.remembered, *kept.tasks])
