"""What becomes of each formula that calls worksheet functions, in either kind of copy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal

from ..publish.cells import column_letters
from ..workbook.keyed.layout import box_of
from .calls import Call, CannotReplace, block, calls_in, is_one_value, only_call, replaced, written
from .cells import Formula, Made
from .known import Known, NotKnown, Place
from .plain import Plain
from .table import Value

To = Literal["lambda", "classic"]
LONGEST = 8_000
"""Characters Excel takes in a formula, less a reserve."""


_ROWS = re.compile(r"(?<=[A-Za-z$])[0-9]+(?![0-9A-Za-z_.(])")
_OWN_ROW = 777_777
"""Stands for a formula's own row while the formula is worked out, so that a column filled down is worked out once."""


class _Row:
    """A formula with its own row taken out, so that all of a column read alike; unless it names the stand-in's row."""

    def __init__(self, formula: str, row: int) -> None:
        self._row = "" if str(_OWN_ROW) in formula else str(row)
        self.alike = _ROWS.sub(self._stand_in, formula) if self._row else formula

    def _stand_in(self, found: re.Match[str]) -> str:
        return str(_OWN_ROW) if found[0] == self._row else found[0]

    def back(self, words: str) -> str:
        return words.replace(str(_OWN_ROW), self._row) if self._row else words


@dataclass(frozen=True)
class _Plan:
    """What becomes of all formulas that read alike. `text`: None where only the value can stay."""

    functions: Collection[str]
    only: Call | None
    text: str | None
    about_one: bool


@dataclass
class Rewriting:
    """One copy's way with formulas; counts what it did.

    Args:
        named: the functions the copy has as names; none for a classic one.
        own: name of the copy's own sheet, whose formulas are not counted.
    """

    known: Known
    plain: Plain
    named: Collection[str]
    own: str = ""
    rewritten: int = 0
    frozen: list[str] = field(default_factory=list)
    """Cells of which only the value is left, such as 报表!B2."""
    functions: Counter[str] = field(default_factory=Counter)
    _plans: dict[str, _Plan] = field(default_factory=dict)

    def made(self, formula: Formula, place: Place) -> Made:
        """What stands in a cell of the copy."""
        row = _Row(formula.text, place.row)
        plan = self._plan(row.alike)
        self.functions.update(plan.functions)
        value = self._value(plan.only, place, row)
        several = ":" in formula.spills_over and formula.spills_over.partition(":")[::2] != (address(place),) * 2
        if several and not self.named and plan.only is not None:
            spread = self._spread(row, plan.only, formula, place)
            if spread:
                self.rewritten += 1
                return replace(spread.pop(address(place)), spread=spread)
        if plan.text is None or (several and not self.named):
            self.frozen.append(f"{place.sheet}!{address(place)}")
            return Made(None, value)
        self.rewritten += place.sheet != self.own
        text = row.back(plan.text)
        if not self.named:
            return Made(text, value, array=bool(formula.spills_over) and plan.only is None)
        if formula.spills_over:
            return Made(text, value, array=True, dynamic=formula.dynamic)
        return Made(text, value, array=plan.about_one, dynamic=plan.about_one)  # shown without @ by Excel 365

    def _spread(self, row: _Row, call: Call, formula: Formula, place: Place) -> dict[str, Made]:
        """A block of ids that spilled a block of answers, as one formula for each; none for anything else."""
        arguments = [row.back(argument) for argument in call.arguments]
        ids = block(arguments[0]) if arguments else None
        left, top, right, bottom = box_of(formula.spills_over)
        if ids is None:
            return {}
        first, above, last, below = box_of(ids[1])
        if (last - first, below - above) != (right - left, bottom - top):
            return {}
        made: dict[str, Made] = {}
        for column in range(left, right + 1):
            letters = column_letters(first + column - left)
            alike = self.plain.formula(Call(call.function, [f"{ids[0]}{letters}{_OWN_ROW}", *arguments[1:]]))
            if alike is None:
                return {}
            for number in range(top, bottom + 1):
                its = Place(place.sheet, number, column)
                asked = f"{above + number - top}"
                value = self._value(Call(call.function, [f"{ids[0]}{letters}{asked}", *arguments[1:]]), its, row)
                made[address(its)] = Made(alike.replace(str(_OWN_ROW), asked), value)
        return made

    def text(self, formula: str) -> str:
        """A formula as it reads in the copy.

        Raises:
            CannotReplace: the copy has no way to calculate it.
        """
        made = replaced(formula, self._changed)
        if len(made) > LONGEST:
            raise CannotReplace(formula)
        return made

    def _plan(self, formula: str) -> _Plan:
        if formula not in self._plans:
            try:
                text = self.text(formula)
            except CannotReplace:
                text = None
            functions = [call.function for call in calls_in(formula)]
            self._plans[formula] = _Plan(functions, only_call(formula), text, text is not None and is_one_value(text))
        return self._plans[formula]

    def _changed(self, call: Call) -> str | None:
        if self.named:
            return written(call) if call.function in self.named else None
        return self.plain.formula(call)

    def _value(self, call: Call | None, place: Place, row: _Row) -> Value | None:
        if call is None:
            return None
        arguments = [row.back(argument) for argument in call.arguments]
        try:
            return self.known.value(Call(call.function, arguments), place)
        except NotKnown:
            return None


def address(place: Place) -> str:
    return f"{column_letters(place.column)}{place.row}"
