"""What the rows of a refreshed book's sheets say: stamp, tasks, last results, audit answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from ..followup import Task
from ..followup.tasks import with_ids
from ..labels import LANGUAGES, Language, language_of
from .cells import EPOCH
from .columns import Column
from .customer_card_cells import INPUT_COLUMN, INPUT_ROW, MEMO_COLUMN, MEMO_ROW
from .records import AuditRow, HeldCard, Stamp
from .sheet_audit import audit_columns
from .sheet_hidden import CHOSEN, LACKING, LEFT, POINT, SINCE
from .sheet_tasks import status_names, task_columns

Rows = Sequence[Sequence[object]]
Previous = dict[str, tuple[str, float]]
"""Customer id -> (tier, score); a customer without a score has 0."""
Points = dict[str, dict[str, int]]
"""Customer id -> {indicator: millionths of a point}; what did not count is absent."""
NO_DAY = dt.date(1900, 1, 1)
"""The day of a task without dates in a book without a stamp."""
WHY_HEAD = 4
"""Rows of `_tierbook_why` above the points."""
SEARCHED = 30
"""Rows from the top among which a table's header is looked for."""
LEAST_URGENT = 5
"""Priority of a task whose priority is no number."""


def stamp_of(rows: Rows) -> Stamp | None:
    """The stamp; None where it is damaged."""
    told = {text_of(row[0]): text_of(row[1]) for row in rows if len(row) > 1 and row[0]}
    try:
        return Stamp(
            as_of=dt.date.fromisoformat(told["as_of"]),
            model=told["model"],
            model_version=told["model_version"],
            model_fingerprint=told["model_fingerprint"],
            data_fingerprint=told["data_fingerprint"],
            language=language_of(told["language"]),
            tierbook_version=told["tierbook_version"],
            applied_by=told.get("applied_by", ""),
            applied_on=date_of(told.get("applied_on")),
            chosen=told.get(CHOSEN, ""),
            lacking=told.get(LACKING, ""),
            left={key.removeprefix(LEFT): day for key in told if key.startswith(LEFT) and (day := date_of(told[key]))},
        )
    except (KeyError, ValueError):
        return None


def tasks_of(rows: Rows, language: Language, stamp: Stamp | None) -> tuple[list[Task], dict[int, str]]:
    """The tasks on 任务 with what people wrote, and the number of each row whose id cell does not tell it.

    Rows people typed themselves are tasks too and get a number; rows count from 1. A status in any language is
    understood; a task with an unknown one is still to do, and the word goes to its result. A task without dates is
    of the day of the last refresh.
    """
    held = [(number, record) for number, record in records(rows, task_columns(language))
            if any(value not in (None, "") for value in record.values())]  # fmt: skip
    tasks = with_ids([_task(record, stamp) for _, record in held])
    told = {
        number: task.task_id
        for (number, record), task in zip(held, tasks, strict=True)
        if text_of(record["task_id"]) != task.task_id
    }
    return tasks, told


def _task(row: Mapping[str, object], stamp: Stamp | None) -> Task:
    created, due = date_of(row["created"]), date_of(row["due"])
    day = created or due or (stamp.as_of if stamp else NO_DAY)
    status, result = status_of(text_of(row["status"])), text_of(row["result"])
    if status is None:
        result = "；".join(dict.fromkeys(filter(None, (text_of(row["status"]), result))))
    priority = row["priority"]
    return Task(
        task_id=text_of(row["task_id"]),
        customer_id=text_of(row["customer_id"]),
        name=text_of(row["name"]),
        play=text_of(row["play"]),
        reason=text_of(row["reason"]),
        action=text_of(row["action"]),
        channel=text_of(row["channel"]),
        owner=text_of(row["owner"]),
        created=created or day,
        due=due or day,
        priority=int(priority) if isinstance(priority, (int, float)) else LEAST_URGENT,
        status=status or "open",
        result=result,
        next_step=text_of(row["next_step"]),
        closed=date_of(row.get("closed")),
        escalated=text_of(row.get("escalated")),
    )


def status_of(word: str) -> str | None:
    """The key of a status word in any language; None for a word that is none, open for no word."""
    for language in LANGUAGES:
        for key, name in status_names(language).items():
            if word.strip().casefold() in {name.casefold(), key}:
                return key
    return None if word.strip() else "open"


def previous_of(rows: Rows) -> Previous:
    """Tiers and scores of `_tierbook_results`."""
    if not rows:
        return {}
    head = [text_of(name) for name in rows[0]]
    customer, tier, score = (head.index(key) for key in ("customer_id", "tier", "score"))
    return {
        text_of(row[customer]): (text_of(row[tier]), number_of(row[score]))
        for row in rows[1:]
        if row[customer] is not None
    }


def points_of(rows: Rows) -> Points:
    """The points of `_tierbook_why`."""
    if len(rows) < WHY_HEAD:
        return {}
    keys = [text_of(key) for key in rows[0]]
    return {text_of(row[0]): _points(keys[1:], row[1:]) for row in rows[WHY_HEAD:] if row[0] is not None}


def before_of(stamp: Rows, rows: Rows) -> tuple[dt.date | None, Previous, Points]:
    """The results that the last refresh told its changes against, and their day."""
    told = {text_of(row[0]): row[1] for row in stamp if len(row) > 1}
    if not rows or SINCE not in told:
        return None, {}, {}
    keys = [text_of(key) for key in rows[0]]
    held = [row for row in rows[1:] if row[0] is not None]
    previous = {text_of(row[0]): (text_of(row[1]), number_of(row[2])) for row in held}
    return date_of(told[SINCE]), previous, {text_of(row[0]): _points(keys[3:], row[3:]) for row in held}


def _points(keys: Sequence[str], values: Sequence[object]) -> dict[str, int]:
    return {key: round(number_of(value) * POINT) for key, value in zip(keys, values, strict=False) if value is not None}


def audit_of(rows: Rows, language: Language) -> list[AuditRow]:
    """The audit sample with what people wrote."""
    return [
        AuditRow(text_of(row["customer_id"]), text_of(row["record"]), text_of(row["field"]), row["system"],
                 row["document"], text_of(row["remark"]))
        for _, row in records(rows, audit_columns(language))
        if row["customer_id"]
    ]  # fmt: skip


def card_of(rows: Rows) -> HeldCard | None:
    """What stands on 客户画像; None where there is no page yet, or somebody moved its cells."""
    if len(rows) <= max(INPUT_ROW, MEMO_ROW) or len(rows[MEMO_ROW]) <= MEMO_COLUMN:
        return None
    layout, _, wrote = text_of(rows[MEMO_ROW][MEMO_COLUMN]).partition(" ")
    return HeldCard(layout, wrote, text_of(_at(rows[INPUT_ROW], INPUT_COLUMN)).strip()) if layout else None


def records(rows: Rows, columns: Sequence[Column]) -> Iterator[tuple[int, dict[str, object]]]:
    """Rows below the header with their number (from 1) as key -> value; columns people moved are found by title."""
    header = _header(rows, columns)
    if header is None:
        return
    head = {text_of(title).strip(): place for place, title in reversed(list(enumerate(rows[header])))}
    places = {column.key: head.get(column.title) for column in columns}
    for number, row in enumerate(rows[header + 1 :], start=header + 2):
        yield number, {key: None if place is None else _at(row, place) for key, place in places.items()}


def _header(rows: Rows, columns: Sequence[Column]) -> int | None:
    """Index of the row that holds most of the titles; people may have put rows above it. None where there is none."""
    titles = {column.title for column in columns}
    found = [len(titles & {text_of(value).strip() for value in row}) for row in rows[:SEARCHED]]
    return found.index(max(found)) if any(found) else None


def _at(row: Sequence[object], place: int) -> object:
    return row[place] if place < len(row) else None


def text_of(value: object) -> str:
    """A cell as text; 1001.0 reads as 1001."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def number_of(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def date_of(value: object) -> dt.date | None:
    """A date cell, a day number or ISO text; None for anything else."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        if isinstance(value, (int, float)):
            return dt.date.fromordinal(EPOCH + int(value))
        return dt.date.fromisoformat(text_of(value).strip().replace("/", "-"))
    except (ValueError, OverflowError):
        return None
