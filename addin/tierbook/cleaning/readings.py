"""What one cell with contact details turned out to say."""

from __future__ import annotations

from dataclasses import dataclass

BETWEEN = " / "
"""Stands between several numbers or addresses of one cell."""


@dataclass(frozen=True)
class Reading:
    """One cell read.

    `shown`: the kept form, or the text itself where nobody can be `sure`; `keys`: what is equal for equal numbers,
    addresses or codes.
    """

    shown: str
    keys: tuple[str, ...]
    sure: bool
