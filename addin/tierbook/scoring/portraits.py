"""Portraits: what customers need, how they buy, where it hurts, how they like to be reached.

Of one customer or of a group (a tier, an RFM class): the same facts, counted over its members. What the facts do not
show is left out; nothing is guessed. `portrait_texts` puts a portrait into words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..engine import Engine, Step, date_literal, text_literal
from ..model.types import Model
from ..schema import CHANNELS, TOPICS
from . import association
from .association import NextBest, association_steps, next_best, nothing_to_offer
from .complaints import complaint_step
from .dates import months_back
from .habits import Habit, habit_finder, habit_steps
from .portable import count_where
from .portrait_reading import Counted, Facts, complained_of, reached_by, read_facts, spoken_of

SHOWN = 3
"""Values of a kind that a portrait keeps."""


NOTHING = NextBest()


@dataclass(frozen=True)
class Portrait:
    """A customer, or a group of customers. The most frequent values stand first, at most SHOWN of a kind.

    Interactions, complaints and sales channels are of the last 12 months, categories and habits of the model's months.

    Args:
        is_group: counts are sums over the members, figures their means (of open complaints the sum).
        categories: (category, share of the money spent on categories), 0 to 1.
        offer: what to offer a customer; offers: what to offer most members of a group, and how many.
        order_channels: orders by sales channel; channel_orders: all that say theirs.
        contacts, topics, complaints: how many by the key of the channel, the topic, the kind of trouble.
        complained: complaints in all; `complaints` counts one under each kind it speaks of.
        figures: of `portrait_reading.FIGURES`, as `results` shows them; missing ones lack.
    """

    is_group: bool = False
    categories: Sequence[tuple[str, float]] = ()
    offer: NextBest = NOTHING
    offers: Counted = ()
    order_channels: Counted = ()
    channel_orders: int = 0
    weekday: Habit | None = None
    season: Habit | None = None
    contacts: Counted = ()
    topics: Counted = ()
    complaints: Counted = ()
    complained: int = 0
    figures: Mapping[str, float] = field(default_factory=dict)


def portrait_steps(model: Model, as_of: dt.date) -> list[Step]:
    """Every relation portraits are read from, made of the cleaned facts."""
    return [
        *association_steps(model, as_of),
        *habit_steps(model, as_of),
        _contacts(as_of),
        complaint_step(as_of),
    ]


def _contacts(as_of: dt.date) -> Step:
    channels = [f"{count_where(f'channel = {text_literal(one.key)}')} AS by_{one.key}" for one in CHANNELS]
    topics = [f"{count_where(f'topic = {text_literal(one.key)}')} AS on_{one.key}" for one in TOPICS]
    return Step(
        "contacts",
        f"""-- One row per customer with an interaction in the last 12 months: how many by each channel, on each topic.
SELECT customer_id, {", ".join([*channels, *topics])}
FROM interactions
WHERE date > {date_literal(months_back(as_of, 12))} AND date <= {date_literal(as_of)}
GROUP BY customer_id""",
        of=("interactions",),
    )


def prepare(engine: Engine, model: Model, as_of: dt.date) -> None:
    """Make the relations portraits are read from; the facts lie in the engine, scored as of the day."""
    engine.once(portrait_steps(model, as_of))


def portraits(engine: Engine, model: Model, customer_id: str = "") -> Iterator[tuple[str, Portrait]]:
    """Every customer of `results` (or one) with its portrait, by id, after `prepare`."""
    facts = read_facts(engine, _relations(model), customer_id=customer_id)
    offers = _offers(engine, customer_id) if set(association.PARAMS) <= model.params.keys() else {}
    buyers = int(engine.value("SELECT buyers FROM category_buyers"))
    without = {bought: nothing_to_offer(model, buyers, has_bought=bought) for bought in (False, True)}
    drawn = _Drawn(model, facts)
    for customer in facts.figures:
        offer = offers.get(customer) or without[customer in facts.categories]
        yield customer, drawn.portrait(customer, offer=offer)


def group_portraits(engine: Engine, model: Model, column: str) -> dict[str, Portrait]:
    """The portrait of each group by a text column of `results`, after `prepare`."""
    facts = read_facts(engine, _relations(model), column=column)
    drawn = _Drawn(model, facts)
    return {
        group: drawn.portrait(group, is_group=True, offers=facts.offers.get(group, ())[:SHOWN])
        for group in facts.figures
    }


def _relations(model: Model) -> set[str]:
    """The names of the relations that `prepare` makes for a model."""
    return {step.name for step in portrait_steps(model, dt.date(2000, 1, 1))}


def _offers(engine: Engine, customer_id: str) -> dict[str, NextBest]:
    where = f" WHERE customer_id = {text_literal(customer_id)}" if customer_id else ""
    rules: dict[tuple[Any, ...], NextBest] = {}
    offers = {}
    for customer, *told in engine.rows(
        "SELECT customer_id, next_category, because, both_buyers, because_buyers, everyone, lift "
        f"FROM next_categories{where}"
    ):
        rule = tuple(told)
        if rule not in rules:
            rules[rule] = next_best(*rule)
        offers[customer] = rules[rule]
    return offers


class _Drawn:
    """Portraits from facts; what is the same for everybody is found out once."""

    def __init__(self, model: Model, facts: Facts) -> None:
        self._facts = facts
        self._habits = habit_finder(model, facts.all_habits) if facts.habits else None

    def portrait(
        self, whose: str, *, is_group: bool = False, offer: NextBest = NOTHING, offers: Counted = ()
    ) -> Portrait:
        facts = self._facts
        channels = facts.order_channels.get(whose, ())
        orders, met, complained = facts.habits.get(whose), facts.met.get(whose), facts.complained.get(whose)
        weekday, season = self._habits(orders) if orders and self._habits else (None, None)
        return Portrait(
            is_group=is_group,
            categories=_shares(facts.categories.get(whose, ())),
            offer=offer,
            offers=offers,
            order_channels=channels[:SHOWN],
            channel_orders=sum([orders for _, orders in channels]),
            weekday=weekday,
            season=season,
            contacts=reached_by(met)[:SHOWN] if met else (),
            topics=spoken_of(met)[:SHOWN] if met else (),
            complaints=complained_of(complained)[:SHOWN] if complained else (),
            complained=complained[0] if complained else 0,
            figures=facts.figures[whose],
        )


def _shares(categories: Counted) -> Sequence[tuple[str, float]]:
    """Categories with their share of the money, those that earned some; the largest stand first."""
    if categories and categories[-1][1] <= 0:
        categories = [(name, amount) for name, amount in categories if amount > 0]
    spent = sum([amount for _, amount in categories])
    return [(name, amount / spent) for name, amount in categories[:SHOWN]]
