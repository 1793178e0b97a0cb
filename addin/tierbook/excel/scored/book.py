"""The scored book in memory: what the last refresh said about every customer, found by id.

Nothing is computed anew, so a cell always shows what the tier sheet shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from ...errors import TierbookError
from ...labels import Language, language_of, text
from ...typed import EPOCH, NO_BOOK, NO_ID, UNKNOWN, WRONG, as_number, folded, id_text

if TYPE_CHECKING:
    from ...model.types import Model
    from ...model.words import Vocabulary

Cells = Sequence[Sequence[Any]]
Grid = list[list[Any]]
Columns = Mapping[str, Sequence[Any]]
"""Key -> the values of a column; numbers as floats, as Excel holds them, blanks as ""."""
Family = Literal["scale", "card", "indicator"]
OPEN = ("open", "doing")
"""What a task is while it is still to do."""


@dataclass(frozen=True)
class Records:
    """One value per customer in every column.

    Args:
        columns: column -> values, all in one order of customers; "" where there is no value.
        places: customer id -> its place in every column; an id that is a plain number also as that number.
    """

    columns: Columns = field(default_factory=dict)
    places: Mapping[str | float, int] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: Columns) -> Records:
        """The rows of a table with a column `customer_id`."""
        places: dict[str | float, int] = {}
        for place, customer in enumerate(columns["customer_id"]):
            places[customer] = place
            number = as_number(customer)
            if number is not None:
                places[number] = place
        return cls(columns, places)

    def also_under(self, merged: Mapping[str, str]) -> Records:
        """The same records, found too by ids that were merged into theirs; an id with a row of its own keeps it."""
        places = dict(self.places)
        for gone, kept in merged.items():
            place, number = self.places.get(kept), as_number(gone)
            if place is not None:
                places.setdefault(gone, place)
                if number is not None:
                    places.setdefault(number, place)
        return Records(self.columns, places) if merged else self

    def place(self, cell: Any) -> int | str:
        """Where the customer stands in every column, or the text the cell shows instead."""
        kind = type(cell)
        if kind is float or kind is str:  # the common case, fast; TRUE must not find customer 1
            place = self.places.get(cell)
            if place is not None:
                return place
        key = id_text(cell)
        return self.places.get(key, key if key in NO_ID else UNKNOWN)

    def answers(self, cells: Cells, values: Sequence[Any] | str) -> Grid:
        """The values of a block of ids, in its shape. `values`: a column, or one text that stands for everybody."""
        if isinstance(values, str):
            return [["" if id_text(cell) == "" else values for cell in row] for row in cells]
        find = self.place
        return [[place if isinstance(place := find(cell), str) else values[place] for cell in row] for row in cells]


class Derived(Sequence[Any]):
    """A column made from another one value by value, when a value is asked: one cell costs one value."""

    def __init__(self, values: Sequence[Any], change: Callable[[Any], Any]) -> None:
        self._values, self._change = values, change

    def __getitem__(self, place: Any) -> Any:
        return self._change(self._values[place])

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True)
class WhyLine:
    """One indicator of the main scorecard; `points` by customer id, None where the indicator did not count."""

    indicator: str
    name: str
    weight: float
    unit: str
    points: Mapping[str, float | None]


@dataclass(frozen=True)
class ScoredBook:
    """Answers from one refresh. What an older refresh did not write is None.

    Args:
        stamp: what the refresh says of itself, key -> value.
        results: every result of every customer.
        names: every word a scale, scorecard or indicator goes by (folded) -> its key.
        why: the main scorecard, line by line.
        before: tiers, scores and points of the earlier day that changes are told against.
        gap: what is missing to the next tier.
        tasks: the follow-up list, in the order of its sheet.
        portraits: each customer in words, line by line.
        merged: id that counts under another one -> that one.
        rules: the rows of the 模型 sheets the refresh used, each behind its sheet's key.
        handed_over: a client read the sheets; dates may be Excel's day numbers.
        trouble: why there is no book, or why a newer one could not be read.
    """

    stamp: Mapping[str, str] = field(default_factory=dict)
    results: Records = field(default_factory=Records)
    names: Mapping[Family, Mapping[str, str]] = field(default_factory=dict)
    why: Sequence[WhyLine] = ()
    before: Records | None = None
    gap: Records | None = None
    tasks: Columns | None = None
    rules: Cells | None = None
    portraits: Records | None = None
    merged: Mapping[str, str] = field(default_factory=dict)
    handed_over: bool = False
    trouble: TierbookError | None = None

    @property
    def language(self) -> Language:
        return language_of(self.stamp.get("language", ""))

    @property
    def columns(self) -> Columns:
        return self.results.columns

    @property
    def is_missing(self) -> bool:
        """There is no book to answer from (one that cannot be read any more goes on answering)."""
        return self.trouble is not None and not self.stamp

    @property
    def is_of_an_older_refresh(self) -> bool:
        """It lacks what a refresh by this version writes, so one more refresh would answer more."""
        return bool(self.stamp) and (self.gap is None or self.tasks is None or "clv" not in self.columns)

    @cached_property
    def ids(self) -> list[str]:
        """Every customer the book knows anything of, in the order of their letters' UTF-16 codes, as VBA compares."""
        known = [self.results, *(records for records in (self.before, self.gap) if records)]
        ids = {one for records in known for one in records.columns.get("customer_id", ())} | self.merged.keys()
        return sorted(ids, key=lambda one: one.encode("utf-16-be", "surrogatepass"))

    @cached_property
    def tags(self) -> Mapping[str, str]:
        """The tags somebody has, in the order they are met: folded -> as shown."""
        between = text("excel.between_tags", self.language)
        held = dict.fromkeys(self.columns.get("tags", ()))
        each = (tag for tags in held if tags for tag in str(tags).split(between))
        return {folded(tag): tag for tag in reversed(list(dict.fromkeys(each)))}

    @cached_property
    def next_actions(self) -> Mapping[str, Any]:
        """Customer -> the action of the first task still to do; the list has the most urgent on top."""
        if not self.tasks:
            return {}
        listed = zip(*(self.tasks[key] for key in ("customer_id", "action", "status")), strict=True)
        still = [
            (self.merged.get(customer, customer), action)
            for customer, action, status in listed
            if status in OPEN and action != ""
        ]
        return dict(reversed(still))

    @cached_property
    def as_of(self) -> dt.date | None:
        return _day(self.stamp.get("as_of", ""))

    @cached_property
    def since(self) -> dt.date | None:
        """The earlier day of `before`."""
        return _day(self.stamp.get("before_as_of", "")) if self.before else None

    @cached_property
    def model(self) -> Model:
        """The rules of the refresh. Loaded when a question needs them: the first one in a process takes 0.1 s.

        Raises:
            TierbookError: the model is not in the book and not among the shipped ones.
        """
        from .rules import model_of

        return model_of(self.rules, self.language, self.stamp.get("model", ""))

    @cached_property
    def dates(self) -> Columns:
        """The indicators that are dates, as dates."""
        try:
            keys = [one.key for one in self.model.indicators if one.kind == "date" and one.key in self.columns]
        except TierbookError:
            return {}
        return {key: [from_serial(value) for value in self.columns[key]] for key in keys}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Every word of the rules. Raises as `model`."""
        from ...model.words import Vocabulary

        return Vocabulary.of(self.model)

    def answers(self, cells: Cells, values: Sequence[Any] | str, records: Records | None = None) -> Grid:
        """The values of a block of ids: of `results`, or of other records of this book."""
        return (records or self.results).answers(cells, NO_BOOK if self.is_missing else values)

    def column(self, key: str) -> Sequence[Any] | str:
        """A result column, or the error of a word that names none."""
        return self.columns.get(key, WRONG)


def from_serial(value: Any) -> Any:
    """A date that was handed over as Excel's day number, as a date; anything else stays."""
    return EPOCH + dt.timedelta(days=value) if isinstance(value, float) else value


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        return None
