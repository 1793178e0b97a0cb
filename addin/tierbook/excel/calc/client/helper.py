"""The helper process: started when the first cell asks, one for each LibreOffice, gone when LibreOffice is."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from typing import IO, Any

from .interpreter import command, creation_flags, environment
from .trouble import Trouble

PROTOCOL = 1
PATIENCE = 90.0
"""Seconds to wait for an answer; the first one of a large book takes some."""


class Helper:
    """Asks questions of a process that has tierbook; see `tierbook.excel.server` for the lines they exchange.

    `starts` counts the processes: a new one has forgotten the books handed over to the one before.
    """

    def __init__(self, python: Callable[[], str], patience: float = PATIENCE) -> None:
        self._python = python
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._errors: IO[bytes] | None = None
        self._asked = 0
        self.starts = 0

    def ask(self, call: str, arguments: Sequence[Any], book: str) -> Any:
        """The answer's value; the process is started where there is none.

        Raises:
            Trouble: no process, or it broke; the next question starts a new one.
            ValueError: the process is well and answers that this question broke something.
        """
        try:
            process = self._running()
            self._asked += 1
            question = {"id": self._asked, "book": book, "call": call, "arguments": arguments}
            assert process.stdin is not None
            process.stdin.write(json.dumps(question).encode("ascii") + b"\n")
            process.stdin.flush()
            answer = self._line()
            if answer.get("id") != self._asked:
                raise Trouble("stopped", reason=str(answer))
        except (OSError, ValueError) as reason:
            said = self._last_words() or str(reason)
            self.stop()
            raise Trouble("stopped", reason=said) from reason
        except Trouble:
            self.stop()
            raise
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["value"]

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):  # what it did not read any more is still to be written
                    if pipe is not None:
                        pipe.close()
        errors, self._errors = self._errors, None
        if errors is not None:
            errors.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._start(self._python())
        assert self._process is not None
        return self._process

    def _start(self, python: str) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            self._process = subprocess.Popen(
                command(python),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=environment(),
                creationflags=creation_flags(),
            )
        except OSError as reason:
            raise Trouble("cannot_start", python=python, reason=str(reason)) from reason
        self.starts += 1
        self._lines = queue.Queue()
        threading.Thread(target=_read, args=(self._process.stdout, self._lines), daemon=True).start()
        try:
            greeting = self._line()
        except Trouble as trouble:
            raise Trouble("cannot_start", python=python, reason=trouble.values.get("reason", "…")) from trouble
        except ValueError as reason:
            raise Trouble("cannot_start", python=python, reason=str(reason)) from reason
        if greeting.get("protocol") != PROTOCOL:
            raise Trouble("other_version", python=python, version=str(greeting.get("tierbook")))

    def _line(self) -> Any:
        try:
            line = self._lines.get(timeout=self._patience)
        except queue.Empty:
            raise Trouble("silent", seconds=f"{self._patience:.0f}") from None
        if line is None:
            raise Trouble("stopped", reason=self._last_words())
        return json.loads(line)

    def _last_words(self) -> str:
        """The last line it wrote to stderr, such as: No module named tierbook."""
        if self._errors is None or self._errors.closed:
            return ""
        if self._process is not None:
            try:
                self._process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                return ""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


def _read(pipe: IO[bytes], lines: queue.Queue[bytes | None]) -> None:
    """Hand over every line, then None: a pipe cannot be waited for with a time limit on Windows."""
    try:
        for line in pipe:
            lines.put(line)
    except (OSError, ValueError):
        pass  # closed while we read
    lines.put(None)
