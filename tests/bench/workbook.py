"""Measure how workbooks are read and refreshed, against openpyxl and against what nobody can go below.

    python tests/bench/workbook.py [--only read write small demo] [--runs 3] [--folder FOLDER]

read: 1,000,000 rows of 8 columns into the engine; openpyxl read_only; unzipping the file alone.
write: a tier sheet of 100,000 rows and 20 columns into a team's book of 30 sheets that holds last night's: our graft
and save, our update by id and save; openpyxl load, change, save; packing the finished sheet alone. The books are
compared with the rows: openpyxl turns texts that begin with = into formulas.
small: the same with 2,000 rows in a book of 2 MB. demo: `refresh` of the demo book, for information.

Each run is a fresh process, one at a time, in turn. Wall, CPU (user + system) and peak memory are the kernel's own
account of that process; `inside` is the wall time after the imports, as the process says. Medians are shown. This file
imports nothing but the standard library: a child's peak memory counts its parent's at birth.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from scoring import Cost, middle_of, run_one, turned

HERE = Path(__file__).parent
PARTS = ("read", "write", "small", "demo")
OURS = {"read": "read-ours", "write": "write-graft", "small": "write-by-id", "demo": "demo-refresh"}
"""The road the others are compared with."""


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="tierbook-bench-") as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        wrong = [measure(part, options, folder) for part in options.only]
    return 1 if any(wrong) else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--runs", type=int, default=3, help="measured runs of each; openpyxl runs once")
    parser.add_argument("--folder", type=Path, help="keep books here (those found there are used again)")
    parser.add_argument("--without-openpyxl", action="store_true")
    return parser.parse_args()


def measure(part: str, options: argparse.Namespace, folder: Path) -> bool:
    """One part: make books, run, print. Returns whether results differ."""
    commands = {
        "read": read_commands,
        "write": lambda folder: write_commands(folder, "shared", 100_000),
        "small": lambda folder: write_commands(folder, "small", 2_000),
        "demo": demo_commands,
    }[part](folder)
    if options.without_openpyxl:
        commands = {name: command for name, command in commands.items() if "openpyxl" not in name}
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    said: dict[str, list[dict[str, object]]] = {name: [] for name in commands}
    for run in range(options.runs):
        for name in turned(list(commands), run):
            if run == 0 or "openpyxl" not in name:
                cost, words = run_one(commands[name])
                costs[name].append(cost)
                said[name].append(json.loads(words.splitlines()[-1]))
    print(f"\n{part}, median of {options.runs} runs")
    show(costs, said, OURS[part])
    return part in {"write", "small"} and differ(commands)


def read_commands(folder: Path) -> dict[str, list[str]]:
    book = made(folder, "big", "big.xlsx")
    return {name: road(name, book) for name in ("read-ours", "read-openpyxl", "read-unzip")}


def write_commands(folder: Path, kind: str, rows: int) -> dict[str, list[str]]:
    """The book as it was after last night's refresh, tonight's rows, a result for each road."""
    team = made(folder, "team", "team.xlsx")
    before, tonight = (made(folder, f"rows-{rows}-{night}", f"rows-{rows}-{night}.bin") for night in (1, 2))
    book = folder / f"{kind}-last-night.xlsx"
    if not book.exists():
        run_one(road("write-by-id", team, before, book))
    names = ["write-graft", "write-by-id", "write-openpyxl"]
    commands = {name: road(name, book, tonight, folder / f"{kind}-{name}.xlsx") for name in names}
    return commands | {"write-deflate": road("write-deflate", book, tonight, book)}


def demo_commands(folder: Path) -> dict[str, list[str]]:
    tierbook = str(Path(sys.executable).with_name("tierbook"))
    book = folder / "tierbook-demo-zh-CN.xlsx"
    if not book.exists():
        subprocess.run([tierbook, "demo", str(folder), "--lang", "zh-CN"], check=True, capture_output=True)
    copy = folder / "demo-copy.xlsx"
    shutil.copy(book, copy)
    return {"demo-refresh": road("demo-refresh", copy)}


def made(folder: Path, kind: str, name: str) -> Path:
    path = folder / name
    if not path.exists():
        subprocess.run([sys.executable, HERE / "books.py", kind, path], check=True)
    return path


def road(name: str, *files: Path) -> list[str]:
    return [sys.executable, str(HERE / "workbook_roads.py"), name, *map(str, files)]


def show(costs: Mapping[str, Sequence[Cost]], said: Mapping[str, Sequence[dict[str, object]]], own: str) -> None:
    print(
        "| | wall s | CPU s | peak MB | inside s | wall, ours = 1 | CPU, ours = 1 | peak, ours = 1 | wall of each run |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    ours = middle_of(costs[own])
    for name, runs in costs.items():
        cost = middle_of(runs)
        inside = median(float(str(each["seconds"])) for each in said[name])
        ratios = [f"{cost.wall / ours.wall:.2f}", f"{cost.cpu / ours.cpu:.2f}", f"{cost.peak / ours.peak:.2f}"]
        each = " ".join(f"{run.wall:.2f}" for run in runs)
        cells = [name, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", f"{cost.peak:.0f}", f"{inside:.2f}", *ratios, each]
        print(f"| {' | '.join(cells)} |")
    for name, results in said.items():
        print(f"{name}: {json.dumps(results[-1], ensure_ascii=False)}")


def differ(commands: Mapping[str, Sequence[str]]) -> bool:
    """Whether the books made say anything else than the rows on their tier sheet."""
    wrong = False
    for name, command in commands.items():
        if name != "write-deflate" and Path(command[-1]).exists():
            _, words = run_one([*command[:2], "same-values", *command[3:]])
            told = json.loads(words)
            print(f"{name}: {told['rows']} rows, {told['different']} cells differ from what was to be written")
            wrong = wrong or (bool(told["different"]) and name != "write-openpyxl")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
