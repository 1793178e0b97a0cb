"""What a loaded table is, and how found columns become its raw relation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..engine import Engine, quoted, text_literal
from .headers import Found


@dataclass(frozen=True)
class Source:
    """One table somebody delivered.

    `relation` is its name in the engine, `where` what people call the place ("orders.csv", "book.xlsx [订单]"),
    `rows` the rows with data in it, `columns` canonical column -> header found, `unused` the headers that were
    not recognised or lost to a better one, `fingerprint` 32 hex letters that change with the content.
    """

    table: str
    relation: str
    where: str
    rows: int
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    fingerprint: str


@contextmanager
def in_file_order(engine: Engine) -> Iterator[None]:
    """Rows made inside keep the order in which they are read, so that row numbers follow the file."""
    engine.execute("SET preserve_insertion_order = true")
    try:
        yield
    finally:
        engine.execute("SET preserve_insertion_order = false")


def relation_of(table: str) -> str:
    return f"raw_{table}"


def scan_path(path: Path) -> str:
    """A path as the engine's readers take it: its own letters * ? [ are no pattern."""
    return text_literal(re.sub(r"([*?\[])", r"[\1]", str(path.absolute())))


def text_columns(found: Found, *, prefix: str = "c") -> str:
    """Select list of the found columns over text columns named `prefix` + position."""
    return ", ".join(
        f"{_with_unit(quoted(f'{prefix}{place}'), found.units.get(key, ''))} AS {quoted(key)}"
        for key, place in found.places.items()
    )


def typed_columns(found: Found) -> str:
    """Select list of the found columns over columns that bear their headers, types kept."""
    return ", ".join(
        f"{_with_unit(quoted(found.headers[place]), found.units.get(key, ''))} AS {quoted(key)}"
        for key, place in found.places.items()
    )


def _with_unit(column: str, unit: str) -> str:
    """A unit from the header (万, USD) goes to every plain number below it, so that the money reader sees it."""
    if not unit:
        return column
    value = f"trim(CAST({column} AS VARCHAR))"
    return f"CASE WHEN regexp_matches({value}, '[0-9]\\)?$') THEN {value} || {text_literal(unit)} ELSE {value} END"


def not_blank(found: Found) -> str:
    """Condition over text: some canonical column of the row holds more than white space."""
    return " OR ".join(f"trim({quoted(key)}, {BLANKS}) <> ''" for key in found.places)


BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288)"


def content_fingerprint(engine: Engine, relation: str, columns: Mapping[str, str]) -> str:
    """32 hex letters of a relation's content: column names and values in row order."""
    cells = ", ".join(f"COALESCE(CAST({quoted(key)} AS VARCHAR), chr(0))" for key in columns)
    parts = engine.rows(
        f"SELECT sha256(string_agg(line, chr(30) ORDER BY source_row)) AS part FROM "
        f"(SELECT source_row, concat_ws(chr(31), {cells}) AS line FROM {quoted(relation)}) "
        "GROUP BY source_row // 65536 ORDER BY source_row // 65536"
    )
    told = "|".join([*columns, *(part for (part,) in parts)])
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()
