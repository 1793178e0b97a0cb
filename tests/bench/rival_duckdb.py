"""The same work as `tierbook score`, as one hand-written set of DuckDB statements (rival_duckdb.sql).

    python rival_duckdb.py FOLDER AS_OF OUT.parquet

Prints the rows of each table by reason as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb


def main(folder: str, as_of: str, out: str) -> None:
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for blank, value in (("folder", folder), ("as_of", as_of), ("out", out)):
        sql = sql.replace(f"{{{blank}}}", value)
    with duckdb.connect() as connection:
        connection.execute(sql)
        rows = connection.execute('SELECT "table", reason, n FROM account ORDER BY ALL').fetchall()
    account: dict[str, dict[str, int]] = {}
    for table, reason, n in rows:
        account.setdefault(table, {})[reason] = int(n)
    print(json.dumps(account, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:4])
