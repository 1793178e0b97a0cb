"""The definitions in plain Python with fractions, straight from the words of the rule book.

Slow and simple on purpose: lists of rows in, exact numbers out. Facts hold money in currency units.
None means: no data.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]
Facts = Mapping[str, Sequence[Row]]
Values = dict[str, dict[str, Any]]
"""customer id -> key -> value."""


def rounded(value: Fraction | None, digits: int = 6) -> Fraction | None:
    """Halves up."""
    return None if value is None else Fraction((value * 10**digits + Fraction(1, 2)).__floor__(), 10**digits)


def months_before(day: dt.date, months: int) -> dt.date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def ratio(part: int | Fraction | None, whole: int | Fraction | None) -> Fraction | None:
    return Fraction(part) / Fraction(whole) if whole and whole > 0 and part is not None else None


def mean(values: Iterable[Any]) -> Fraction | None:
    known = [Fraction(str(value)) for value in values if value is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


class Book:
    """The facts up to a day."""

    def __init__(self, facts: Facts, as_of: dt.date, params: Mapping[str, Any]) -> None:
        self.as_of = as_of
        self.params = params
        self.ids = {row["customer_id"] for row in facts.get("customers", ())}
        for table in ("orders", "interactions", "feedback", "renewals"):
            self.ids |= {row["customer_id"] for row in facts.get(table, ())}
        for row in facts.get("referrals", ()):
            self.ids |= {row["referrer_id"], row["referred_id"]}
        self.customers = {row["customer_id"]: row for row in facts.get("customers", ())}
        self.tables: dict[str, list[Row]] = {}
        for table in ("orders", "interactions", "feedback", "renewals", "referrals"):
            day = "due_date" if table == "renewals" else "date"
            self.tables[table] = [row for row in facts.get(table, ()) if row[day] <= as_of]

    def of(self, table: str, customer: str) -> list[Row]:
        key = "referrer_id" if table == "referrals" else "customer_id"
        return [row for row in self.tables[table] if row[key] == customer]

    def delivered(self, table: str, column: str = "") -> bool:
        rows = self.customers.values() if table == "customers" else self.tables[table]
        return any(not column or row.get(column) is not None for row in rows)

    def in_days(self, day: dt.date, days: int) -> bool:
        return (self.as_of - day).days < days

    def in_months(self, day: dt.date, months: int) -> bool:
        return day > months_before(self.as_of, months)

    def in_window(self, day: dt.date, window: str) -> bool:
        if window == "all":
            return True
        size = int(window[:-1])
        return self.in_months(day, size) if window.endswith("m") else self.in_days(day, size)


def indicators(book: Book, window: str = "all") -> Values:
    """Every indicator of every customer."""
    found: Values = {}
    for customer in book.ids:
        values: dict[str, Any] = {}
        values |= _orders(book, customer, window)
        values |= _payments(book, customer)
        values |= _interactions(book, customer)
        values |= _feedback(book, customer, values)
        values |= _profile(book, customer)
        found[customer] = values
    spent = [values["aov"] for values in found.values() if values["aov"] is not None]
    for values in found.values():
        against = mean(spent)
        known = values["aov"] is not None and against is not None and against > 0
        values["aov_ratio"] = values["aov"] / against if known else None
    return found


def orders_of(book: Book, customer: str) -> list[tuple[dt.date, list[Row]]]:
    """(date, lines that are no returns) of each order, by date."""
    lines = defaultdict(list)
    for row in book.of("orders", customer):
        if row["amount"] >= 0:
            lines[row["order_id"]].append(row)
    return sorted(((min(row["date"] for row in each), each) for each in lines.values()), key=lambda each: each[0])


def _orders(book: Book, customer: str, window: str) -> dict[str, Any]:
    lines, orders = book.of("orders", customer), orders_of(book, customer)
    days = [day for day, _ in orders]
    told = book.delivered("orders")

    def count(holds: Any) -> int | None:
        return sum(1 for day in days if holds(day)) if told else None

    def money(holds: Any) -> Fraction | None:
        return sum((Fraction(str(row["amount"])) for row in lines if holds(row["date"])), Fraction(0)) if told else None

    size = {
        "orders": lambda each: Fraction(1),
        "lines": lambda each: Fraction(len(each)),
        "quantity": lambda each: sum((Fraction(str(r.get("quantity") or 1)) for r in each), Fraction(0)),
    }[book.params["count"]]
    everything = lambda day: True  # noqa: E731
    recent = book.params["returned_days"]
    back = [day for day in days if book.in_days(day, recent)]
    before = [day for day in days if not book.in_days(day, recent)]
    repeat = count(lambda day: book.in_months(day, book.params["repurchase_months"]))
    span = (days[-1] - days[0]).days if days else 0
    half, year = money(lambda day: book.in_months(day, 6)), money(lambda day: book.in_months(day, 12))
    previous = year - half if told else None
    costed = [row for row in lines if row.get("cost") is not None and book.in_months(row["date"], 12)]
    income = sum((Fraction(str(row["amount"])) for row in costed), Fraction(0))
    outgo = sum((Fraction(str(row["cost"])) for row in costed), Fraction(0))
    bought = _categories(book, lines)
    growth = ratio(half, previous)
    return {
        "recency_days": (book.as_of - days[-1]).days if days else None,
        "tenure_days": (book.as_of - days[0]).days if days else None,
        "orders_30d": count(lambda day: book.in_days(day, 30)),
        "orders_90d": count(lambda day: book.in_days(day, 90)),
        "orders_6m": count(lambda day: book.in_months(day, 6)),
        "orders_12m": count(lambda day: book.in_months(day, 12)),
        "orders_all": count(everything),
        "rfm_orders": count(lambda day: book.in_window(day, window)) or 0,
        "frequency": sum((size(e) for day, e in orders if book.in_window(day, window)), Fraction(0)) if told else None,
        "monetary": money(lambda day: book.in_window(day, window)),
        "amount_6m": half,
        "amount_12m": year,
        "amount_all": money(everything),
        "amount_prev_6m": previous,
        "aov": money(everything) / len(days) if days else None,
        "repurchase_rate": Fraction(repeat - 1, repeat) if repeat else None,
        "interval_days": Fraction(span, len(days) - 1) if span else None,
        "overdue_ratio": Fraction((book.as_of - days[-1]).days * (len(days) - 1), span) if span else None,
        "growth": growth - 1 if growth is not None else None,
        "margin": ratio(income - outgo, income),
        "categories_12m": len(bought) if book.delivered("orders", "category") else None,
        "top_category": min(bought, key=lambda name: (-bought[name], name)) if bought else None,
        "new_product_12m": _new_products(book, orders),
        "return_gap_days": (back[0] - before[-1]).days if back and before else None,
        "first_order_date": days[0] if days else None,
        "last_order_date": days[-1] if days else None,
    }


def _categories(book: Book, lines: Sequence[Row]) -> dict[str, Fraction]:
    """Money per category bought in 12 months, returns taken off."""
    year = [row for row in lines if row.get("category") and book.in_months(row["date"], 12)]
    bought = {row["category"] for row in year if row["amount"] >= 0}
    return {
        name: sum((Fraction(str(row["amount"])) for row in year if row["category"] == name), Fraction(0))
        for name in bought
    }


def _new_products(book: Book, orders: Sequence[tuple[dt.date, list[Row]]]) -> int | None:
    if not book.delivered("orders", "new_product"):
        return None
    return sum(1 for day, each in orders if book.in_months(day, 12) and any(r.get("new_product") for r in each))


def _payments(book: Book, customer: str) -> dict[str, Any]:
    due = [
        (each, [row for row in each if row.get("due_date")])
        for _, each in orders_of(book, customer)
        if any(row.get("due_date") for row in each)
    ]
    if not due:
        return {"pay_on_time_rate": None, "overdue_amount": None, "defaults": None}

    def paid(row: Row) -> dt.date | None:
        return row["paid_date"] if row.get("paid_date") and row["paid_date"] <= book.as_of else None

    passed = [[row for row in lines if row["due_date"] < book.as_of] for _, lines in due]
    passed = [lines for lines in passed if lines]
    on_time = sum(1 for lines in passed if all(paid(row) and paid(row) <= row["due_date"] for row in lines))
    late = [max(((paid(row) or book.as_of) - row["due_date"]).days for row in lines) for _, lines in due]
    return {
        "pay_on_time_rate": ratio(on_time, len(passed)),
        "overdue_amount": sum(
            (Fraction(str(r["amount"])) for lines in passed for r in lines if not paid(r)), Fraction(0)
        ),
        "defaults": sum(1 for days in late if days > book.params["default_days"]),
    }


def _interactions(book: Book, customer: str) -> dict[str, Any]:
    rows = book.of("interactions", customer)
    quarter = [row for row in rows if book.in_days(row["date"], 90)]
    year = [row for row in rows if book.in_months(row["date"], 12)]
    kinds = Counter(row.get("kind") for row in year)
    views = [row["date"] for row in quarter if row.get("kind") in ("view", "click")]
    has_kind, has_channel = book.delivered("interactions", "kind"), book.delivered("interactions", "channel")
    found: dict[str, Any] = {
        f"interactions_{channel}_90d": sum(row.get("channel") == channel for row in quarter) if has_channel else None
        for channel in ("phone", "online", "mail", "meeting", "website", "social")
    }
    return found | {
        "interactions_90d": len(quarter) if book.delivered("interactions") else None,
        "visits_12m": kinds["visit"] if has_kind else None,
        "trainings_12m": kinds["training"] if has_kind else None,
        "shares": kinds["share"] if has_kind else None,
        "view_depth": ratio(len(views), len(set(views))),
        "cart_abandon_rate": ratio(min(kinds["abandon"], kinds["cart"]), kinds["cart"]),
        "preferred_channel": _most_used(year, "channel", ("phone", "online", "mail")),
        "top_topic": _most_used(year, "topic", ("product", "repair", "cooperation")),
    }


def _most_used(rows: Sequence[Row], column: str, among: Sequence[str]) -> str | None:
    """The most frequent value; as frequent: the one used last; on one day: the one listed first."""
    used = [row for row in rows if row.get(column) in among]
    if not used:
        return None

    def worth(value: str) -> tuple[int, dt.date, int]:
        days = [row["date"] for row in used if row[column] == value]
        return len(days), max(days, default=dt.date.min), -among.index(value)

    return max(among, key=worth)


def _feedback(book: Book, customer: str, values: Mapping[str, Any]) -> dict[str, Any]:
    rows = book.of("feedback", customer)
    year = [row for row in rows if book.in_months(row["date"], 12)]
    kinds = Counter(row.get("kind") for row in year)
    told = book.delivered("feedback", "kind")

    def latest(kind: str) -> Fraction | None:
        scored = [row for row in rows if row.get("kind") == kind and row.get("score") is not None]
        last = max((row["date"] for row in scored), default=None)
        return mean(row["score"] for row in scored if row["date"] == last)

    decided = [row["renewed"] for row in book.of("renewals", customer) if row.get("renewed") in ("yes", "no")]
    open_ones = sum(row.get("kind") == "complaint" and row.get("status") == "open" for row in rows)
    return {
        "nps": latest("nps"),
        "csat": latest("csat"),
        "csat_mean": mean(row.get("score") for row in year if row.get("kind") == "csat"),
        "complaints_12m": kinds["complaint"] if told else None,
        "complaint_rate": ratio(kinds["complaint"], values["orders_12m"]) if told else None,
        "suggestions_12m": kinds["suggestion"] if told else None,
        "open_complaints": open_ones if told and book.delivered("feedback", "status") else None,
        "renewal_rate": ratio(decided.count("yes"), len(decided)),
        "referrals": len({row["referred_id"] for row in book.of("referrals", customer)})
        if book.delivered("referrals")
        else None,
    }


def _profile(book: Book, customer: str) -> dict[str, Any]:
    row = book.customers.get(customer, {})
    outlook, birthday = row.get("industry_outlook"), row.get("birthday")
    days = None
    if birthday:
        day = book.as_of
        while (_birthday_in(birthday, day.year)) != day:
            day += dt.timedelta(days=1)
        days = (day - book.as_of).days
    return {
        "followers": row.get("followers"),
        "industry_outlook": Fraction(str(outlook)) if outlook is not None else None,
        "birthday_in_days": days,
    }


def _birthday_in(birthday: dt.date, year: int) -> dt.date:
    if (birthday.month, birthday.day) == (2, 29) and not calendar.isleap(year):
        return dt.date(year, 3, 1)
    return birthday.replace(year=year)
