"""Verbs about models as such: list those that are there, lint one, write one as TOML, bring one into a book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ModelError, TierbookError, UsageError, WorkbookError
from ..labels import LANGUAGES, Language
from ..model.cells import is_blank, text_of
from ..model.differences import Difference, differences
from ..model.dump import dump_toml
from ..model.places import Places, TomlPlaces
from ..model.settings import with_settings
from ..model.stored import BASE
from ..model.version import fingerprint
from .intake import MODEL_SHEETS, base_of, book_language, book_model, model_grids, sheet_titles
from .listing import whole
from .model_files import (
    Found,
    in_force,
    name_and_day,
    named_model,
    own_folder,
    own_models,
    read_base,
    shipped_models,
    text_of_file,
    versions_of,
)
from .request import Progress, silent
from .writing import BookReport, told, written

if TYPE_CHECKING:
    from ..model.sheets import Grid
    from ..model.types import Model
    from ..publish import Macros
    from ..workbook import Book

BOOKS = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Listed:
    """One model that is there. `place`: "book", "own" or "shipped"; `in_force`: what its name means on the day."""

    model: Model
    place: str
    file: str
    in_force: bool


@dataclass(frozen=True)
class LintReport:
    """Everything that is wrong with a model, and what is allowed but looks like a mistake."""

    source: str
    model: Model | None
    problems: Sequence[TierbookError]
    hints: Sequence[TierbookError]


@dataclass(frozen=True)
class ExportedModel:
    model: Model
    out: Path
    changed: bool
    dry_run: bool


@dataclass(frozen=True)
class ImportReport(BookReport):
    """What became of the book; `differences` between the rules that stood in its sheets and those that stand there."""

    model: Model | None = None
    differences: Sequence[Difference] = field(default_factory=tuple)


def list_models(book: Path | None, on: dt.date) -> list[Listed]:
    """The book's own model, those of the models folder, and those that ship.

    Raises:
        ModelError: two versions of a model start on one day; a 模型 sheet says something invalid.
    """
    folder = own_folder(book)
    held = book_model(book, book_language(book)) if book else None
    found = [Listed(held, "book", book.name, in_force=True)] if book and held else []
    keys = dict.fromkeys([*(each.model.key for each in own_models(folder)), *shipped_models()])
    for key in keys:
        versions = versions_of(key, folder)
        now = in_force(versions, key, None, on)
        found += [_listed(each, now) for each in versions]
    return found


def _listed(each: Found, now: Found) -> Listed:
    return Listed(each.model, "own" if each.own else "shipped", each.path.name, each is now)


def lint_model(source: str, *, on: dt.date | None = None) -> LintReport:
    """Everything that is wrong with a model.

    Args:
        source: a book, a TOML file, or the name of a model.
    Raises:
        WorkbookError: the book cannot be opened; ModelError: there is no such model.
    """
    path = Path(source)
    model: Model | None
    at: Places = TomlPlaces(path.name)
    if path.suffix.lower() in BOOKS:
        model, problems, at = _lint_book(path)
    elif path.is_file():
        from ..model.lint import lint_toml

        model, problems = lint_toml(text_of_file(path), where=path.name, read=partial(read_base, path.parent))
    else:
        model, problems, at = named_model(source, on), [], TomlPlaces(f"{name_and_day(source)[0]}.toml")
    if model is None or problems:
        return LintReport(source, model, problems, ())
    from ..model.lint import hints

    return LintReport(source, model, _cannot_score(model), hints(model, at))


def _lint_book(path: Path) -> tuple[Model, list[TierbookError], Places]:
    from ..model.lint import lint_grids

    language = book_language(path)
    grids = model_grids(path, language)
    if not grids:
        raise ModelError("models.no_sheets", path=path.name)
    return lint_grids(grids, base_of(path, grids), language)


def _cannot_score(model: Model) -> list[TierbookError]:
    """Why the scoring would refuse a model that is valid in itself: an indicator nobody computes."""
    from ..scoring import plan

    try:
        plan(model, model.start)
    except TierbookError as error:
        return [error]
    return []


def model_of(source: str, *, on: dt.date | None = None) -> Model:
    """The model of a book's 模型 sheets, or one by name or path."""
    path = Path(source)
    if path.suffix.lower() not in BOOKS:
        return named_model(source, on)
    found = book_model(path, book_language(path))
    if found is None:
        raise ModelError("models.no_sheets", path=path.name)
    return found


def export_model(
    source: str, out: Path, *, settings: Sequence[str] = (), force: bool = False, dry_run: bool = False
) -> ExportedModel:
    """Write a model as one TOML file that needs no other.

    Args:
        source: a book (its 模型 sheets), or a model by name or path.
        settings: `key=value` changes on top.
    Raises:
        UsageError: the file is there already and `force` is not set, or it cannot be written.
        ModelError: there is no such model, or it is not valid.
    """
    model = with_settings(model_of(source), settings)
    if out.suffix.lower() != ".toml":
        raise UsageError("models.not_toml", path=out.name)
    if not out.absolute().parent.is_dir():
        raise UsageError("jobs.no_such_folder", path=out.absolute().parent)
    data = dump_toml(model).encode()
    same = out.is_file() and out.read_bytes() == data
    if out.exists() and not same and not force:
        raise UsageError("models.exists_already", path=out)
    if not (dry_run or same):
        whole(out, lambda part: part.write_bytes(data))
    return ExportedModel(model, out, changed=not same, dry_run=dry_run)


def import_model(
    source: str,
    book: Path,
    *,
    macros: Macros | None = None,
    dry_run: bool = False,
    day: dt.date,
    progress: Progress = silent,
) -> ImportReport:
    """Write a model into a book's 模型 sheets; nothing is scored, and nothing else in the book changes.

    Sheets that say the same already stay as they are. One with notes, own columns or objects of people stays as a
    dated copy. The book also keeps the model whole, so that an export gives back the very same.

    Args:
        source: a model by name or path.
        macros: what the buttons of a book with macros need.
        day: the day copies are dated with.
    Raises:
        ModelError: the model is not valid. WorkbookError, WorkbookInUse: as for `refresh`; the book is untouched.
    """
    model = model_of(source)
    problems = _cannot_score(model)
    if problems:
        raise problems[0]

    def make(before: Book) -> tuple[bytes, ImportReport]:
        progress("models.writing", {"model": f"{model.key} {model.version}"})
        return brought(model, book, before.data, macros, day)

    return told(book, make) if dry_run else written(book, make, progress, whole=False)


def brought(
    model: Model, book: Path, before: bytes, macros: Macros | None, day: dt.date, *, anew: bool = False
) -> tuple[bytes, ImportReport]:
    """A book with a model in its 模型 sheets.

    Args:
        anew: also where the sheets describe this very model, because what they leave out is as it ships: then they
            say it all.
    """
    from ..publish.model_donor import model_donor
    from ..workbook import refresh_book, titles_for

    language = book_language(book)
    grids = model_grids(book, language)
    held = _held(book, grids, language)
    if held == model and not anew:
        return before, ImportReport(book, changed=False, backup=None, sheets=(), model=model)
    keys = MODEL_SHEETS if held is None else _to_write(grids, model, language)
    if held == model and not keys:
        return before, ImportReport(book, changed=False, backup=None, sheets=(), model=model)
    born = {key: sheet_titles(language)[key] for key in keys}
    titles = {key: grids[key].sheet_name if key in grids else name for key, name in titles_for(before, born).items()}
    known = [model, held] if held else [model]
    has_buttons = macros if book.suffix.lower() == ".xlsm" else None
    donor, owned = model_donor(model, language, keys, titles, has_buttons)
    refreshed = refresh_book(before, donor, owned, day=day, copied=_to_copy(before, grids, keys, known))
    report = ImportReport(
        book, changed=False, backup=None, sheets=[one.name for one in owned if one.name != BASE],
        notes=[(one.key, one.values) for one in refreshed.notices], model=model,
        differences=differences(held, model) if held else (),
    )  # fmt: skip
    return refreshed.data, report


def _held(book: Path, grids: Mapping[str, Grid], language: Language) -> Model | None:
    """The model the sheets describe now; None where there are none, or they are not valid."""
    from ..model.sheets import from_grids

    if not grids:
        return None
    try:
        return from_grids(grids, base_of(book, grids), language)
    except TierbookError:
        return None  # rules that are not valid are nothing to compare with: the new ones take their place


def _to_write(grids: Mapping[str, Grid], model: Model, language: Language) -> list[str]:
    """Sheets that do not say what the model says; all of them where a closed list in them would change."""
    from ..model.sheets import to_grids

    wanted = to_grids(model, language)
    other = [key for key in MODEL_SHEETS if key not in grids or not _says(grids[key], wanted[key])]
    return list(MODEL_SHEETS) if "model_scorecard" in other or "model_tiers" in other else other


def _says(grid: Grid, wanted: Sequence[Sequence[object]]) -> bool:
    """Whether a sheet's rows, below its title, are those wanted, in text."""
    width = len(wanted[0])
    rows = [[text_of(cell) for cell in (*row, *[None] * width)][:width] for row in grid.rows]
    there = [row for row in rows if any(row)]
    new = [[text_of(cell) for cell in row] for row in wanted]
    return new[0] in there and there[there.index(new[0]) :] == new


def _to_copy(
    before: bytes, grids: Mapping[str, Grid], keys: Collection[str], known: Sequence[Model]
) -> dict[str, WorkbookError]:
    """Sheets on which people put something of their own, and what."""
    from ..workbook import what_hangs_on

    there = {key: grids[key] for key in keys if key in grids}
    hanging = what_hangs_on(before, [grid.sheet_name for grid in there.values()])
    found = {}
    for key, grid in there.items():
        kinds = hanging.get(grid.sheet_name, set())
        what = "notes" if "comments" in kinds else "objects" if "drawing" in kinds else ""
        if not what and _has_own_cells(key, grid, known):
            what = "cells"
        if what:
            found[key] = WorkbookError("workbook.because_of", what=WorkbookError(f"models.{what}"))
    return found


def _has_own_cells(key: str, grid: Grid, known: Sequence[Model]) -> bool:
    """Whether cells beside the table hold anything but the lists its drop-downs offer by one of these models."""
    from ..model.sheet_rows import rows_of
    from ..model.sheets import SHEETS, drop_down

    try:
        rows = rows_of(grid, SHEETS[key])
    except TierbookError:
        return True  # no header any more: somebody made another sheet of it
    if not rows:
        return False
    ours = set(rows[0].places.values())
    offered = {
        word
        for model in known
        for language in LANGUAGES
        for column in SHEETS[key]
        for word in drop_down(column, model, language)
    }
    beside = (cell for row in grid.rows[rows[0].number - 1 :] for place, cell in enumerate(row) if place not in ours)
    return any(not is_blank(cell) and text_of(cell) not in offered for cell in beside)


def summary_of(model: Model) -> dict[str, object]:
    """What a list of models says of each."""
    return {
        "key": model.key, "version": model.version, "start": model.start, "main": model.main,
        "main_scale": model.main_scale, "fingerprint": fingerprint(model),
    }  # fmt: skip
