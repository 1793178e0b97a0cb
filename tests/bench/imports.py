"""What starting up costs: `python tests/bench/imports.py`.

Times imports in fresh interpreters (median wall over an empty interpreter's), shows which heavy packages each of
them brings along, and which `tierbook score` itself loads. Exits with 1 where one is loaded that must not be.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from facts import AS_OF, make

RUNS = 7
HEAVY = ("pandas", "numpy", "xlwings", "sqlglot", "openpyxl", "scipy", "pyarrow", "fastexcel", "lxml", "xlsxwriter")
BARRED = {
    "tierbook score": ("pandas", "xlwings", "sqlglot", "openpyxl", "scipy"),
    "import tierbook.excel.functions": ("scipy", "sqlglot"),
}
STATEMENTS = (
    "pass",
    "import duckdb",
    "import duckdb; duckdb.connect()",
    "import tierbook.cli",
    "import tierbook.jobs",
    "import pandas",
    "import xlwings",
    "import tierbook.excel.functions",
)


def main() -> int:
    loaded = {statement: modules_of(["-c", statement]) for statement in STATEMENTS}
    walls: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    for _ in range(RUNS):
        for statement in STATEMENTS:
            walls[statement].append(wall_of(["-c", statement]))
    empty = median(walls["pass"])
    print("| statement | ms above an empty interpreter | heavy packages |\n|---|---|---|")
    for statement in STATEMENTS:
        print(f"| {statement} | {1000 * (median(walls[statement]) - empty):.0f} | {heavy_in(loaded[statement])} |")
    with tempfile.TemporaryDirectory() as folder:
        loaded["tierbook score"] = modules_of(score_command(Path(folder)))
    print(f"tierbook score: {len(loaded['tierbook score'])} modules; heavy: {heavy_in(loaded['tierbook score'])}")
    faults = [f"{what} loads {name}" for what, names in BARRED.items() for name in names if name in loaded[what]]
    print("\n".join(faults))
    return 1 if faults else 0


def score_command(folder: Path) -> list[str]:
    make(1_000, folder)
    tables = ("customers", "orders", "interactions", "feedback")
    files = [word for table in tables for word in (f"--{table}", f"{folder}/{table}.parquet")]
    return ["-m", "tierbook.cli", "score", *files, "--as-of", str(AS_OF), "--out", f"{folder}/out.parquet"]


def wall_of(arguments: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def modules_of(arguments: Sequence[str]) -> set[str]:
    """Every module loaded, by the interpreter's own account."""
    command = [sys.executable, "-X", "importtime", *arguments]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode != 0:
        raise SystemExit(told.stderr)
    return {line.rsplit("|", 1)[1].strip() for line in told.stderr.splitlines() if line.startswith("import time:")}


def heavy_in(modules: set[str]) -> str:
    return ", ".join(name for name in HEAVY if name in modules) or "none"


if __name__ == "__main__":
    sys.exit(main())
