"""Rows that repeat an earlier row's key."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine import Engine, quoted

SLICE = 2_000_000
"""Keys grouped at a time: bounds the memory of the hash table on large deliveries."""
MOST_SLICES = 16
"""Each slice reads all hashes once more; beyond so many, slices grow instead."""
DENSE = 16
"""A range of whole numbers up to so many times the rows is checked for repeats by a bitmap."""


def repeat_rows(engine: Engine, relation: str, keys: Sequence[str], where: str, rows: int, target: str) -> int:
    """Make the table `target` (source_row), where there are any: rows fulfilling `where` whose keys an earlier had.

    NULL equals NULL. Hashes find the candidates; the keys themselves decide.

    Args:
        rows: rows of the relation, to choose the number of passes.
    Returns:
        how many rows repeat.
    """
    columns = ", ".join(map(quoted, keys))
    candidates, among = f"{target}_keys", where
    if rows > SLICE // 100:
        hashes = f"SELECT hash({columns}) AS h FROM {quoted(relation)} WHERE {where}"
        if not repeated_hashes(engine, hashes, rows, candidates):
            return 0
        among = f"({where}) AND hash({columns}) IN (SELECT h FROM {quoted(candidates)})"
    return later_rows(engine, relation, keys, among, target)


def later_rows(
    engine: Engine, relation: str, keys: Sequence[str], where: str, target: str, *, besides: str = "source_row"
) -> int:
    """Make the table `target` (`besides`) of the rows fulfilling `where` whose keys an earlier such row had.

    Returns:
        how many.
    """
    columns = ", ".join(map(quoted, keys))
    return engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {quoted(target)} AS SELECT {besides} FROM (SELECT *, row_number() OVER "
        f"(PARTITION BY {columns} ORDER BY source_row) AS nth FROM {quoted(relation)} WHERE {where}) WHERE nth > 1"
    )


def repeated_hashes(engine: Engine, hashes: str, rows: int, target: str) -> int:
    """Make the table `target` (h): values of `h` that occur more than once, in as many passes as the rows ask for.

    Args:
        hashes: SELECT giving `h`, a hash.
    Returns:
        how many.
    """
    slices = min(rows // SLICE + 1, MOST_SLICES)
    if slices == 1:
        return engine.execute(
            f"CREATE OR REPLACE TEMP TABLE {quoted(target)} AS SELECT h FROM ({hashes}) GROUP BY h HAVING count(*) > 1"
        )
    engine.execute(f"CREATE OR REPLACE TEMP TABLE all_hashes AS {hashes}")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(target)} (h UBIGINT)")
    found = sum(
        engine.execute(
            f"INSERT INTO {quoted(target)} SELECT h FROM all_hashes WHERE h % {slices} = {part} "
            "GROUP BY h HAVING count(*) > 1"
        )
        for part in range(slices)
    )
    engine.execute("DROP TABLE all_hashes")
    return found


def surely_unique(engine: Engine, relation: str, column: str) -> bool:
    """Whether a whole-number column has no NULL and no repeats, where a bitmap can tell; False where it cannot."""
    name = quoted(column)
    low, high, present, rows = engine.rows(
        f"SELECT min({name}), max({name}), count({name}), count(*) FROM {quoted(relation)}"
    )[0]
    if not rows or present != rows or high - low >= DENSE * rows:
        return False
    distinct = engine.value(f"SELECT bit_count(bitstring_agg({name}, {low}, {high})) FROM {quoted(relation)}")
    return bool(distinct == rows)
