"""The same work as `tierbook score`, as one hand-written set of DuckDB statements (rival_duckdb.sql), and numpy and
scipy for lifetimes (rival_lifetimes.py).

    python rival_duckdb.py FOLDER AS_OF OUT.parquet

Prints where every row went, by reason, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
from rival_lifetimes import lifetimes

PUT = "-- here rival_duckdb.py puts the table lifetimes, from histories"
NOTICES = ("identical_line", "zero_amount", "unknown_choice", "unknown_customer")


def main(folder: str, as_of: str, out: str) -> None:
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for blank, value in (("folder", folder), ("as_of", as_of), ("out", out)):
        sql = sql.replace(f"{{{blank}}}", value)
    with duckdb.connect() as connection:
        before, after = sql.split(PUT)
        connection.execute(before)
        facts = connection.execute("FROM histories ORDER BY customer_id").fetchnumpy()
        found = lifetimes(*(facts[column] for column in ("x", "t_x", "t", "spent", "later")))
        connection.register("lifetimes", pa.table({"customer_id": facts["customer_id"], **found}))
        connection.execute(after)
        rows = connection.execute('SELECT "table", reason, n FROM account ORDER BY ALL').fetchall()
    accounts = {table: account([(reason, n) for other, reason, n in rows if other == table]) for table, _, _ in rows}
    print(json.dumps({"accounts": accounts}))


def account(counts: list[tuple[str, int]]) -> dict[str, object]:
    found = {reason: int(n) for reason, n in counts if n}
    kept = found.pop("kept")
    notices = {reason: found.pop(reason) for reason in NOTICES if reason in found}
    return {"delivered": kept + sum(found.values()), "kept": kept, "set_aside": found, "notices": notices}


if __name__ == "__main__":
    main(*sys.argv[1:4])
