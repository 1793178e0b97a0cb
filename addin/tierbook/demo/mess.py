"""What people do to a tidy sheet: the same rows as somebody's Excel really holds them.

Every habit has its rate in the recipe's `[mess]`. Rows people spoil beyond repair are added, never taken from the
true ones, so that the truth is still in the book for whoever cleans it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from .. import schema
from .dice import Dice
from .recipe import Cell, Facts, Recipe, Row

OTHER_WORDS = 2
"""How many of a state's other spellings people use."""

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
DATED = {"customers": ("since",), "orders": ("date", "due_date", "paid_date"), "interactions": ("date",),
         "feedback": ("date",), "renewals": ("due_date",)}  # fmt: skip


def spoiled(recipe: Recipe, facts: Facts) -> Facts:
    """The tidy facts with every trouble of the recipe."""
    rates = recipe["mess"]
    orders = _added(recipe, rates, facts["orders"])
    customers, orders = _twins(recipe, rates, _sharing(recipe, rates, facts["customers"]), orders)
    messy: Facts = {**facts, "customers": customers, "orders": orders}
    for table, rows in messy.items():
        dice = recipe.dice("cells", table)
        messy[table] = [_typed(table, row, rates, dice) for row in rows]
    dice = recipe.dice("cards")
    messy["customers"] = [_card(recipe, row, rates, dice) for row in messy["customers"]]
    dice = recipe.dice("states")
    messy["orders"] = [_state(recipe, row, rates, dice) for row in messy["orders"]]
    return messy


def _added(recipe: Recipe, rates: Any, orders: Sequence[Row]) -> list[Row]:
    """The orders with the rows nobody should have entered, each after the row it came from."""
    dice = recipe.dice("added rows")
    after: dict[int, list[Row]] = {}

    def add(count: int, **changes: Cell) -> list[Row]:
        made = []
        for number in dice.some(range(len(orders)), count):
            row = {**orders[number], **changes}
            after.setdefault(number, []).append(row)
            made.append(row)
        return made

    add(rates["repeated_lines"])
    for row in add(rates["future_rows"]):
        row["date"] = recipe.as_of + dt.timedelta(dice.between(20, 360))
        row["order_id"] = f"{row['order_id']}-F"
    for number, row in enumerate(add(rates["orphans"])):
        row["customer_id"] = str(9001 + number // 2)
        row["order_id"] = f"{row['order_id']}-X"
    for row in add(rates["no_customer"], customer_id=None):
        row["order_id"] = f"{row['order_id']}-N"
    for row in add(rates["unreadable_amount"], amount=recipe.word(rates["unreadable"])):
        row["order_id"] = f"{row['order_id']}-A"
    for row in add(rates["impossible_dates"], date="2026-02-30"):
        row["order_id"] = f"{row['order_id']}-D"
    return [found for number, row in enumerate(orders) for found in (row, *after.get(number, ()))]


def _sharing(recipe: Recipe, rates: Any, customers: Sequence[Row]) -> list[Row]:
    """Some companies give the mobile number of another one, as where one person buys for both."""
    dice = recipe.dice("shared phones")
    companies = [row for row in customers if str(row["name"]).endswith("公司") and str(row["phone"]).isdigit()]
    drawn = dice.some(companies, 2 * rates["shared_phones"])
    lent = {row["customer_id"]: other["phone"] for row, other in zip(drawn[::2], drawn[1::2], strict=True)}
    return [{**row, "phone": lent.get(row["customer_id"], row["phone"])} for row in customers]


def _twins(recipe: Recipe, rates: Any, customers: Sequence[Row], orders: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Some companies entered a second time at the end of the list; every other order of theirs goes to the twin."""
    dice = recipe.dice("twins")
    busy = {row["customer_id"] for row in orders}
    companies = [row for row in customers if str(row["name"]).endswith("公司") and row["customer_id"] in busy]
    first_free = max(int(str(row["customer_id"])) for row in customers) + 1
    twin_of: dict[Cell, str] = {}
    added = []
    for number, row in enumerate(dice.some(companies, rates["twins"])):
        twin_of[row["customer_id"]] = str(first_free + number)
        short = str(row["name"]).replace("股份有限公司", "").replace("有限公司", "")
        added.append({**row, "customer_id": str(first_free + number), "name": short, "title": None, "birthday": None})
    return [*customers, *added], [_shared(row, twin_of) for row in orders]


def _shared(row: Row, twin_of: dict[Cell, str]) -> Row:
    """The row, moved to the customer's twin when its order's number within the day is even."""
    twin = twin_of.get(row["customer_id"])
    if twin is None or int(str(row["order_id"]).split("-")[1]) % 2:
        return row
    return {**row, "customer_id": twin}


def _typed(table: str, row: Row, rates: Any, dice: Dice) -> Row:
    """The row with ids, dates and amounts as people type them."""
    typed = dict(row)
    for column in ("customer_id", "referrer_id", "referred_id"):
        if isinstance(row.get(column), str):
            typed[column] = _id(str(row[column]), rates, dice)
    for column in DATED.get(table, ()):
        value = row.get(column)
        if isinstance(value, dt.date) and dice.chance(rates["date_as_text"]):
            form = dice.pick(rates["date_forms"])
            typed[column] = form.format(y=value.year, m=value.month, d=value.day)
    amount = row.get("amount")
    if isinstance(amount, float) and dice.chance(rates["amount_as_text"]):
        typed["amount"] = dice.pick(rates["amount_forms"]).format(grouped=f"{amount:,.2f}", plain=f"{amount:.2f}")
    return typed


def _id(value: str, rates: Any, dice: Dice) -> Cell:
    drawn = dice.share()
    if drawn < rates["id_as_number"]:
        return int(value)
    drawn -= rates["id_as_number"]
    if drawn < rates["id_spaced"]:
        return f" {value} "
    return value.translate(FULL_WIDTH) if drawn - rates["id_spaced"] < rates["id_full_width"] else value


def _card(recipe: Recipe, row: Row, rates: Any, dice: Dice) -> Row:
    """A customer's row with gaps, remarks and phones as they come."""
    card = dict(row)
    for column in ("owner", "size", "title"):
        if dice.chance(rates[f"{column}_missing"]):
            card[column] = None
    if dice.chance(rates["name_spaced"]):
        card["name"] = f"  {card['name']} "
    elif dice.chance(rates["name_brackets"]):
        card["name"] = f"{card['name']}{recipe.word(rates['remark'])}"
    card["phone"] = _phone(str(row["phone"]), rates, dice)
    return card


def _phone(phone: str, rates: Any, dice: Dice) -> Cell:
    two, number, dashes = (dice.chance(rates[key]) for key in ("two_phones", "phone_as_number", "phone_punctuated"))
    if two:
        return f"{phone} / 021-5550{phone[-4:]}"
    mobile = phone.isdigit()
    if number and mobile:
        return int(phone)
    return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}" if dashes and mobile else phone


def _state(recipe: Recipe, row: Row, rates: Any, dice: Dice) -> Row:
    """The row with its order's state in somebody else's words."""
    unknown, other = dice.chance(rates["status_unknown"]), dice.chance(rates["status_other_word"])
    states = schema.ORDERS.column("status").choices
    state = next((choice for choice in states if choice.name.of(recipe.language) == row["status"]), None)
    if unknown and state is not None and state.key == "done":
        return {**row, "status": dice.pick(recipe.word(rates["unknown_states"]))}
    if other and state is not None:
        words = [word for word in state.words if word.isascii() == (recipe.language == "en")]
        return {**row, "status": dice.pick(words[:OTHER_WORDS])}
    return row
