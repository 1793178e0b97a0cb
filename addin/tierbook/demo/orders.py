"""The demo company's orders: when customers come, what they take, how they pay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .customers import Customer
from .dice import Dice
from .recipe import Recipe, Row

KINDS = ("retail", "enterprise", "channel")
QUARTER_ENDS = (3, 6, 9, 12)
QUARTER_END_FROM = 22
SATURDAY = 5


@dataclass(frozen=True)
class Line:
    """One product of an order. Money in cents."""

    product: Any
    quantity: int
    amount: int
    cost: int
    renewal: bool = False


@dataclass(frozen=True)
class Sale:
    """One order. `status` is a key of the schema's order states; a return has negative lines."""

    customer: Customer
    day: dt.date
    lines: tuple[Line, ...]
    status: str = "done"


def order_days(recipe: Recipe, customer: Customer) -> list[dt.date]:
    """The days on which a customer orders, rising.

    The gap between orders is the customer's own, changed by the trend of its habit, the season and chance.
    """
    if customer.first is None:
        return []
    habit, dice = recipe["habit"][customer.habit], recipe.dice("days", customer.id)
    pace_of_kind, season = recipe["kind"][customer.kind]["pace"], recipe["season"]["months"]
    most = habit.get("orders_max", recipe.days)
    begin, end = habit["pace"]
    span = max(recipe.days - customer.first, 1)
    found: list[dt.date] = []
    day = customer.first
    while day <= recipe.days and len(found) < most:
        if customer.buys_on(day):
            found.append(_pulled(recipe, customer, recipe.day(day), dice))
        elif customer.back is not None and day < customer.back:
            day = customer.back
            continue
        wait = customer.gap * dice.around(1.0, 0.4)
        while wait > 0 and day <= recipe.days:
            day += 1
            trend = begin + (end - begin) * (day - customer.first) / span
            wait -= pace_of_kind * trend * season[recipe.day(day).month - 1]
    if len(found) < most:
        found += _peak_days(recipe, customer, dice)
    return sorted(found)


def _pulled(recipe: Recipe, customer: Customer, day: dt.date, dice: Dice) -> dt.date:
    """The day a company's order is really placed: some of a quarter's last month wait for the quarter's end."""
    early = customer.kind != "retail" and day.month in QUARTER_ENDS and day.day < QUARTER_END_FROM
    if early and dice.chance(recipe["season"]["quarter_end_pull"]):
        day = min(day.replace(day=dice.between(QUARTER_END_FROM, 30)), recipe.as_of)
    return worked_day(recipe, customer, day)


def worked_day(recipe: Recipe, customer: Customer, day: dt.date) -> dt.date:
    """The next day a company works, or the last one before as_of; small buyers order on any day."""
    if customer.kind == "retail":
        return day
    step, placed = dt.timedelta(1), day
    while _is_free(recipe, placed):
        placed += step
    if placed <= recipe.as_of:
        return placed
    while _is_free(recipe, day) or day > recipe.as_of:
        day -= step
    return day


def _is_free(recipe: Recipe, day: dt.date) -> bool:
    return day.weekday() >= SATURDAY or day in recipe.closed


def _peak_days(recipe: Recipe, customer: Customer, dice: Dice) -> list[dt.date]:
    """Extra orders at shopping festivals."""
    if customer.kind == "enterprise":
        return []
    found = []
    for peak in recipe["season"]["peak"]:
        for year in range(recipe.start.year, recipe.as_of.year + 1):
            first = dt.date.fromisoformat(f"{year}-{peak['from']}")
            last = dt.date.fromisoformat(f"{year}-{peak['to']}")
            day = first + dt.timedelta(dice.between(0, (last - first).days))
            wanted = dice.chance(peak["extra"])
            if wanted and recipe.start <= day <= recipe.as_of and customer.buys_on((day - recipe.start).days):
                found.append(worked_day(recipe, customer, day))
    return found


def make_sales(recipe: Recipe, customers: Iterable[Customer]) -> list[Sale]:
    """Orders, some of them cancelled, and returns; by customer and day."""
    found: list[Sale] = []
    for customer in customers:
        dice = recipe.dice("baskets", customer.id)
        for day in order_days(recipe, customer):
            status = "cancelled" if dice.chance(recipe["trade"]["cancelled"]) else "done"
            sale = Sale(customer, day, _basket(recipe, customer, day, dice), status)
            found.append(sale)
            if status == "done" and dice.chance(recipe["trade"]["returned"]):
                found += _returned(recipe, sale, dice)
    return found


def _returned(recipe: Recipe, sale: Sale, dice: Dice) -> list[Sale]:
    """The first line of a sale comes back some days later, if that is not in the future."""
    line = sale.lines[0]
    day = sale.day + dt.timedelta(dice.between(*recipe["trade"]["return_days"]))
    if day > recipe.as_of:
        return []
    back = Line(line.product, -line.quantity, -line.amount, -line.cost)
    return [Sale(sale.customer, day, (back,), "returned")]


def _basket(recipe: Recipe, customer: Customer, day: dt.date, dice: Dice) -> tuple[Line, ...]:
    """What an order holds: mostly the customer's favourite category, sometimes something new."""
    sold = [product for product in recipe["product"] if product.get("launched", day) <= day]
    new = [product for product in sold if is_new(recipe, product, day)]
    likes = {
        number: product["likes"][KINDS.index(customer.kind)]
        * (recipe["basket"]["favourite"] if product["category"] == customer.favourite else 1)
        for number, product in enumerate(sold)
        if product not in new
    }
    chosen = []
    if new and dice.chance(recipe["habit"][customer.habit]["curious"]):
        chosen.append(dice.pick(new))
    wanted = int(dice.weighted(recipe["basket"]["lines"]))
    while len(chosen) < wanted:
        number = dice.weighted(likes)
        del likes[number]
        chosen.append(sold[number])
    return tuple(_line(recipe, customer, product, _pieces(customer, product, dice), dice) for product in chosen)


def is_new(recipe: Recipe, product: Any, day: dt.date) -> bool:
    """Whether a product counted as new on a day."""
    launched: dt.date | None = product.get("launched")
    if launched is None:
        return False
    age: int = (day - launched).days
    return 0 <= age < int(recipe["basket"]["new_for_days"])


def _pieces(customer: Customer, product: Any, dice: Dice) -> int:
    low, high = product["quantity"]
    grown: float = 1 + (customer.scale - 1) * product["grows"]
    return max(1, round(dice.between(low, high) * grown))


def _line(recipe: Recipe, customer: Customer, product: Any, pieces: int, dice: Dice, *, renewal: bool = False) -> Line:
    basket = recipe["basket"]
    cut = dice.around(recipe["kind"][customer.kind]["discount"], basket["price_spread"])
    cents = round(product["price"] * 100 * (1 - max(cut, 0.0)))
    amount = cents * pieces
    share = product["cost"] * dice.around(1.0, basket["cost_spread"])
    return Line(product, pieces, amount, round(product["price"] * 100 * share) * pieces, renewal)


def renewal_line(recipe: Recipe, customer: Customer, product: Any, seats: int, dice: Dice) -> Line:
    """The line that continues a software contract for a year."""
    return _line(recipe, customer, product, seats, dice, renewal=True)


def order_rows(recipe: Recipe, sales: Iterable[Sale]) -> list[Row]:
    """One row per order line, as an order system exports them: by day, numbered within the day."""
    numbered: dict[dt.date, int] = {}
    rows: list[Row] = []
    for sale in sorted(sales, key=lambda sale: (sale.day, int(sale.customer.id), sale.status, len(sale.lines))):
        numbered[sale.day] = numbered.get(sale.day, 0) + 1
        lead = "TH" if sale.status == "returned" else "SO"
        order_id = f"{lead}{sale.day:%y%m%d}-{numbered[sale.day]:03d}"
        rows += _rows(recipe, sale, order_id)
    return rows


def _rows(recipe: Recipe, sale: Sale, order_id: str) -> list[Row]:
    dice = recipe.dice("papers", order_id, sale.customer.id)
    kind = recipe["kind"][sale.customer.kind]
    due = sale.day + dt.timedelta(kind["terms_days"])
    paid = _paid(recipe, sale, due, dice)
    place = _place(recipe, sale.customer, dice)
    return [
        {
            "order_id": order_id,
            "line_no": str(number),
            "customer_id": sale.customer.id,
            "date": sale.day,
            "amount": line.amount / 100,
            "quantity": line.quantity,
            "product": recipe.word(line.product["name"]),
            "category": recipe.word(recipe["category"][line.product["category"]]),
            "channel": recipe.word(recipe["sales_channel"][place]),
            "status": recipe.choice("orders", "status", sale.status),
            "currency": "CNY",
            "cost": line.cost / 100,
            "due_date": due if sale.status == "done" else None,
            "paid_date": paid,
            "is_renewal": int(line.renewal),
            "new_product": int(is_new(recipe, line.product, sale.day)),
        }
        for number, line in enumerate(sale.lines, start=1)
    ]


def _place(recipe: Recipe, customer: Customer, dice: Dice) -> str:
    """Where an order was placed: a key of the recipe's sales channels."""
    if dice.chance(recipe["kind"][customer.kind]["online"]):
        return "shop" if dice.chance(0.5) else "market"
    return "partner" if customer.kind == "channel" else "direct"


def _paid(recipe: Recipe, sale: Sale, due: dt.date, dice: Dice) -> dt.date | None:
    """The day the money came, or None where it has not; cash buyers pay at once."""
    if sale.status != "done":
        return None
    if due == sale.day:
        return sale.day
    payment = recipe["payment"]
    habit = payment[sale.customer.pays]
    late = dice.chance(habit["late"])
    if late and sale.customer.pays == "bad" and dice.chance(payment["never"]):
        return None
    wait = dice.between(*habit["days"]) if late else -dice.between(0, payment["early_days"])
    paid = max(due + dt.timedelta(wait), sale.day)
    return paid if paid <= recipe.as_of else None
