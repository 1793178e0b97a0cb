"""Accounts of points: every order, return, gift and expiry of a customer in the order of days.

The same facts give the same lines, in whatever order they come. Oldest points are spent first. A return takes back the
points of its order first, then the youngest ones; what was spent already is owed, and the next points earned go there.
An order earns by the grade its member has on that day; the grade itself goes by points at the plain rate, so that no
grade holds itself up. No account falls below 0: a gift that costs more than there is on its day is refused. One that
was accepted before a late return was known stays accepted; its points are lent and owed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from ..scoring.dates import months_back
from .program import Grade, Program
from .records import Kind, Line, Member, Purchase, Redemption, Refusal, Statement

_ALWAYS = dt.date.max
Event = Purchase | Redemption
Accepted = Collection[tuple[str, str]]
"""Customer and subject of redemptions that were kept in an account before."""


def statement(
    bought: Iterable[Purchase],
    redeemed: Iterable[Redemption],
    program: Program,
    as_of: dt.date,
    *,
    known: Collection[str],
    accepted: Accepted = (),
) -> Statement:
    """Everybody's account as of a day.

    Args:
        bought: up to the day; later ones do not count.
        redeemed: as people wrote them.
        known: ids of all customers; a redemption of anybody else is refused.
        accepted: what was accepted before, and so stays.
    """
    refused: list[Refusal] = []
    events: dict[str, list[Event]] = defaultdict(list)
    for one in bought:
        if one.day <= as_of:
            events[one.customer_id].append(one)
    for row in redeemed:
        doubt = _doubt(row, as_of, known)
        if doubt:
            refused.append(doubt)
        else:
            events[row.customer_id].append(row)
    members, lines = [], []
    for customer in sorted(events):
        account = _Account(customer, program, accepted)
        for event in sorted(events[customer], key=_order):
            account.take(event)
        account.expire(as_of)
        members.append(account.member(as_of))
        lines += account.lines
        refused += account.refused
    return Statement(members, lines, sorted(refused, key=lambda each: each.row))


def _doubt(row: Redemption, as_of: dt.date, known: Collection[str]) -> Refusal | None:
    """Why a row cannot count, whatever the account holds."""
    checks = (
        ("no_customer", not row.customer_id, ""),
        ("unknown_customer", row.customer_id not in known, row.customer_id),
        ("bad_day", row.day is None, row.written),
        ("bad_points", row.points is None or row.points <= 0, row.written or str(row.points or "")),
        ("future_day", row.day is not None and row.day > as_of, str(row.day)),
    )
    found = next(((check, value) for check, holds, value in checks if holds), None)
    return Refusal(row.row, row.customer_id, *found) if found else None


def _order(event: Event) -> tuple[dt.date, int, str, int, int]:
    """Within a day: what was bought, what was returned, what was spent; these by number, amount and row."""
    if isinstance(event, Purchase):
        return event.day, int(event.is_return), event.order_id, event.cents, 0
    return event.day or _ALWAYS, 2, event.gift, event.points or 0, event.row


@dataclass
class _Lot:
    """Points earned together: what is left of them and the day on which they are gone."""

    order_id: str
    expires: dt.date
    left: int


@dataclass
class _Account:
    """One customer's points while the days go by."""

    customer_id: str
    program: Program
    accepted: Accepted
    lots: deque[_Lot] = field(default_factory=deque)
    """The oldest first, which are also the first to run out."""
    owed: int = 0
    lines: list[Line] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    orders: dict[str, int] = field(default_factory=dict)
    """Cents of each order that were not returned."""
    qualified: list[tuple[dt.date, int]] = field(default_factory=list)
    subjects: dict[str, int] = field(default_factory=dict)
    grades: dict[str, Grade] = field(default_factory=dict)
    """By order, the grade it was made in."""

    @property
    def balance(self) -> int:
        return sum(lot.left for lot in self.lots)

    def take(self, event: Event) -> None:
        day = event.day
        assert day is not None, "rows without a day are refused before"
        self.expire(day)
        if isinstance(event, Redemption):
            self._redeem(event, day)
        elif event.is_return or event.cents < 0:
            self._give_back(event)
        else:
            self._earn(event)

    def _earn(self, order: Purchase) -> None:
        points = order.cents // self.program.cents_per_point + (self.program.order_points if order.cents > 0 else 0)
        self.orders[order.order_id] = self.orders.get(order.order_id, 0) + order.cents
        if not points:
            return
        grade = self.grades.setdefault(order.order_id, self._grade_on(order.day))
        self.qualified.append((order.day, points))
        points = grade.earned(points)
        self.lots.append(_Lot(order.order_id, self._end_of(order.day), points))
        self._write(order.day, "earn", points, f"earn:{order.order_id}", order.order_id)
        if self.owed:
            settled = self._out(min(self.owed, points), order.order_id)
            self.owed -= settled
            self._write(order.day, "settle", -settled, f"settle:{order.order_id}", order.order_id)

    def _grade_on(self, day: dt.date) -> Grade:
        """The grade before anything of the day, and without asking where all earn alike."""
        return self.program.grade_of(self._qualifying(day)) if self.program.has_factors else self.program.grades[0]

    def _qualifying(self, day: dt.date) -> int:
        start = months_back(day, self.program.grade_months)
        return max(sum(points for at, points in self.qualified if start < at), 0)

    def _give_back(self, back: Purchase) -> None:
        """Of an order returned whole its points for ordering go too."""
        points = -back.cents // self.program.cents_per_point
        before = self.orders.get(back.order_id, 0)
        self.orders[back.order_id] = before + back.cents
        points += self.program.order_points if before > 0 >= self.orders[back.order_id] else 0
        self.qualified.append((back.day, -points))
        points = self.grades.get(back.order_id, self.program.grades[0]).earned(points)
        taken = self._out(points, back.order_id)
        self.owed += points - taken
        if taken:
            self._write(back.day, "return", -taken, f"return:{back.order_id}:{back.day}", back.order_id)

    def _redeem(self, row: Redemption, day: dt.date) -> None:
        points, balance = row.points or 0, self.balance
        subject = self._subject(f"redeem:{day}:{points}:{row.gift}")
        if points > balance:
            if (self.customer_id, subject) not in self.accepted:
                self.refused.append(Refusal(row.row, self.customer_id, "too_few_points", str(balance)))
                return
            self.lots.append(_Lot("", _ALWAYS, points - balance))
            self.owed += points - balance
            self._write(day, "advance", points - balance, f"advance:{subject}", row.gift)
        self._out(points, oldest=True)
        self._write(day, "redeem", -points, subject, row.gift, known=True)

    def expire(self, day: dt.date) -> None:
        """Drop what is gone by a day, lot after lot on its own day."""
        while self.lots and self.lots[0].expires <= day:
            lot = self.lots.popleft()
            if lot.left:
                self._write(lot.expires, "expire", -lot.left, f"expire:{lot.order_id}:{lot.expires}", lot.order_id)

    def _out(self, points: int, order_id: str = "", *, oldest: bool = False) -> int:
        """Take up to so many points: of this order first, then the youngest, or else the oldest first; how many."""
        left = points
        by_age = list(self.lots)
        if not oldest:
            by_age.reverse()
            by_age.sort(key=lambda lot: lot.order_id != order_id)
        for lot in by_age:
            taken = min(left, lot.left)
            lot.left -= taken
            left -= taken
        self.lots = deque(lot for lot in self.lots if lot.left)
        return points - left

    def _end_of(self, day: dt.date) -> dt.date:
        months = self.program.valid_months
        return months_back(day, -months) if months else _ALWAYS

    def _subject(self, words: str) -> str:
        """Each subject is there once: the second of equal ones bears a number."""
        self.subjects[words] = self.subjects.get(words, 0) + 1
        return words if self.subjects[words] == 1 else f"{words}#{self.subjects[words]}"

    def _write(self, day: dt.date, kind: Kind, points: int, subject: str, about: str, *, known: bool = False) -> None:
        said = subject if known else self._subject(subject)
        self.lines.append(Line(self.customer_id, day, kind, points, said, about))

    def member(self, as_of: dt.date) -> Member:
        notice, qualifying = as_of + dt.timedelta(self.program.notice_days), self._qualifying(as_of)
        grade = self.program.grade_of(qualifying)
        following = self.program.next_after(grade)
        soon = [lot for lot in self.lots if lot.expires <= notice and lot.left]
        return Member(
            customer_id=self.customer_id,
            grade=grade.name,
            balance=self.balance,
            owed=self.owed,
            earned=self._sum("earn", "return", "settle"),
            redeemed=-self._sum("redeem", "advance"),
            expired=-self._sum("expire"),
            qualifying=qualifying,
            to_next=following.floor - qualifying if following else None,
            expiring=sum(lot.left for lot in soon),
            expires=min((lot.expires for lot in soon), default=None),
        )

    def _sum(self, *kinds: Kind) -> int:
        return sum(line.points for line in self.lines if line.kind in kinds)


def by_subject(lines: Sequence[Line]) -> dict[tuple[str, str], Line]:
    return {(line.customer_id, line.subject): line for line in lines}
