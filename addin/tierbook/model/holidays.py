"""The days on which customers are greeted, from workbook_templates/care.toml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from .. import lunar, templates
from ..labels import Name


@dataclass(frozen=True)
class Holiday:
    """A day of every year: `solar` or `lunar` is MM-DD, the other is ''. `words`: other names people use in rules."""

    key: str
    name: Name
    words: tuple[str, ...] = ()
    solar: str = ""
    lunar: str = ""

    def next_day(self, as_of: dt.date) -> dt.date:
        """The next time it is that day, the day itself included."""
        if self.lunar:
            return lunar.next_day(as_of, self.lunar)
        month, day = int(self.solar[:2]), int(self.solar[3:])
        this_year = dt.date(as_of.year, month, day)
        return this_year if this_year >= as_of else dt.date(as_of.year + 1, month, day)


@cache
def holidays() -> tuple[Holiday, ...]:
    """The shipped days, in the order of the file."""
    from tomllib import loads

    read = loads((templates.folder() / "care.toml").read_text(encoding="utf-8"))["holiday"]
    return holidays_of(read)


def holidays_of(read: Mapping[str, Mapping[str, Any]]) -> tuple[Holiday, ...]:
    return tuple(
        Holiday(key, Name(*each["name"]), tuple(each.get("words", ())), each.get("solar", ""), each.get("lunar", ""))
        for key, each in read.items()
    )


def next_holiday(as_of: dt.date, known: Sequence[Holiday] = ()) -> tuple[Holiday, dt.date]:
    """The holiday that comes next and its day; the first named of several on one day."""
    return min(((each, each.next_day(as_of)) for each in known or holidays()), key=lambda found: found[1])
