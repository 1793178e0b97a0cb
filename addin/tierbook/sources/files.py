"""Files and book sheets: what the suffix says, read by the reader of that kind."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from ..engine import Engine
from ..errors import SourceError
from ..schema import DELIVERABLE
from .delimited import DELIMITED_SUFFIXES, load_delimited
from .headers import nearest
from .parquet import load_parquet
from .sheets import SHEET_SUFFIXES, load_sheet, open_sheets, pick_sheet, sheet_source
from .source import Source

PARQUET_SUFFIXES = (".parquet", ".pq")


def load_file(
    engine: Engine, table: str, path: Path, *, mapping: Mapping[str, str] | None = None, sheet: str | None = None
) -> Source:
    """Load a file with facts as `raw_<table>`.

    CSV, TSV and text files may be gzipped, UTF-8 (with or without a mark), UTF-16 with a mark or GB18030, cut by
    comma, semicolon, tab or bar; the header is found below titles. `source_row` is the record's number with the
    header's record counted (a record with line breaks in quotes is one; wholly empty lines below the header are
    not counted); in a worksheet it is the row's number, in Parquet the row's place from 1.

    Args:
        mapping: canonical column -> header, for headers that are not recognised. Columns of other tables are ignored.
        sheet: the worksheet to read; without it the one whose header fits the table best.
    Raises:
        SourceError: missing, locked or unreadable file, unknown kind, mixed encodings, no header, a required column
            or a mapped header missing, no data rows.
    """
    own = _of_table(table, mapping)
    if not path.exists():
        raise no_such_file(path)
    if not path.is_file():
        raise SourceError("sources.not_a_file", path=path)
    suffix = kind_of(path)
    if sheet is not None and suffix not in SHEET_SUFFIXES:
        raise SourceError("sources.no_sheets_here", where=path.name, sheet=sheet)
    if path.stat().st_size == 0:
        raise SourceError("sources.empty_file", where=path.name)
    try:
        if suffix in SHEET_SUFFIXES:
            fingerprint = file_fingerprint(path)
            book = open_sheets(path)
            name = pick_sheet(book, table, path, sheet, own)
            return sheet_source(engine, table, book, path, name, own, fingerprint=fingerprint)
        if suffix in PARQUET_SUFFIXES:
            return load_parquet(engine, table, path, own, file_fingerprint(path))
        return load_delimited(engine, table, path, own)
    except OSError as error:
        raise SourceError("sources.cannot_open", where=path.name, reason=error.strerror or error) from None


def load_book_sheet(
    engine: Engine, table: str, path: Path, sheet: str, *, mapping: Mapping[str, str] | None = None
) -> Source | None:
    """Load a worksheet of a book as `raw_<table>`; None where the book has no such sheet or it holds no data.

    Raises:
        SourceError: the book cannot be read, or the sheet has data but lacks a required column.
    """
    if not path.is_file():
        raise no_such_file(path)
    return load_sheet(engine, table, path, sheet, _of_table(table, mapping))


def kind_of(path: Path) -> str:
    """The suffix that says how to read the file; `.gz` counts only around delimited text.

    Raises:
        SourceError: a kind we do not read.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    suffix = suffixes[-1] if suffixes else ""
    if suffix == ".gz":
        inner = suffixes[-2] if len(suffixes) > 1 else ""
        suffix = inner if inner in DELIMITED_SUFFIXES else ".gz"
    if suffix not in (*DELIMITED_SUFFIXES, *SHEET_SUFFIXES, *PARQUET_SUFFIXES):
        known = " ".join((*DELIMITED_SUFFIXES, ".csv.gz", *SHEET_SUFFIXES, *PARQUET_SUFFIXES))
        raise SourceError("sources.unknown_kind", path=path.name, known=known)
    return suffix


def file_fingerprint(path: Path) -> str:
    """32 hex letters of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _of_table(table: str, mapping: Mapping[str, str] | None) -> dict[str, str]:
    own = {column.key for column in DELIVERABLE[table].columns}
    return {key: header for key, header in (mapping or {}).items() if key in own}


def no_such_file(path: Path) -> SourceError:
    """Names the file in the same folder whose name is nearest, where there is one."""
    folder = path.parent
    names = [each.name for each in folder.iterdir() if each.is_file()] if folder.is_dir() else []
    if not names:
        return SourceError("sources.no_such_file_alone", path=path)
    return SourceError("sources.no_such_file", path=path, beside=nearest(path.name, names))
