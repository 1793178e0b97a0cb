"""Who the people of 人员 are to follow-ups: what they take on a day, and who is told when something stays undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..engine import Engine

CUSTOMERS_OWN = "owner"
"""`Play.owner` that means the rep who looks after the customer."""
THE_BOSS = "boss"
"""`Play.owner` that means that rep's boss; the rep where nobody is. Anything else is a person's name."""
BY_ITSELF = "auto"
"""`Play.owner` that means nobody: a message does it. Such tasks are nobody's load, and nobody's boss hears of them."""


@dataclass(frozen=True)
class People:
    """Boss and daily load by name; who has none is left out."""

    boss: Mapping[str, str] = field(default_factory=dict)
    tasks_per_day: Mapping[str, int] = field(default_factory=dict)

    def doer(self, rule: str, owner: str) -> str:
        """Who does what a play with this owner rule asks for with a customer of `owner`."""
        if rule == CUSTOMERS_OWN:
            return owner
        return self.boss.get(owner, owner) if rule == THE_BOSS else rule


def people_of(engine: Engine) -> People:
    """The people of the relation `people`; nobody where it is not there."""
    if not engine.has("people"):
        return People()
    rows = engine.rows("SELECT name, tasks_per_day, boss FROM people ORDER BY name, boss")
    return People(
        {name: boss for name, _, boss in rows if name and boss and boss != name},
        {name: int(count) for name, count, _ in rows if name and count is not None and count >= 0},
    )
