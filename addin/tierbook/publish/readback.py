"""What a refreshed book says: its stamp, people's entries, the last results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..followup import Task
from ..followup.tasks import with_ids
from ..labels import LANGUAGES, Language, language_of, text
from ..workbook import read_rows, sheet_names
from .cells import EPOCH
from .columns import Column
from .records import AuditRow, Kept, OwnColumns, Stamp
from .sheet_audit import audit_columns
from .sheet_hidden import BEFORE, POINT, RESULTS, SINCE, STAMP, WHY
from .sheet_tasks import status_names, task_columns
from .tables import HEADER_ROW

Rows = Sequence[Sequence[object]]
NO_DAY = dt.date(1900, 1, 1)
"""The day of a task without dates in a book without a stamp."""
WHY_HEAD = 4
"""Rows of `_tierbook_why` above the points."""


def read_kept(path: Path, language: Language, as_of: dt.date | None = None) -> Kept:
    """Everything a refresh must know of the book it replaces: stamp, people's entries, the results of an earlier day.

    Args:
        as_of: the day about to be scored. Where the book was refreshed for that day already, changes are told
            against the same earlier day as before; else against the book's last results.
    """
    present = set(sheet_names(path))
    stamp = read_stamp(path) if STAMP in present else None
    again = stamp is not None and stamp.as_of == as_of
    since, previous, points = _read_before(path) if again else _read_latest(path, stamp)
    tasks = text("sheets.tasks", language)
    return Kept(
        stamp=stamp,
        tasks=read_tasks(path, language) if tasks in present else (),
        own_columns=read_own_columns(path, language) if tasks in present else OwnColumns(),
        since=since,
        previous=previous,
        points=points,
        audit=read_audit(path, language) if text("sheets.audit", language) in present else (),
    )


Results = tuple[dt.date | None, dict[str, tuple[str, float]], dict[str, dict[str, int]]]
"""The day, customer id -> (tier, score), customer id -> {indicator: millionths of a point}."""


def _read_latest(path: Path, stamp: Stamp | None) -> Results:
    return stamp.as_of if stamp else None, read_previous(path), read_points(path)


def _read_before(path: Path) -> Results:
    """The results that the book's last refresh told its changes against."""
    if BEFORE not in sheet_names(path):
        return None, {}, {}
    told = {str(row[0]): row[1] for row in read_rows(path, STAMP) if len(row) > 1 and row[0]}
    rows = read_rows(path, BEFORE)
    if not rows or SINCE not in told:
        return None, {}, {}
    keys = [str(key) for key in rows[0]]
    held = [row for row in rows[1:] if row and row[0] is not None]
    previous = {_text(row[0]): (_text(_at(row, 1)), _number(_at(row, 2))) for row in held}
    return _date(told[SINCE]), previous, {_text(row[0]): _points(keys[3:], row[3:]) for row in held}


def _points(keys: Sequence[str], values: Sequence[object]) -> dict[str, int]:
    return {key: round(_number(value) * POINT) for key, value in zip(keys, values, strict=False) if value is not None}


def read_stamp(path: Path) -> Stamp | None:
    """The stamp of a refreshed book; None where it was never refreshed or the stamp is damaged."""
    if STAMP not in sheet_names(path):
        return None
    told = {str(row[0]): _text(row[1]) for row in read_rows(path, STAMP) if len(row) > 1 and row[0]}
    try:
        return Stamp(
            as_of=dt.date.fromisoformat(told["as_of"]),
            model=told["model"],
            model_version=told["model_version"],
            model_fingerprint=told["model_fingerprint"],
            data_fingerprint=told["data_fingerprint"],
            language=language_of(told["language"]),
            tierbook_version=told["tierbook_version"],
        )
    except (KeyError, ValueError):
        return None


def read_tasks(path: Path, language: Language) -> list[Task]:
    """The tasks on 任务 with what people wrote, rows they typed themselves too (those get a number).

    A status in any language is understood; a task with an unknown one is still to do, and the word goes to its result.
    A task without dates is of the day of the last refresh.
    """
    return _read_tasks(path, language)[0]


def _read_tasks(path: Path, language: Language) -> tuple[list[Task], list[Sequence[object]]]:
    """The tasks, and for each the whole row of the sheet it stands in."""
    columns = task_columns(language)
    rows = read_rows(path, text("sheets.tasks", language))
    stamp = read_stamp(path)
    records = [(record, row) for record, row in zip(_records(rows, columns), rows[HEADER_ROW + 1 :], strict=True)
               if any(value not in (None, "") for value in record.values())]  # fmt: skip
    return with_ids([_task(record, stamp) for record, _ in records]), [row for _, row in records]


def _task(row: Mapping[str, object], stamp: Stamp | None) -> Task:
    created, due = _date(row["created"]), _date(row["due"])
    day = created or due or (stamp.as_of if stamp else NO_DAY)
    status, result = _status(_text(row["status"])), _text(row["result"])
    if status is None:
        result = "；".join(dict.fromkeys(filter(None, (_text(row["status"]), result))))
    return Task(
        task_id=_text(row["task_id"]), customer_id=_text(row["customer_id"]), name=_text(row["name"]),
        play=_text(row["play"]), reason=_text(row["reason"]), action=_text(row["action"]),
        channel=_text(row["channel"]), owner=_text(row["owner"]), created=created or day, due=due or day,
        priority=_whole(row["priority"]), status=status or "open", result=result, next_step=_text(row["next_step"]),
    )  # fmt: skip


def read_own_columns(path: Path, language: Language) -> OwnColumns:
    """Columns people added to 任务, wherever they put them; a column without a title or without a value is none."""
    tasks, body = _read_tasks(path, language)
    if not tasks:
        return OwnColumns()
    ours = {column.title for column in task_columns(language)}
    head = [_text(title).strip() for title in read_rows(path, text("sheets.tasks", language))[HEADER_ROW]]
    places = [
        place
        for place, title in enumerate(head)
        if title and title not in ours and any(_at(row, place) is not None for row in body)
    ]
    values = {task.task_id: [_at(row, place) for place in places] for task, row in zip(tasks, body, strict=True)}
    return OwnColumns([head[place] for place in places], values if places else {})


def _status(word: str) -> str | None:
    """The key of a status word in any language; None for a word that is none, open for no word."""
    for language in LANGUAGES:
        for key, name in status_names(language).items():
            if word.strip().casefold() in {name.casefold(), key}:
                return key
    return None if word.strip() else "open"


def read_previous(path: Path) -> dict[str, tuple[str, float]]:
    """Customer id -> (tier, score) of the last refresh; a customer without a score has 0."""
    if RESULTS not in sheet_names(path):
        return {}
    rows = read_rows(path, RESULTS)
    if not rows:
        return {}
    head = [str(name) for name in rows[0]]
    at = {key: head.index(key) for key in ("customer_id", "tier", "score")}
    return {
        _text(_at(row, at["customer_id"])): (_text(_at(row, at["tier"])), _number(_at(row, at["score"])))
        for row in rows[1:]
        if _at(row, at["customer_id"]) is not None
    }


def read_points(path: Path) -> dict[str, dict[str, int]]:
    """Customer id -> {indicator: millionths of a point} of the last refresh; what did not count is absent."""
    if WHY not in sheet_names(path):
        return {}
    rows = read_rows(path, WHY)
    if len(rows) < WHY_HEAD:
        return {}
    keys = [str(key) for key in rows[0]]
    return {_text(row[0]): _points(keys[1:], row[1:]) for row in rows[WHY_HEAD:] if row and row[0] is not None}


def read_audit(path: Path, language: Language) -> list[AuditRow]:
    """The audit sample with what people wrote."""
    rows = read_rows(path, text("sheets.audit", language))
    return [
        AuditRow(_text(row["customer_id"]), _text(row["record"]), _text(row["field"]), row["system"], row["document"],
                 _text(row["remark"]))
        for row in _records(rows, audit_columns(language))
        if row["customer_id"]
    ]  # fmt: skip


def _records(rows: Rows, columns: Sequence[Column]) -> Iterator[dict[str, object]]:
    """Rows below the header as key -> value; columns people moved are found by their titles."""
    if len(rows) <= HEADER_ROW:
        return
    head = {_text(title): place for place, title in reversed(list(enumerate(rows[HEADER_ROW])))}
    places = {column.key: head.get(column.title) for column in columns}
    for row in rows[HEADER_ROW + 1 :]:
        yield {key: _at(row, place) if place is not None else None for key, place in places.items()}


def _at(row: Sequence[object], place: int) -> object:
    return row[place] if place < len(row) else None


def _text(value: object) -> str:
    """A cell as text; 1001.0 reads as 1001."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _whole(value: object) -> int:
    """A priority; what is no number counts as the least urgent of the usual five."""
    return int(value) if isinstance(value, (int, float)) else 5


def _date(value: object) -> dt.date | None:
    """A date cell, a day number or ISO text."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, (int, float)):
        return dt.date.fromordinal(EPOCH + int(value))
    try:
        return dt.date.fromisoformat(_text(value).strip().replace("/", "-"))
    except ValueError:
        return None
