"""When and how customers buy: the weekday, the quarter of the year and the channel, where a habit shows.

A weekday (or quarter) is a habit where it has `habit_share` of somebody's orders, and so many would be unlikely for one
who buys like everybody else: the chance of as many or more, times the days (or quarters) to choose from, is at most
`habit_chance`. A quarter must have orders in two years besides.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..engine import Step, date_literal
from ..model.types import Model
from .dates import months_back
from .portable import count_where, whole_sum

PARAMS = ("habit_months", "habit_min_orders", "habit_chance", "habit_share")
"""Parameters of the model that say how; with a model that lacks them no habit is looked for."""
WEEKDAYS, QUARTERS = 7, 4
HABITS_OF_ALL = (
    *(f"weekday_{place}" for place in range(WEEKDAYS)),
    *(f"quarter_{place}" for place in range(QUARTERS)),
)
"""Columns of the relation of everybody's orders."""
_MONDAY = dt.date(1900, 1, 1)
_YEARS = 2
"""Years in which a season must be seen."""
_NOTHING = 1e-17
"""Share of a sum below which a term no longer changes it."""


@dataclass(frozen=True)
class Habit:
    """A weekday (0 is Monday) or a quarter (0 is the first), the share of orders on it, and how many they are."""

    place: int
    share: float
    orders: int


def habit_steps(model: Model, as_of: dt.date) -> list[Step]:
    """The steps `order_channels` and, where the model says how, `habit_orders` and `habits_of_all`, from the cleaned
    `orders`."""
    steps = [_order_channels(as_of)]
    if set(PARAMS) <= model.params.keys():
        steps += [_habit_orders(as_of, model.whole("habit_months")), _everybody()]
    return steps


def _order_channels(as_of: dt.date) -> Step:
    return Step(
        "order_channels",
        f"""-- One row per customer and sales channel: orders of the last 12 months that came by it.
SELECT customer_id, channel, COUNT(DISTINCT order_id) AS orders
FROM orders
WHERE channel IS NOT NULL AND is_return = 0
  AND date > {date_literal(months_back(as_of, 12))} AND date <= {date_literal(as_of)}
GROUP BY customer_id, channel""",
        of=("orders",),
    )


def _habit_orders(as_of: dt.date, months: int) -> Step:
    weekday = f"DATE_DIFF('DAY', {date_literal(_MONDAY)}, date) % {WEEKDAYS}"
    quarter = "(EXTRACT(MONTH FROM date) - 1) // 3"
    days = "".join(f",\n  {count_where(f'weekday = {place}')} AS weekday_{place}" for place in range(WEEKDAYS))
    after = months_back(as_of, months)
    years = range(after.year, as_of.year + 1)
    quarters = "".join(
        f",\n  {count_where(f'quarter = {place}')} AS quarter_{place},\n  "
        + " + ".join(f"MAX(CASE WHEN quarter = {place} AND year = {year} THEN 1 ELSE 0 END)" for year in years)
        + f" AS years_{place}"
        for place in range(QUARTERS)
    )
    return Step(
        "habit_orders",
        f"""-- One row per customer with an order in the last {months} months: orders by weekday (0: Monday) and by
-- quarter, and in how many years each quarter has one.
SELECT customer_id, COUNT(*) AS orders{days}{quarters}
FROM (
  SELECT customer_id, CAST({weekday} AS BIGINT) AS weekday, CAST({quarter} AS BIGINT) AS quarter,
    EXTRACT(YEAR FROM date) AS year
  FROM (
    SELECT customer_id, order_id, MIN(date) AS date
    FROM orders
    WHERE is_return = 0 AND date > {date_literal(after)} AND date <= {date_literal(as_of)}
    GROUP BY customer_id, order_id
  ) AS bought
) AS dated
GROUP BY customer_id""",
        of=("orders",),
    )


def _everybody() -> Step:
    sums = ",\n  ".join(f"COALESCE({whole_sum(column)}, 0) AS {column}" for column in HABITS_OF_ALL)
    return Step(
        "habits_of_all",
        f"""-- One row: the orders of all customers by weekday and by quarter, which a habit is measured against.
SELECT {sums}
FROM habit_orders""",
        of=("orders",),
    )


Orders = Sequence[int]
"""Orders by weekday, then by quarter, then in how many years each quarter has some."""
Finder = Callable[[Orders], tuple[Habit | None, Habit | None]]


def habit_finder(model: Model, everybody: Orders) -> Finder:
    """A function: the weekday and the quarter somebody prefers, if any, from its orders and those of everybody."""
    least, often = model.whole("habit_min_orders"), float(model.params["habit_share"].value)
    chance = float(model.params["habit_chance"].value)
    all_days, all_quarters = everybody[:WEEKDAYS], everybody[WEEKDAYS : WEEKDAYS + QUARTERS]

    def preferred(orders: Sequence[int], usual: Sequence[int]) -> Habit | None:
        """The place with most orders (of equals the first), where it is a habit."""
        total, count = sum(orders), max(orders)
        if total < least or count < total * often:
            return None
        place = orders.index(count)
        if chance_of(total, count, usual[place] / sum(usual)) * len(orders) > chance:
            return None
        return Habit(place, count / total, count)

    def found(orders: Orders) -> tuple[Habit | None, Habit | None]:
        season = preferred(orders[WEEKDAYS : WEEKDAYS + QUARTERS], all_quarters)
        if season is not None and orders[WEEKDAYS + QUARTERS + season.place] < _YEARS:
            season = None
        return preferred(orders[:WEEKDAYS], all_days), season

    return found


@lru_cache(maxsize=10_000)
def chance_of(tries: int, least: int, share: float) -> float:
    """The chance of at least so many hits in so many tries, each a hit with the chance `share` (binomial)."""
    if least <= 0 or share >= 1:
        return 1.0
    if share <= 0:
        return 0.0
    if least <= tries * share:  # a tail that is summed away from the middle never starts at nothing
        return 1 - _tail(tries, tries - least + 1, 1 - share)
    return _tail(tries, least, share)


def _tail(tries: int, least: int, share: float) -> float:
    """The same for `least` above the mean."""
    if least > tries:
        return 0.0
    ways = math.lgamma(tries + 1) - math.lgamma(least + 1) - math.lgamma(tries - least + 1)
    term = math.exp(ways + least * math.log(share) + (tries - least) * math.log1p(-share))
    total, odds = 0.0, share / (1 - share)
    for hits in range(least, tries + 1):
        total += term
        term *= odds * (tries - hits) / (hits + 1)
        if term < total * _NOTHING:
            break
    return min(total, 1.0)
