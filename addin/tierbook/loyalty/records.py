"""What is known of members and their points.

What there are millions of are plain tuples with names: these cost half the memory and a third of the time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["earn", "return", "settle", "redeem", "advance", "expire", "correct"]
"""earn: by an order. return: taken back for goods returned. settle: taken from new points for what a return could not
take. redeem: spent on a gift. advance: lent for a gift that was given before a late return was known. expire: not
spent in time. correct: what an entry would say differently by the facts known now."""


class Purchase(NamedTuple):
    """An order of a customer, or what was returned of one, on one day; `cents` is below 0 for a return."""

    customer_id: str
    order_id: str
    day: dt.date
    cents: int
    is_return: bool = False


@dataclass(frozen=True)
class Redemption:
    """A row somebody wrote: points given for a gift. `row` counts from 1; `day` and `points` are None where unreadable.

    `written` holds the words of cells that cannot be read.
    """

    row: int
    customer_id: str
    day: dt.date | None
    points: int | None
    gift: str = ""
    written: str = ""


class Line(NamedTuple):
    """One line of a member's account. `subject` says what it is about and is there once for a customer."""

    customer_id: str
    day: dt.date
    kind: Kind
    points: int
    subject: str
    about: str = ""


class Entry(NamedTuple):
    """A line as it was kept, under its lasting id."""

    entry_id: str
    line: Line


@dataclass(frozen=True)
class Refusal:
    """A redemption that does not count: `check` names the reason (a label of room `loyalty`), `value` what is wrong."""

    row: int
    customer_id: str
    check: str
    value: str


@dataclass(frozen=True)
class Member:
    """How one customer stands.

    Args:
        balance: points to spend; the sum of the customer's lines, never below 0.
        owed: points that returns could not take back; the next ones earned go there first.
        qualifying: points earned within the months that decide on the grade, less what was returned.
        to_next: points to the next grade; None in the highest.
        expiring: points that run out within the days of notice, the first of them on `expires`.
    """

    customer_id: str
    grade: str
    balance: int
    owed: int
    earned: int
    redeemed: int
    expired: int
    qualifying: int
    to_next: int | None
    expiring: int
    expires: dt.date | None


@dataclass(frozen=True)
class Statement:
    """All members by id, all lines by customer and day, and what was refused by row."""

    members: Sequence[Member]
    lines: Sequence[Line]
    refused: Sequence[Refusal]
