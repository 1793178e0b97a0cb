"""The demo company's contacts with its customers, and what customers say back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from .customers import Customer
from .dice import Dice
from .orders import Sale
from .recipe import Recipe, Row

ONLINE_KINDS = {"view": "website", "click": "website", "cart": "website", "abandon": "website", "share": "social"}
NPS_SPREAD = 2
CSAT_OF_MOOD = {4: 2, 5: 3, 6: 3, 7: 4, 8: 4, 9: 5}


def interaction_rows(recipe: Recipe, customers: Sequence[Customer]) -> list[Row]:
    """One row per contact, by day."""
    rows = [row for customer in customers for row in _contacts(recipe, customer)]
    rows.sort(key=lambda row: (str(row["date"]), str(row["customer_id"])))
    return [{"interaction_id": f"HD{number:05d}", **row} for number, row in enumerate(rows, start=1)]


def _contacts(recipe: Recipe, customer: Customer) -> list[Row]:
    dice = recipe.dice("contacts", customer.id)
    least, most = recipe["contact"]["attention"]
    attention = min(most, max(least, customer.scale / recipe["contact"]["attention_at"]))
    rate = recipe["kind"][customer.kind]["contacts"] / 30 * attention * dice.around(1.0, 0.3)
    begin = max((customer.joined - recipe.start).days, 0)
    return [_contact(recipe, customer, day, dice) for day in range(begin, recipe.days + 1)
            if dice.chance(rate * _warmth(recipe, customer, day))]  # fmt: skip


def _warmth(recipe: Recipe, customer: Customer, day: int) -> float:
    """How much contact there is on a day, relative to a buying customer."""
    settings = recipe["contact"]
    if customer.first is None:
        warmth: float = settings["prospect_factor"]
    elif customer.buys_on(day) or day < customer.first:
        warmth = 1.0
    else:
        warmth = settings["silent_factor"]
    return warmth


def _contact(recipe: Recipe, customer: Customer, number: int, dice: Dice) -> Row:
    settings = recipe["contact"]
    kind = dice.weighted(settings[customer.kind])
    topic = _topic(recipe, customer, dice) if kind == "consult" else None
    notes = recipe["text"]["note"][recipe.language].get(topic or kind)
    tone = dice.weighted(settings["tones"]) if kind in {"consult", "visit"} else None
    return {
        "customer_id": customer.id,
        "date": recipe.day(number),
        "channel": recipe.choice("interactions", "channel", _channel(recipe, customer, kind, dice)),
        "kind": recipe.choice("interactions", "kind", kind),
        "topic": recipe.choice("interactions", "topic", topic) if topic else None,
        "note": dice.pick(notes) if notes else None,
        "tone": recipe.word(recipe["text"]["tone"][tone]) if tone else None,
    }


def _topic(recipe: Recipe, customer: Customer, dice: Dice) -> str:
    if customer.first is None:
        return "cooperation"
    own = dice.chance(recipe["contact"]["favourite_topic"])
    return customer.topic if own else dice.weighted(recipe["contact"]["topics"])


def _channel(recipe: Recipe, customer: Customer, kind: str, dice: Dice) -> str:
    if kind in ONLINE_KINDS:
        return ONLINE_KINDS[kind]
    if kind in {"visit", "training", "event"}:
        return "phone" if kind == "visit" and dice.chance(0.4) else "meeting"
    own = dice.chance(recipe["contact"]["favourite_channel"])
    return customer.channel if own else dice.weighted(recipe["contact"]["channels"])


def feedback_rows(recipe: Recipe, customers: Sequence[Customer], sales: Sequence[Sale]) -> list[Row]:
    """One row per answer, mark, complaint or suggestion, by day."""
    rows = _nps_answers(recipe, customers)
    for number, sale in enumerate(sales):
        if sale.status == "done":
            rows += _after_sale(recipe, sale, recipe.dice("voice", number, sale.customer.id))
    rows = [row for row in rows if isinstance(row["date"], dt.date) and row["date"] <= recipe.as_of]
    rows.sort(key=lambda row: (str(row["date"]), str(row["customer_id"]), str(row["kind"])))
    return [{"feedback_id": f"FK{number:04d}", **row} for number, row in enumerate(rows, start=1)]


def _nps_answers(recipe: Recipe, customers: Sequence[Customer]) -> list[Row]:
    """Answers to the question of each quarter's last month, from customers who were buying."""
    asked = [day for day in map(recipe.day, range(recipe.days + 1)) if day.month % 3 == 0 and day.day == 15]
    rows = []
    for customer in customers:
        dice, mood = recipe.dice("nps", customer.id), recipe["habit"][customer.habit]["mood"]
        for day in asked:
            answers = dice.chance(recipe["voice"]["nps_answers"])
            mark = min(10, max(0, mood + dice.between(-NPS_SPREAD, NPS_SPREAD)))
            when = day + dt.timedelta(dice.between(0, 10))
            if answers and customer.buys_on((day - recipe.start).days):
                rows.append(_said(recipe, customer, when, "nps", mark, "praise" if mark >= 9 else None, dice))
    return rows


def _after_sale(recipe: Recipe, sale: Sale, dice: Dice) -> list[Row]:
    voice, habit = recipe["voice"], recipe["habit"][sale.customer.habit]
    rows = []
    if dice.chance(voice["csat_answers"]):
        mark = min(5, max(1, CSAT_OF_MOOD[habit["mood"]] + dice.between(-1, 1)))
        rows.append(_said(recipe, sale.customer, sale.day + dt.timedelta(dice.between(2, 9)), "csat", mark, None, dice))
    for kind, rate in (("complaint", habit["complains"]), ("suggestion", voice["suggests"])):
        if dice.chance(rate):
            day = sale.day + dt.timedelta(dice.between(1, 12))
            rows.append(_said(recipe, sale.customer, day, kind, None, kind, dice))
    return rows


def _said(
    recipe: Recipe, customer: Customer, day: dt.date, kind: str, mark: int | None, text: str | None, dice: Dice
) -> Row:
    solved = (recipe.as_of - day).days > dice.between(*recipe["voice"]["solve_days"])
    status = recipe.choice("feedback", "status", "closed" if solved else "open") if kind == "complaint" else None
    return {
        "customer_id": customer.id,
        "date": day,
        "kind": recipe.choice("feedback", "kind", kind),
        "score": mark,
        "text": dice.pick(recipe["text"][text][recipe.language]) if text else None,
        "status": status,
    }
