"""Verbs that write a workbook: new, refresh, followups, demo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import templates
from ..engine import Engine
from ..errors import UsageError, WorkbookError
from ..labels import Language
from .in_force import Decision
from .intake import named_model, sheet_titles
from .ledger import keep_or_note
from .publishing import Published, publish_into, score_for
from .request import Progress, Request, silent
from .writing import BookReport, save, told, written

if TYPE_CHECKING:
    from ..publish import Macros
    from ..workbook import Book

TASK_SHEETS = ("tasks", "task_list", "queue", "done_list")
"""What `followups` brings up to date: 任务, its copy for machines, what waits and what left it."""


def new(
    book: Path, language: Language, *, model: str = "", force: bool = False, macros: Macros | None = None
) -> BookReport:
    """Write a fresh template book.

    Args:
        macros: what an .xlsm needs; an .xlsx has none.

    Raises:
        UsageError: the name does not end in .xlsx (.xlsm with macros), its folder is missing, or the file exists and
            `force` is not set.
    """
    from ..publish import template_book

    check_new(book, force=force, suffix=".xlsm" if macros else ".xlsx")
    data = template_book(named_model(model or "general"), language, macros=macros)
    return save(book, data, list(sheet_titles(language).values()))


def check_new(book: Path, *, force: bool, suffix: str = ".xlsx") -> None:
    if book.suffix.lower() != suffix:
        raise UsageError("jobs.not_xlsx", path=book.name)
    if not book.absolute().parent.is_dir():
        raise UsageError("jobs.no_such_folder", path=book.absolute().parent)
    if book.exists() and not force:
        raise UsageError("jobs.exists_already", path=book)


def refresh(request: Request, *, dry_run: bool = False) -> BookReport:
    """Score a book's facts (or the files given) and replace the sheets tierbook owns in it.

    Everything else in the book keeps its bytes. What people wrote in 任务 and 抽样核对 is read first and kept.

    Raises:
        UsageError: a sheet that is to be brought up to date is none of ours.
        WorkbookError, WorkbookInUse: the book cannot be opened or written safely; it is untouched.
    """
    if request.sheets:
        from ..publish.chosen import chosen_of

        chosen_of(request.sheets)  # a wrong word is said before any work
    return rewrite(request, dry_run=dry_run)


def followups(request: Request, *, dry_run: bool = False) -> BookReport:
    """Make the follow-up list anew and replace only the 任务 sheet."""
    return rewrite(request, only=TASK_SHEETS, dry_run=dry_run)


def rewrite(
    request: Request, *, only: Sequence[str] = (), dry_run: bool, decided: Decision | None = None
) -> BookReport:
    """Score, and bring the sheets with these marks up to date, or all.

    Args:
        decided: who puts the rules that stand in the 模型 sheets (or are asked for) into force; None: score by those
            in force.
    """
    book = request.book
    if book is None:
        raise UsageError("jobs.no_book")

    made: list[Published] = []
    with ExitStack() as opened:

        def make(before: Book) -> tuple[bytes, BookReport]:
            opened.close()  # the run of the book as it was before somebody saved it
            engine = opened.enter_context(Engine(memory_limit=request.memory_limit or None))
            run = score_for(request, engine, decided)
            made[:] = [publish_into(run, book, before.data, request, only=only, decided=decided)]
            return made[0].data, made[0].report

        if dry_run:
            return told(book, make)
        report = written(book, make, request.progress, whole=not only)
        if only and "tasks" not in only:
            return report  # tasks were planned, but nobody was given them
        return replace(report, notes=[*report.notes, *keep_or_note(request, made[0])])


def demo(folder: Path, language: Language, *, progress: Progress = silent) -> BookReport:
    """Make the demo company's book in a folder and refresh it as of the recipe's date.

    An earlier demo book there is replaced; its last state stays among the backups.
    """
    import tomllib

    from ..demo import build
    from ..publish import template_book

    if not folder.is_dir():
        raise UsageError("jobs.no_such_folder", path=folder)
    book = folder / f"tierbook-demo-{language}.xlsx"
    progress("jobs.making_demo", {})
    recipe: dict[str, Any] = tomllib.loads((templates.folder() / "recipes" / "demo.toml").read_text(encoding="utf-8"))
    data = template_book(named_model("general"), language, facts=build(recipe, language))
    save(book, data, [])
    as_of = recipe["as_of"]
    if not isinstance(as_of, dt.date):
        raise WorkbookError("jobs.recipe_without_date")
    return refresh(Request(as_of=as_of, book=book, language=language, progress=progress))
