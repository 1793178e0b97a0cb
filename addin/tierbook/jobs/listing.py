"""The verb `export`: the customers of a book's last refresh as a file for other programs."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import schema
from ..errors import UsageError
from ..labels import DEFAULT, Language, language_of, text
from ..typed import folded, holds_results
from .analyst import FORMULA_LEADS

if TYPE_CHECKING:
    from ..publish.columns import Column, Kind

STAMP, RESULTS = "_tierbook", "_tierbook_results"
Rows = Sequence[Sequence[Any]]
CHOICES = ("tier", "tag", "segment", "stage", "owner")
_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("customer_id", "id"), ("name", "text"), ("owner", "text"), ("tier", "choice"), ("score", "score"),
    ("segment", "text"), ("custom_segment", "text"), ("stage", "choice"), ("rfm", "choice"),
    ("recency_days", "count"), ("orders_12m", "count"), ("amount_12m", "money"), ("tags", "text"),
)  # fmt: skip
"""What a list holds, of the columns the results have."""


@dataclass(frozen=True)
class ExportReport:
    """`out` was written (or would be) with so many of all the customers."""

    out: Path
    customers: int
    of: int
    as_of: str
    language: Language = DEFAULT
    dry_run: bool = False


@dataclass(frozen=True)
class Listed:
    """The results of a refresh: stamp, column keys, and rows by customer id."""

    stamp: Mapping[str, str]
    keys: Sequence[str]
    rows: Rows

    @property
    def language(self) -> Language:
        return language_of(self.stamp.get("language", ""))

    def column(self, key: str) -> list[str]:
        """A column as text, "" where there is no value."""
        place = self.keys.index(key)
        return ["" if row[place] is None else str(row[place]) for row in self.rows]


def export(
    book: Path,
    out: Path,
    *,
    tier: str = "",
    tag: str = "",
    segment: str = "",
    stage: str = "",
    owner: str = "",
    dry_run: bool = False,
) -> ExportReport:
    """Write the customers of a book's last refresh to a .csv or .xlsx; a choice leaves only those it names.

    Raises:
        UsageError: the file's name or folder will not do, or nobody has that tier, tag, segment, stage or owner; the
            words there are are named.
        WorkbookError: the book cannot be read.
    """
    from ..workbook import open_book, read_sheets, sheet_names

    open_book(book)
    held = {STAMP, RESULTS} & set(sheet_names(book))
    sheets = read_sheets(book, sorted(held))
    chosen = {"tier": tier, "tag": tag, "segment": segment, "stage": stage, "owner": owner}
    return export_rows(sheets, out, chosen, where=book.name, dry_run=dry_run)


def export_rows(
    sheets: Mapping[str, Rows], out: Path, chosen: Mapping[str, str], *, where: str, dry_run: bool = False
) -> ExportReport:
    """`export` for the cells of `_tierbook` and `_tierbook_results`, wherever they were read."""
    check_out(out)
    listed = listed_of(sheets, where)
    rows = [listed.rows[place] for place in places_of(listed, chosen)]
    columns = [column for column in titled(listed) if column.key in listed.keys]
    places = [listed.keys.index(column.key) for column in columns]
    told = [[plain(row[place], column.kind) for place, column in zip(places, columns, strict=True)] for row in rows]
    if not dry_run:
        write = write_csv if out.suffix.lower() == ".csv" else write_xlsx
        whole(out, lambda part: write(part, listed, columns, told))
    return ExportReport(out, len(rows), len(listed.rows), listed.stamp.get("as_of", ""), listed.language, dry_run)


def check_out(out: Path) -> None:
    if out.suffix.lower() not in {".csv", ".xlsx"}:
        raise UsageError("jobs.unknown_list", path=out.name)
    if not out.absolute().parent.is_dir():
        raise UsageError("jobs.no_such_folder", path=out.absolute().parent)


def listed_of(sheets: Mapping[str, Rows], where: str) -> Listed:
    """Raises: UsageError where the book was never refreshed, or holds only some sheets."""
    if not {STAMP, RESULTS} <= set(sheets) or not sheets[RESULTS]:
        raise UsageError("jobs.never_refreshed", book=where)
    stamp = {str(row[0]): "" if row[1] is None else str(row[1]) for row in sheets[STAMP] if row and row[0]}
    if not holds_results(stamp):
        raise UsageError("chosen.book_without", book=where)
    head, *rows = sheets[RESULTS]
    keys = [str(key) for key in head if key is not None]
    full = [[*row, *[None] * (len(keys) - len(row))] for row in rows if row and row[0] is not None]
    return Listed(stamp, keys, full)


def places_of(listed: Listed, chosen: Mapping[str, str]) -> list[int]:
    """The customers every choice keeps, in the order of the score, the highest first."""
    places = list(range(len(listed.rows)))
    for key, word in chosen.items():
        if word.strip():
            fits = _chooser(listed, key, word)
            places = [place for place in places if fits(place)]
    score = listed.keys.index("score")
    return sorted(places, key=lambda place: -(listed.rows[place][score] or 0.0))


def _chooser(listed: Listed, key: str, word: str) -> Callable[[int], bool]:
    between = text("scoring.between_tags", listed.language)
    columns = {"tag": ("tags",), "segment": ("segment", "custom_segment")}.get(key, (key,))
    held = [
        {folded(one) for column in cells for one in (column.split(between) if key == "tag" else [column]) if one}
        for cells in zip(*(listed.column(column) for column in columns if column in listed.keys), strict=True)
    ]
    wanted = folded(word)
    if not any(wanted in words for words in held):
        known = sorted(
            {one for column in columns if column in listed.keys for cell in listed.column(column)
             for one in (cell.split(between) if key == "tag" else [cell]) if one}
        )  # fmt: skip
        raise UsageError(f"jobs.nobody_with_{key}", word=word, known="、".join(known[:30]))
    return lambda place: wanted in held[place]


def titled(listed: Listed) -> list[Column]:
    """The columns of a list with their titles in the book's language."""
    from ..publish.columns import Column

    known = {column.key: column.name.of(listed.language) for column in schema.CUSTOMERS.columns}
    return [Column(key, known.get(key) or _title(listed, key), kind) for key, kind in _COLUMNS]


def _title(listed: Listed, key: str) -> str:
    """An indicator's name as the stamp tells it (names in three languages, equal ones once); else our own word."""
    names = [name for name in listed.stamp.get(f"name.indicator.{key}", "").split("|") if name]
    if not names:
        return text(f"publish.{key}", listed.language)
    if listed.language == "en":
        return next((name for name in names if name.isascii()), names[0])
    chinese = [name for name in names if not name.isascii()] or names
    return chinese[min(1, len(chinese) - 1)] if listed.language == "zh-TW" else chinese[0]


def plain(value: Any, kind: Kind) -> object:
    """A cell as a list holds it: ids as text, whole numbers without decimals, scores as people see them."""
    if value is None or value == "":
        return None
    if kind == "id":
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, float) and kind == "score":
        return round(value, 2)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def write_csv(part: Path, _listed: Listed, columns: Sequence[Column], rows: Rows) -> None:
    """With a byte order mark, without which Excel misreads Chinese; a text that would run as a formula is disarmed."""
    import csv

    with part.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow([column.title for column in columns])
        writer.writerows([["" if cell is None else _harmless(cell) for cell in row] for row in rows])


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(tuple(FORMULA_LEADS)) else cell


def write_xlsx(part: Path, listed: Listed, columns: Sequence[Column], rows: Rows) -> None:
    from ..publish.listing import customer_list

    title = text("jobs.list_title", listed.language, as_of=listed.stamp.get("as_of", ""))
    hint = text("jobs.list_hint", listed.language, customers=f"{len(rows):,}")
    part.write_bytes(customer_list(title, hint, columns, rows, listed.language))


def whole(out: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place and move it there whole, so that a failure leaves no half file.

    Raises:
        UsageError: the place cannot be written, for instance because somebody has the old file open.
    """
    try:
        with tempfile.TemporaryDirectory(dir=out.absolute().parent, prefix=f".{out.stem}-") as folder:
            part = Path(folder) / out.name
            write(part)
            part.replace(out)
    except OSError as problem:
        raise UsageError("jobs.cannot_write", path=out.name, problem=problem.strerror or problem) from problem
