"""What every part of the demo company reads off its recipe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .. import schema
from ..errors import ModelError
from ..labels import Language
from .dice import Dice

Cell = str | int | float | dt.date | None
Row = dict[str, Cell]
Facts = dict[str, list[Row]]

NEEDED = (
    "as_of", "months", "customers", "first_id", "seed", "people", "kind", "size", "retail", "habit", "season",
    "product", "category", "sales_channel", "basket", "payment", "trade", "contact", "voice", "contract", "referral",
    "place", "industry", "names", "origin", "text", "mess",
)  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """A recipe with the language its words are wanted in.

    Raises:
        ModelError: a part is missing, `as_of` is not a date, or the shares of a list do not add up to 1.
    """

    data: Mapping[str, Any]
    language: Language

    def __post_init__(self) -> None:
        missing = [part for part in NEEDED if part not in self.data]
        if missing:
            raise ModelError("demo.missing_part", parts=", ".join(missing))
        if not isinstance(self.data["as_of"], dt.date):
            raise ModelError("demo.no_date", value=self.data["as_of"])
        for part in ("kind", "size", "habit", "origin"):
            total = round(sum(entry["share"] for entry in self.data[part].values()), 6)
            if total != 1:
                raise ModelError("demo.shares", part=part, total=f"{total:g}")

    def __getitem__(self, part: str) -> Any:
        return self.data[part]

    @property
    def as_of(self) -> dt.date:
        day: dt.date = self.data["as_of"]
        return day

    @cached_property
    def start(self) -> dt.date:
        """The first day of the order book: the first of a month, so that `months` months end with as_of's."""
        months = self.as_of.year * 12 + self.as_of.month - int(self.data["months"])
        return dt.date(months // 12, months % 12 + 1, 1)

    @cached_property
    def days(self) -> int:
        """Days from the start to as_of."""
        return (self.as_of - self.start).days

    def day(self, number: int) -> dt.date:
        return self.start + dt.timedelta(number)

    def number(self, offset: int) -> int:
        """A recipe's day as days after the start; one below zero counts back from as_of."""
        return offset if offset >= 0 else self.days + offset

    def drawn(self, dice: Dice, span: Sequence[int]) -> int:
        """A day number within a recipe's span of days."""
        return dice.between(self.number(span[0]), self.number(span[1]))

    def dice(self, *about: object) -> Dice:
        return Dice(self.data["seed"], *about)

    def word(self, names: Mapping[str, Any]) -> Any:
        """What stands under the recipe's language."""
        return names[self.language]

    def choice(self, table: str, column: str, key: str) -> str:
        """The word a cell holds for a choice."""
        choices = schema.TABLES[table].column(column).choices
        return next(choice.name.of(self.language) for choice in choices if choice.key == key)

    @cached_property
    def closed(self) -> frozenset[dt.date]:
        """Days on which companies do not order."""
        return frozenset(
            first + dt.timedelta(number)
            for first, last in self.data["season"]["closed"]["days"]
            for number in range((last - first).days + 1)
        )


def allotted(shares: Mapping[str, float], count: int) -> list[str]:
    """`count` keys in the given shares: the largest remainders get the places left over."""
    exact = {key: share * count for key, share in shares.items()}
    whole = {key: int(value) for key, value in exact.items()}
    by_rest = sorted(shares, key=lambda key: whole[key] - exact[key])
    for key in by_rest[: count - sum(whole.values())]:
        whole[key] += 1
    return [key for key in shares for _ in range(whole[key])]
