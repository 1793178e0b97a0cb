"""A program that saves books and is killed while it does; `test_crash.py` talks to it over its standard streams.

Each request (one JSON line) is done by a fork, so that a kill costs milliseconds, not a start of Python. The
answer is "killed" or "done".

    {"book": path, "new": path, "how": "line", "point": k}    dies when the k-th line of the saving code is reached
    {"book": path, "new": path, "how": "half", "point": k}    dies when the k-th file it writes is half written
    {"book": path, "new": path, "how": "after", "point": s}   is killed from outside after s seconds
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

from tierbook.workbook.saving import backups, disk, journal, locks, save, turn

TRACED = {module.__file__ for module in (save, backups, disk, journal, turn, locks)}
backups.KEPT = 3  # the loop over the copies is met all the same


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_line(point: int) -> None:
    """Count the lines run in the saving code, wherever they are called from."""
    left = point

    def trace(frame: FrameType, event: str, _value: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename not in TRACED:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                die()
        return trace

    sys.settrace(trace)


def die_in_file(point: int) -> None:
    """Let half of what the k-th file is to hold reach the disk."""
    left = point
    real_open = Path.open

    class Half:
        def __init__(self, file: BinaryIO) -> None:
            self._file = file

        def __enter__(self) -> Half:
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

        def write(self, data: bytes) -> None:
            self._file.write(data[: len(data) // 2])
            self._file.flush()
            die()

    def opened(self: Path, mode: str = "r", *more: Any, **options: Any) -> Any:
        nonlocal left
        file = real_open(self, mode, *more, **options)
        if mode in {"w", "wb", "xb"}:
            left -= 1
        return Half(file) if left == 0 and mode in {"wb", "xb"} else file

    Path.open = opened  # type: ignore[method-assign, assignment]


def save_as_asked(request: dict[str, Any]) -> None:
    new = Path(request["new"]).read_bytes()
    if request["how"] == "line":
        die_at_line(request["point"])
    elif request["how"] == "half":
        die_in_file(request["point"])
    save.save_book(Path(request["book"]), new, expected_digest=None)
    sys.settrace(None)


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                save_as_asked(request)
                os._exit(0)
            except BaseException as problem:
                print(repr(problem), file=sys.stderr, flush=True)
                os._exit(1)
        if request["how"] == "after":
            time.sleep(request["point"])
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else "done" if status == 0 else "failed", flush=True)


if __name__ == "__main__":
    main()
