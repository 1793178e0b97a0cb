"""Verbs that write a workbook: new, refresh, followups, review, demo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__, templates
from ..engine import Engine
from ..errors import UsageError, WorkbookError
from ..labels import Language
from ..model.version import fingerprint
from .analyst import summarise
from .in_force import Decision, Rules, kept_versions
from .intake import Run, candidate, language_for, model_sheets, named_model, sheet_titles, start_run
from .request import Note, Progress, Request, silent
from .writing import BookReport, save, told, written

if TYPE_CHECKING:
    from ..followup import TaskPlan
    from ..model.types import Model
    from ..publish import Kept, Macros, Stamp
    from ..workbook import Book

TASK_SHEETS = ("tasks", "task_list")
"""What `followups` brings up to date: 任务, and its copy for machines."""
REVIEW_SHEETS = ("review",)


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
        WorkbookError, WorkbookInUse: the book cannot be opened or written safely; it is untouched.
    """
    return rewrite(request, dry_run=dry_run)


def followups(request: Request, *, dry_run: bool = False) -> BookReport:
    """Make the follow-up list anew and replace only the 任务 sheet."""
    return rewrite(request, only=TASK_SHEETS, dry_run=dry_run)


def review(request: Request, *, dry_run: bool = False) -> BookReport:
    """Bring only the 复盘 sheet up to date."""
    return rewrite(request, only=REVIEW_SHEETS, dry_run=dry_run)


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

    def make(before: Book) -> tuple[bytes, BookReport]:
        return _refreshed(request, book, before.data, only, decided)

    return told(book, make) if dry_run else written(book, make, request.progress, whole=not only)


def _refreshed(
    request: Request, book: Path, before: bytes, only: Sequence[str], decided: Decision | None
) -> tuple[bytes, BookReport]:
    """The new bytes of a book, and what the run found on the way."""
    from ..publish import born_with, owned_sheets, read_kept
    from ..workbook import refresh_book, titles_for

    language = language_for(request)
    titles = titles_for(before, born_with(language))
    with Engine(memory_limit=request.memory_limit or None) as engine:
        asked = replace(request, language=language)
        run = start_run(asked, engine, model=Rules(candidate(asked, language)) if decided else None)
        kept = read_kept(book, language, run.as_of)
        sheets = model_sheets(book, language)
        versions, version = kept_versions(asked, sheets, run.rules, decided, signed(kept.stamp, run.model))
        run, kept = replace(run, rules=replace(run.rules, version=version)), replace(kept, versions=versions)
        request.progress("jobs.planning_tasks", {})
        plan = tasks_for(run, kept)
        moves = moves_since(run, kept.previous)
        request.progress("jobs.publishing", {})
        stamp = stamp_of(run)
        donor, owned = owned_sheets(
            engine, run.model, stamp, run.cleaned, run.scored, plan.tasks, moves, language, kept, titles
        )
        wanted = [one for one in owned if not only or one.mark in only]
        refreshed = refresh_book(before, donor, wanted, day=run.as_of)
        summary = summarise(run)
    planned = any(one.mark == "tasks" for one in wanted)
    of_plan = [(one.key, one.values) for one in plan.notices] if planned else []
    return refreshed.data, BookReport(
        book,
        changed=False,
        backup=None,
        sheets=[one.name for one in wanted],
        summary=summary,
        new_tasks=len(plan.new) if planned else 0,
        open_tasks=sum(not task.is_closed for task in (plan.tasks if planned else plan.kept)),
        moved=len(moves),
        notes=[*rules_notes(run.rules, decided), *of_plan, *((one.key, one.values) for one in refreshed.notices)],
    )


def tasks_for(run: Run, kept: Kept) -> TaskPlan:
    from ..followup import plan_tasks

    return plan_tasks(run.engine, run.model, run.as_of, kept.tasks, run.language, previous=kept.previous)


@dataclass(frozen=True)
class Move:
    """A customer whose tier changed since the book's last refresh. `rank_change` > 0 rose."""

    customer_id: str
    name: str
    before: str
    after: str
    score_before: float
    score_after: float
    rank_change: int


def moves_since(run: Run, previous: Mapping[str, tuple[str, float]]) -> list[Move]:
    """Who rose or fell against what the book held before this run; the largest steps first."""
    scale = run.model.scale(run.model.main_scale)
    rank = {tier.name.of(run.language): place for place, tier in enumerate(scale.tiers)}
    moves = []
    for customer_id, name, tier, score in run.engine.rows("SELECT customer_id, name, tier, score FROM results"):
        before = previous.get(customer_id)
        if before is None or before[0] == tier or before[0] not in rank:
            continue
        moves.append(Move(customer_id, name or "", before[0], tier, before[1], score, rank[tier] - rank[before[0]]))
    return sorted(moves, key=lambda move: (-abs(move.rank_change), move.rank_change, move.customer_id))


def stamp_of(run: Run) -> Stamp:
    from ..publish import Stamp

    version = run.rules.version
    return Stamp(
        as_of=run.as_of,
        model=run.model.key,
        model_version=run.rules.label,
        model_fingerprint=fingerprint(run.model),
        data_fingerprint=run.data_fingerprint,
        language=run.language,
        tierbook_version=__version__,
        applied_by=version.applied_by if version else "",
        applied_on=version.applied_on if version else None,
    )


def signed(stamp: Stamp | None, model: Model) -> Decision | None:
    """Who put these rules into force, as a book without versions knows it: a decision stands as long as the rules."""
    if stamp is None or not stamp.applied_by or stamp.model_fingerprint != fingerprint(model):
        return None
    return Decision(stamp.applied_by, stamp.applied_on)


def rules_notes(rules: Rules, decided: Decision | None) -> list[Note]:
    """What a person must know of the rules of a run: first of all whether what they edited is in force."""
    version = rules.version
    if decided is None or version is None:
        return list(rules.notes)
    told = {"version": version.label, "since": version.since, "by": version.applied_by}
    is_new = (version.applied_by, version.applied_on, version.note) == (decided.by, decided.on, decided.note)
    return [("jobs.rules_applied" if is_new else "jobs.rules_in_force_already", told)]


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
