"""Where one `tierbook score` spends its time: `python tests/bench/spent.py FOLDER [--top 25]`.

FOLDER holds customers, orders, interactions and feedback as Parquet (facts.py makes them). Runs in this process
and clocks every statement sent to the engine, with the room that sent it: wall, CPU of all threads (the one to
trust on a busy machine), and by how much it raised the process's peak memory.
"""

from __future__ import annotations

import sys
import time

BORN = time.process_time()

import argparse  # noqa: E402  - the clock starts before anything else is imported
import re  # noqa: E402
import resource  # noqa: E402
import tempfile  # noqa: E402
from collections import defaultdict  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

AS_OF = "2026-10-31"
TABLES = ("customers", "orders", "interactions", "feedback")
Clock = tuple[str, str, float, float, float]
"""Room, what, wall seconds, CPU seconds, MB added to the peak."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--top", type=int, default=25)
    options = parser.parse_args()
    started = time.perf_counter(), time.process_time()
    from tierbook import cli, jobs  # noqa: F401

    imported = time.perf_counter(), time.process_time()
    clocks: list[Clock] = []
    with tempfile.TemporaryDirectory() as folder:
        watch(clocks)
        files = [word for table in TABLES for word in (f"--{table}", str(options.folder / f"{table}.parquet"))]
        out = ["--out", f"{folder}/results.parquet", "--as-of", AS_OF, "--json"]
        status = cli.main(["score", *files, *out])
    done = time.perf_counter(), time.process_time()
    report(clocks, started, imported, done, options.top)
    return status


def watch(clocks: list[Clock]) -> None:
    """Clock every call of the engine from now on."""
    from tierbook.engine import Engine

    for name in ("__init__", "execute", "rows", "table", "value"):
        setattr(Engine, name, clocked(getattr(Engine, name), clocks))


def clocked(method: Callable[..., Any], clocks: list[Clock]) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        wall, cpu, peak = time.perf_counter(), time.process_time(), peak_memory()
        try:
            return method(*arguments, **named)
        finally:
            words = arguments[1] if len(arguments) > 1 and isinstance(arguments[1], str) else method.__name__
            used = time.perf_counter() - wall, time.process_time() - cpu, peak_memory() - peak
            clocks.append((sender(), gist(words), *used))

    return call


def peak_memory() -> float:
    """Megabytes, of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sender() -> str:
    """The room whose code sent the statement."""
    frame = sys._getframe(2)
    while frame is not None:
        found = re.search(r"tierbook[/\\](\w+)(?:[/\\]|\.py)", frame.f_code.co_filename)
        if found and found[1] != "engine":
            return found[1]
        frame = frame.f_back
    return "?"


def gist(statement: str) -> str:
    bare = re.sub(r"--[^\n]*\n", "", statement)
    return re.sub(r"\s+", " ", bare)[:90]


def report(
    clocks: list[Clock],
    started: tuple[float, float],
    imported: tuple[float, float],
    done: tuple[float, float],
    top: int,
) -> None:
    rooms: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    for room, _, wall, cpu, _ in clocks:
        for place, value in enumerate((1, wall, cpu)):
            rooms[room][place] += value
    in_engine = [sum(clock[place] for clock in clocks) for place in (2, 3)]
    whole = [done[place] - imported[place] for place in (0, 1)]
    print(f"\n| part | statements | wall ms | CPU ms |\n|---|---|---|---|\n| interpreter | | | {1000 * BORN:.0f} |")
    print(f"| imports | | {1000 * (imported[0] - started[0]):.0f} | {1000 * (imported[1] - started[1]):.0f} |")
    for room, (count, wall, cpu) in sorted(rooms.items(), key=lambda item: -item[1][2]):
        print(f"| {room}, engine calls | {count} | {1000 * wall:.0f} | {1000 * cpu:.0f} |")
    rest = [1000 * (all_ - engine) for all_, engine in zip(whole, in_engine, strict=True)]
    print(f"| Python between them | | {rest[0]:.0f} | {rest[1]:.0f} |\n")
    print(" wall ms   CPU ms  +peak MB")
    for place in (3, 4):
        for room, words, wall, cpu, memory in sorted(clocks, key=lambda clock: -clock[place])[:top]:
            print(f"{1000 * wall:8.1f} {1000 * cpu:8.1f} {memory:9.0f}  {room:10} {words}")
        print(f"peak of the process: {peak_memory():.0f} MB\n")


if __name__ == "__main__":
    sys.exit(main())
