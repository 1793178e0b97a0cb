"""`allocate --apply`: the owners people accepted go into 客户, cell by cell; open tasks follow, nothing else does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .. import schema
from ..errors import UsageError
from ..labels import DEFAULT, Language, text
from ..sources import parse_mapping
from ..sources.headers import header_row
from ..typed import folded, id_text
from .allocate import YES
from .allocation_words import NAMED
from .handed_over import HandedOver, handed_over
from .intake import language_for, rules_for, sheet_titles
from .request import Note, Request
from .writing import BookReport, told, written

if TYPE_CHECKING:
    from ..workbook import Book


@dataclass(frozen=True)
class OwnersReport(BookReport):
    """`owners` were written (or would be), customer by customer; `already` had their new owner before."""

    owners: Mapping[str, str] = field(default_factory=dict)
    already: int = 0
    language: Language = DEFAULT


@dataclass(frozen=True)
class Sheet:
    """客户 as it stands: rows from 1, where the header is, the places of its columns, and the name of the sheet."""

    name: str
    rows: Sequence[Sequence[object]]
    header: int
    places: Mapping[str, int]

    def rows_of(self) -> dict[str, list[int]]:
        """Customer id -> its rows."""
        found: dict[str, list[int]] = {}
        for number, row in enumerate(self.rows[self.header :], start=self.header + 1):
            found.setdefault(id_text(row[self.places["customer_id"]]), []).append(number)
        return found

    def owner(self, number: int) -> str:
        value = self.rows[number - 1][self.places["owner"]]
        return "" if value is None else str(value).strip()


def apply_owners(request: Request, *, dry_run: bool = False) -> OwnersReport:
    """Write what 分配建议 accepts into the column 负责人 of 客户. Undone like any other change of the book.

    Rows where people wrote 是 get the proposed owner, rows with a name get that person. A customer whose owner is
    not the one the proposal saw is left alone, and so is a cell with a formula: a note says so. On 任务 the new owner
    takes over what is unfinished, where the play gives it to the customer's owner (see `handed_over`).

    Raises:
        UsageError: no book, no proposal in it, or 客户 has no column for owners.
    """
    book = request.book
    if book is None:
        raise UsageError("jobs.no_book")

    def make(before: Book) -> tuple[bytes, OwnersReport]:
        return _applied(request, book, before)

    return told(book, make) if dry_run else written(book, make, request.progress, whole=False)


def _applied(request: Request, book: Path, before: Book) -> tuple[bytes, OwnersReport]:
    from ..publish.written_allocation import read_allocation
    from ..workbook.cells.texts_put import put_texts

    language = language_for(request)
    proposal, rows = read_allocation(book, language)
    if not proposal:
        raise UsageError("allocation.no_sheet", book=book.name)
    sheet = customers_sheet(request, book, language)
    names = names_in(request, book, language)
    spelled = {folded(name): name for name in names}
    places = sheet.rows_of()
    texts: dict[tuple[int, int], str] = {}
    owners: dict[str, str] = {}
    missing, changed, already = [], [], 0
    for row in rows:
        to = row.to if row.word == YES else spelled.get(folded(row.word), "") if row.word not in {"", "no"} else ""
        if not to:
            continue
        held = {folded(sheet.owner(number)) for number in places.get(row.customer_id, ())}
        if not held:
            missing.append(row.customer_id)
        elif held == {folded(to)}:
            already += 1
        elif folded(row.owner) not in held:
            changed.append(row.customer_id)
        else:
            owners[row.customer_id] = to
            texts |= {(number, sheet.places["owner"]): to for number in places[row.customer_id]}
    request.progress("allocation.writing_owners", {"count": len(owners)})
    data, left = put_texts(before.data, sheet.name, texts)
    formulas = {number for number, _ in left}
    calculated = [customer for customer in owners if formulas & set(places[customer])]
    owners = {customer: to for customer, to in owners.items() if customer not in calculated}
    notes = [
        note
        for key, customers in (("not_on_sheet", missing), ("changed_since", changed), ("formula_there", calculated))
        for note in noted(key, customers, sheet.name)
    ]
    changes = {customer: (sheet.owner(places[customer][0]), to) for customer, to in owners.items()}
    over = handed_over(book, language, rules_for(request, language).model, changes) if changes else HandedOver()
    data, left = put_texts(data, over.sheet, over.texts) if over.texts else (data, [])
    notes += over.notes(len(left))
    touched = [sheet.name, *([over.sheet] if over.texts else [])]
    return data, OwnersReport(
        book, changed=False, backup=None, sheets=touched, notes=notes, owners=owners, already=already,
        language=language,
    )  # fmt: skip


def customers_sheet(request: Request, book: Path, language: Language) -> Sheet:
    """客户, its header found as every run finds it.

    Raises:
        UsageError: there is no such sheet, or it has no column for owners.
    """
    from ..workbook import read_rows, sheet_names

    key = schema.CUSTOMERS.key
    name = sheet_titles(language)[key]
    rows = read_rows(book, name) if name in sheet_names(book) else []
    mapping = parse_mapping(request.mapping)
    renamed = {**mapping.get("*", {}), **mapping.get(key, {})}
    found = header_row(key, [["" if cell is None else str(cell) for cell in row] for row in rows[:40]], renamed)
    if found is None or not {"customer_id", "owner"} <= found[1].places.keys():
        raise UsageError("allocation.no_owner_column", sheet=name)
    return Sheet(name, rows, found[0] + 1, found[1].places)


def names_in(request: Request, book: Path, language: Language) -> list[str]:
    """Names of 人员, from its file or its sheet."""
    from ..engine import Engine
    from ..sources import Source, load_book_sheet, load_file

    key = schema.PEOPLE.key
    with Engine(threads=1) as engine:
        source: Source | None
        if key in request.files:
            source = load_file(engine, key, request.files[key], mapping={}, sheet=request.sheet or None)
        else:
            source = load_book_sheet(engine, key, book, sheet_titles(language)[key])
        if source is None or "name" not in source.columns:
            return []
        return [
            str(name).strip() for (name,) in engine.rows(f"SELECT name FROM {source.relation} WHERE name IS NOT NULL")
        ]


def noted(key: str, customers: Sequence[str], sheet: str) -> list[Note]:
    if not customers:
        return []
    listed = "、".join(customers[:NAMED]) + ("…" if len(customers) > NAMED else "")
    return [(f"allocation.{key}", {"count": len(customers), "customers": listed, "sheet": sheet})]


def outcome_words(report: OwnersReport, *, dry_run: bool) -> list[str]:
    """What was done, in sentences."""
    key = "would_apply" if dry_run else "applied"
    lines = [text(f"allocation.{key}", report.language, count=len(report.owners), sheet=report.sheets[0])]
    if report.already:
        lines.append(text("allocation.already", report.language, count=report.already))
    return lines
