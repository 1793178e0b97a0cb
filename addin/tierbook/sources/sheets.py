"""Worksheets: .xlsx .xlsm .xlsb .xls .ods, read as text with the row numbers people see."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..engine import Engine, quoted
from ..errors import SourceError
from .headers import HEADER_SEARCH, Found, check_found, header_row, listed, missing_columns, nearest, no_header, normal
from .source import Source, content_fingerprint, in_file_order, not_blank, relation_of, text_columns

SHEET_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
"""First bytes of an old-style file; a protected .xlsx is wrapped in one."""


def open_sheets(path: Path) -> Any:
    """The workbook's reader.

    Raises:
        SourceError: not a workbook, damaged, or protected by a password.
    """
    import fastexcel

    try:
        return fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        with path.open("rb") as stream:
            compound = stream.read(len(COMPOUND_FILE)) == COMPOUND_FILE
        if compound and path.suffix.lower() not in (".xls", ".xlsb"):
            raise SourceError("sources.protected_workbook", where=path.name) from None
        raise SourceError("sources.bad_workbook", where=path.name, reason=str(error).splitlines()[0]) from None


def load_sheet(engine: Engine, table: str, path: Path, sheet: str, mapping: Mapping[str, str]) -> Source | None:
    """A book's own sheet; None where it is absent or has no row with data below its header."""
    book = open_sheets(path)
    if sheet not in book.sheet_names:
        return None
    try:
        return sheet_source(engine, table, book, path, sheet, mapping, fingerprint="")
    except SourceError as error:
        if error.key in ("sources.empty_sheet", "sources.header_only"):
            return None
        raise


def pick_sheet(book: Any, table: str, path: Path, sheet: str | None, mapping: Mapping[str, str]) -> str:
    """The sheet asked for, else the one whose first rows fit the table best (the first of equals).

    Raises:
        SourceError: no sheet of that name; those there are listed, the nearest named.
    """
    names: list[str] = book.sheet_names
    if sheet is not None:
        if sheet in names:
            return sheet
        alike = [name for name in names if normal(name) == normal(sheet)]
        if len(alike) == 1:
            return alike[0]
        raise SourceError(
            "sources.no_such_sheet",
            where=path.name,
            sheet=sheet,
            nearest=nearest(sheet, names),
            sheets=listed(names),
        )
    if len(names) == 1:
        return names[0]
    with Engine(threads=1) as scratch:
        fits = [_fit(scratch, table, book, name, mapping) for name in names]
    return names[fits.index(max(fits))]


def _fit(scratch: Engine, table: str, book: Any, name: str, mapping: Mapping[str, str]) -> tuple[bool, int]:
    """How well a sheet's header fits: nothing required is missing, number of columns recognised."""
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=HEADER_SEARCH, dtypes="string")
    if not sheet.width:
        return False, 0
    scratch.register("head", sheet)
    found = header_row(table, _cells(scratch, "head"), mapping)
    return (not missing_columns(table, found[1]), len(found[1].places)) if found else (False, 0)


def _cells(engine: Engine, relation: str) -> list[list[str]]:
    """The first rows as text, blanks as ''."""
    with in_file_order(engine):
        rows = engine.rows(f"SELECT * FROM {quoted(relation)} LIMIT {HEADER_SEARCH}")
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def sheet_source(
    engine: Engine, table: str, book: Any, path: Path, name: str, mapping: Mapping[str, str], *, fingerprint: str
) -> Source:
    """Load one worksheet as `raw_<table>`; `source_row` is the row's number in the sheet.

    Raises:
        SourceError: nothing in the sheet, no header recognised, a column missing, no rows below the header.
    """
    where = f"{path.name} [{name}]"
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if not sheet.width:
        raise SourceError("sources.empty_sheet", where=where)
    loaded, relation = f"sheet_{table}", relation_of(table)
    _take_over(engine, loaded, _Once(sheet))
    del sheet
    try:
        found = _sheet_layout(engine, table, loaded, mapping, where)
        _pick_columns(engine, loaded, relation, *found)
    finally:
        engine.drop(loaded)
    rows = engine.value(f"SELECT count(*) FROM {quoted(relation)}")
    if not rows:
        raise SourceError("sources.header_only", where=where)
    columns = found[1].columns
    fingerprint = fingerprint or content_fingerprint(engine, relation, columns)
    return Source(table, relation, where, rows, columns, found[1].unused, fingerprint)


class _Once:
    """A sheet that goes to the engine once. Each turn costs seconds, and what was read half a gigabyte, at a million
    rows: it is let go as soon as the engine has it."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    def __arrow_c_schema__(self) -> Any:
        return self._sheet.__arrow_c_schema__()

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        sheet, self._sheet = self._sheet, None
        return sheet.__arrow_c_array__(requested_schema)


def _take_over(engine: Engine, loaded: str, sheet: _Once) -> None:
    """The cells of a sheet as a table, each row with its number."""
    coming = f"{loaded}_coming"
    engine.register(coming, sheet)
    try:
        with in_file_order(engine):
            engine.execute(
                f"CREATE OR REPLACE TEMP TABLE {quoted(loaded)} AS "
                f"SELECT row_number() OVER () AS source_row, * FROM {quoted(coming)}"
            )
    finally:
        engine.execute(f"DROP VIEW {quoted(coming)}")


def _sheet_layout(engine: Engine, table: str, loaded: str, mapping: Mapping[str, str], where: str) -> tuple[int, Found]:
    cells = [row[1:] for row in _cells(engine, loaded)]
    first = next((row for row in cells if any(cell.strip() for cell in row)), None)
    if first is None:
        raise SourceError("sources.empty_sheet", where=where)
    head = header_row(table, cells, mapping)
    if head is None:
        raise no_header(table, first, where)
    check_found(table, head[1], mapping, where)
    return head


def _pick_columns(engine: Engine, loaded: str, relation: str, header: int, found: Found) -> None:
    names = ", ".join(f"c{place}" for place in range(len(found.headers)))
    engine.drop(relation)
    with in_file_order(engine):
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE {quoted(relation)} AS SELECT * FROM ("
            f"SELECT source_row, {text_columns(found)} FROM {quoted(loaded)} AS t(source_row, {names})) "
            f"WHERE source_row > {header + 1} AND ({not_blank(found)})"
        )
