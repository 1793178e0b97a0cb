"""Two result files compared, every customer and every column."""

from __future__ import annotations

from pathlib import Path

import duckdb

TOLERANCE = 1e-9
"""How far floating numbers may lie apart, relative to the larger one or to 1; everything else is the same or not."""


def differing(left: Path, right: Path) -> tuple[int, dict[str, int]]:
    """How many columns were compared, and the customers that differ in a column: column -> how many.

    Customers in one file only count as a column of their own, "customer_id"; so does a column in one file only.
    """
    with duckdb.connect() as connection:
        for name, path in (("a", left), ("b", right)):
            pattern = path / "*.parquet" if path.is_dir() else path
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{pattern}')")
        kinds = [dict(row[:2] for row in connection.execute(f"DESCRIBE {name}").fetchall()) for name in ("a", "b")]
        shared = [key for key in kinds[0] if key in kinds[1] and key != "customer_id"]
        found = dict.fromkeys(set(kinds[0]) ^ set(kinds[1]), -1)
        asked = ", ".join(f'COUNT(CASE WHEN {_differs(key, kinds)} THEN 1 END) AS "{key}"' for key in shared)
        cursor = connection.execute(f"SELECT {asked} FROM a JOIN b ON a.customer_id = b.customer_id")
        found |= {key: n for key, n in zip(shared, cursor.fetchone() or (), strict=True) if n}
        alone = connection.execute(
            "SELECT (SELECT COUNT(*) FROM a) + (SELECT COUNT(*) FROM b) - 2 * COUNT(*) FROM a JOIN b "
            "ON a.customer_id = b.customer_id"
        ).fetchone()
        if alone and alone[0]:
            found["customer_id"] = alone[0]
        return len(shared) + 1, found


def _differs(key: str, kinds: list[dict[str, str]]) -> str:
    a, b = f'a."{key}"', f'b."{key}"'
    same = f"{a} IS NOT DISTINCT FROM {b}"
    if kinds[0][key] == "DOUBLE":
        same += f" OR COALESCE(ABS({a} - {b}) <= {TOLERANCE} * GREATEST(1, ABS({a}), ABS({b})), false)"
    return f"NOT ({same})"
