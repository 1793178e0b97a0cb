"""One hidden sheet's rows, one per customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

Value = str | float | bool
"""What a cell shows; "" for blank."""


@dataclass(frozen=True)
class Table:
    """Rows of a hidden sheet below its head, one per customer.

    Args:
        sheet: the sheet's name.
        columns: head -> values, in the sheet's order; days as numbers, blanks as "".
    """

    sheet: str
    columns: Mapping[str, Sequence[Value]]

    @cached_property
    def ids(self) -> Sequence[str]:
        return [str(one) for one in self.columns["customer_id"]]

    @cached_property
    def places(self) -> Mapping[str, int]:
        return {customer: place for place, customer in enumerate(self.ids)}

    def number(self, key: str) -> int:
        """The column's number, from 1."""
        return list(self.columns).index(key) + 1

    def is_full(self, key: str) -> bool:
        """Whether every customer has a value in a column."""
        return "" not in self.columns[key]

    def holds_text(self, key: str) -> bool:
        """Whether a column holds nothing but text and blanks."""
        return all(isinstance(value, str) for value in self.columns[key])
