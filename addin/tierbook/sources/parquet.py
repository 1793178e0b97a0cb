"""Parquet files: a view, so that ten million rows cost nothing until they are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from ..engine import Engine, quoted
from ..errors import SourceError
from .headers import check_found, no_header, recognise
from .source import Source, relation_of, scan_path, typed_columns


def load_parquet(engine: Engine, table: str, path: Path, mapping: Mapping[str, str], fingerprint: str) -> Source:
    """Make `raw_<table>` a view of the file with its own types; `source_row` is the row's place from 1.

    Raises:
        SourceError: not a Parquet file, no column recognised, a column missing, no rows.
    """
    relation, scan = relation_of(table), f"read_parquet({scan_path(path)}, file_row_number=true)"
    try:
        headers = [row[0] for row in engine.rows(f"DESCRIBE SELECT * FROM {scan}") if row[0] != "file_row_number"]
        rows = engine.value(f"SELECT count(*) FROM {scan}")
    except duckdb.Error as error:
        raise SourceError("sources.bad_parquet", where=path.name, reason=str(error).splitlines()[0]) from None
    found = recognise(table, headers, mapping)
    if not found.places:
        raise no_header(table, headers, path.name)
    check_found(table, found, mapping, path.name)
    if not rows:
        raise SourceError("sources.header_only", where=path.name)
    engine.drop(relation)
    engine.execute(
        f"CREATE OR REPLACE TEMP VIEW {quoted(relation)} AS "
        f"SELECT file_row_number + 1 AS source_row, {typed_columns(found)} FROM {scan}"
    )
    return Source(table, relation, path.name, rows, found.columns, found.unused, fingerprint)
