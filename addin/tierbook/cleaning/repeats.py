"""Rows that repeat an earlier row's key."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine import Engine, quoted

SLICE = 2_000_000
"""Keys grouped at a time: bounds the memory of the hash table on large deliveries."""
DENSE = 16
"""A range of whole numbers up to so many times the rows is checked for repeats by a bitmap."""


def repeat_rows(engine: Engine, relation: str, keys: Sequence[str], where: str, rows: int, target: str) -> int:
    """Make the table `target` (source_row): rows fulfilling `where` whose keys an earlier such row had.

    NULL equals NULL. Hashes find the candidates; the keys themselves decide.

    Args:
        rows: rows of the relation, to choose the number of passes.
    Returns:
        how many rows repeat.
    """
    columns = ", ".join(map(quoted, keys))
    candidates = f"{target}_keys"
    repeated_hashes(engine, f"SELECT hash({columns}) AS h FROM {quoted(relation)} WHERE {where}", rows, candidates)
    if not engine.value(f"SELECT count(*) FROM {quoted(candidates)}"):
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(target)} (source_row BIGINT)")
        return 0
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {quoted(target)} AS SELECT source_row FROM (SELECT source_row, "
        f"row_number() OVER (PARTITION BY {columns} ORDER BY source_row) AS nth FROM {quoted(relation)} "
        f"WHERE ({where}) AND hash({columns}) IN (SELECT h FROM {quoted(candidates)})) WHERE nth > 1"
    )
    found: int = engine.value(f"SELECT count(*) FROM {quoted(target)}")
    return found


def repeated_hashes(engine: Engine, hashes: str, rows: int, target: str, *, differing: str = "") -> None:
    """Make the table `target` (h): values of `h` that occur more than once, in as many passes as the rows ask for.

    Args:
        hashes: SELECT giving `h`, a hash.
        differing: another hash column of `hashes`; then `target` also has `differs`, whether one `h` has several.
    """
    slices = rows // SLICE + 1
    source = f"({hashes})"
    if slices > 1:
        engine.execute(f"CREATE OR REPLACE TEMP TABLE all_hashes AS {hashes}")
        source = "all_hashes"
    more = f", min({differing}) <> max({differing}) AS differs" if differing else ""
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {quoted(target)} (h UBIGINT{', differs BOOLEAN' if differing else ''})"
    )
    for part in range(slices):
        which = f"WHERE h % {slices} = {part}" if slices > 1 else ""
        engine.execute(
            f"INSERT INTO {quoted(target)} SELECT h{more} FROM {source} {which} GROUP BY h HAVING count(*) > 1"
        )
    if slices > 1:
        engine.execute("DROP TABLE all_hashes")


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
