"""The scored book in memory: what the last refresh said about every customer, found by id.

Nothing is computed anew, so a cell always shows what the tier sheet shows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import TierbookError
from ..labels import Language, language_of, text
from .errors import CELL_ERRORS, NO_BOOK, UNKNOWN, WRONG
from .ids import NO_ID, id_text

Cells = Sequence[Sequence[Any]]
Grid = list[list[Any]]
Family = Literal["scale", "card", "indicator"]
STAMPED = ("as_of", "model", "model_version", "model_fingerprint", "data_fingerprint", "tierbook_version")


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
    """Answers from one refresh.

    Args:
        stamp: what the refresh says of itself, key -> value.
        columns: result column -> one value per customer, all in one order; "" where there is no value.
        places: customer id -> its place in every column; an id that is a plain number also as that number.
        names: every word a scale, scorecard or indicator goes by (folded) -> its key.
        why: the main scorecard, line by line.
        trouble: why there is no book, or why a newer one could not be read.
    """

    stamp: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    places: Mapping[str | float, int] = field(default_factory=dict)
    names: Mapping[Family, Mapping[str, str]] = field(default_factory=dict)
    why: Sequence[WhyLine] = ()
    trouble: TierbookError | None = None

    @property
    def language(self) -> Language:
        return language_of(self.stamp.get("language", ""))

    def results(self, cells: Cells, column: str) -> Grid:
        """One result column for a block of ids, in its shape."""
        return self._answers(cells, self.columns.get(column, WRONG))

    def tiers(self, cells: Cells, scale: Any) -> Grid:
        return self._answers(cells, self._column_of("scale", scale, main="tier", prefix="tier_"))

    def scores(self, cells: Cells, card: Any) -> Grid:
        return self._answers(cells, self._column_of("card", card, main="score", prefix="score_"))

    def metrics(self, cells: Cells, indicator: Any) -> Grid:
        return self._answers(cells, self._column_of("indicator", indicator))

    def tags(self, cells: Cells, separator: Any) -> Grid:
        """The tags of each customer, joined by the separator; a blank one leaves them as the tier sheet joins them."""
        refused = _refused(separator)
        if refused or _is_blank(separator):
            return self._answers(cells, refused or self.columns.get("tags", WRONG))
        own, wanted = text("excel.between_tags", self.language), _as_text(separator)
        return [[str(tags).replace(own, wanted) for tags in row] for row in self.results(cells, "tags")]

    def explained(self, cells: Cells) -> Grid:
        """Why one customer has the score: a head, a row per indicator, and a total that equals the score."""
        if len(cells) != 1 or len(cells[0]) != 1:
            return [[WRONG]]
        if self._is_missing():
            return [[self.stamped()]]
        place = self._place(cells[0][0])
        return [[place]] if isinstance(place, str) else self._why_table(place)

    def stamped(self) -> str:
        """One line: as of when, by which rules, from which data; and what is wrong with the book, if anything."""
        lines = [text("excel.stamp", self.language, **{key: self.stamp.get(key, "") for key in STAMPED})]
        trouble = [self.trouble.words(self.language)] if self.trouble else []
        return " · ".join((lines if self.stamp else []) + trouble)

    def _is_missing(self) -> bool:
        return self.trouble is not None and not self.places

    def _answers(self, cells: Cells, values: Sequence[Any]) -> Grid:
        """`values`: a result column, or one text that stands for every customer."""
        same = NO_BOOK if self._is_missing() else values
        if isinstance(same, str):
            return [["" if id_text(cell) == "" else same for cell in row] for row in cells]
        find = self._place
        return [[place if isinstance(place := find(cell), str) else values[place] for cell in row] for row in cells]

    def _place(self, cell: Any) -> int | str:
        """Where the customer stands in every column, or the text the cell shows instead."""
        kind = type(cell)
        if kind is float or kind is str:  # the common case, fast; TRUE must not find customer 1
            place = self.places.get(cell)
            if place is not None:
                return place
        key = id_text(cell)
        return self.places.get(key, key if key in NO_ID else UNKNOWN)

    def _column_of(self, family: Family, word: Any, *, main: str = "", prefix: str = "") -> Sequence[Any]:
        """The result column that a key or a name in any language means; a blank word means the main one."""
        if _is_blank(word):
            return self.columns.get(main, WRONG)
        if refused := _refused(word):
            return refused
        key = self.names.get(family, {}).get(folded(_as_text(word)))
        return WRONG if key is None else self.columns.get(prefix + key, WRONG)

    def _why_table(self, place: int) -> Grid:
        customer = self.columns["customer_id"][place]
        counted = sum(line.weight for line in self.why if line.points.get(customer) is not None)
        rows = [self._why_row(line, line.points.get(customer), place, counted) for line in self.why]
        head = [text(f"excel.why_{column}", self.language) for column in ("indicator", "value", "points", "of")]
        total = [text("excel.why_total", self.language), "", self.columns["score"][place], 100.0 if counted else ""]
        return [head, *rows, total]

    def _why_row(self, line: WhyLine, points: float | None, place: int, counted: float) -> list[Any]:
        """An indicator that did not count keeps its row: its points and its share of 100 stay blank."""
        unitless = line.unit in ("", "%")  # a rate is shown as the share it is, 0.75, for Excel's own percent format
        name = line.name if unitless else text("excel.why_unit", self.language, name=line.name, unit=line.unit)
        value = self.columns[line.indicator][place] if line.indicator in self.columns else ""
        return [name, value, *(("", "") if points is None else (points, 100 * line.weight / counted))]


def folded(word: str) -> str:
    """A name as people type it: width, case and extra blanks do not matter."""
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())


def _is_blank(argument: Any) -> bool:
    return argument is None or argument == ""


def _refused(argument: Any) -> str:
    """The text for an argument that cannot be a word: a range of several cells, or a cell with an error."""
    if isinstance(argument, list | tuple):
        return WRONG
    return argument if isinstance(argument, str) and argument in CELL_ERRORS else ""


def _as_text(argument: Any) -> str:
    """A word as typed; a number without decimals, as the cell shows it."""
    return argument if isinstance(argument, str) else id_text(argument)
