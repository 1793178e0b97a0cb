"""How much each person has on their desk: customers by tier, their money, tasks to do and overdue, places taken."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ..engine import Engine
from ..labels import Language
from ..model.types import Model
from .records import Task
from .reps import Names, Person


@dataclass(frozen=True)
class Workload:
    """One person's desk.

    Args:
        person: as 人员 has it; customers and tasks of a name that is not there, or of none (""), stand under a person
            of that name with `known` False.
        tiers: customers by tier of the main scale, the highest first.
        revenue: money of twelve months, 0 where the model does not count it.
        open: unfinished tasks, the overdue ones among them.
    """

    person: Person
    known: bool
    customers: int
    tiers: tuple[int, ...]
    revenue: float
    open: int
    overdue: int

    @property
    def use(self) -> float | None:
        """Customers as a share of what the person can take; None without a limit."""
        return self.customers / self.person.capacity if self.person.capacity else None


def people_in(engine: Engine) -> list[Person]:
    """The people of the relation `people`, as 人员 lists them; who is there twice once. None without that relation."""
    if not engine.has("people"):
        return []
    rows = engine.rows(
        "SELECT name, seniority, capacity, regions, tasks_per_day, boss FROM people"
        " WHERE name IS NOT NULL ORDER BY source_row"
    )
    found: dict[str, Person] = {}
    for name, seniority, capacity, regions, tasks, boss in rows:
        found.setdefault(name, Person(name, seniority or "", capacity, regions or "", tasks, boss or ""))
    return list(found.values())


def workloads(
    engine: Engine,
    model: Model,
    tasks: Iterable[Task],
    as_of: dt.date,
    language: Language,
    *,
    owners: Mapping[str, str] | None = None,
) -> list[Workload]:
    """Everybody's desk, in the order of 人员; then names that are not there, last what nobody looks after.

    Args:
        engine: holds `results` and, where people were delivered, `people`.
        owners: customer id -> owner, in place of those in `results` (as a proposal would have it); "" or absent: none.
    """
    tiers = [tier.name.of(language) for tier in reversed(model.scale(model.main_scale).tiers)]
    money = "amount_12m" if "amount_12m" in engine.columns("results") else "0"
    customers: dict[str, Counter[str]] = defaultdict(Counter)
    revenue: Counter[str] = Counter()
    rows = engine.rows(f"SELECT customer_id, owner, tier, CAST(COALESCE({money}, 0) * 100 AS BIGINT) FROM results")
    people = people_in(engine)
    spelled = Names(one.name for one in people)
    for customer, owner, tier, cents in rows:
        name = spelled(owner if owners is None else owners.get(customer))
        customers[name][tier] += 1
        revenue[name] += cents
    unfinished = [replace(task, owner=spelled(task.owner)) for task in tasks if not task.is_closed]
    still, late = (
        Counter(task.owner for task in unfinished),
        Counter(task.owner for task in unfinished if task.due < as_of),
    )
    known = {one.name for one in people}
    strangers = sorted((customers.keys() | still.keys()) - known - {""})
    nobody = [Person("")] if customers[""] or still[""] else []
    return [
        Workload(
            one,
            one.name in known,
            customers[one.name].total(),
            tuple(customers[one.name][tier] for tier in tiers),
            revenue[one.name] / 100,
            still[one.name],
            late[one.name],
        )
        for one in [*people, *map(Person, strangers), *nobody]
    ]
