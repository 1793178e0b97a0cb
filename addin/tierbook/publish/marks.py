"""Which sheets are ours, by which marks a book knows them, and on which of them a row belongs to an id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..labels import Language, text
from ..workbook import Keyed, OwnedSheet
from .columns import Column
from .hidden_pairs import MERGED, PAIRS
from .hidden_tasks import DONE, QUEUE, TASKS
from .person_sheets import LEAD, table_of
from .records import Report
from .sheet_allocation import YOURS as ALLOCATION_YOURS
from .sheet_allocation import allocation_columns
from .sheet_duplicates import YOURS as PAIR_YOURS
from .sheet_duplicates import pair_columns
from .sheet_hidden import BEFORE, GAP, MODEL, RESULTS, STAMP, WHY
from .sheet_keys import ASKED_FOR, OWNED
from .sheet_portrait_rows import PORTRAITS
from .sheet_review_journey import YOURS as JOURNEY_YOURS
from .sheet_review_journey import journey_columns
from .sheet_standing import SHEET as STANDING_SHEET
from .sheet_tasks import YOURS, task_columns
from .sheet_tiers import tier_columns
from .sheet_totals import SHEET as TOTALS
from .sheet_versions import VERSIONS
from .tables import unique_titles

HIDDEN_MARKS = {
    "stamp": STAMP, "results": RESULTS, "why": WHY, "before": BEFORE, "gap": GAP, "task_list": TASKS,
    "model": MODEL, "portrait_rows": PORTRAITS, "merged": MERGED, "pair_list": PAIRS, "versions": VERSIONS,
    "standing": STANDING_SHEET, "queue": QUEUE, "done_list": DONE, "totals": TOTALS,
}  # fmt: skip
"""In the order in which they come into a book."""


def born_with(language: Language) -> dict[str, str]:
    """Mark -> name with which each sheet of ours comes into a book."""
    return {key: text(f"sheets.{key}", language) for key in (*OWNED, *ASKED_FOR)} | HIDDEN_MARKS


def owned_list(report: Report, names: dict[str, str]) -> list[OwnedSheet]:
    """The sheets of a donor, in the order of `names` (mark -> name of the donor's sheet).

    On 分层, 任务 and 疑似重复 people write beside our rows, so these are updated by id: customer, task, pair of ids.
    """
    return [OwnedSheet(mark, name, _keyed_by(mark, report)) for mark, name in names.items()]


def _keyed_by(mark: str, report: Report) -> Keyed | None:
    if mark.startswith(LEAD):
        return _persons_tasks_by_id(report, mark)
    return KEYED[mark](report) if mark in KEYED else None


def _persons_tasks_by_id(report: Report, mark: str) -> Keyed:
    """A person's tasks stand on 任务 too, so that rows which leave are not archived twice."""
    keyed = _keyed(report, "tasks", table_of(mark), task_columns(report.language), mark=mark)
    there = {task.task_id for task in (*report.tasks, *report.remembered)}
    return replace(keyed, key_of_row=report.kept.person_rows.get(mark, {}), elsewhere=frozenset(there))


def _tiers_by_id(report: Report) -> Keyed:
    return _keyed(report, "tiers", "Tiers", tier_columns(report))


def _tasks_by_id(report: Report) -> Keyed:
    return _keyed(report, "tasks", "Tasks", task_columns(report.language))


def _pairs_by_id(report: Report) -> Keyed:
    return _keyed(report, "duplicates", "Duplicates", pair_columns(report.language))


def _allocation_by_id(report: Report) -> Keyed:
    return _keyed(report, "allocation", "Allocation", allocation_columns(report.language))


def _journey_by_stage(report: Report) -> Keyed:
    return _keyed(report, "journey", "Journey", journey_columns(report.language))


KEYED = {
    "tiers": _tiers_by_id, "tasks": _tasks_by_id, "duplicates": _pairs_by_id, "allocation": _allocation_by_id,
    "review_journey": _journey_by_stage,
}  # fmt: skip
"""Sheets updated by id, and what to know of them."""


def _keyed(report: Report, key: str, table: str, columns: Sequence[Column], *, mark: str = "") -> Keyed:
    titled = unique_titles(columns)
    anew = report.kept.rewritten.get(mark or key, frozenset()) if key == "tasks" else frozenset()
    peoples = (YOURS - anew) | PAIR_YOURS | ALLOCATION_YOURS | JOURNEY_YOURS
    return Keyed(
        table=table,
        key=titled[0].title,
        ours=frozenset(column.title for column in titled if column.key not in peoples),
        archive=text(f"publish.{key}_archive", report.language),
        archived_title=text("publish.archived", report.language),
        notes_title=text("publish.archived_notes", report.language),
        key_of_row={"tasks": report.kept.task_rows, "duplicates": report.kept.pair_rows}.get(key, {}),
    )
