"""Every doubt about a row, as a row of `findings`.

One row per doubt: check_key (a label of room `cleaning`), severity (set_aside: the row does not count; merged: it went
into another customer's row; notice: it counts), table_key, source_row (NULL for a doubt about a whole column),
column_key, value (the text as delivered). A row that is set aside or merged has exactly one such finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..engine import Engine, quoted, text_literal


@dataclass(frozen=True)
class Doubt:
    """What makes a row doubtful: `when` and `value` are SQL over the parsed relation, `column` is where to look."""

    check: str
    column: str
    when: str
    value: str


@dataclass(frozen=True)
class Account:
    """Where the rows of one delivered table went: delivered = kept + everything in `set_aside` and `merged`.

    `set_aside`, `notices` and `merged`: check -> how many, most frequent first.
    """

    table: str
    delivered: int
    kept: int
    set_aside: Mapping[str, int]
    notices: Mapping[str, int]
    merged: Mapping[str, int] = field(default_factory=dict)


def create(engine: Engine) -> None:
    engine.drop("findings")
    engine.execute(
        "CREATE TEMP TABLE findings (check_key VARCHAR, severity VARCHAR, table_key VARCHAR, source_row BIGINT, "
        "column_key VARCHAR, value VARCHAR)"
    )


def judged(reasons: Sequence[Doubt], notices: Sequence[Doubt]) -> str:
    """Three columns of a read relation.

    `reason`: the first of the reasons that holds (NULL: the row is fit); `doubtful`: its text; `noticed`: a bit for
    each of the notices that holds.
    """
    if not reasons:
        found = "CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS doubtful"
    else:
        checks = " ".join(f"WHEN {doubt.when} THEN {text_literal(doubt.check)}" for doubt in reasons)
        values = " ".join(f"WHEN {doubt.when} THEN {doubt.value}" for doubt in reasons)
        found = f"CASE {checks} END AS reason, CASE {values} END AS doubtful"
    bits = " + ".join(f"CASE WHEN {doubt.when} THEN {1 << place} ELSE 0 END" for place, doubt in enumerate(notices))
    return f"{found}, {bits or '0'} AS noticed"


def record_reasons(engine: Engine, table: str, relation: str, doubts: Sequence[Doubt]) -> None:
    """Put a set_aside finding for every row of `relation` that has a `reason`."""
    columns = " ".join(f"WHEN {text_literal(doubt.check)} THEN {text_literal(doubt.column)}" for doubt in doubts)
    if not columns:
        return
    engine.execute(
        f"INSERT INTO findings SELECT reason, 'set_aside', {text_literal(table)}, source_row, "
        f"CASE reason {columns} END, doubtful FROM {quoted(relation)} WHERE reason IS NOT NULL"
    )


def record_aside(engine: Engine, table: str, relation: str, check: str, column: str, value: str) -> None:
    """Put a set_aside finding for every row of `relation` (source_row and what `value` needs)."""
    _record(engine, table, relation, check, "set_aside", column, value)


def record_merged(engine: Engine, table: str, relation: str, check: str, column: str, value: str) -> None:
    """Put a merged finding for every row of `relation`, whose facts count elsewhere."""
    _record(engine, table, relation, check, "merged", column, value)


def record_notices(engine: Engine, table: str, relation: str, check: str, column: str, value: str) -> None:
    _record(engine, table, relation, check, "notice", column, value)


def _record(engine: Engine, table: str, relation: str, check: str, severity: str, column: str, value: str) -> None:
    engine.execute(
        f"INSERT INTO findings SELECT {text_literal(check)}, {text_literal(severity)}, {text_literal(table)}, "
        f"source_row, {text_literal(column)}, CAST({value} AS VARCHAR) FROM {quoted(relation)}"
    )


def cell_of(read: str, rows: str, key: str) -> str:
    """SQL for a column of `read` in the row of the same source_row, for a query over the relation `rows`."""
    return f"(SELECT r.{quoted(key)} FROM {quoted(read)} AS r WHERE r.source_row = {quoted(rows)}.source_row)"


def record_noticed(
    engine: Engine, table: str, parsed: str, read: str, notices: Sequence[Doubt], asides: Sequence[str] = ()
) -> None:
    """Put a notice for every notice's bit set in a row that was not set aside.

    Args:
        parsed: SQL in brackets for the relation over which the notices' values are written.
        asides: relations with the source_row of rows set aside for what other rows say.
    """
    if not notices:
        return
    bits = engine.value(f"SELECT COALESCE(bit_or(noticed), 0) FROM {quoted(read)} WHERE reason IS NULL")
    for place, doubt in enumerate(notices):
        if bits >> place & 1:
            others = "".join(f" AND source_row NOT IN (SELECT source_row FROM {quoted(aside)})" for aside in asides)
            rows = f"SELECT source_row FROM {quoted(read)} WHERE reason IS NULL AND noticed & {1 << place} <> 0{others}"
            engine.execute(
                f"INSERT INTO findings SELECT {text_literal(doubt.check)}, 'notice', {text_literal(table)}, "
                f"source_row, {text_literal(doubt.column)}, CAST({doubt.value} AS VARCHAR) FROM {parsed} "
                f"WHERE source_row IN ({rows})"
            )


def accounts(engine: Engine, delivered: Mapping[str, int], kept: Mapping[str, int]) -> dict[str, Account]:
    """Close the books of every delivered table: rows delivered, rows kept, and what `findings` says of the others."""
    counts = engine.rows(
        "SELECT table_key, severity, check_key, count(*) AS n FROM findings "
        "GROUP BY table_key, severity, check_key ORDER BY n DESC, check_key"
    )

    def of(table: str, severity: str) -> dict[str, int]:
        return {check: n for key, how, check, n in counts if (key, how) == (table, severity)}

    return {
        table: Account(table, rows, kept[table], of(table, "set_aside"), of(table, "notice"), of(table, "merged"))
        for table, rows in delivered.items()
    }
