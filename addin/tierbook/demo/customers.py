"""The demo company's customers: who they are, and the habits that make their orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .dice import Dice
from .recipe import Recipe, Row, allotted

BEFORE_BOOK_DAYS = (40, 2200)
"""Customers known before the book began were entered this long before its first day."""


@dataclass(frozen=True)
class Customer:
    """A customer with the traits that drive its rows. Day numbers count from the recipe's start.

    `first` is None for somebody who never ordered; `stop` and `back` frame a silence.
    """

    id: str
    name: str
    kind: str
    person: bool
    size: str
    habit: str
    place: Any
    industry: Any
    owner: str
    contact: str
    origin: str
    joined: dt.date
    first: int | None
    stop: int | None
    back: int | None
    gap: int
    scale: float
    favourite: str
    pays: str
    channel: str
    topic: str
    subscribes: bool

    def buys_on(self, day: int) -> bool:
        """Whether the customer orders at all at that time."""
        if self.first is None or day < self.first:
            return False
        silent = self.stop is not None and day > self.stop and (self.back is None or day < self.back)
        return not silent


def make_customers(recipe: Recipe) -> list[Customer]:
    """All customers, numbered in the order they joined."""
    count = int(recipe["customers"])
    dice = recipe.dice("who")
    habits = dice.some(allotted({key: habit["share"] for key, habit in recipe["habit"].items()}, count), count)
    kinds = dice.some(allotted({key: kind["share"] for key, kind in recipe["kind"].items()}, count), count)
    names = _company_names(recipe)
    found = [_customer(recipe, place, kinds[place], habits[place], names) for place in range(count)]
    found.sort(key=lambda customer: customer.joined)
    return [replace(customer, id=str(recipe["first_id"] + place)) for place, customer in enumerate(found)]


def _customer(recipe: Recipe, place_in_draw: int, kind: str, habit_key: str, names: Iterator[str]) -> Customer:
    dice = recipe.dice("customer", place_in_draw)
    habit = recipe["habit"][habit_key]
    place = dice.weighted({number: entry["weight"] for number, entry in enumerate(recipe["place"])})
    industry = dice.weighted({number: entry["weight"] for number, entry in enumerate(recipe["industry"])})
    where, trade = recipe["place"][place], recipe["industry"][industry]
    person = kind == "retail" and dice.chance(recipe["retail"]["persons"])
    size = _size(recipe, kind, person, dice)
    contact = person_name(recipe, dice)
    first = recipe.drawn(dice, habit["first"]) if "first" in habit else None
    joined = _joined(recipe, habit, first, dice)
    spend: float = habit["spend"]
    by_size: float = recipe["size"][size]["scale"] if size and kind != "retail" else 1.0
    return Customer(
        id="",
        name=contact if person else _name(recipe, kind, where, trade, next(names), dice),
        kind=kind,
        person=person,
        size=size,
        habit=habit_key,
        place=where,
        industry=trade if kind == "enterprise" else None,
        owner=_owner(recipe, kind, where["region"], dice),
        contact=contact,
        origin=dice.weighted({key: entry["share"] for key, entry in recipe["origin"].items()}),
        joined=joined,
        first=first,
        stop=recipe.drawn(dice, habit["stops"]) if "stops" in habit else None,
        back=recipe.drawn(dice, habit["returns"]) if "returns" in habit else None,
        gap=dice.between(*habit["gap_days"]),
        scale=recipe["kind"][kind]["scale"] * by_size * spend * dice.around(1.0, 0.45),
        favourite=dice.pick(tuple(recipe["category"])),
        pays=dice.weighted({key: recipe["payment"][key]["share"] for key in ("prompt", "slow", "bad")}),
        channel=dice.weighted(recipe["contact"]["channels"]),
        topic=dice.weighted(recipe["contact"]["topics"]),
        subscribes=dice.chance(recipe["kind"][kind]["subscribes"]),
    )


def _size(recipe: Recipe, kind: str, person: bool, dice: Dice) -> str:
    """Large, medium or small; private persons have none and shops are small."""
    if kind == "retail":
        return "" if person else "small"
    shares: dict[str, float] = {key: entry["share"] for key, entry in recipe["size"].items()}
    return dice.weighted(shares)


def _joined(recipe: Recipe, habit: Any, first: int | None, dice: Dice) -> dt.date:
    if habit["joined"] == "before":
        return recipe.start - dt.timedelta(dice.between(*BEFORE_BOOK_DAYS))
    seen = dice.between(recipe.days // 3, recipe.days - 5) if first is None else first
    return recipe.day(seen) - dt.timedelta(dice.between(0, 35))


def _owner(recipe: Recipe, kind: str, region: str, dice: Dice) -> str:
    """Somebody who looks after such customers; where several do, chance decides."""
    able = [person for person in recipe["people"] if kind in person["kinds"] and region in person["regions"]]
    name: str = dice.pick(able or recipe["people"])["name"]
    return name


def person_name(recipe: Recipe, dice: Dice) -> str:
    names = recipe["names"]
    surname: str = dice.pick(names["surnames"])
    given: str = dice.pick(names["given"])
    return surname + given


def _company_names(recipe: Recipe) -> Iterator[str]:
    """Invented two-letter names, each once."""
    names = recipe["names"]
    pairs = [first + second for first in names["company_first"] for second in names["company_second"]]
    return iter(recipe.dice("company names").some(pairs, len(pairs)))


def _name(recipe: Recipe, kind: str, where: Any, trade: Any, word: str, dice: Dice) -> str:
    city = where["city"].removesuffix("市")
    if kind == "retail":
        return f"{word}{dice.pick(recipe['names']['studio_words'])}"
    if kind == "channel":
        return f"{city}{word}{dice.pick(recipe['names']['channel_words'])}有限公司"
    ending = "股份有限公司" if dice.chance(0.12) else "有限公司"
    return f"{city}{word}{dice.pick(trade['words'])}{ending}"


def customer_rows(recipe: Recipe, customers: list[Customer]) -> list[Row]:
    """The customer list as a tidy person would keep it."""
    return [_row(recipe, customer) for customer in customers]


def _row(recipe: Recipe, customer: Customer) -> Row:
    dice = recipe.dice("card", customer.id)
    number = int(customer.id)
    mobile = f"1380000{number:04d}"
    desk = f"{customer.place['area']}-5550{number:04d}"
    titles = recipe.word(recipe["names"]["titles"])
    social = customer.kind != "enterprise"
    return {
        "customer_id": customer.id,
        "name": customer.name,
        "kind": recipe.choice("customers", "kind", customer.kind),
        "industry": customer.industry["name"] if customer.industry else None,
        "size": recipe.choice("customers", "size", customer.size) if customer.size else None,
        "region": recipe.choice("customers", "region", customer.place["region"]),
        "province": customer.place["province"],
        "city": customer.place["city"],
        "contact": customer.contact,
        "title": None if customer.person else dice.pick(titles),
        "phone": mobile if customer.person or dice.chance(0.75) else desk,
        "email": f"c{customer.id}@example.com",
        "owner": customer.owner,
        "since": customer.joined,
        "birthday": dt.date(dice.between(1968, 1999), dice.between(1, 12), dice.between(1, 28))
        if dice.chance(0.6 if customer.person else 0.25)
        else None,
        "source": recipe.word(recipe["origin"][customer.origin]["name"]),
        "followers": dice.between(5, 40) ** 2 if social and dice.chance(0.5) else None,
        "industry_outlook": customer.industry["outlook"] if customer.industry else None,
        **_wishes(recipe, customer),
    }


def _wishes(recipe: Recipe, customer: Customer) -> Row:
    """Few keep their birthday by the lunar calendar, few want no marketing."""
    dice = recipe.dice("wishes", customer.id)
    months, days = "正二三四五六七八九十冬腊", ("初一", "初六", "初九", "十二", "十五", "十八", "廿三", "廿八")
    lunar = f"{months[dice.between(0, 11)]}月{dice.pick(days)}"
    return {
        "birthday_lunar": lunar if customer.person and dice.chance(0.2) else None,
        "opt_out": recipe.choice("renewals", "renewed", "yes") if dice.chance(0.04) else None,
    }


def people_rows(recipe: Recipe) -> list[Row]:
    """The sales team; the boss last."""
    boss = next((person["name"] for person in recipe["people"] if person.get("boss")), None)
    return [
        {
            "name": person["name"],
            "seniority": recipe.word(person["seniority"]),
            "capacity": person["capacity"],
            "tasks_per_day": person["tasks_per_day"],
            "regions": "、".join(recipe.choice("customers", "region", key) for key in person["regions"]),
            "email": f"sales{place}@example.com",
            "boss": None if person["name"] == boss else boss,
        }
        for place, person in enumerate(recipe["people"], start=1)
    ]
