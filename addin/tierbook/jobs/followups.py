"""The tasks of a run: what is to do next, and what happened when people's entries were brought together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..labels import Language, text
from ..scoring.records import Notice
from .finished import finished_in as finished_in  # noqa: PLC0414 - whoever plans tasks finds it here

if TYPE_CHECKING:
    from ..followup import TaskPlan
    from ..followup.merging import Conflict
    from ..publish import Kept
    from .intake import Run

EXAMPLES = 5
"""So many conflicts are told one by one; the rest is counted."""


def tasks_for(run: Run, kept: Kept) -> TaskPlan:
    """Plan the tasks of a book from a scored run and what the book held."""
    from ..followup import plan_tasks

    plan = plan_tasks(
        run.engine,
        run.model,
        run.as_of,
        kept.tasks,
        run.language,
        previous=kept.previous,
        waiting={(one.customer_id, one.play): one.since for one in kept.queued},
        remembered=kept.remembered,
    )
    return replace(plan, notices=[*plan.notices, *merging_notices(kept, run.language)])


def plan_as_it_is(kept: Kept) -> TaskPlan:
    """Nothing planned: the tasks as people left them."""
    from ..followup import TaskPlan

    return TaskPlan(kept.tasks, (), kept.tasks, (), queued=kept.queued, remembered=kept.remembered)


def merging_notices(kept: Kept, language: Language) -> list[Notice]:
    """What happened when the tasks of several sheets were brought together: rows put back, and every conflict."""
    notices = [conflict_notice(one, language) for one in kept.conflicts[:EXAMPLES]]
    if (more := len(kept.conflicts) - EXAMPLES) > 0:
        notices.append(Notice("followup.more_conflicts", {"count": more}))
    if kept.restored:
        customers = sorted({task.customer_id for task in kept.restored})
        named = text("followup.between", language).join(customers[:EXAMPLES])
        notices.append(Notice("followup.restored", {"count": len(kept.restored), "customers": named}))
    return notices


def conflict_notice(conflict: Conflict, language: Language) -> Notice:
    """`任务 T…（客户 1001）的“结果”写得不一样：任务：已打电话；任务-张伟：没接。两处都保留：…`."""
    from ..publish.sheet_tasks import task_columns

    titles = {column.key: column.title for column in task_columns(language)}
    said = [f"{where}: {_shown(conflict.field, value, language)}" for where, value in conflict.said]
    return Notice(
        "followup.conflict",
        {
            "task": conflict.task_id,
            "customer": conflict.customer_id,
            "field": titles.get(conflict.field, conflict.field),
            "said": " | ".join(said),
            "kept": _shown(conflict.field, conflict.kept, language),
        },
    )


def _shown(field: str, value: object, language: Language) -> str:
    """A field's value as 任务 shows it."""
    from ..publish.sheet_tasks import status_names

    if value is None or value == "":
        return text("followup.blank", language)
    return status_names(language).get(str(value), str(value)) if field == "status" else str(value)
