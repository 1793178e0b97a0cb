"""Which rules a book is scored by: those put into force, not those that somebody is still editing.

The 模型 sheets are where a manager writes; what stands there counts from the moment it is put into force (`apply`).
A book's first refresh puts its sheets' rules into force.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ModelError, SeveralErrors
from ..labels import Language, text
from ..model.settings import with_settings
from ..model.version import fingerprint
from ..model.versions import Version, in_force, version_named, with_version
from .request import Note, Request

if TYPE_CHECKING:
    from ..model.types import Model

VERSIONS = "_tierbook_versions"


@dataclass(frozen=True)
class Rules:
    """What a run is scored by.

    Args:
        version: which of the book's versions it is; None for rules of one run (`--model`, `--set`) and for those of a
            book that has no version yet.
        notes: what a person must know of them.
    """

    model: Model
    version: Version | None = None
    notes: Sequence[Note] = field(default_factory=tuple)

    @property
    def label(self) -> str:
        return self.version.label if self.version else self.model.version


@dataclass(frozen=True)
class ModelSheets:
    """The 模型 sheets of a book: their names by key, and what reads the model they describe (None: there are none)."""

    book: Path
    titles: Mapping[str, str]
    language: Language
    read: Callable[[], Model | None]


def rules_in_force(request: Request, sheets: ModelSheets) -> Rules | None:
    """The rules of a book on the request's day, or those of `--model-version`; then `--set` on top.

    None where the book has no version yet.

    Raises:
        ModelError: the version asked for is not there, or cannot be read.
    """
    versions = read_versions(sheets.book)
    if request.model_version:
        version: Version | None = version_named(versions, request.model_version)
        notes: Sequence[Note] = ()
    else:
        version = in_force(versions, request.as_of)
        notes = _notes(versions, version, sheets) if version else ()
    if version is None:
        return None
    model = model_of(version)
    if request.settings:
        return Rules(with_settings(model, request.settings), None, notes)
    return Rules(model, version, notes)


def read_versions(book: Path) -> list[Version]:
    """The versions a book keeps, the first one first."""
    from ..model.versions import versions_of
    from ..workbook import read_sheets, sheet_names

    return versions_of(read_sheets(book, [VERSIONS])[VERSIONS]) if VERSIONS in sheet_names(book) else []


def model_of(version: Version) -> Model:
    """A version's rules.

    Raises:
        ModelError: they were written by a tierbook whose models this one cannot read.
    """
    try:
        return version.model()
    except (ModelError, SeveralErrors) as reason:
        raise ModelError("jobs.version_unreadable", version=version.label, reason=reason) from reason


def sheets_mark(sheets: ModelSheets) -> str:
    """Twelve letters that change with any cell of the 模型 sheets; "" where a book has none of them."""
    from ..workbook import read_sheets, sheet_names

    present = set(sheet_names(sheets.book))
    there = [title for title in sheets.titles.values() if title in present]
    if not there:
        return ""
    held = read_sheets(sheets.book, there)
    told = repr([[_trimmed(row) for row in held[title]] for title in there])
    return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()


def _trimmed(row: Sequence[object]) -> list[str]:
    """A row's cells as text, without blanks at its end; 40 and 40.0 are the same."""
    cells = ["" if cell is None else f"{cell:.15g}" if isinstance(cell, int | float) else str(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _notes(versions: Sequence[Version], version: Version, sheets: ModelSheets) -> list[Note]:
    """What is not as it seems: the sheets say something else by now, or another version is meant for this day."""
    last = versions[-1]
    edited = edited_sheets(last, sheets)
    notes = [edited] if edited else []
    if version.number != last.number:
        notes.append(("jobs.rules_of_then", {"version": version.label, "last": last.label, "since": last.since}))
    return notes


def edited_sheets(last: Version, sheets: ModelSheets) -> Note | None:
    """A note where the 模型 sheets hold other rules than those in force, or rules nobody could follow."""
    if sheets_mark(sheets) in ("", last.sheets):
        return None
    told = {"version": last.label, "since": last.since}
    try:
        model = sheets.read()
    except (ModelError, SeveralErrors) as reason:
        return "jobs.rules_broken", {**told, "reason": reason}
    if model is None or fingerprint(model) == last.fingerprint:
        return None
    return "jobs.rules_edited", {**told, "sheets": changed_sheets(model_of(last), model, sheets)}


def changed_sheets(before: Model, after: Model, sheets: ModelSheets) -> str:
    """Which 模型 sheets say something else, by their names."""
    from ..model.sheets import to_grids

    old, new = to_grids(before, sheets.language), to_grids(after, sheets.language)
    different = [title for key, title in sheets.titles.items() if old.get(key) != new.get(key)]
    return text("screen.between", sheets.language).join(different)


@dataclass(frozen=True)
class Decision:
    """Somebody puts rules into force."""

    by: str = ""
    on: dt.date | None = None
    note: str = ""


def kept_versions(
    request: Request, sheets: ModelSheets, rules: Rules, decided: Decision | None, signed: Decision | None = None
) -> tuple[list[Version], Version | None]:
    """The versions a book keeps after a run, and which of them it was scored by (None: rules of this run only).

    A first refresh makes the first version; rules of one run (`--model`, `--set`) make none unless somebody decides.

    Args:
        signed: who put the rules of the last refresh into force, in a book that keeps no version yet.
    """
    versions = read_versions(sheets.book)
    other = bool(request.model or request.settings)
    if decided is None and (versions or other):
        return versions, rules.version
    mark = "" if other or request.model_version else sheets_mark(sheets)
    who = decided or signed or Decision()
    versions = with_version(
        versions, rules.model, request.as_of, sheets=mark, by=who.by, on=who.on, note=who.note
    )  # fmt: skip
    return versions, versions[-1]
