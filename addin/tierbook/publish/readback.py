"""Read a refreshed book: what a new refresh must know of the one it follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..labels import Language
from ..workbook import find_owned, read_file, read_sheets, sheet_names
from .held import Previous, Rows, audit_of, before_of, card_of, points_of, previous_of, stamp_of, tasks_of
from .held_pairs import pair_rows_of
from .marks import born_with
from .records import Kept, Stamp
from .sheet_hidden import BEFORE, RESULTS, STAMP, WHY

PEOPLE_WRITE = ("tasks", "duplicates", "audit", "customer_card")


def read_kept(
    path: Path, language: Language, as_of: dt.date | None = None, names: Mapping[str, str] | None = None
) -> Kept:
    """Everything a refresh must know of the book it replaces: stamp, people's entries, the results of an earlier day.

    Args:
        names: mark -> name of our sheets in this book, from `workbook.find_owned`; a sheet that is not in it is not
            read, whatever it is called. None: found here.
        as_of: the day about to be scored. Where the book was refreshed for that day already, changes are told
            against the same earlier day as before; else against the book's last results.
    """
    names = our_names(path, language) if names is None else names
    held = _held(
        path,
        [STAMP, RESULTS, WHY, BEFORE, *(names[mark] for mark in PEOPLE_WRITE if mark in names)],
    )
    stamp = stamp_of(held[STAMP])
    if stamp is not None and stamp.as_of == as_of:
        since, previous, points = before_of(held[STAMP], held[BEFORE])
    else:
        since = stamp.as_of if stamp else None
        previous, points = previous_of(held[RESULTS]), points_of(held[WHY])
    pair_rows = pair_rows_of(held.get(names.get("duplicates", ""), ()), language)
    tasks, task_rows = tasks_of(held.get(names.get("tasks", ""), ()), language, stamp)
    return Kept(
        stamp=stamp,
        tasks=tasks,
        task_rows=task_rows,
        pair_rows=pair_rows,
        since=since,
        previous=previous,
        points=points,
        audit=audit_of(held.get(names.get("audit", ""), ()), language),
        card=card_of(held.get(names.get("customer_card", ""), ())),
    )


def read_stamp(path: Path) -> Stamp | None:
    """The stamp of a refreshed book; None where it was never refreshed or the stamp is damaged."""
    return stamp_of(_held(path, [STAMP])[STAMP])


def read_previous(path: Path) -> Previous:
    """Customer id -> (tier, score) of the last refresh."""
    return previous_of(_held(path, [RESULTS])[RESULTS])


def our_names(path: Path, language: Language) -> dict[str, str]:
    """Mark -> name of our sheets in a book, wherever people moved them and whatever they call them now."""
    return find_owned(read_file(path), born_with(language))


def _held(path: Path, sheets: Sequence[str]) -> dict[str, Rows]:
    """Rows of the sheets, none for a sheet the book does not have."""
    present = set(sheet_names(path))
    found = read_sheets(path, [sheet for sheet in sheets if sheet in present])
    return {sheet: found.get(sheet, []) for sheet in sheets}
