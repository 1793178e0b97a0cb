"""What reps wrote on 任务, cell by cell, so that a word nobody understands can be pointed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..labels import Language
from ..workbook import read_rows
from .cells import column_letters
from .held import SEARCHED, Rows, status_of, text_of
from .readback import our_names
from .sheet_tasks import task_columns


@dataclass(frozen=True)
class WrittenTask:
    """One row of 任务. `status` is None where nobody knows `status_word`; cells are addresses such as K7."""

    customer: str
    status: str | None
    status_word: str
    status_cell: str
    result: str
    result_cell: str


def read_written_tasks(path: Path, language: Language) -> tuple[str, list[WrittenTask]]:
    """The name of the book's 任务 sheet, and its rows; an empty name where there is none."""
    sheet = our_names(path, language).get("tasks", "")
    return sheet, written_tasks(read_rows(path, sheet), language) if sheet else []


def written_tasks(rows: Rows, language: Language) -> list[WrittenTask]:
    """The rows below the header, wherever people moved it and its columns."""
    titles = {column.title: column.key for column in task_columns(language)}
    fits = [sum(text_of(cell).strip() in titles for cell in row) for row in rows[:SEARCHED]]
    if not any(fits):
        return []
    head = fits.index(max(fits))
    places = {titles[title]: place for place, cell in reversed(list(enumerate(rows[head])))
              if (title := text_of(cell).strip()) in titles}  # fmt: skip
    found = []
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        if any(cell not in (None, "") for cell in row):
            found.append(_written(row, number, places))
    return found


def _written(row: Sequence[object], number: int, places: dict[str, int]) -> WrittenTask:
    def told(key: str) -> str:
        place = places.get(key, len(row))
        return text_of(row[place]).strip() if place < len(row) else ""

    def cell(key: str) -> str:
        return f"{column_letters(places[key])}{number}" if key in places else f"A{number}"

    customer = " ".join(filter(None, (told("customer_id"), told("name"))))
    word = told("status")
    return WrittenTask(customer, status_of(word), word, cell("status"), told("result"), cell("result"))
