"""What people finished, on its way into the facts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ..followup.outcomes import Outcome, outcomes_of
from ..labels import Language


def finished_in(book: Path | None, language: Language, as_of: dt.date) -> list[Outcome]:
    """The finished tasks of a book as interactions, those that left its list too; none without a book."""
    if book is None:
        return []
    from ..publish.readback import read_tasks

    kept = read_tasks(book, language, as_of)
    return outcomes_of([*kept.remembered, *kept.tasks])
