"""What a table on a sheet looks like, said once as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "id", "text", "long", "choice", "date", "money", "whole_money", "count", "number", "quantity", "score", "percent",
    "ratio", "flag",
]  # fmt: skip
Fill = Literal["ours", "required", "optional", "yours"]
"""Who fills a column: tierbook, a person (must, may), a person beside our columns."""

LIMITS: dict[Kind, tuple[float, float]] = {
    "id": (11, 22), "text": (10, 36), "long": (24, 60), "choice": (9, 26), "date": (12, 13), "money": (13, 20),
    "whole_money": (12, 18), "count": (8, 14), "number": (9, 14), "quantity": (9, 14), "score": (8, 12),
    "percent": (9, 12), "ratio": (9, 12), "flag": (8, 12),
}  # fmt: skip
"""Narrowest and widest column of each kind, in characters."""


@dataclass(frozen=True)
class Column:
    """One column of a table on a sheet.

    `note` is shown when the header is selected; `choices` make a drop-down; `width` fixes what is otherwise
    found from the content; `bold` marks the column a reader looks for first.
    """

    key: str
    title: str
    kind: Kind = "text"
    note: str = ""
    choices: Sequence[str] = ()
    fill: Fill = "ours"
    width: float | None = None
    bold: bool = False
    number: str = ""
    """A number format in place of the kind's own."""
    strict: bool = True
    """Whether a value outside `choices` is refused (or only warned about)."""
