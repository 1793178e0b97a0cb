"""What the books of a night hold: read once for people's answers, their tasks and the sheets made anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...labels import Language
from ..chosen import tells_changes
from ..finished import TASKS
from .records import Aim

if TYPE_CHECKING:
    from ...followup.outcomes import Outcome
    from ...publish import Kept


@dataclass
class Held:
    """Books as they were read, by their key, each with the digest its bytes had before that."""

    found: dict[str, tuple[str, Kept]] = field(default_factory=dict)

    def of(self, aim: Aim, language: Language, day: dt.date, sheets: tuple[str, ...]) -> Kept:
        """What a book holds; not read again while it is the same.

        Args:
            sheets: those it was asked to hold.
        Raises:
            WorkbookError: it cannot be read.
        """
        from ...publish import read_kept
        from ...workbook import digest_of, read_file

        digest = digest_of(read_file(aim.path))
        kept = self.same(aim, digest)
        if kept is None:
            kept = read_kept(aim.path, language, day, changes=tells_changes(sheets))
            self.found[aim.key] = digest, kept
        return kept

    def same(self, aim: Aim, digest: str) -> Kept | None:
        """What a book with this digest holds; None where it was not read, or was another one then."""
        known, kept = self.found.get(aim.key, ("", None))
        return kept if known == digest else None

    def forget(self, aim: Aim) -> None:
        """A book that is done: what its customers' scores were made of takes room that the next one needs."""
        self.found.pop(aim.key, None)


def outcomes_held(aim: Aim, kept: Kept) -> list[Outcome]:
    """The finished tasks of a book as interactions; none where it was never refreshed."""
    from ...followup.outcomes import outcomes_of
    from ...workbook import sheet_names

    return outcomes_of([*kept.remembered, *kept.tasks]) if TASKS in sheet_names(aim.path) else []
