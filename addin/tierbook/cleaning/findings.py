"""Every doubt about a row, as a row of `findings`.

One row per doubt: check_key (a label of room `cleaning`), severity (set_aside: the row does not count;
notice: it does), table_key, source_row (NULL for a doubt about a whole column), column_key, value (the text
as delivered). A row that is set aside has exactly one set_aside finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    """Where the rows of one delivered table went: delivered = kept + everything in `set_aside`.

    `set_aside` and `notices`: check -> how many, most frequent first.
    """

    table: str
    delivered: int
    kept: int
    set_aside: Mapping[str, int]
    notices: Mapping[str, int]


def create(engine: Engine) -> None:
    engine.drop("findings")
    engine.execute(
        "CREATE TEMP TABLE findings (check_key VARCHAR, severity VARCHAR, table_key VARCHAR, source_row BIGINT, "
        "column_key VARCHAR, value VARCHAR)"
    )


def reason_columns(doubts: Sequence[Doubt]) -> str:
    """Two columns: `reason`, the first check in order that holds (NULL: the row is fit), and the `doubtful` text."""
    if not doubts:
        return "CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS doubtful"
    reasons = " ".join(f"WHEN {doubt.when} THEN {text_literal(doubt.check)}" for doubt in doubts)
    values = " ".join(f"WHEN {doubt.when} THEN {doubt.value}" for doubt in doubts)
    return f"CASE {reasons} END AS reason, CASE {values} END AS doubtful"


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


def record_doubts(engine: Engine, table: str, parsed: str, read: str, doubts: Sequence[Doubt]) -> None:
    """Put a notice for every doubt about a row that was not set aside.

    Only the columns that the doubts name are read; the rows' reasons are looked up for doubtful rows alone.
    """
    if not doubts:
        return
    each = ", ".join(
        f"{{'holds': {doubt.when}, 'check': {text_literal(doubt.check)}, 'key': {text_literal(doubt.column)}, "
        f"'value': CAST({doubt.value} AS VARCHAR)}}"
        for doubt in doubts
    )
    anyhow = " OR ".join(f"({doubt.when})" for doubt in doubts)
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE doubts AS SELECT source_row, d.check AS check_key, d.key AS column_key, "
        f"d.value AS value FROM (SELECT source_row, unnest([{each}]) AS d FROM {quoted(parsed)} WHERE {anyhow}) "
        "WHERE d.holds"
    )
    if engine.value("SELECT count(*) FROM doubts"):
        engine.execute(
            f"INSERT INTO findings SELECT check_key, 'notice', {text_literal(table)}, source_row, column_key, value "
            f"FROM doubts WHERE source_row IN (SELECT source_row FROM {quoted(read)} WHERE reason IS NULL)"
        )


def account(engine: Engine, table: str, delivered: int, kept: int) -> Account:
    counts = engine.rows(
        "SELECT severity, check_key, count(*) AS n FROM findings WHERE table_key = ? "
        "GROUP BY severity, check_key ORDER BY n DESC, check_key",
        [table],
    )
    aside = {check: n for severity, check, n in counts if severity == "set_aside"}
    notices = {check: n for severity, check, n in counts if severity == "notice"}
    return Account(table, delivered, kept, aside, notices)
