"""What people do to the shared books by day: answer their tasks, keep a book open, change one task in two books."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from openpyxl import load_workbook

STATUS = {"完成": "done", "进行中": "doing", "放弃": "dropped"}
SHEET = "任务"


@dataclass(frozen=True)
class Answer:
    """What somebody typed into a task's row."""

    task_id: str
    status: str
    result: str


def answer(book: Path, dice: Random, mark: str, most: int = 3, only: str = "") -> list[Answer]:
    """Answer some open tasks of a book; each result is a text that nobody else writes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        opened = load_workbook(book)
    sheet = opened[SHEET]
    head, places = header(sheet)
    rows = [number for number in range(head + 1, sheet.max_row + 1)
            if sheet.cell(number, places["任务编号"]).value
            and sheet.cell(number, places["状态"]).value in {"待办", "进行中"}
            and only in {"", sheet.cell(number, places["任务编号"]).value}]  # fmt: skip
    given = []
    for number in dice.sample(rows, min(most, len(rows))):
        task, word = str(sheet.cell(number, places["任务编号"]).value), dice.choice(list(STATUS))
        result = f"{mark}-{task}"
        sheet.cell(number, places["状态"]).value = word
        sheet.cell(number, places["结果"]).value = result
        given.append(Answer(task, STATUS[word], result))
    if given:
        opened.save(book)
    return given


def header(sheet: object) -> tuple[int, dict[str, int]]:
    """The row of the titles, and title -> column."""
    for number, row in enumerate(sheet.iter_rows(min_row=1, max_row=12, values_only=True), start=1):  # type: ignore[attr-defined]
        if row and "任务编号" in row:
            return number, {str(title): place for place, title in enumerate(row, start=1) if title}
    raise AssertionError("no tasks")


@contextmanager
def kept_open(book: Path, name: str = "王") -> Iterator[None]:
    """Excel on another machine holds the book."""
    owner = book.with_name(f"~${book.name}")
    owner.write_bytes(bytes([len(name)]) + name.encode("gbk").ljust(54) + name.encode("utf-16-le").ljust(110, b"\0"))
    try:
        yield
    finally:
        owner.unlink()
