"""CSV, TSV and text files: find delimiter and header, then let the engine read all columns as text."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ..engine import Engine, quoted, text_literal
from ..errors import SourceError
from .encoding import plain_text
from .headers import HEADER_SEARCH, Found, check_found, header_row, no_header
from .source import Source, in_file_order, not_blank, relation_of, scan_path, text_columns

DELIMITED_SUFFIXES = (".csv", ".tsv", ".txt")
DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 1 << 18


@dataclass(frozen=True)
class Layout:
    """How a file is cut: `skip` records stand above and at the header; `width` columns are read."""

    delimiter: str
    skip: int
    width: int
    found: Found


def load_delimited(engine: Engine, table: str, path: Path, mapping: Mapping[str, str]) -> Source:
    """Load a delimited text file, gzipped or not, as `raw_<table>` with every column text.

    Raises:
        SourceError: see `files.load_file`; a row that cannot be cut is named by its line.
    """
    with plain_text(path) as plain:
        layout = find_layout(table, _sample(plain.path), mapping, path.name)
        relation = relation_of(table)
        _read(engine, relation, layout, plain.path, path.name)
        fingerprint = plain.fingerprint
    rows = engine.value(f"SELECT count(*) FROM {quoted(relation)}")
    if not rows:
        raise SourceError("sources.header_only", where=path.name)
    return Source(table, relation, path.name, rows, layout.found.columns, layout.found.unused, fingerprint)


def _sample(path: Path) -> str:
    """The first lines of a UTF-8 file; a line cut off at the end of the sample is left out."""
    with path.open("rb") as stream:
        data = stream.read(SAMPLE)
        whole = not stream.read(1)
    text = codecs.getincrementaldecoder("utf-8-sig")().decode(data)
    if whole:
        return text
    cut = max(text.rfind("\n"), text.rfind("\r"))
    return text[: cut + 1] if cut >= 0 else text


def find_layout(table: str, sample: str, mapping: Mapping[str, str], where: str) -> Layout:
    """The delimiter and header row under which most columns are recognised.

    Raises:
        SourceError: nothing in the file, no header recognised, a required or mapped column missing.
    """
    if not sample.strip():
        raise SourceError("sources.empty_file", where=where)
    best: Layout | None = None
    for delimiter in DELIMITERS:
        records = _records(sample, delimiter)
        head = header_row(table, records, mapping)
        if head is None:
            continue
        index, found = head
        if best is None or len(found.places) > len(best.found.places):
            width = max(len(record) for record in records[index:])
            best = Layout(delimiter, index + 1, width, found)
    if best is None:
        raise no_header(table, _first_row(sample), where)
    check_found(table, best.found, mapping, where)
    return best


def _records(sample: str, delimiter: str) -> list[list[str]]:
    records = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            records.append(record)
            if len(records) > HEADER_SEARCH + 10:
                break
    except csv.Error:  # a field longer than the module's limit: what was read so far is enough
        pass
    return records


def _first_row(sample: str) -> Sequence[str]:
    """The first row under the delimiter that cuts it finest."""
    rows = [
        next((row for row in _records(sample, each) if any(cell.strip() for cell in row)), []) for each in DELIMITERS
    ]
    return max(rows, key=len)


def _read(engine: Engine, relation: str, layout: Layout, path: Path, where: str) -> None:
    """Make the relation. Strict and parallel first; line breaks in quotes need one thread, mixed line ends a
    lenient reader.

    Raises:
        SourceError: the file cannot be cut into rows of its header's width.
    """
    names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(layout.width))
    engine.drop(relation)
    reason = ""
    for options in ("", ", parallel=false", ", parallel=false, strict_mode=false"):
        try:
            with in_file_order(engine):
                engine.execute(
                    f"CREATE OR REPLACE TEMP TABLE {quoted(relation)} AS SELECT * FROM ("
                    f"SELECT row_number() OVER () + {layout.skip} AS source_row, {text_columns(layout.found)} "
                    f"FROM read_csv({scan_path(path)}, auto_detect=false, header=false, skip={layout.skip}, "
                    f"delim={text_literal(layout.delimiter)}, quote='\"', escape='\"', null_padding=true, "
                    f"max_line_size=16777216, columns={{{names}}}{options})) WHERE {not_blank(layout.found)}"
                )
            return
        except duckdb.Error as error:
            reason = str(error)
            if not re.search("parallel scanner|invalid state", reason):
                break
    raise _broken(reason, where)


def _broken(reason: str, where: str) -> SourceError:
    line = re.search(r"CSV Error on Line: (\d+)", reason)
    number = line.group(1) if line else "?"
    counts = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", reason)
    if counts:
        return SourceError(
            "sources.too_many_cells", where=where, line=number, expected=counts.group(1), found=counts.group(2)
        )
    if "unterminated quote" in reason:
        return SourceError("sources.open_quote", where=where, line=number)
    return SourceError("sources.cannot_cut", where=where, line=number, reason=reason.splitlines()[0])
