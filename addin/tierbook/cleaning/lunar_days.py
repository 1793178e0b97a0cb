"""Lunar birthdays of customers: from their own column, and from the words people wrote into 生日.

Few customers have one, so the different texts are read in Python and joined back, as contacts are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .. import lunar
from ..engine import Engine, quoted
from .findings import Doubt
from .reading import Delivered

KEY, SOLAR = "birthday_lunar", "birthday"


@dataclass(frozen=True)
class LunarDays:
    """How lunar birthdays are read over the parsed relation `p`.

    `own`, `told`: relations of what the texts of 农历生日 and 生日 mean; '' where there are none.
    """

    delivered: bool
    own: str = ""
    told: str = ""

    @property
    def found(self) -> bool:
        """Whether customers have the column at all."""
        return self.delivered or bool(self.told)

    @property
    def value(self) -> str:
        """SQL for the lunar day."""
        read = [f"{relation}.shown" for relation in (self.own, self.told) if relation]
        return f"COALESCE({', '.join(read)}, NULL)" if read else "CAST(NULL AS VARCHAR)"

    @property
    def joins(self) -> str:
        return "".join(
            f" LEFT JOIN {relation} ON {relation}.text = CAST(p.{quoted(f'{key}__raw')} AS VARCHAR)"
            for relation, key in ((self.own, KEY), (self.told, SOLAR))
            if relation
        )

    def notices(self, others: Sequence[Doubt]) -> list[Doubt]:
        """The notices about a customers row; a 生日 that names a lunar day is no unreadable date."""
        kept = [
            replace(one, when=f"({one.when}) AND {self.told}.shown IS NULL")
            if self.told and (one.check, one.column) == ("unreadable_date", SOLAR)
            else one
            for one in others
        ]
        if not self.delivered:
            return kept
        raw = f"CAST({quoted(f'{KEY}__raw')} AS VARCHAR)"
        unread = f"{self.own}.shown IS NULL" if self.own else "true"
        return [*kept, Doubt("unreadable_lunar_day", KEY, f"{raw} IS NOT NULL AND {unread}", raw)]


def lunar_days(engine: Engine, delivered: Delivered) -> LunarDays:
    """Read what the customers' columns tell of lunar birthdays into `lunar_own` and `lunar_told`."""
    own = told = ""
    if delivered.has(KEY) and _read(engine, delivered, KEY, "true", "lunar_own", surely=False):
        own = "lunar_own"
    unread = f"{quoted(SOLAR)} IS NULL"
    if (
        delivered.is_text(SOLAR)
        and delivered.is_odd(SOLAR)
        and _read(engine, delivered, SOLAR, unread, "lunar_told", surely=True)
    ):
        told = "lunar_told"
    return LunarDays(delivered.has(KEY), own, told)


def _read(engine: Engine, delivered: Delivered, key: str, where: str, target: str, *, surely: bool) -> bool:
    """Make the relation `target` (text, shown) of the texts that name a lunar day; not made where none does."""
    raw = f"CAST({quoted(f'{key}__raw')} AS VARCHAR)"
    asked = f"SELECT DISTINCT {raw} AS v FROM {delivered.parsed} WHERE {raw} IS NOT NULL AND {where}"
    known = lunar.read_all(sorted(text for (text,) in engine.rows(asked)), surely=surely)
    if known:
        engine.put(target, {"text": "VARCHAR", "shown": "VARCHAR"}, list(known.items()))
    return bool(known)
