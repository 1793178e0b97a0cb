"""The demo company's software contracts, their renewals, and who brought whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .customers import Customer
from .orders import Line, Sale, renewal_line, worked_day
from .recipe import Recipe, Row

YEAR = 365


@dataclass(frozen=True)
class Contract:
    """A yearly contract at one of its ends. `renewed` is a key of the schema's answers."""

    customer: Customer
    due: dt.date
    renewed: str
    sale: Sale | None


def make_contracts(recipe: Recipe, customers: Sequence[Customer]) -> list[Contract]:
    """Every contract's ends within the book, and those soon to come."""
    return [contract for customer in customers for contract in _contracts(recipe, customer)]


def _contracts(recipe: Recipe, customer: Customer) -> list[Contract]:
    if not customer.subscribes or customer.first is None or recipe["habit"][customer.habit].get("orders_max") == 1:
        return []
    dice = recipe.dice("contract", customer.id)
    yearly = [product for product in recipe["product"] if product.get("yearly") and "launched" not in product]
    product = dice.pick(yearly)
    seats = max(1, round(dice.between(*recipe["contract"]["seats"]) * customer.scale))
    end = _first_end(recipe, customer, dice.between(0, YEAR - 1))
    last = recipe.as_of + dt.timedelta(recipe["contract"]["open_days"])
    found = []
    while end <= last:
        line = renewal_line(recipe, customer, product, seats, dice)
        contract = _ended(recipe, customer, end, line, dice)
        found.append(contract)
        if contract.renewed != "yes":
            break
        end += dt.timedelta(YEAR)
    return found


def _first_end(recipe: Recipe, customer: Customer, number: int) -> dt.date:
    """Old customers' contracts run out on any day of the first year, others' a year after they begin."""
    if customer.joined < recipe.start:
        return recipe.day(number)
    return recipe.day(customer.first or 0) + dt.timedelta(YEAR)


def _ended(recipe: Recipe, customer: Customer, end: dt.date, line: Line, dice: Any) -> Contract:
    """What became of a contract on its last day: renewed by an order, not renewed, or still open."""
    day = end + dt.timedelta(dice.between(-recipe["contract"]["answer_days"], recipe["contract"]["answer_days"]))
    if day > recipe.as_of or end > recipe.as_of:
        return Contract(customer, end, "open", None)
    day = max(day, recipe.start)
    stays = customer.buys_on((day - recipe.start).days) and dice.chance(recipe["habit"][customer.habit]["renews"])
    if not stays:
        return Contract(customer, end, "no", None)
    return Contract(customer, end, "yes", Sale(customer, worked_day(recipe, customer, day), (line,)))


def renewal_rows(recipe: Recipe, contracts: Sequence[Contract]) -> list[Row]:
    """One row per contract end, soonest first."""
    ordered = sorted(contracts, key=lambda contract: (contract.due, int(contract.customer.id)))
    return [
        {
            "contract_id": f"HT{contract.due:%y}-{contract.customer.id}",
            "customer_id": contract.customer.id,
            "due_date": contract.due,
            "renewed": recipe.choice("renewals", "renewed", contract.renewed),
        }
        for contract in ordered
    ]


def referral_rows(recipe: Recipe, customers: Sequence[Customer]) -> list[Row]:
    """Who brought whom: contented customers brought people who joined while the book runs."""
    dice = recipe.dice("referrals")
    brought = [customer for customer in customers if customer.joined >= recipe.start]
    givers = [
        customer
        for customer in customers
        if customer.habit in {"loyal", "growing"} and dice.chance(recipe["referral"]["chance"])
    ]
    pairs = zip(givers, dice.some(brought, len(givers)), strict=False)
    rows: list[Row] = [
        {"referrer_id": giver.id, "referred_id": newcomer.id, "date": newcomer.joined}
        for giver, newcomer in pairs
        if giver.id != newcomer.id and giver.joined < newcomer.joined
    ]
    return sorted(rows, key=lambda row: (str(row["date"]), str(row["referrer_id"])))
