"""Data frames and Arrow tables as facts."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from ..engine import Engine, quoted
from ..errors import SourceError
from ..schema import TABLES
from .headers import check_found, no_header, recognise
from .source import Source, content_fingerprint, in_file_order, relation_of, typed_columns


def load_frame(
    engine: Engine, table: str, frame: object, *, where: str, mapping: Mapping[str, str] | None = None
) -> Source:
    """Copy a pandas frame, or any object that speaks the Arrow stream protocol, to `raw_<table>`.

    Types are kept; an index is not read. `source_row` is the row's place from 1.

    Args:
        where: what the frame is called in messages.
    Raises:
        SourceError: not tabular, no column recognised, a column missing, no rows.
    """
    own = {column.key for column in TABLES[table].columns}
    named = {key: header for key, header in (mapping or {}).items() if key in own}
    loaded, relation = f"frame_{table}", relation_of(table)
    try:
        engine.register(loaded, frame)
    except (duckdb.Error, TypeError) as error:
        raise SourceError("sources.bad_frame", where=where, reason=str(error).splitlines()[0]) from None
    try:
        headers = list(engine.columns(loaded))
        found = recognise(table, headers, named)
        if not found.places:
            raise no_header(table, headers, where)
        check_found(table, found, named, where)
        engine.drop(relation)
        with in_file_order(engine):
            engine.execute(
                f"CREATE OR REPLACE TEMP TABLE {quoted(relation)} AS "
                f"SELECT row_number() OVER () AS source_row, {typed_columns(found)} FROM {quoted(loaded)}"
            )
    finally:
        engine.execute(f"DROP VIEW {quoted(loaded)}")
    rows = engine.value(f"SELECT count(*) FROM {quoted(relation)}")
    if not rows:
        raise SourceError("sources.header_only", where=where)
    fingerprint = content_fingerprint(engine, relation, found.columns)
    return Source(table, relation, where, rows, found.columns, found.unused, fingerprint)
