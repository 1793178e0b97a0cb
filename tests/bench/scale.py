"""What happens beyond one machine's comfort: Spark beside the embedded engine, and very many orders in little memory.

    python tests/bench/scale.py agree [--orders 1000000]               # Spark and DuckDB, every customer and column
    python tests/bench/scale.py large [--orders 100000000] [--memory 4GB]

agree: facts with ties, blanks, returns and dates on every edge are cleaned into Parquet, then scored by both engines;
the columns in which a customer differs are counted. large: facts are made slice by slice, then scored by `tierbook
score --memory`; told are the wall time, CPU, and the most memory that the process and its children held together,
looked at twenty times a second. What was made is deleted again. Both exit with 1 where the promise does not hold.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
AS_OF = dt.date(2026, 10, 31)
TABLES = ("customers", "orders", "interactions", "feedback")
SLICE = 5_000_000
"""Order rows made at a time."""
UNITS = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("agree", "large", "make"))
    parser.add_argument("--orders", type=int, default=0)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--folder", type=Path, help="keep everything here (facts found there are used again)")
    options = parser.parse_args()
    if options.what == "make":
        make(options.orders, options.folder)
        return 0
    with tempfile.TemporaryDirectory(prefix="tierbook-scale-") as temporary:
        folder = options.folder or Path(temporary)
        if options.what == "agree":
            return agree(options.orders or 1_000_000, folder)
        return large(options.orders or 100_000_000, options.memory, folder)


def tierbook(*words: object) -> list[str]:
    return [str(Path(sys.executable).with_name("tierbook")), *map(str, words)]


def facts(folder: Path) -> list[str]:
    tables = (*TABLES, "referrals", "renewals")
    return [
        word for table in tables if (folder / f"{table}.parquet").exists()
        for word in (f"--{table}", str(folder / f"{table}.parquet"))
    ]  # fmt: skip


# -- many orders, little memory ------------------------------------------------------------------------------------


def large(orders: int, memory: str, folder: Path) -> int:
    made = folder / f"facts-{orders}"
    if not (made / "feedback.parquet").exists():
        subprocess.run([sys.executable, __file__, "make", "--orders", str(orders), "--folder", str(made)], check=True)
    size = sum(path.stat().st_size for path in made.iterdir()) / 1e9
    print(f"{orders:,} order rows, {size:.1f} GB of Parquet; {memory} of memory; load {os.getloadavg()[0]:.1f}")
    out = folder / "results.parquet"
    words = tierbook("score", *facts(made), "--as-of", AS_OF, "--memory", memory, "--out", out, "--lang", "en")
    wall, cpu, peak = watched(words)
    limit = next(float(memory.removesuffix(unit)) * each for unit, each in UNITS.items() if memory.endswith(unit))
    print(f"wall {wall:.0f} s, CPU {cpu:.0f} s, peak of the process tree {peak / 1e6:.0f} MB of {limit / 1e6:.0f} MB")
    return 0 if peak <= limit else 1


def watched(words: Sequence[str]) -> tuple[float, float, float]:
    """Run it; seconds, CPU seconds, and the most bytes that it and its children held together."""
    start, most, done = time.perf_counter(), [0.0], threading.Event()
    child = subprocess.Popen(words)

    def look() -> None:
        while not done.wait(0.05):
            most[0] = max(most[0], resident(child.pid))

    watcher = threading.Thread(target=look)
    watcher.start()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    done.set()
    watcher.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(words)}: exit {child.returncode}")
    return wall, used.ru_utime + used.ru_stime, max(most[0], used.ru_maxrss * 1024)


def resident(pid: int) -> float:
    """Resident bytes of a process and everything below it; pages that two of them share count twice."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(resident(int(child)) for child in children)


def make(orders: int, folder: Path) -> None:
    """The facts of `facts.py`, a slice at a time, so that they need not fit into memory."""
    sys.path.insert(0, str(HERE))
    import facts as made
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(made.SEED)
    company = made.Company(orders, random)
    pq.write_table(made.customers(company, random), folder / "customers.parquet")
    slices = -(-orders // SLICE)
    for name, key, each, making in (
        ("orders", "order_id", orders // slices, made.order_rows),
        ("interactions", "interaction_id", orders // slices // 2, made.interactions),
        ("feedback", "feedback_id", orders // slices // 10, made.feedback),
    ):
        writer = None
        for number in range(slices):
            table = making(company, each, np.random.default_rng([made.SEED, number, len(name)]))
            numbered = pc.add(table[key], number * each)
            table = table.set_column(table.column_names.index(key), key, numbered)
            writer = writer or pq.ParquetWriter(folder / f"{name}.part", table.schema)
            writer.write_table(table, row_group_size=500_000)
            print(f"made {name} {number + 1} of {slices}", file=sys.stderr, flush=True)
        writer.close()
        (folder / f"{name}.part").rename(folder / f"{name}.parquet")


# -- two engines ---------------------------------------------------------------------------------------------------


def agree(orders: int, folder: Path) -> int:
    sys.path.insert(0, str(HERE.parent / "warehouse"))
    from differing import differing

    raw, cleaned, results = folder / "raw", folder / "cleaned", {}
    subprocess.run([sys.executable, HERE / "facts.py", str(orders), raw], check=True)
    sharpen(raw)
    run(tierbook("clean", *facts(raw), "--as-of", AS_OF, "--out", cleaned, "--json", "-q"))
    for name, source, words in (
        ("raw", raw, ()),
        ("duckdb", cleaned, ()),
        ("spark", cleaned, ("--engine", "spark", "--memory", "4GB")),
    ):
        results[name] = folder / f"results-{name}.parquet"
        said = ("--as-of", AS_OF, "--out", results[name], "--json", *words)
        print(f"{name}: {run(tierbook('score', *facts(source), *said)):.1f} s", flush=True)
    wrong = 0
    for left, right in (("duckdb", "spark"), ("raw", "duckdb")):
        columns, found = differing(results[left], results[right])
        wrong += len(found)
        print(f"{left} and {right}: {len(found)} of {columns} columns differ {found or ''}")
    return 1 if wrong else 0


def run(words: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def sharpen(folder: Path) -> None:
    """Put facts on every edge: equal amounts, blanks, month ends, leap days, the day itself, dues, costs, returns on
    other days; and add referrals and renewals."""
    import duckdb

    edges = ", ".join(f"DATE '{day}'" for day in EDGES)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        for name in ("customers", "orders"):
            connection.execute(f"CREATE TABLE {name} AS FROM '{folder}/{name}.parquet'")
        connection.execute(
            f"""COPY (SELECT * REPLACE (
                CASE WHEN n % 7 = 0 THEN [{edges}][1 + n // 7 % {len(EDGES)}] ELSE date END AS date,
                CASE WHEN n % 5 = 0 THEN 100 WHEN n % 53 = 0 THEN -80.5 ELSE amount END AS amount,
                CASE WHEN n % 11 = 0 THEN NULL ELSE category END AS category,
                CASE WHEN n % 13 = 0 THEN NULL ELSE new_product END AS new_product),
                CASE WHEN n % 3 = 0 THEN round(amount * 0.7, 2) END AS cost,
                CASE WHEN n % 4 = 0 THEN date + 30 END AS due_date,
                CASE WHEN n % 8 = 0 THEN date + CAST(n % 200 AS INTEGER) END AS paid_date,
                CASE WHEN n % 6 > 0 THEN (1 + n % 9) / 2 END AS quantity
              FROM (SELECT *, row_number() OVER () AS n FROM orders)) TO '{folder}/orders.parquet'"""
        )
        connection.execute(
            f"""COPY (SELECT *, CASE WHEN n % 4 > 0 THEN n % 9000 END AS followers,
                CASE WHEN n % 3 > 0 THEN n % 101 / 10 END AS industry_outlook,
                CASE WHEN n % 2 = 0 THEN DATE '1970-01-01' + CAST(n % 15000 AS INTEGER) END AS birthday
              FROM (SELECT *, row_number() OVER () AS n FROM customers)) TO '{folder}/customers.parquet'"""
        )
        pairs = "SELECT customer_id, row_number() OVER (ORDER BY customer_id) AS n FROM customers"
        connection.execute(
            f"""COPY (SELECT a.customer_id AS referrer_id, b.customer_id AS referred_id,
                [{edges}][1 + a.n % {len(EDGES)}] AS date
              FROM ({pairs}) a JOIN ({pairs}) b ON b.n = a.n // 2 + 1 WHERE a.n % 5 = 0 AND a.n <> b.n)
              TO '{folder}/referrals.parquet'"""
        )
        connection.execute(
            f"""COPY (SELECT 'K' || n AS contract_id, customer_id, [{edges}][1 + n % {len(EDGES)}] AS due_date,
                ['yes', 'no', 'open', NULL][1 + n % 4] AS renewed FROM ({pairs}) WHERE n % 3 = 0)
              TO '{folder}/renewals.parquet'"""
        )


EDGES = tuple(
    dt.date.fromisoformat(day)
    for day in (
        *("2026-10-31", "2026-10-30", "2026-11-01", "2026-10-01", "2026-10-02", "2026-08-02", "2026-08-03"),
        *("2026-04-30", "2026-05-01", "2026-04-29", "2025-10-31", "2025-11-01", "2025-10-30", "2024-02-29"),
        *("2026-02-28", "2024-10-31", "2025-12-31", "2026-01-01"),
    )
)
"""The day, the day after, and both sides of every window's beginning."""


if __name__ == "__main__":
    sys.exit(main())
