"""Numbers over all customers, each taken once, in relations of one row."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from ..engine import Step
from ..model.nodes import AggregateName

MEDIAN = Decimal(50)


@dataclass
class Aggregates:
    """What one set of rules asks about all customers.

    Args:
        name: what its relations are named after.
    """

    name: str
    _sums: list[str] = field(default_factory=list)
    _steps: list[Step] = field(default_factory=list)
    _single: list[str] = field(default_factory=list)
    _counted: dict[str, str] = field(default_factory=dict)
    _ranked: dict[str, str] = field(default_factory=dict)

    def steps(self, source: str) -> list[Step]:
        """The steps that make the relations, over one row per customer of `source`."""
        if not self._sums:
            return self._steps
        asked = f"-- One row: what the {self.name} rules ask about all customers."
        columns = ",\n  ".join(self._sums)
        return [*self._steps, Step(self._overall, f"{asked}\nSELECT {columns}\nFROM {source}")]

    def crossed(self) -> str:
        """The joins that put the one-row relations, and the ranks of values, beside every customer."""
        names = [*self._single, self._overall] if self._sums else self._single
        ranks = (f"\nLEFT JOIN {values} ON {values}.value = {whole}" for values, whole in self._ranked.items())
        return "".join(f"\nCROSS JOIN {name}" for name in names) + "".join(ranks)

    @property
    def _overall(self) -> str:
        return f"{self.name}_overall"

    def _taken(self, expression: str) -> str:
        column = f"all_{len(self._sums) + 1}"
        self._sums.append(f"{expression} AS {column}")
        return f"{self._overall}.{column}"

    def count(self, condition: str) -> str:
        """For how many customers a condition holds."""
        return self._taken(f"CAST(COUNT(CASE WHEN {condition} THEN 1 END) AS DOUBLE)")

    def share(self, condition: str, among: str) -> str:
        """For which part of the customers, or of those `among`, a condition holds."""
        everybody = f"COUNT(CASE WHEN {among} THEN 1 END)" if among else "COUNT(*)"
        holds = f"{among} AND {condition}" if among else condition
        return self._taken(f"CAST(COUNT(CASE WHEN {holds} THEN 1 END) AS DOUBLE) / NULLIF({everybody}, 0)")

    def rank(self, whole: str, source: str) -> str:
        """1 + customers with a larger value, as a whole number; NULL without a value."""
        values = self._values(whole, source)
        self._ranked[values] = whole
        return f"({values}.customers - {values}.upto + 1)"

    def _values(self, whole: str, source: str) -> str:
        """The relation that counts the values of an expression, made once."""
        if whole not in self._counted:
            name = f"{self.name}_values_{len(self._counted) + 1}"
            self._counted[whole] = name
            self._steps.append(Step(name, _VALUES.format(whole=whole, source=source)))
        return self._counted[whole]

    def over(self, function: AggregateName, whole: str, scale: int) -> str:
        """avg, sum, min or max of a whole number (value x scale); customers without a value do not count.

        Sums are exact: whole numbers of 38 digits.
        """
        exact = f"SUM(CAST({whole} AS DECIMAL(38, 0)))"
        shown = f" / {scale}" if scale != 1 else ""
        return self._taken(
            {
                "sum": f"CAST({exact} AS DOUBLE){shown}",
                "avg": f"CAST({exact} AS DOUBLE) / NULLIF(COUNT({whole}), 0){shown}",
                "min": f"CAST(MIN({whole}) AS DOUBLE){shown}",
                "max": f"CAST(MAX({whole}) AS DOUBLE){shown}",
            }[function]
        )

    def percentile(self, whole: str, scale: int, percent: Decimal, source: str) -> str:
        """By linear interpolation between the two sorted values around (customers - 1) x percent / 100."""
        values = self._values(whole, source)
        result = f"{self.name}_between_{len(self._single) + 1}"
        part = Fraction(percent) / 100
        place = f"(MAX(customers) - 1) * {part.numerator}"
        self._steps.append(
            Step(
                result,
                _PERCENTILE.format(
                    percent=f"{percent.normalize():f}",
                    values=values,
                    scale=scale,
                    parts=part.denominator,
                    below=f"({place}) // {part.denominator}",
                    rest=f"({place}) % {part.denominator}",
                ),
            )
        )
        self._single.append(result)
        return f"{result}.percentile"


_VALUES = """-- One row per distinct value: how many customers have it or less, and how many have any.
SELECT value, CAST(SUM(n) OVER (ORDER BY value ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS upto,
  CAST(SUM(n) OVER (ORDER BY value ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS BIGINT) AS customers
FROM (
  SELECT value, COUNT(*) AS n
  FROM (SELECT {whole} AS value FROM {source}) AS held
  WHERE value IS NOT NULL
  GROUP BY value
) AS counted"""

_PERCENTILE = """-- One row: the {percent}th percentile of {values} by linear interpolation; NULL where it is empty.
SELECT (low + (high - low) * CAST(rest AS DOUBLE) / {parts}) / {scale} AS percentile
FROM (
  SELECT MIN(CASE WHEN upto > below THEN value END) AS low, MIN(rest) AS rest,
    MIN(CASE WHEN upto > below + 1 OR upto = customers THEN value END) AS high
  FROM {values}
  CROSS JOIN (SELECT {below} AS below, {rest} AS rest FROM {values}) AS place
) AS around"""
