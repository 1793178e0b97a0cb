"""Run by the tests in a process of its own: children keep nights in a ledger and are killed; what is left is judged.

`kill_ledger.py PLACE statements` kills a child before every statement of a night in turn, and before and after its
commit;
`kill_ledger.py PLACE timed N` kills N children at times spread over a few nights. A ledger must hold every night that
was told to be kept, whole, and nothing of any other.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable

import sqlalchemy as sa
from nights import SCOPE, day, night, task

from tierbook.history import Ledger, open_ledger


def tiers(offset: int) -> dict[str, tuple[str, int]]:
    return {f"{number}": ("vip", (number * 7 + offset * 3) % 100) for number in range(1000, 1040)}


def keep(ledger: Ledger, offset: int) -> None:
    tasks = [task(number, "done" if number < offset else "open", result=f"{offset}") for number in range(offset + 3)]
    ledger.keep(night(offset, tiers(offset), tasks=tasks))


def judge(place: str, told: int) -> int:
    """How many nights the ledger holds; each must be whole, and those told of must be there."""
    with open_ledger(place) as ledger:
        kept = len(ledger.runs(SCOPE))
        assert kept in (told, told + 1), f"{told} nights were told to be kept, the ledger holds {kept}"
        for offset in range(max(0, kept - 4), kept):
            points = {one: at.score for one, at in ledger.standings(SCOPE, day(offset)).items()}
            assert points == {one: score * 1_000_000 for one, (_, score) in tiers(offset).items()}, offset
        done = {one.task_id: one.result for one in ledger.tasks(SCOPE)}
        assert done == {f"T{number}": f"{kept - 1}" for number in range(kept + 2)} or not kept, done
    return kept


def opened(place: str) -> Ledger:
    """A ledger that writes to the disk all through a transaction, as a large night does: its cache holds one page."""
    ledger = open_ledger(place)
    ledger.close()
    sa.event.listen(ledger._engine, "connect", lambda raw, _: raw.execute("PRAGMA cache_size = 1"))
    return ledger


def child(work: Callable[[], None]) -> int:
    """Fork, work in the child, and give its process id."""
    process = os.fork()
    if process:
        return process
    work()
    os._exit(0)


def killed_at(place: str, statement: int, offset: int) -> bool:
    """Keep a night in a child that dies before its n-th statement or commit; whether it came so far."""

    def work() -> None:
        seen = 0
        ledger = opened(place)

        def died(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen == statement:
                os.kill(os.getpid(), signal.SIGKILL)

        sa.event.listen(ledger._engine, "before_cursor_execute", died)
        sa.event.listen(ledger._engine, "commit", died)
        keep(ledger, offset)
        died()

    _, status = os.waitpid(child(work), 0)
    return os.WIFSIGNALED(status)


def every_statement(place: str) -> str:
    deaths = 0
    while killed_at(place, deaths + 1, offset=1):
        deaths += 1
        kept = judge(place, 1)
    assert kept == 2, "the last child died after its commit"
    return f"{deaths} deaths, {kept} nights"


def timed(place: str, times: int) -> str:
    kept = 1
    for number in range(times):
        told, tell = os.pipe()

        def work(first: int = kept, tell: int = tell) -> None:
            with opened(place) as ledger:
                for offset in range(first, first + 50):
                    keep(ledger, offset)
                    os.write(tell, b".")

        process = child(work)
        os.close(tell)
        with os.fdopen(told, "rb", buffering=0) as heard:
            first = heard.read(1)
            time.sleep(0.008 * (number * 7 % 13))
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            kept = count(place, kept + len(first) + len(heard.read()))
    return f"{times} deaths, {judge(place, kept)} nights"


def count(place: str, told: int) -> int:
    with open_ledger(place) as ledger:
        kept = len(ledger.runs(SCOPE))
    assert kept in (told, told + 1), f"{told} nights were told to be kept, the ledger holds {kept}"
    return kept


if __name__ == "__main__":
    where, how, *more = sys.argv[1:]
    with open_ledger(where) as begun:
        keep(begun, 0)
    print(every_statement(where) if how == "statements" else timed(where, int(more[0])))
