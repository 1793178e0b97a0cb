"""What a table has to say of itself so that its rows can be updated by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Keyed:
    """A table whose rows belong to ids, on a sheet where people write.

    Attributes:
        table: its display name in the donor, such as "Tasks".
        key: header title of the id column.
        ours: titles of the donor's columns a refresh rewrites. Every other column is people's: its old
            cells stay with their row, the donor's cells fill new rows only.
        archive: name of the sheet that takes rows whose id is gone.
        archived_title: title of the archive's column for the day a row was put there.
        notes_title: title of the archive's column for the text of a row's notes.
        key_of_row: row of people's sheet as it is before the update (from 1) -> id, where its key cell does not
            say it: rows people typed themselves, which the donor now has under that id.
        elsewhere: ids that stand on another sheet of ours too: a row of theirs leaves without an archive, unless
            people put something of their own into it.
    """

    table: str
    key: str
    ours: frozenset[str]
    archive: str
    archived_title: str
    notes_title: str
    key_of_row: Mapping[int, str] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
