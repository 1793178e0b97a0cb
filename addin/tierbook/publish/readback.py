"""Read a refreshed book: what a new refresh must know of the one it follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..labels import Language
from ..workbook import find_owned, owned_like, read_file, read_sheets, sheet_names
from .held import Previous, Rows, audit_of, before_of, card_of, points_of, previous_of, stamp_of
from .held_pairs import pair_rows_of
from .kept_tasks import TASK_SHEETS, KeptTasks, kept_tasks
from .marks import born_with
from .person_sheets import LEAD
from .records import Kept, Stamp
from .sheet_hidden import BEFORE, RESULTS, STAMP, WHY
from .sheet_totals import SHEET as TOTALS
from .sheet_totals import totals_of

OF_RESULTS = 12
"""Columns of `_tierbook_results` among which customer, tier and score stand; else it is read whole."""
PEOPLE_WRITE = ("duplicates", "audit", "customer_card")


def read_kept(
    path: Path,
    language: Language,
    as_of: dt.date | None = None,
    names: Mapping[str, str] | None = None,
    *,
    changes: bool = True,
) -> Kept:
    """Everything a refresh must know of the book it replaces: stamp, people's entries, the results of an earlier day.

    Args:
        names: mark -> name of our sheets in this book, from `workbook.find_owned`; a sheet that is not in it is not
            read, whatever it is called. None: found here.
        as_of: the day about to be scored. Where the book was refreshed for that day already, changes are told
            against the same earlier day as before; else against the book's last results.
        changes: whether anybody asks why somebody moved; else points and totals are not read.
    """
    names = our_names(path, language) if names is None else names
    stamp = read_stamp(path)
    again = stamp is not None and stamp.as_of == as_of
    why = ((TOTALS,) if again else (WHY, TOTALS)) if changes else ()
    told = [STAMP, BEFORE if again else RESULTS, *why, *TASK_SHEETS]
    peoples = [names[mark] for mark in PEOPLE_WRITE if mark in names]
    held = _held(path, [*told, *peoples, *_sheets_of_tasks(names).values()])
    if again:
        since, previous, points = before_of(held[STAMP], held[BEFORE])
    else:
        since = stamp.as_of if stamp else None
        previous, points = previous_of(held[RESULTS]), points_of(held.get(WHY, ()))
    totals, rules_before = totals_of(held.get(TOTALS, ()), earlier=again)
    pair_rows = pair_rows_of(held.get(names.get("duplicates", ""), ()), language)
    of_tasks = kept_tasks(held, _sheets_of_tasks(names), language, stamp, as_of)
    return Kept(
        stamp=stamp,
        tasks=of_tasks.tasks,
        task_rows=of_tasks.rows.get("tasks", {}),
        pair_rows=pair_rows,
        since=since,
        previous=previous,
        points=points if changes else {},
        totals=totals,
        rules_before=rules_before,
        audit=audit_of(held.get(names.get("audit", ""), ()), language),
        card=card_of(held.get(names.get("customer_card", ""), ())),
        remembered=of_tasks.remembered,
        queued=of_tasks.queued,
        conflicts=of_tasks.conflicts,
        restored=of_tasks.restored,
        rewritten=of_tasks.rewritten,
        person_sheets={mark: name for mark, name in _sheets_of_tasks(names).items() if mark != "tasks"},
        person_rows=of_tasks.rows,
        persons_filled=of_tasks.persons_filled,
        published=of_tasks.published,
    )


def read_tasks(path: Path, language: Language, as_of: dt.date | None = None) -> KeptTasks:
    """The tasks of a book and what became of earlier ones, as `read_kept` reads them."""
    names = _sheets_of_tasks(our_names(path, language))
    held = _held(path, [STAMP, *TASK_SHEETS, *names.values()])
    return kept_tasks(held, names, language, stamp_of(held[STAMP]), as_of)


def read_stamp(path: Path) -> Stamp | None:
    """The stamp of a refreshed book; None where it was never refreshed or the stamp is damaged."""
    return stamp_of(_held(path, [STAMP])[STAMP])


def read_previous(path: Path) -> Previous:
    """Customer id -> (tier, score) of the last refresh."""
    return previous_of(_held(path, [RESULTS])[RESULTS])


def our_names(path: Path, language: Language) -> dict[str, str]:
    """Mark -> name of our sheets in a book, wherever people moved them and whatever they call them now."""
    data = read_file(path)
    return find_owned(data, born_with(language)) | owned_like(data, LEAD)


def _sheets_of_tasks(names: Mapping[str, str]) -> dict[str, str]:
    """Of our sheets those that show tasks people write on: 任务 and those of one person."""
    return {mark: name for mark, name in names.items() if mark == "tasks" or mark.startswith(LEAD)}


def _held(path: Path, sheets: Sequence[str]) -> dict[str, Rows]:
    """Rows of the sheets, none for a sheet the book does not have."""
    present = set(sheet_names(path))
    found = read_sheets(path, [sheet for sheet in sheets if sheet in present], {RESULTS: OF_RESULTS})
    if (results := found.get(RESULTS)) and not {"customer_id", "tier", "score"} <= set(results[0]):
        found |= read_sheets(path, [RESULTS])
    return {sheet: found.get(sheet, []) for sheet in sheets}
