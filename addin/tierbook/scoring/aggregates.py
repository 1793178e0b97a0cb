"""Numbers over all customers, each taken once, in relations of one row; and the rank of every value.

Where values must be sorted, what the rules ask about is first written down once, one column per expression: sorting
and counting then read that small relation, instead of joining the facts again for every question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from ..engine import Step
from ..model.nodes import AggregateName

MEDIAN = Decimal(50)
Said = Callable[[str], str]
"""An expression -> how it is said where it is read: itself, or its column in the relation of what is asked."""


@dataclass
class Aggregates:
    """What one set of rules asks about all customers.

    Args:
        name: what its relations are named after.
    """

    name: str
    _sums: list[Callable[[Said], str]] = field(default_factory=list)
    _asked: dict[str, str] = field(default_factory=dict)
    _sorted: dict[str, str] = field(default_factory=dict)
    _ranked: dict[str, str] = field(default_factory=dict)
    _between: dict[str, str] = field(default_factory=dict)

    def steps(self, source: str) -> list[Step]:
        """The steps that make the relations, over one row per customer of `source`."""
        values = [
            *(Step(name, _SORTED.format(value=self._asked[whole], asked=self._of_asked))
              for whole, name in self._sorted.items()),
            *(Step(name, _RANKED.format(value=self._asked[whole], asked=self._of_asked))
              for whole, name in self._ranked.items()),
            *(Step(name, select) for name, select in self._between.items()),
        ]  # fmt: skip
        sums = [said(self._said if values else str) for said in self._sums]
        told = [Step(self._of_asked, self._what_is_asked(source)), *values] if values else []
        if sums:
            head = f"-- One row: what the {self.name} rules ask about all customers."
            columns = ",\n  ".join(f"{sum_} AS all_{place}" for place, sum_ in enumerate(sums, start=1))
            told.append(Step(self._overall, f"{head}\nSELECT {columns}\nFROM {self._of_asked if values else source}"))
        return told

    def crossed(self) -> str:
        """The joins that put the one-row relations, and the ranks of values, beside every customer."""
        names = [*self._between, self._overall] if self._sums else self._between
        ranks = (f"\nLEFT JOIN {values} ON {values}.value = {whole}" for whole, values in self._ranked.items())
        return "".join(f"\nCROSS JOIN {name}" for name in names) + "".join(ranks)

    @property
    def _overall(self) -> str:
        return f"{self.name}_overall"

    @property
    def _of_asked(self) -> str:
        return f"{self.name}_asked"

    def _said(self, expression: str) -> str:
        return self._asked.setdefault(expression, f"value_{len(self._asked) + 1}")

    def _what_is_asked(self, source: str) -> str:
        columns = ",\n  ".join(f"{expression} AS {column}" for expression, column in self._asked.items())
        return f"-- One row per customer: what the {self.name} rules ask about.\nSELECT {columns}\nFROM {source}"

    def _taken(self, said: Callable[[Said], str]) -> str:
        self._sums.append(said)
        return f"{self._overall}.all_{len(self._sums)}"

    def count(self, condition: str) -> str:
        """For how many customers a condition holds."""
        return self._taken(lambda said: f"CAST(COUNT({said(_one(condition))}) AS DOUBLE)")

    def share(self, condition: str, among: str) -> str:
        """For which part of the customers, or of those `among`, a condition holds."""
        holds = _one(f"{among} AND {condition}" if among else condition)

        def of_all(said: Said) -> str:
            everybody = f"COUNT({said(_one(among))})" if among else "COUNT(*)"
            return f"CAST(COUNT({said(holds)}) AS DOUBLE) / NULLIF({everybody}, 0)"

        return self._taken(of_all)

    def over(self, function: AggregateName, whole: str, scale: int) -> str:
        """avg, sum, min or max of a whole number (value x scale); customers without a value do not count.

        Sums are exact: whole numbers of 38 digits.
        """
        shown = f" / {scale}" if scale != 1 else ""

        def of_all(said: Said) -> str:
            value = said(whole)
            exact = f"SUM(CAST({value} AS DECIMAL(38, 0)))"
            return {
                "sum": f"CAST({exact} AS DOUBLE){shown}",
                "avg": f"CAST({exact} AS DOUBLE) / NULLIF(COUNT({value}), 0){shown}",
                "min": f"CAST(MIN({value}) AS DOUBLE){shown}",
                "max": f"CAST(MAX({value}) AS DOUBLE){shown}",
            }[function]

        return self._taken(of_all)

    def rank(self, whole: str) -> str:
        """1 + customers with a larger value, as a whole number; NULL without a value."""
        self._said(whole)
        return f"{self._ranked.setdefault(whole, f'{self.name}_ranks_{len(self._ranked) + 1}')}.place"

    def percentile(self, whole: str, scale: int, percent: Decimal) -> str:
        """By linear interpolation between the two sorted values around (customers - 1) x percent / 100."""
        self._said(whole)
        values = self._sorted.setdefault(whole, f"{self.name}_values_{len(self._sorted) + 1}")
        result = f"{self.name}_between_{len(self._between) + 1}"
        part = Fraction(percent) / 100
        place = f"(MAX(place) - 1) * {part.numerator}"
        self._between[result] = _PERCENTILE.format(
            percent=f"{percent.normalize():f}",
            values=values,
            scale=scale,
            parts=part.denominator,
            below=f"({place}) // {part.denominator}",
            rest=f"({place}) % {part.denominator}",
        )
        return f"{result}.percentile"


def _one(condition: str) -> str:
    """1 where a condition holds, else nothing."""
    return f"CASE WHEN {condition} THEN 1 END"


_SORTED = """-- One row per customer with a value: the values in their order, place from 1.
SELECT {value} AS value, ROW_NUMBER() OVER (ORDER BY {value}) AS place
FROM {asked}
WHERE {value} IS NOT NULL"""

_RANKED = """-- One row per distinct value; place: 1 + customers with a larger one (of equal ones the first row stays).
SELECT value, place
FROM (
  SELECT {value} AS value, RANK() OVER (ORDER BY {value} DESC) AS place,
    ROW_NUMBER() OVER (ORDER BY {value} DESC) AS line
  FROM {asked}
  WHERE {value} IS NOT NULL
) AS ranked
WHERE place = line"""

_PERCENTILE = """-- One row: the {percent}th percentile of {values} by linear interpolation; NULL where it is empty.
SELECT (low + (high - low) * CAST(rest AS DOUBLE) / {parts}) / {scale} AS percentile
FROM (
  SELECT MIN(CASE WHEN place > below THEN value END) AS low, MIN(rest) AS rest,
    MIN(CASE WHEN place > below + 1 OR place = customers THEN value END) AS high
  FROM {values}
  CROSS JOIN (SELECT {below} AS below, {rest} AS rest, MAX(place) AS customers FROM {values}) AS told
) AS around"""
