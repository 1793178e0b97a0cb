"""Books are tried in a child process with limits of time and memory, so that none stops the rest."""

from __future__ import annotations

import multiprocessing
import resource
import traceback
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Queue

from lossless_trial import Report, trial
from lossless_validate import Validator, new_faults

SECONDS = 600
MEMORY = 4 << 30
"""Bytes of address space a book may take."""

_Answer = tuple[Report, dict[str, bytes]]


def reports(files: Collection[Path], editors: Collection[str], modules: Path | None, jobs: int) -> Iterator[Report]:
    """One report per file, in their order."""
    idle: Queue[_Worker] = Queue()
    workers = [_Worker(editors, modules) for _ in range(jobs)]
    for worker in workers:
        idle.put(worker)

    def one(path: Path) -> Report:
        worker = idle.get()
        try:
            return worker.report(path)
        finally:
            idle.put(worker)

    try:
        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(one, files)
    finally:
        for worker in workers:
            worker.close()


class _Worker:
    """A child process that tries books, and the validator that judges what comes out."""

    def __init__(self, editors: Collection[str], modules: Path | None) -> None:
        self._editors = tuple(editors)
        self._validator = Validator(modules) if modules else None
        self._child: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def report(self, path: Path) -> Report:
        if self._pipe is None:
            self._start()
        assert self._pipe is not None
        self._pipe.send(path)
        try:
            answer: _Answer | None = self._pipe.recv() if self._pipe.poll(SECONDS) else None
            problem = f"not done after {SECONDS} s"
        except EOFError:
            answer, problem = None, "the process died"
        if answer is None:
            self._stop()
            return {"file": path.name, "edits": {"any": {"crash": problem}}}
        report, books = answer
        if self._validator and books:
            _judge(self._validator, report, books)
        return report

    def close(self) -> None:
        self._stop()
        if self._validator:
            self._validator.close()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._child = context.Process(target=_serve, args=(theirs, self._editors, self._validator is not None))
        self._child.start()
        theirs.close()

    def _stop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.join()
        self._child, self._pipe = None, None


def _judge(validator: Validator, report: Report, books: dict[str, bytes]) -> None:
    before = validator.faults(books["before"])
    report["faults_before"] = before if isinstance(before, str) else sum(before.values())
    for name, book in books.items():
        if name != "before":
            report["edits"][name]["faults"] = new_faults(before, validator.faults(book))


def _serve(pipe: Connection, editors: Collection[str], with_books: bool) -> None:
    """The child's loop: a path in, a report out."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
    while True:
        try:
            path = pipe.recv()
        except EOFError:
            return
        try:
            report, books = trial(path, editors)
        except Exception:
            report, books = {"file": path.name, "edits": {"any": {"crash": traceback.format_exc()[-3000:]}}}, {}
        pipe.send((report, books if with_books and books else {}))
