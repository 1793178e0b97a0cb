"""Small books of facts that like to stand on edges."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from hypothesis import strategies as st

AS_OF = (
    *(dt.date(2026, 8, 31), dt.date(2026, 2, 28), dt.date(2024, 2, 29), dt.date(2026, 10, 15)),
    *(dt.date(2024, 8, 31), dt.date(2025, 2, 28), dt.date(2026, 12, 31), dt.date(2027, 3, 1)),
)
"""Month ends: six months before 31 August lies the end of February, a year before or after a leap day too."""
PEOPLE = ("A", "B", "C", "D", "E", "F")
AMOUNTS = (0, 0.01, 1, 10, 49.99, 50, 100, 100, 150, 199.99, 300, 1000, 25000)


def _months_before(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days(as_of: dt.date) -> st.SearchStrategy[dt.date]:
    """Days on the edges of every window, and a few elsewhere; some lie after the day."""
    edges = [as_of - dt.timedelta(days=n) for n in (0, 1, 29, 30, 31, 89, 90, 91, 180, 364, 365, 366, 456, 900)]
    starts = [_months_before(as_of, months) for months in (6, 12)]
    around = [start + dt.timedelta(days=n) for start in starts for n in (0, 1)]
    return st.sampled_from([*edges, *around, as_of + dt.timedelta(days=1)])


def facts(as_of: dt.date) -> st.SearchStrategy[dict[str, list[dict[str, Any]]]]:
    """Customers, orders (lines that share order numbers, returns), interactions, feedback, renewals, referrals."""
    day, who = days(as_of), st.sampled_from(PEOPLE)

    def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.none() | values

    def rows(fields: dict[str, st.SearchStrategy[Any]], most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
        return st.lists(st.fixed_dictionaries(fields), max_size=most)

    flags, money = st.sampled_from([0, 1]), st.sampled_from(AMOUNTS)
    orders = {
        "order_id": st.sampled_from(["1", "2", "3", "4", "5", "6", "7", "8"]),
        "customer_id": who,
        "date": day,
        "amount": money | st.sampled_from([-50, -100]),
        "quantity": maybe(st.sampled_from([1, 2, 2.5, 10])),
        "category": maybe(st.sampled_from(["甲", "乙", "丙"])),
        "cost": maybe(st.sampled_from([0, 30, 60, 400])),
        "due_date": maybe(day),
        "paid_date": maybe(day),
        "new_product": maybe(flags),
    }
    interactions = {
        "customer_id": who,
        "date": day,
        "channel": maybe(st.sampled_from(["phone", "online", "mail", "meeting", "website", "social"])),
        "kind": maybe(st.sampled_from(["visit", "view", "click", "cart", "abandon", "training", "share", "consult"])),
        "topic": maybe(st.sampled_from(["product", "repair", "cooperation"])),
    }
    feedback = {
        "customer_id": who,
        "date": day,
        "kind": maybe(st.sampled_from(["nps", "csat", "complaint", "suggestion"])),
        "score": maybe(st.sampled_from([0, 1, 3, 3.5, 4, 5, 10])),
        "status": maybe(st.sampled_from(["open", "closed"])),
    }
    birthdays = [as_of, dt.date(1980, 2, 29), dt.date(1975, 3, 1), dt.date(1990, 12, 31)]
    customers = st.fixed_dictionaries(
        {
            "industry": maybe(st.sampled_from(["制造业", "零售", ""])),
            "size": maybe(st.sampled_from(["large", "small"])),
            "kind": maybe(st.sampled_from(["retail", "enterprise", "channel"])),
            "region": maybe(st.sampled_from(["east", "overseas"])),
            "followers": maybe(st.integers(0, 5)),
            "industry_outlook": maybe(st.sampled_from([1, 2.5, 3, 5])),
            "birthday": maybe(st.sampled_from(birthdays)),
        }
    )
    known = st.dictionaries(who, customers, min_size=1, max_size=len(PEOPLE))
    return st.fixed_dictionaries(
        {
            "customers": known.map(lambda each: [{"customer_id": key, **row} for key, row in each.items()]),
            "orders": rows(orders, 25),
            "interactions": rows(interactions, 12),
            "feedback": rows(feedback, 8),
            "renewals": rows(
                {"customer_id": who, "due_date": day, "renewed": maybe(st.sampled_from(["yes", "no", "open"]))}, 4
            ),
            "referrals": rows({"referrer_id": who, "referred_id": who, "date": day}, 4),
        }
    )


def special(as_of: dt.date) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Books of facts that stand on one edge each; customers are A to F."""
    ends = [_months_before(as_of, months) for months in (1, 6, 12, 18)]
    leap = [dt.date(2024, 2, 28), dt.date(2024, 2, 29), dt.date(2024, 3, 1), dt.date(2023, 2, 28)]
    recent = as_of - dt.timedelta(days=20)

    def bought(who: str, number: int, day: dt.date, amount: float = 100) -> dict[str, Any]:
        return {"order_id": f"{who}{number}", "customer_id": who, "date": day, "amount": amount}

    def book(*orders: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
        people = [{"customer_id": who, "industry": "制造业", "size": "large", "kind": "channel"} for who in PEOPLE]
        return {"customers": people, "orders": [row for row in orders if row["date"] <= as_of]}

    return {
        "one order each": book(*(bought(who, 1, as_of - dt.timedelta(days=30 * n)) for n, who in enumerate(PEOPLE))),
        "one customer with one order": {"orders": [bought("A", 1, as_of)]},
        "all customers equal": book(*(bought(who, n, day) for who in PEOPLE for n, day in enumerate(ends[:3]))),
        "nobody bought": book(),
        "orders on month ends": book(
            *(bought(who, n, day - dt.timedelta(days=place % 2)) for place, who in enumerate(PEOPLE)
              for n, day in enumerate(ends))
        ),
        "orders around a leap day": book(
            *(bought(who, n, leap[(n + place) % 4]) for place, who in enumerate(PEOPLE) for n in range(3))
        ),
        "amounts in ties": book(
            *(bought(who, n, recent - dt.timedelta(days=n), 100 * (1 + place // 2)) for place, who in enumerate(PEOPLE)
              for n in range(1 + place // 3))
        ),
        "returned on another day": book(
            *(bought(who, 1, ends[1]) for who in PEOPLE),
            *(bought(who, 1, recent, -100) for who in "ABC"),
            *(bought(who, 2, as_of, -250) for who in "AD"),
        ),
        "all orders on one day": book(
            *(bought(who, n, recent) for place, who in enumerate(PEOPLE) for n in range(place))
        ),
    }  # fmt: skip
