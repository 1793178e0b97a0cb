"""One follow-up list for several books: planned once, shown in each book for its customers.

What a rep answers in the team's book stands in the manager's the next morning, and nobody is handed twice what a day
holds because a customer stands in two books.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..chosen import shows_tasks
from ..followups import conflict_notice, tasks_for
from ..intake import Run
from .part import members_of
from .records import Aim

if TYPE_CHECKING:
    from ...followup import Queued, Task, TaskPlan
    from ...followup.merging import Conflict
    from ...labels import Language
    from ...publish import Kept

    Held = Mapping[str, Kept]


@dataclass(frozen=True)
class SharedPlan:
    """The list of all books, and whose customers each of them shows (by the book's key)."""

    plan: TaskPlan
    members: Mapping[str, frozenset[str]]
    merged: Mapping[str, str]

    def of(self, aim: Aim, kept: Kept, language: Language) -> tuple[Kept, TaskPlan]:
        """What one book shows: tasks of its customers, and those it has whose customer no book shows.

        What others answered counts as changed in this book too.
        """
        from ...publish.kept_tasks import rewritten

        mine, everybody = self.members[aim.key], frozenset[str]().union(*self.members.values())
        own = {task.task_id for task in kept.tasks}

        def shown(task: Task) -> bool:
            customer = self.merged.get(task.customer_id, task.customer_id)
            return customer in mine or (task.task_id in own and customer not in everybody)

        def waits(one: Queued) -> bool:
            return one.customer_id in mine

        told = [conflict_notice(one, language) for one in kept.conflicts]
        plan = replace(
            self.plan,
            tasks=list(filter(shown, self.plan.tasks)),
            new=list(filter(shown, self.plan.new)),
            kept=list(filter(shown, self.plan.kept)),
            escalated=list(filter(shown, self.plan.escalated)),
            remembered=list(filter(shown, self.plan.remembered)),
            queued=list(filter(waits, self.plan.queued)),
            notices=told,
        )
        anew = rewritten(kept.tasks, plan.kept)
        fields = {mark: words | anew for mark, words in {"tasks": frozenset(), **kept.rewritten}.items()}
        return replace(kept, tasks=plan.kept, rewritten=fields), plan


def plan_shared(run: Run, aims: Sequence[Aim], held: Held) -> SharedPlan:
    """Plan for all books at once from what people wrote in each of them.

    Args:
        held: by the book's key, what each book holds.
    """
    members = {aim.key: members_of(run, aim) for aim in aims}
    merged = dict(run.engine.rows("SELECT customer_id, kept_id FROM merged_ids"))
    return SharedPlan(tasks_for(run, together(aims, held)), members, merged)


def together(aims: Sequence[Aim], held: Held) -> Kept:
    """What all books hold as if it were one: tasks brought together field by field, waiting lists joined."""
    from ...followup.merging import Version, merge
    from ...publish import Kept

    found = [(aim, held[aim.key] if shows_tasks(aim.sheets) else answers_in(held[aim.key])) for aim in aims]
    versions = [Version(aim.title, kept.tasks, kept.published) for aim, kept in found]
    brought = merge((), versions)
    previous: dict[str, tuple[str, float]] = {}
    for _, kept in reversed(found):
        previous |= kept.previous
    listed = {task.task_id for task in brought.tasks}
    return Kept(
        tasks=brought.tasks,
        previous=previous,
        remembered=_once([task for _, kept in found for task in kept.remembered], listed),
        queued=_longest([one for _, kept in found for one in kept.queued]),
        conflicts=[*conflicts_in(found), *brought.conflicts],
        restored=[task for _, kept in found for task in kept.restored],
    )


def answers_in(kept: Kept) -> Kept:
    """Of a book that shows no tasks any more only what people wrote there since it last did."""
    before = {task.task_id: task for task in kept.published}
    wrote = [task for task in kept.tasks if (was := before.get(task.task_id)) is None or differ(task, was)]
    return replace(kept, tasks=wrote, queued=())


def differ(task: Task, was: Task) -> bool:
    """Whether anybody changed a task since it was published."""
    from ...followup.merging import FIELDS, same

    return any(not same(getattr(task, field), getattr(was, field)) for field in FIELDS)


def conflicts_in(found: Sequence[tuple[Aim, Kept]]) -> list[Conflict]:
    return [conflict for _, kept in found for conflict in kept.conflicts]


def _once(tasks: Sequence[Task], listed: Collection[str]) -> list[Task]:
    """Each task once, but none that is on a list."""
    return [task for task in {task.task_id: task for task in tasks}.values() if task.task_id not in listed]


def _longest(queued: Sequence[Queued]) -> list[Queued]:
    """For each customer and play the one that waits longest."""
    found: dict[tuple[str, str], Queued] = {}
    for one in sorted(queued, key=lambda one: one.since, reverse=True):
        found[one.customer_id, one.play] = one
    return list(found.values())
