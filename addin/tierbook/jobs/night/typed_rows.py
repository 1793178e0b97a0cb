"""What reps type into 互动 and 反馈 of their team's book counts as a fact of all books that share facts.

Each row counts once, in whichever books it stands and whether or not the facts have it too. A row without a number
gets one made of what it says, so that it is the same row the next night, wherever it was moved.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ... import schema
from ...cleaning.choices import meanings, normal, words_of
from ...engine import Engine, quoted
from ...errors import SourceError
from ...labels import LANGUAGES, text
from ...sources import Source, load_book_sheet
from ...typed import EPOCH
from ..request import Note
from .records import Config

NUMBERED = {"interactions": "interaction_id", "feedback": "feedback_id"}
"""Tables people type into, and the column that numbers their rows."""
DELIVERED, TYPED = "raw_{}_delivered", "raw_{}_typed"
LEAD = "TB"
"""What the numbers we give begin with."""
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")
Row = Mapping[str, str]


@dataclass(frozen=True)
class Typed:
    """A row somebody typed: in which of the books (from 1), in which row of the sheet, and its cells as text."""

    book: int
    place: int
    cells: Row


def with_typed(
    engine: Engine, sources: Mapping[str, Source], books: Mapping[str, Sequence[Path]]
) -> tuple[dict[str, Source], list[Note]]:
    """The sources with the rows typed in other books; a sheet that cannot be read is told and left out.

    Args:
        engine: holds the raw relations of the sources.
        books: table -> the books beside the one that delivers it.
    """
    found, notes = dict(sources), list[Note]()
    for table, number in NUMBERED.items():
        typed: list[Typed] = []
        for place, book in enumerate(books.get(table, ()), start=1):
            try:
                typed += rows_in(table, book, place)
            except SourceError as reason:
                notes.append(("night.typed_unread", {"book": book.name, "reason": reason}))
        source = found.get(table)
        new = new_rows(table, number, typed, known_rows(engine, table, source, typed) if source and typed else [])
        if new:
            found[table] = joined(engine, table, source, new)
    return found, notes


def books_typed_in(config: Config, files: Mapping[str, Path]) -> dict[str, list[Path]]:
    """Table -> the books, beside the facts, in which rows of it are typed.

    The book that gives a table no file gives is read with the facts. Where a file gives it, a book that was named as
    that of the facts is not read: the file takes its place.
    """
    books = dict.fromkeys(aim.path for aim in config.aims if aim.path.is_file())
    named = config.facts.book if config.facts else None
    return {
        table: [book for book in books if book != named and (book != config.main or table in files)]
        for table in NUMBERED
    }


def rows_in(table: str, book: Path, place: int) -> list[Typed]:
    """The rows of a book's sheet, whatever the book's language; none where it has no such sheet.

    Raises:
        SourceError: the sheet has rows, but they cannot be read.
    """
    from ...workbook import sheet_names

    there = set(sheet_names(book))
    sheet = next((title for title in titles_of(table) if title in there), None)
    if sheet is None:
        return []
    with Engine(threads=1) as scratch:
        source = load_book_sheet(scratch, table, book, sheet)
        if source is None:
            return []
        names, rows = scratch.table(f"SELECT * FROM {quoted(source.relation)} ORDER BY source_row")
    cells = [{key: str(value).strip() for key, value in zip(names, row, strict=True) if value is not None}
             for row in rows]  # fmt: skip
    return [
        Typed(place, int(row.pop("source_row")), {key: value for key, value in row.items() if value}) for row in cells
    ]


def titles_of(table: str) -> list[str]:
    return [text(f"sheets.{table}", language) for language in LANGUAGES]


def known_rows(engine: Engine, table: str, source: Source, typed: Sequence[Typed]) -> list[Row]:
    """The delivered rows of customers that somebody typed a row about, as text."""
    keys = [key for key in engine.columns(source.relation) if key != "source_row"]
    told = ", ".join(f"CAST({quoted(key)} AS VARCHAR) AS {quoted(key)}" for key in keys)
    customers = sorted({said("customer_id", row.cells, table) for row in typed})
    rows = engine.rows(
        f"SELECT {told} FROM {quoted(source.relation)} WHERE "
        "regexp_replace(trim(CAST(customer_id AS VARCHAR)), '\\.0+$', '') IN (SELECT UNNEST(CAST(? AS VARCHAR[])))",
        [customers],
    )
    return [{key: value for key, value in zip(keys, row, strict=True) if value is not None} for row in rows]


def new_rows(table: str, number: str, typed: Sequence[Typed], known: Sequence[Row]) -> list[Typed]:
    """Of typed rows those that are not known and not typed in an earlier book, each with a number of its own.

    Rows with the same number about the same customer and day are one row. Rows without a number are one row where
    they say the same; a book that says it twice means it twice.
    """
    numbers = {named(table, number, row) for row in known if number in row}
    have = Counter(content(table, number, row) for row in known)
    bare = Counter(content(table, number, row) for row in known if number not in row)
    taken = {row[number].strip() for row in known if number in row}
    seen: Counter[tuple[int, str]] = Counter()
    new = []
    for row in sorted(typed, key=lambda row: number not in row.cells):
        told = content(table, number, row.cells)
        if number in row.cells:
            name = named(table, number, row.cells)
            if name in numbers:
                continue
            numbers.add(name)
            if bare[told]:
                bare[told] -= 1
                continue
        seen[row.book, told] += 1
        times = seen[row.book, told]
        if number not in row.cells and times <= have[told]:
            continue
        have[told] = max(have[told], times)
        given = row.cells.get(number, "")
        if not given or given in taken:  # two teams may both have begun with 1
            given = LEAD + hashlib.blake2b(f"{told}\n{times}".encode(), digest_size=5).hexdigest()
        taken.add(given)
        new.append(Typed(row.book, row.place, {**row.cells, number: given}))
    return new


def joined(engine: Engine, table: str, source: Source | None, new: Sequence[Typed]) -> Source:
    """The raw relation with typed rows behind those delivered, all as text.

    Their row numbers begin with the book's, so that none is a delivered row's: 20000017 is row 17 in the second book.
    """
    own = [column.key for column in schema.TABLES[table].columns]
    columns = [key for key in own if any(key in row.cells for row in new)]
    unit = 10 ** max(7, len(str(source.rows if source else 0)) + 1)
    rows = [[row.book * unit + row.place, *(row.cells.get(key) for key in columns)] for row in new]
    relation, typed = f"raw_{table}", TYPED.format(table)
    engine.put(typed, {"source_row": "BIGINT", **dict.fromkeys(columns, "VARCHAR")}, rows)
    parts, every = [(typed, columns)], columns
    if source is not None:
        delivered = DELIVERED.format(table)
        engine.rename(relation, delivered)
        there = [key for key in engine.columns(delivered) if key != "source_row"]
        parts, every = [(delivered, there), (typed, columns)], list(dict.fromkeys([*there, *columns]))
    selects = [f"SELECT source_row, {_as_text(every, keys)} FROM {quoted(name)}" for name, keys in parts]
    engine.drop(relation)
    engine.execute(f"CREATE TEMP VIEW {quoted(relation)} AS {' UNION ALL '.join(selects)}")
    told = hashlib.blake2b(f"{source.fingerprint if source else ''}{rows!r}".encode(), digest_size=16).hexdigest()
    return Source(
        table, relation, source.where if source else "", (source.rows if source else 0) + len(new),
        {**{key: key for key in columns}, **(source.columns if source else {})}, source.unused if source else (), told,
    )  # fmt: skip


def _as_text(every: Sequence[str], there: Sequence[str]) -> str:
    return ", ".join(
        f"CAST({quoted(key) if key in there else 'NULL'} AS VARCHAR) AS {quoted(key)}" for key in every
    )  # fmt: skip


# -- when two rows are one -----------------------------------------------------------------------------------------


def named(table: str, number: str, row: Row) -> tuple[str, str, str]:
    """Number, customer and day of a row."""
    return row[number].strip(), said("customer_id", row, table), said("date", row, table)


def content(table: str, number: str, row: Row) -> str:
    """Everything a row says but its number, in one form whatever the cells look like."""
    return "\n".join(
        f"{column.key}={told}"
        for column in schema.TABLES[table].columns
        if column.key != number and (told := said(column.key, row, table))
    )


def said(key: str, row: Row, table: str) -> str:
    """What a cell means: 2026/1/5 is 2026-01-05, 电话 is phone, 1001.0 is 1001."""
    word = unicodedata.normalize("NFKC", row.get(key, "")).strip()
    column = schema.TABLES[table].column(key)
    if not word:
        return ""
    if column.kind == "date":
        return _day(word)
    if column.kind == "choice":
        return meanings(words_of(column.choices)).get(normal(word), word)
    return re.sub(r"\.0+$", "", word) if column.kind in ("id", "number") else word


def _day(word: str) -> str:
    if _SERIAL.fullmatch(word):
        return (EPOCH + dt.timedelta(int(float(word)))).date().isoformat()
    found = _YEAR_FIRST.match(word) or _COMPACT.match(word)
    return "-".join(part.zfill(2) for part in found.groups()) if found else word
