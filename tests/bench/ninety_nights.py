"""A quarter of nights over the demo company, looked at after every one of them.

    python tests/bench/ninety_nights.py [--customers 300] [--nights 90]

Facts arrive day by day (some late), orders come back, two customers turn out to be others, people answer tasks in two
books, one of them is kept open for some nights, one night is killed, a week is missed. Prints the seconds and the
growth of the history by night; ends with 1 where something does not hold.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from quarter.company import Company
from quarter.figures import month_figures
from quarter.simulation import ALL, EAST, Quarter, Trouble
from tierbook.jobs.intake import named_model

LAST = dt.date(2026, 10, 31)
"""The demo company knows nothing later."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--customers", type=int, default=300)
    options.add_argument("--nights", type=int, default=90)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TIERBOOK_HOME"] = str(Path(folder) / "home")
        quarter = simulated(Path(folder) / "nights", asked.customers, asked.nights)
        return told(quarter)


def simulated(folder: Path, customers: int, nights: int) -> Quarter:
    first = LAST - dt.timedelta(nights - 1)
    trouble = Trouble(
        held=frozenset({6, 41, 77} & set(range(nights))), crash=frozenset({12} & set(range(nights))),
        asleep=frozenset(range(50, 57)), twice=frozenset(range(9, nights, 30)), answers=2,
        conflicts=frozenset(range(5, nights, 10)),
    )  # fmt: skip
    quarter = Quarter(folder, Company(customers, first), first, trouble, named_model("general"))
    for number in range(nights):
        quarter.night(number)
        if quarter.sizes and quarter.sizes[-1][0] == first + dt.timedelta(number):
            day, rows, size = quarter.sizes[-1]
            print(f"{day}  {quarter.seconds[-1]:5.1f} s  ledger {rows:7,} rows {size / 1e6:6.2f} MB", flush=True)
    return quarter


def told(quarter: Quarter) -> int:
    """What the whole quarter must show beyond each night."""
    quarter.every_answer_is_kept()
    quarter.grows_evenly()
    last = quarter.sizes[-1][0]
    known = quarter.company.known_on(last)
    merges = {copy: kept for since, kept, copy in quarter.company.merges if since <= last}
    with quarter.ledger() as ledger:
        series = {one.start: json.loads(one.values) for one in ledger.kpi_series(ALL, by="all", period="month")}
        runs, tasks = len(ledger.runs(ALL)), {name: len(ledger.tasks(name)) for name in (ALL, EAST)}
        moves = len(ledger.moves(ALL, quarter.first, last))
    month, different = last.replace(day=1), 0
    for _ in range(2):
        expected = month_figures(known, merges, month)
        found = {key: series[month].get(key) for key in expected}
        same = all(abs((found[key] or 0) - (value or 0)) < 1e-9 for key, value in expected.items())
        different += not same
        print(f"{month:%Y-%m} {'as pandas says' if same else 'NOT as pandas says'}: {found} {'' if same else expected}")
        month = (month - dt.timedelta(1)).replace(day=1)
    answers = f"{len(quarter.given)} answers, {len(quarter.both)} by two people at once, all in the history"
    print(f"{runs} nights, {moves} moves, tasks {tasks[ALL]} and {tasks[EAST]}; {answers}")
    return different


if __name__ == "__main__":
    sys.exit(main())
