"""Compare two files of results customer by customer: `python answers.py LEFT.parquet RIGHT.parquet`.

Prints one line of JSON: customers of each, and per column of the answer how many customers differ; a few of them
are shown. Scores, coverage and indicators may differ by 1e-6, those of lifetimes by `FOUND`, everything else must be
equal; blank equals missing.
"""

from __future__ import annotations

import json
import sys

import duckdb

ANSWERS = (
    "r", "f", "m", "rfm_total", "rfm_grade", "segment", "score", "coverage", "tier", "stage", "tags", "custom_segment",
    "tier_four", "tier_abc", "tier_three", "tier_five", "tier_visit",
    "score_general", "score_simple", "score_software", "score_potential",
    "coverage_general", "coverage_simple", "coverage_software", "coverage_potential",
)  # fmt: skip
KEY = "customer_id"
NEAR = 1.000001e-6
LARGE = 1e-9
FOUND = {"clv": 1e-4, "clv_low": 1e-4, "clv_high": 1e-4, "churn_risk": 1e-5, "return_chance": 1e-5, "p_alive": 1e-5}
"""Columns behind a search for parameters, and how far they may differ, of the value itself."""


def compare(left: str, right: str) -> dict[str, object]:
    with duckdb.connect() as connection:
        kinds = [
            {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE FROM '{path}'").fetchall()}
            for path in (left, right)
        ]
        shared = [name for name in kinds[0] if name in kinds[1] and name != KEY]
        absent = [name for name in ANSWERS if name not in shared]
        unequal = {name: differs(name, kinds[0][name], kinds[1][name]) for name in shared}
        sums = ", ".join(f'COUNT(*) FILTER ({test}) AS "{name}"' for name, test in unequal.items())
        joined = f"FROM '{left}' AS a FULL JOIN '{right}' AS b USING ({KEY})"
        both = f"a.{KEY} IS NOT NULL AND b.{KEY} IS NOT NULL"
        alone, *counts = connection.execute(f"SELECT COUNT(*) FILTER (NOT ({both})), {sums} {joined}").fetchone()
        found = {name: count for name, count in zip(unequal, counts, strict=True) if count}
        examples = {
            name: connection.execute(
                f'SELECT {KEY}, CAST(a."{name}" AS VARCHAR), CAST(b."{name}" AS VARCHAR) {joined}'
                f" WHERE {both} AND ({unequal[name]}) ORDER BY 1 LIMIT 3"
            ).fetchall()
            for name in found
        }
    return {
        "customers_in_one_only": alone,
        "columns_compared": len(shared),
        "answers_absent": absent,
        "answers": {name: count for name, count in found.items() if name in ANSWERS},
        "indicators": {name: count for name, count in found.items() if name not in ANSWERS},
        "examples": examples,
    }


def differs(name: str, left: str, right: str) -> str:
    a, b = f'a."{name}"', f'b."{name}"'
    if is_text(left) or is_text(right):
        return f"COALESCE(CAST({a} AS VARCHAR), '') <> COALESCE(CAST({b} AS VARCHAR), '')"
    if is_date(left) or is_date(right):
        return f"CAST({a} AS DATE) IS DISTINCT FROM CAST({b} AS DATE)"
    a, b = f"CAST({a} AS DOUBLE)", f"CAST({b} AS DOUBLE)"
    missing = [f"COALESCE(isnan({value}), true)" for value in (a, b)]
    near, large = (0.011, FOUND[name]) if name.startswith("clv") else (FOUND.get(name, NEAR), LARGE)
    far = f"ABS({a} - {b}) > {near} + {large} * ABS({b})"
    return f"({missing[0]} <> {missing[1]}) OR (NOT {missing[0]} AND NOT {missing[1]} AND {far})"


def is_text(kind: str) -> bool:
    return kind == "VARCHAR"


def is_date(kind: str) -> bool:
    return kind.startswith(("DATE", "TIMESTAMP"))


if __name__ == "__main__":
    print(json.dumps(compare(*sys.argv[1:3]), ensure_ascii=False, default=str))
