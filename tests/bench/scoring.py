"""Measure `tierbook score` against pandas and hand-written DuckDB, and compare their answers.

    python tests/bench/scoring.py [--orders 1000 1000000 10000000] [--runs 3] [--first 1] [--limit] [--folder FOLDER]

Each run is a fresh process, one at a time, the rivals in turn (the machine is never quite idle, so it is the same
weather for all). Wall, CPU (user + system) and peak memory are the kernel's own account of that process; medians
are shown. This file imports nothing but the standard library: a child's peak memory counts its parent's at birth.
Every rival finds its modules compiled, as installed ones are: the first, unmeasured run writes the bytecode.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
AS_OF = "2026-10-31"
FACTS = ("orders", "interactions", "feedback")
TABLES = ("customers", *FACTS)
OURS, PANDAS, DUCKDB = "tierbook", "pandas", "duckdb"


@dataclass(frozen=True)
class Cost:
    """Seconds, seconds, megabytes."""

    wall: float
    cpu: float
    peak: float


def main() -> int:
    options = arguments()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="tierbook-bench-") as temporary:
        os.environ["PYTHONPYCACHEPREFIX"] = f"{temporary}/bytecode"
        different = [measure(orders, options, options.folder or Path(temporary)) for orders in options.orders]
    return 1 if any(different) else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, nargs="+", default=[1_000, 1_000_000, 10_000_000])
    parser.add_argument("--runs", type=int, default=3, help="measured runs of each")
    parser.add_argument("--first", type=int, default=1, help="runs before them that are not measured")
    parser.add_argument("--limit", action="store_true", help="also: reading the files alone, grouping the orders alone")
    parser.add_argument("--only", nargs="+", choices=(OURS, PANDAS, DUCKDB), default=[OURS, PANDAS, DUCKDB])
    parser.add_argument("--folder", type=Path, help="keep facts and results here (facts found there are used again)")
    return parser.parse_args()


def measure(orders: int, options: argparse.Namespace, folder: Path) -> int:
    """One size: make facts, run, print. Returns how many answers differ."""
    facts = folder / str(orders)
    if not all((facts / f"{table}.parquet").exists() for table in TABLES):
        subprocess.run([sys.executable, HERE / "facts.py", str(orders), facts], check=True)
    commands = {name: command for name, command in rivals(facts, folder).items() if name in options.only}
    if options.limit:
        commands |= {name: [sys.executable, str(HERE / "limit.py"), name, str(facts)] for name in ("read", "group")}
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    said: dict[str, str] = {}
    for run in range(options.first + options.runs):
        for name in turned(list(commands), run):
            cost, said[name] = run_one(commands[name])
            if run >= options.first:
                costs[name].append(cost)
    print(f"\n{orders:,} order rows, median of {options.runs} runs")
    show(costs)
    return show_answers(options.only, folder) + show_accounts({name: said[name] for name in options.only})


def rivals(facts: Path, folder: Path) -> dict[str, list[str]]:
    files = [word for table in TABLES for word in (f"--{table}", str(facts / f"{table}.parquet"))]
    tierbook = str(Path(sys.executable).with_name("tierbook"))
    return {
        OURS: [tierbook, "score", *files, "--as-of", AS_OF, "--out", str(result_of(folder, OURS)), "--json"],
        PANDAS: [sys.executable, str(HERE / "rival_pandas.py"), str(facts), AS_OF, str(result_of(folder, PANDAS))],
        DUCKDB: [sys.executable, str(HERE / "rival_duckdb.py"), str(facts), AS_OF, str(result_of(folder, DUCKDB))],
    }


def result_of(folder: Path, name: str) -> Path:
    return folder / f"results-{name}.parquet"


def turned(names: Sequence[str], by: int) -> list[str]:
    """The same round with another first, so that nobody always runs behind the same neighbour."""
    by %= len(names)
    return [*names[by:], *names[:by]]


def run_one(command: Sequence[str]) -> tuple[Cost, str]:
    """Run it alone; what it cost and what it printed."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=said, stderr=complained)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        words = []
        for stream in (said, complained):
            stream.seek(0)
            words.append(stream.read().decode(errors="replace"))
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{''.join(words)}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024), words[0]


def show(costs: dict[str, list[Cost]]) -> None:
    print("| | wall s | CPU s | peak MB | wall, ours = 1 | CPU, ours = 1 | peak, ours = 1 | wall of each run |")
    print("|---|---|---|---|---|---|---|---|")
    middle = {name: middle_of(runs) for name, runs in costs.items()}
    own = middle.get(OURS)
    for name, cost in middle.items():
        ratios = ["-"] * 3
        if own:
            ratios = [f"{cost.wall / own.wall:.2f}", f"{cost.cpu / own.cpu:.2f}", f"{cost.peak / own.peak:.2f}"]
        each = " ".join(f"{run.wall:.2f}" for run in costs[name])
        cells = [name, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", f"{cost.peak:.0f}", *ratios, each]
        print(f"| {' | '.join(cells)} |")


def middle_of(runs: Sequence[Cost]) -> Cost:
    return Cost(median(run.wall for run in runs), median(run.cpu for run in runs), median(run.peak for run in runs))


def show_answers(names: Sequence[str], folder: Path) -> int:
    """Compare each pair of results, customer by customer."""
    different = 0
    for place, left in enumerate(names):
        for right in names[place + 1 :]:
            files = [str(result_of(folder, name)) for name in (left, right)]
            told = subprocess.run(
                [sys.executable, HERE / "answers.py", *files], check=True, capture_output=True, text=True
            )
            found = json.loads(told.stdout)
            wrong = found["customers_in_one_only"] + sum(found["answers"].values()) + len(found["answers_absent"])
            different += wrong
            print(f"{left} and {right}: {wrong} answers differ; {found['columns_compared']} columns compared")
            if wrong or found["indicators"]:
                print(json.dumps(found, ensure_ascii=False, indent=1))
    return different


def show_accounts(said: dict[str, str]) -> int:
    """Compare where the rows went: delivered, kept, set aside and noticed by reason. Returns how many tables differ."""
    accounts = {name: json.loads(words)["accounts"] for name, words in said.items()}
    different = 0
    for table in FACTS:
        of_each = [{"merged": {}, **found[table]} for found in accounts.values()]  # rivals merge nothing
        if any(other != of_each[0] for other in of_each):
            different += 1
            print(
                f"{table}: rows differ\n" + "\n".join(f"  {name}: {found[table]}" for name, found in accounts.items())
            )
    print(f"rows by reason: {different} of {len(FACTS)} tables differ")
    return different


if __name__ == "__main__":
    sys.exit(main())
