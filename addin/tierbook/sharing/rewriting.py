"""What becomes of each formula that calls worksheet functions, in either kind of copy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from .calls import Call, CannotReplace, calls_in, is_one_value, only_call, replaced, written
from .cells import Formula, Made
from .known import Known, NotKnown, Place
from .plain import Plain

To = Literal["lambda", "classic"]
LONGEST = 8_000
"""Characters Excel takes in a formula, less a reserve."""


@dataclass
class Rewriting:
    """One copy's way with formulas; counts what it did.

    Args:
        named: the functions the copy has as names; none for a classic one.
    """

    known: Known
    plain: Plain
    named: Collection[str]
    rewritten: int = 0
    frozen: list[str] = field(default_factory=list)
    """Cells of which only the value is left, such as 报表!B2."""
    functions: Counter[str] = field(default_factory=Counter)

    def made(self, formula: Formula, place: Place) -> Made:
        """What stands in a cell of the copy."""
        for call in calls_in(formula.text):
            self.functions[call.function] += 1
        value = self._value(formula, place)
        try:
            text = self.text(formula.text)
        except CannotReplace:
            text = None
        several = ":" in formula.spills_over and formula.spills_over.partition(":")[::2] != (address(place),) * 2
        if text is None or (several and not self.named):
            self.frozen.append(f"{place.sheet}!{address(place)}")
            return Made(None, value)
        self.rewritten += 1
        if self.named:
            return self._named(formula, text, value)
        return Made(text, value, array=bool(formula.spills_over) and only_call(formula.text) is None)

    def text(self, formula: str) -> str:
        """A formula as it reads in the copy.

        Raises:
            CannotReplace: the copy has no way to calculate it.
        """
        made = replaced(formula, self._changed)
        if len(made) > LONGEST:
            raise CannotReplace(formula)
        return made

    def _changed(self, call: Call) -> str | None:
        if self.named:
            return written(call) if call.function in self.named else None
        return self.plain.formula(call)

    def _named(self, formula: Formula, text: str, value: object) -> Made:
        """Array formulas stay what they are; a formula about single cells becomes one Excel 365 shows without @."""
        if formula.spills_over:
            return Made(text, value, array=True, dynamic=formula.dynamic)  # type: ignore[arg-type]
        dynamic = is_one_value(text)
        return Made(text, value, array=dynamic, dynamic=dynamic)  # type: ignore[arg-type]

    def _value(self, formula: Formula, place: Place) -> str | float | bool | None:
        call = only_call(formula.text)
        if call is None:
            return None
        try:
            return self.known.value(call, place)
        except NotKnown:
            return None


def address(place: Place) -> str:
    from ..publish.cells import column_letters

    return f"{column_letters(place.column)}{place.row}"
