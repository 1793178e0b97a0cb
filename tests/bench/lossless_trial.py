"""One book through every edit: what was lost, what is newly wrong, what was refused, how long it took."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import lossless_edits as edits
import lossless_people as people
import lossless_tables as tables
from lossless_compare import compare
from lossless_defects import new_defects
from lossless_pack import Pack

from tierbook.errors import TierbookError
from tierbook.workbook import open_book

Report = dict[str, Any]


def trial(path: Path, editors: Collection[str]) -> tuple[Report, dict[str, bytes]]:
    """Report on one book, and the books that came out: "before" and one per edit."""
    one = _Trial(path)
    if "ours" in editors:
        one.ours()
    if "openpyxl" in editors:
        one.run("openpyxl", path.read_bytes(), edits.by_openpyxl, [edits.TIERS])
    return {"file": path.name, "bytes": path.stat().st_size, "edits": one.reports}, one.books


class _Trial:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.reports: dict[str, Report] = {}
        self.books = {"before": path.read_bytes()}

    def ours(self) -> None:
        try:
            self._data = open_book(self._path).data
        except Exception as problem:
            self.reports["refresh"] = _stop(problem)
            return
        first = self.run("refresh", self._data, edits.refresh, [])
        if first is None:
            return
        self._again("refresh", first, edits.refresh)
        second = self.run("graft", first, edits.graft, edits.OWNED_NAMES)
        if second is not None:
            self._again("graft", second, edits.graft)
        self._tasks()
        self._tables()

    def _tasks(self) -> None:
        try:
            written = edits.task_book(self._data)
        except Exception as problem:
            self.reports["keyed"] = _stop(problem)
            return
        after = self.run("keyed", written, edits.keyed, edits.OWNED_NAMES)
        if after is not None:
            lost = people.what_people_lost(Pack(written), Pack(after), edits.TASKS, edits.ARCHIVE)
            self._add("keyed", lost)
            self._again("keyed", after, edits.keyed)

    def _tables(self) -> None:
        """Each of the book's own tables; the report is that of the first with trouble, else of the last."""
        for table in tables.tables_with_ids(Pack(self._data)):
            after = self.run("tables", self._data, lambda book, t=table: tables.update(book, t), [table.sheet])
            if after is not None:
                self._add("tables", [f"{table.name}: {x}" for x in tables.what_people_lost(table, Pack(after))])
            if is_bad(self.reports["tables"]) or after is None:
                return

    def run(self, name: str, book: bytes, edit: Callable[[bytes], bytes], owned: Sequence[str]) -> bytes | None:
        """Try one edit and judge it; the edited book, or None where it was refused."""
        start = time.perf_counter()
        try:
            after = edit(book)
        except Exception as problem:
            self.reports[name] = _stop(problem) | {"seconds": time.perf_counter() - start}
            return None
        seconds = time.perf_counter() - start
        old, new = Pack(book), Pack(after)
        losses = compare(old, new, owned)
        self.reports[name] = losses.as_json() | {"seconds": seconds, "defects": new_defects(old, new)}
        self.books[name] = after
        return after

    def _again(self, name: str, book: bytes, edit: Callable[[bytes], bytes]) -> None:
        """The same edit once more must change nothing."""
        if edit(book) is not book:
            self._add(name, ["the second time changes the book again"])

    def _add(self, name: str, lost: list[str]) -> None:
        if lost:
            self.reports[name]["people"] = self.reports[name].get("people", []) + lost


LOSSES = ("parts", "relationships", "elements", "names", "values", "people")
_FAULTS = ("altered", "crash", "defects", "faults")


def is_bad(report: Report) -> bool:
    """Whether anything was lost, crashed, or is newly wrong."""
    return any(report.get(kind) for kind in (*LOSSES, *_FAULTS))


def _stop(problem: Exception) -> Report:
    if isinstance(problem, TierbookError):
        problem = problem.values["reason"] if problem.key == "workbook.at" else problem
        return {"refused": problem.key, "words": problem.words("en")}
    lines = traceback.format_exception(problem)
    return {"crash": "".join(lines)[-3000:]}
