"""Bring what newer shipped models know into the rules of a book that was made before; and say where a book lacks it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ModelError, TierbookError
from ..labels import DEFAULT, Language
from ..model.differences import differences
from ..model.stored import BASE, model_from_stored
from ..model.upgrade import Upgrade, lacking, upgraded
from .in_force import read_versions
from .intake import DEFAULT_MODEL, book_language, book_model, model_grids
from .model_files import named_model, shipped_models
from .models import ImportReport, brought
from .request import Note, Progress, silent
from .writing import told, written

if TYPE_CHECKING:
    from ..model.sheets import Grid
    from ..model.types import Model
    from ..publish import Macros, Stamp
    from ..workbook import Book
    from .intake import Run

NAMED = 5
"""So many missing parameters are named in a note."""


@dataclass(frozen=True)
class UpgradeReport(ImportReport):
    """What came into the 模型 sheets (`differences`); `left` and `lines` as in `model.upgrade.Upgrade`."""

    left: Sequence[str] = field(default_factory=tuple)
    lines: Sequence[str] = field(default_factory=tuple)
    waits: bool = False
    """Whether the rules in force still lack something."""


def upgrade_model(
    book: Path,
    *,
    macros: Macros | None = None,
    dry_run: bool = False,
    day: dt.date,
    progress: Progress = silent,
) -> UpgradeReport:
    """Write what the shipped model knows and a book's 模型 sheets do not into these sheets; everything else stays.

    Rules of a company's own making get the parameters only: which tags and plays they have is theirs to say. As with
    an import nothing is scored, and `apply` puts the rules into force.

    Args:
        macros: what the buttons of a book with macros need.
        day: the day copies are dated with.
    Raises:
        ModelError: the book has no 模型 sheets, or they say something invalid.
        WorkbookError, WorkbookInUse: as for `refresh`; the book is untouched.
    """

    def make(before: Book) -> tuple[bytes, UpgradeReport]:
        language = book_language(book)
        grids = model_grids(book, language)
        held = book_model(book, language)
        if held is None:
            raise ModelError("models.no_sheets", path=book.name)
        done = upgrade_of(held, book)
        progress("models.writing", {"model": f"{done.model.key} {done.model.version}"})
        data, report = brought(done.model, book, before.data, macros, day, anew=True)
        changes = differences(_as_written(held, grids), done.model)
        versions = read_versions(book)
        waits = bool(versions) and bool(lacking(versions[-1].model(), shipped_for(held)))
        return data, UpgradeReport(
            book, changed=False, backup=None, sheets=report.sheets, notes=report.notes, model=done.model,
            differences=changes, left=done.left, lines=done.lines, waits=waits,
        )  # fmt: skip

    return told(book, make) if dry_run else written(book, make, progress, whole=False)


def upgrade_of(held: Model, book: Path) -> Upgrade:
    """The rules of a book with what they lack."""
    shipped = shipped_for(held)
    if held.key == shipped.key:
        return upgraded(held, shipped, _earlier(book))
    new = {key: shipped.params[key] for key in lacking(held, shipped)}
    return Upgrade(replace(held, params={**held.params, **new}))


def shipped_for(model: Model) -> Model:
    """The shipped model that rules were made from, so far as their key tells; else the general one."""
    return named_model(model.key if model.key in shipped_models() else DEFAULT_MODEL)


def _earlier(book: Path) -> Iterator[Model]:
    """Every version of a book's rules that can still be read, and the model that was brought into it."""
    from ..workbook import read_sheets, sheet_names

    for version in read_versions(book):
        try:
            yield version.model()
        except TierbookError:
            continue
    if BASE in sheet_names(book):
        yield model_from_stored(read_sheets(book, [BASE])[BASE], DEFAULT)


def _as_written(held: Model, grids: Mapping[str, Grid]) -> Model:
    """A model without the parameters that no row of 参数 says."""
    from ..model.sheet_rows import rows_of
    from ..model.sheets import SHEETS

    if "model_params" not in grids:
        return held
    rows = rows_of(grids["model_params"], SHEETS["model_params"])
    said = {row.text("param").casefold() for row in rows}
    return replace(held, params={key: each for key, each in held.params.items() if key.casefold() in said})


# -- what a refresh says of it -------------------------------------------------------------------------------------


def noted(run: Run, stamp: Stamp, last: Stamp | None, book: Path) -> tuple[Stamp, list[Note]]:
    """The stamp that remembers what a book's rules lack, and a note where nobody was told yet.

    Args:
        last: the stamp of the refresh before.
        book: the one whose rules these are.
    """
    if run.rules.version is None:
        return stamp, []
    missing = lacking(run.model, shipped_for(run.model))
    if not missing:
        return stamp, []
    mark = hashlib.blake2b("\n".join(missing).encode(), digest_size=4).hexdigest()
    stamp = replace(stamp, lacking=mark)
    if last is not None and last.lacking == mark:
        return stamp, []
    return stamp, [("models.rules_lack", _words(run, missing, book))]


def _words(run: Run, missing: Sequence[str], book: Path) -> dict[str, object]:
    from ..labels import text

    language: Language = run.language
    params = shipped_for(run.model).params
    names = text("screen.between", language).join(params[key].name.of(language) for key in missing[:NAMED])
    more = " …" if len(missing) > NAMED else ""
    return {"version": run.rules.label, "count": len(missing), "names": names + more, "book": book.name}
