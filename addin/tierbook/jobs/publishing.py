"""Put a scored run into one book: its rules, what people wrote in it, tasks, moves, and the sheets made of them.

A run is scored once; it may be published into several books.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..engine import Engine
from ..model.version import fingerprint
from .analyst import summarise
from .chosen import answers_of, chosen_notes, past_shown, stamped
from .followups import plan_as_it_is, tasks_for
from .in_force import Decision, Rules, kept_versions
from .intake import Run, candidate, language_for, model_sheets, start_run
from .moves import SINCE_LAST
from .points import points_again
from .request import Note, Request
from .upgrade import noted
from .writing import BookReport

if TYPE_CHECKING:
    from ..followup import TaskPlan
    from ..model.types import Model
    from ..publish import Kept, Stamp
    from ..publish.records import PastMove
    from .kept_points import Points

    Planner = Callable[[Run, Kept], tuple[Kept, TaskPlan]]


@dataclass(frozen=True)
class Published:
    """A book's new bytes, nowhere written yet, and what they were made of; the run's relations are still there."""

    data: bytes
    report: BookReport
    run: Run
    kept: Kept
    plan: TaskPlan
    moves: Sequence[PastMove]
    points: Points | None = None
    """Of a book that shows them."""


def score_for(request: Request, engine: Engine, decided: Decision | None = None) -> Run:
    """Score what a request names, by the rules in force in its book or those somebody puts into force now."""
    asked = replace(request, language=language_for(request))
    return start_run(asked, engine, model=Rules(candidate(asked, language_for(request))) if decided else None)


def plan_alone(run: Run, kept: Kept) -> tuple[Kept, TaskPlan]:
    """The tasks of a book that shares them with no other."""
    return kept, tasks_for(run, kept)


def left_alone(_: Run, kept: Kept) -> tuple[Kept, TaskPlan]:
    """The tasks of a book that does not show them: as they are."""
    return kept, plan_as_it_is(kept)


def publish_into(
    run: Run,
    book: Path,
    before: bytes,
    request: Request,
    *,
    only: Sequence[str] = (),
    decided: Decision | None = None,
    planner: Planner | None = None,
    read: Kept | None = None,
    answers_taken: bool = True,
) -> Published:
    """Make a book's new bytes from a scored run and the bytes it has now.

    Args:
        request: what was asked for; its book may be another one, which the run's rules come from.
        only: marks of the sheets to bring up to date; none: all.
        planner: what the book holds and the tasks it shows, from what it holds as it was read; None: planned alone.
        read: what the book holds, where it was read already and is still the same.
        answers_taken: whether planning took in what people wrote on the tasks of a book that shows none any more.
    """
    from ..publish import born_with, owned_sheets, read_kept
    from ..publish.chosen import MEMBERS, chosen_of
    from ..publish.kpi_series import periods_shown
    from ..publish.person_sheets import person_titles
    from ..workbook import find_owned, refresh_book, titles_for

    asked = replace(request, book=book, language=run.language)
    titles = titles_for(before, born_with(run.language))
    chosen = chosen_of(request.sheets)
    kept = read or read_kept(book, run.language, run.as_of, changes=chosen is None or chosen.tells_changes)
    sheets = model_sheets(request.book or book, run.language)
    versions, version = kept_versions(asked, sheets, run.rules, decided, signed(kept.stamp, run.model))
    run, kept = replace(run, rules=replace(run.rules, version=version)), replace(kept, versions=versions)
    request.progress("jobs.planning_tasks", {})
    task_answers = answers_of(chosen, kept) if answers_taken else {}
    alone = plan_alone if chosen is None or "tasks" in chosen.sheets else left_alone
    kept, plan = (planner or alone)(run, kept)
    shows_kpis = (not only or "dashboard" in only) and (chosen is None or "dashboard" in chosen.sheets)
    told = periods_shown(run.as_of) if shows_kpis else []
    past, unread = past_shown(asked, run, kept, chosen, told)
    moves = past.moves.get(SINCE_LAST, ())
    ours = find_owned(before, born_with(run.language))
    shows_points = not only and (chosen is None or MEMBERS in chosen.sheets)
    points, of_points = points_again(run, asked, book, ours) if shows_points else (None, [])
    stamp, of_rules = noted(run, stamped(stamp_of(run), chosen, kept, ours), kept.stamp, request.book or book)
    request.progress("jobs.publishing", {})
    persons = titles_for(before, person_titles(plan.tasks, kept, run.model, run.language))
    donor, owned = owned_sheets(
        run.engine, run.model, stamp, run.cleaned, run.scored, plan.tasks, moves, run.language, kept, titles,
        queued=plan.queued, remembered=plan.remembered, past=past, persons=persons,
        more={**(points.builders if points else {}), **task_answers}, only=only, chosen=chosen, there=ours,
    )  # fmt: skip
    refreshed = refresh_book(before, donor, owned, day=run.as_of)
    planned = any(one.mark == "tasks" for one in owned)
    of_plan = [(one.key, one.values) for one in plan.notices] if planned else []
    report = BookReport(
        book,
        changed=False,
        backup=None,
        sheets=[one.name for one in owned],
        summary=summarise(run),
        new_tasks=len(plan.new) if planned else 0,
        open_tasks=sum(not task.is_closed for task in (plan.tasks if planned else plan.kept)),
        moved=len(moves),
        notes=[
            *rules_notes(run.rules, decided),
            *(() if only else of_rules),
            *unread,
            *of_plan,
            *of_points,
            *chosen_notes(before, stamp, chosen, ours, run.language),
            *((one.key, one.values) for one in refreshed.notices),
        ],
    )
    return Published(refreshed.data, report, run, kept, plan, moves, points)


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
