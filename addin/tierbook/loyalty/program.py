"""The rules of a programme: how points are earned and lost, and which grade gives which benefits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..errors import ModelError
from ..model.types import Model

PARAMS = ("points_yuan", "points_order", "points_months", "points_grade_months", "points_notice_days")
CENTS = 100
ONCE = 100
"""The factor of a grade whose members earn at the plain rate."""


@dataclass(frozen=True)
class Grade:
    """A grade from `floor` points on; a floor belongs to its own grade.

    `factor` is what its members' orders earn, in hundredths: 150 is one and a half times the points.
    """

    name: str
    floor: int
    benefits: str = ""
    factor: int = ONCE

    def earned(self, points: int) -> int:
        """Whole points that count for so many at the plain rate."""
        return points * self.factor // ONCE


@dataclass(frozen=True)
class Program:
    """How points work.

    Args:
        cents_per_point: money for one point; what is left of an order over whole points gives none.
        order_points: points for every order, whatever its amount.
        valid_months: calendar months after which points run out; 0: never.
        grade_months: calendar months whose points decide on the grade.
        notice_days: so many days ahead points are said to run out.
        grades: the lowest first, which everybody has.
    """

    cents_per_point: int
    order_points: int
    valid_months: int
    grade_months: int
    notice_days: int
    grades: Sequence[Grade]

    def grade_of(self, points: int) -> Grade:
        """The highest grade whose floor the points reach; the lowest grade for everybody else."""
        return next((grade for grade in reversed(self.grades) if points >= grade.floor), self.grades[0])

    @property
    def has_factors(self) -> bool:
        return any(grade.factor != ONCE for grade in self.grades)

    def next_after(self, grade: Grade) -> Grade | None:
        place = self.grades.index(grade) + 1
        return self.grades[place] if place < len(self.grades) else None


def program_of(model: Model, grades: Iterable[Grade], *, where: str) -> Program:
    """The programme by a model's parameters and a table of grades.

    Args:
        where: where the grades stand, for messages.
    Raises:
        ModelError: there is no grade, two share a name or a floor, or the lowest does not begin at 0.
    """
    ordered = sorted(grades, key=lambda grade: grade.floor)
    if not ordered:
        raise ModelError("loyalty.no_grades", where=where)
    if ordered[0].floor != 0:
        raise ModelError("loyalty.lowest_floor", where=where, grade=ordered[0].name, floor=ordered[0].floor)
    for lower, higher in pairwise(ordered):
        if lower.floor == higher.floor:
            raise ModelError("loyalty.same_floor", where=where, one=lower.name, other=higher.name, floor=lower.floor)
    names = [grade.name for grade in ordered]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ModelError("loyalty.grade_twice", where=where, grade=twice[0])
    yuan, order, valid, graded, notice = (model.params[key].value for key in PARAMS)
    return Program(round(float(yuan) * CENTS), int(order), int(valid), int(graded), int(notice), tuple(ordered))
