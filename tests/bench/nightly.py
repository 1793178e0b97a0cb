"""Measure a whole night, three shared books, against a straightforward pandas and openpyxl script.

    python tests/bench/nightly.py [--orders 1000000] [--runs 1] [--folder FOLDER]

A company of ORDERS / 20 customers; a book for the east, one for south and north, one for the rest. Each side has books
of its own and lives through a first night (not measured unless --first) and a second one, a day later: the same facts,
people's tasks to keep, new tasks below each person's load. Ours does on top what a night does: findings, moves,
dashboard, portraits, review, the ledger, a backup, a check of what was written; a third side is ours with books of the
same two sheets as the script's. Each night is a fresh process, the
sides in turn; wall, CPU and peak memory are the kernel's own account. The limit is scoring alone plus packing the
sheets of the three books.

Exits with 1 where the two sides put a customer into another tier, or give another task to anybody.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from scoring import AS_OF, Cost, middle_of, run_one

HERE = Path(__file__).parent
BEFORE = "2026-10-30"
BOOKS = {
    "east.xlsx": ("华东",),
    "south.xlsx": ("华南", "华北"),
    "rest.xlsx": ("华中", "西南", "西北", "东北"),
}
TABLES = ("customers", "orders", "interactions", "feedback", "people")
OURS, LEAN, RIVAL = "tierbook", "tierbook, two sheets", "pandas and openpyxl"
SIDES = {"ours": OURS, "lean": LEAN, "rival": RIVAL}
TASKS_PER_DAY = 50
PEOPLE = 20
GOAL_WALL, GOAL_PEAK = 10, 2
LAST_DIGIT = 1e-6
"""Of a score: millionths of a point."""
Row = tuple[object, float]
"""Tier and score; of a task nothing, and 0."""


def main() -> int:
    options = arguments()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="tierbook-bench-") as temporary:
        os.environ["PYTHONPYCACHEPREFIX"] = f"{temporary}/bytecode"
        os.environ["TIERBOOK_HOME"] = f"{temporary}/home"
        folder = options.folder or Path(temporary)
        facts = made_facts(options.orders, folder)
        return measure(options, facts, folder)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1, help="measured second nights of each")
    parser.add_argument("--only", nargs="+", choices=SIDES, default=list(SIDES))
    parser.add_argument("--folder", type=Path, help="keep facts and books here (facts found there are used again)")
    return parser.parse_args()


def made_facts(orders: int, folder: Path) -> Path:
    """The facts of `facts.py`, and the people who look after the customers."""
    facts = folder / str(orders)
    if not (facts / "customers.parquet").exists():
        subprocess.run([sys.executable, HERE / "facts.py", str(orders), facts], check=True)
    names = ", ".join(f"('销售{number:02d}', {TASKS_PER_DAY})" for number in range(1, PEOPLE + 1))
    sql = f"COPY (SELECT * FROM (VALUES {names}) AS people(name, tasks_per_day)) TO '{facts / 'people.parquet'}'"
    subprocess.run([sys.executable, "-c", f"import duckdb; duckdb.sql({sql!r})"], check=True)
    return facts


def measure(options: argparse.Namespace, facts: Path, folder: Path) -> int:
    made: dict[str, Side] = {
        OURS: Ours(facts, folder / "ours"),
        LEAN: Lean(facts, folder / "lean"),
        RIVAL: Rival(facts, folder / "rival"),
    }
    sides = {SIDES[word]: made[SIDES[word]] for word in SIDES if word in options.only}
    first: dict[str, Cost] = {}
    costs: dict[str, list[Cost]] = {name: [] for name in sides}
    stages: dict[str, dict[str, float]] = {}
    for name, side in sides.items():
        side.begin()
        first[name], _ = run_one(side.night(BEFORE))
        side.remember()
    for run in range(options.runs):
        for name in list(sides)[:: 1 if run % 2 == 0 else -1]:
            sides[name].as_before()
            cost, said = run_one(sides[name].night(AS_OF))
            costs[name].append(cost)
            stages[name] = sides[name].stages(said)
    print(f"{options.orders:,} order rows, {options.orders // 20:,} customers, {len(BOOKS)} books\n")
    show("first night", first)
    show(f"second night, median of {options.runs}", {name: middle_of(runs) for name, runs in costs.items()})
    for name, seconds in stages.items():
        print(f"{name}: " + ", ".join(f"{stage} {spent:.1f} s" for stage, spent in seconds.items()))
    limit(facts, sides)
    compared = [name for name in (OURS, LEAN) if name in sides and RIVAL in sides]
    return max((differences({name: sides[name], RIVAL: sides[RIVAL]}) for name in compared), default=0)


def show(title: str, costs: dict[str, Cost]) -> None:
    print(f"| {title} | wall s | CPU s | peak MB | wall, ours = 1 | CPU, ours = 1 | peak, ours = 1 |")
    print("|---|---|---|---|---|---|---|")
    own = costs.get(OURS)
    for name, cost in costs.items():
        pairs = [(cost.wall, own.wall), (cost.cpu, own.cpu), (cost.peak, own.peak)] if own else []
        ratios = [f"{each / mine:.2f}" for each, mine in pairs] or ["-"] * 3
        print(f"| {' | '.join([name, f'{cost.wall:.1f}', f'{cost.cpu:.1f}', f'{cost.peak:.0f}', *ratios])} |")
    print()


class Side:
    """One side's books: a folder, and a copy of how they stood after the first night."""

    def __init__(self, facts: Path, folder: Path) -> None:
        self.facts, self.folder = facts, folder
        self.kept = folder.with_name(f"{folder.name}-kept")

    def begin(self) -> None:
        for folder in (self.folder, self.kept):
            shutil.rmtree(folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for book in BOOKS:
            subprocess.run([tierbook(), "new", self.folder / book], check=True, capture_output=True)

    def remember(self) -> None:
        shutil.copytree(self.folder, self.kept)

    def as_before(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)

    def night(self, day: str) -> list[str]:
        raise NotImplementedError

    def stages(self, said: str) -> dict[str, float]:
        raise NotImplementedError


class Ours(Side):
    asked: Sequence[str] = ()
    """What the file says of each book besides."""

    def begin(self) -> None:
        super().begin()
        lines = [f'ledger = "{self.folder / "ledger.sqlite"}"', "[facts]"]
        lines += [f'{table} = "{self.facts / table}.parquet"' for table in TABLES]
        for book, regions in BOOKS.items():
            where = " 或 ".join(f"区域 = '{region}'" for region in regions)
            lines += ["[[book]]", f'path = "{self.folder / book}"', f'where = "{where}"', *self.asked]
        (self.folder / "night.toml").write_text("\n".join(lines), encoding="utf-8")

    def night(self, day: str) -> list[str]:
        config = str(self.folder / "night.toml")
        return [tierbook(), "nightly", "--config", config, "--now", "--as-of", day, "--json", "-q"]

    def stages(self, said: str) -> dict[str, float]:
        spent: dict[str, float] = {}
        for step in json.loads(said)["steps"]:
            spent[step["step"]] = spent.get(step["step"], 0) + step["seconds"]
        return spent


class Lean(Ours):
    """Ours with books of two sheets, as the script's."""

    asked = ('sheets = ["分层", "任务"]',)


class Rival(Side):
    def night(self, day: str) -> list[str]:
        books = [f"{self.folder / book}={','.join(regions)}" for book, regions in BOOKS.items()]
        return [sys.executable, str(HERE / "rival_night.py"), str(self.facts), day, *books]

    def stages(self, said: str) -> dict[str, float]:
        found: dict[str, float] = json.loads(said)["seconds"]
        return found


def tierbook() -> str:
    return str(Path(sys.executable).with_name("tierbook"))


def limit(facts: Path, sides: dict[str, Side]) -> None:
    """What no night goes below: scoring the facts, and packing the sheets."""
    files = [word for table in TABLES for word in (f"--{table}", str(facts / f"{table}.parquet"))]
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/results.parquet"
        score, _ = run_one([tierbook(), "score", *files, "--as-of", AS_OF, "--out", out, "--json"])
    books = [str(sides[OURS].folder / book) for book in BOOKS] if OURS in sides else []
    _, said = run_one([sys.executable, str(HERE / "nightly_pack.py"), *books])
    told = json.loads(said)
    size = told["bytes"] / 1e6
    print(f"limit: scoring {score.wall:.1f} s ({score.cpu:.1f} CPU, {score.peak:.0f} MB), "
          f"packing {size:.0f} MB of XML {told['cpu']:.1f} s CPU")  # fmt: skip


def differences(sides: dict[str, Side]) -> int:
    """Customers in another tier or with another score, and tasks only one side gave; both counted and shown."""
    wrong = 0
    for book in BOOKS:
        ours, theirs = (read(side.folder / book) for side in sides.values())
        for sheet in ("分层", "任务"):
            mine, other = ours[sheet], theirs[sheet]
            apart = mine.keys() ^ other.keys()
            differ = [key for key in mine.keys() & other.keys() if not alike(mine[key], other[key])]
            wrong += len(apart) + len(differ)
            named = "".join(f" {key}" for key in sorted(apart, key=str)[:3])
            print(f"{next(iter(sides))}, {book} {sheet}: {len(mine):,} and {len(other):,} rows, "
                  f"{len(apart)} in one only, {len(differ)} differ{named}")  # fmt: skip
    return 1 if wrong else 0


def read(book: Path) -> dict[str, dict[object, Row]]:
    """Customer -> (tier, score), and the tasks as customer and play."""
    import fastexcel

    held = fastexcel.read_excel(book)
    found: dict[str, dict[object, Row]] = {}
    for sheet in ("分层", "任务"):
        rows = held.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_arrow()
        cells = list(zip(*(column.to_pylist() for column in rows.columns), strict=True))
        if sheet == "分层":
            head = next(place for place, row in enumerate(cells) if row[0] in {"客户编号", "customer_id"})
            titles = cells[head]
            columns = [first_of(titles, words) for words in (("层级", "tier"), ("得分", "score"))]
            found[sheet] = {row[0]: (row[columns[0]], float(row[columns[1]])) for row in cells[head + 1 :] if row[0]}
        else:
            head = next(place for place, row in enumerate(cells) if "customer_id" in row or "客户编号" in row)
            columns = [first_of(cells[head], words) for words in (("客户编号", "customer_id"), ("策略编号", "play"))]
            found[sheet] = {
                (row[columns[0]], row[columns[1]]): ("", 0.0) for row in cells[head + 1 :] if row[columns[0]]
            }
    return found


def alike(one: Row, other: Row) -> bool:
    """The same tier, and scores that differ by no more than their last digit: the script adds floating numbers."""
    return one[0] == other[0] and abs(one[1] - other[1]) < 1.5 * LAST_DIGIT


def first_of(titles: tuple[object, ...], words: tuple[str, ...]) -> int:
    return next(place for place, title in enumerate(titles) if title in words)


if __name__ == "__main__":
    begun = time.perf_counter()
    code = main()
    print(f"{time.perf_counter() - begun:.0f} s in all")
    sys.exit(code)
