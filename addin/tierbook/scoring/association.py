"""What to offer next: the category a customer does not buy that goes best with those it does.

Over the customers who bought anything with a category in the last `next_months` months:

    support     customers who bought both / all of them
    confidence  customers who bought both / customers who bought the one
    lift        confidence / share of all customers who bought the other: above 1, they go together

A rule counts where the support reaches `next_min_support`, at least `next_min_both` customers bought both, and the lift
reaches `next_min_lift`. Of the rules from a category the customer buys to one it does not, the one with the highest
lift wins; as high: more customers with both, then the names in order. With fewer than `next_min_buyers` customers
nothing is said at all: by chance alone some pair would look good.

A rule is one of everybody's: a book of some customers offers them what it offers these in every other book.

Source: Agrawal, Imielinski & Swami (1993) for support and confidence; lift as in Brin, Motwani, Ullman & Tsur (1997).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ..engine import Step, date_literal
from ..model.types import Model
from .dates import months_back
from .portable import MILLION, quotient, whole_sum

PARAMS = ("next_months", "next_min_support", "next_min_both", "next_min_lift", "next_min_buyers")
"""Parameters of the model that say how; a model without them recommends nothing."""

Why = Literal["", "few_buyers", "bought_nothing", "no_rule"]


@dataclass(frozen=True)
class NextBest:
    """What to offer a customer.

    Args:
        category: what the customer does not buy yet; "" where nothing can be said.
        because: the category it buys that leads there.
        lift, support, confidence: of that rule; None without one. Support and confidence are 0 to 1.
        why: why nothing is said: too few customers in all, the customer bought nothing, no rule is good enough.
    """

    category: str = ""
    because: str = ""
    lift: float | None = None
    support: float | None = None
    confidence: float | None = None
    why: Why = ""


def association_steps(model: Model, as_of: dt.date) -> list[Step]:
    """The steps `bought_categories`, `category_buyers`, `baskets`, `common_baskets`, `category_rules` and
    `next_categories`, from the cleaned `orders`; only the first two where the model does not say how."""
    if not set(PARAMS) <= model.params.keys():
        return [_bought_categories(as_of, _YEAR), _category_buyers()]
    support = Fraction(str(model.param("next_min_support")))
    return [
        _bought_categories(as_of, model.whole("next_months")),
        _category_buyers(),
        _baskets(),
        _common_baskets(support, model.whole("next_min_both")),
        _category_rules(model, support),
        _next_categories(),
    ]


_YEAR = 12


def _bought_categories(as_of: dt.date, months: int) -> Step:
    return Step(
        "bought_categories",
        f"""-- One row per customer and category of the last {months} months: cents, returns taken off, and 1 where
-- something was bought (0: only returned).
SELECT customer_id, category, {whole_sum("amount")} AS amount, MAX(1 - is_return) AS bought
FROM orders
WHERE category IS NOT NULL AND date > {date_literal(months_back(as_of, months))} AND date <= {date_literal(as_of)}
GROUP BY customer_id, category""",
        of=("orders",),
    )


def _category_buyers() -> Step:
    return Step(
        "category_buyers",
        """-- One row: how many customers bought anything with a category.
SELECT COUNT(DISTINCT customer_id) AS buyers
FROM bought_categories
WHERE bought = 1""",
        of=("orders",),
    )


def _baskets() -> Step:
    return Step(
        "baskets",
        """-- One row per customer and category bought.
SELECT customer_id, category
FROM bought_categories
WHERE bought = 1""",
        keep=False,
    )


def _common_baskets(support: Fraction, least: int) -> Step:
    return Step(
        "common_baskets",
        f"""-- One row per customer and category bought, of categories with enough buyers for a rule: a pair has no more
-- buyers than its rarer category. buyers: of the category; everyone: who bought anything.
SELECT baskets.customer_id AS customer_id, baskets.category AS category, buyers, everyone
FROM baskets
JOIN (SELECT category, COUNT(*) AS buyers FROM baskets GROUP BY category) AS counted
  ON counted.category = baskets.category
CROSS JOIN (SELECT COUNT(DISTINCT customer_id) AS everyone FROM baskets) AS people
WHERE buyers >= {least} AND buyers * {support.denominator} >= everyone * {support.numerator}""",
        of=("orders",),
    )


def _category_rules(model: Model, support: Fraction) -> Step:
    least_lift = Fraction(str(model.param("next_min_lift")))
    lift = quotient("both_buyers * 1e0 * everyone", "(because_buyers * 1e0 * next_buyers)")
    return Step(
        "category_rules",
        f"""-- One row per rule that is good enough: from a category to another, buyers of both, of each, of anything;
-- lift in millionths; place: 1 for the best.
SELECT because, next_category, both_buyers, because_buyers, next_buyers, everyone, lift,
  ROW_NUMBER() OVER (ORDER BY lift DESC, both_buyers DESC, next_category, because) AS place
FROM (
  SELECT because, next_category, both_buyers, because_buyers, next_buyers, everyone, {lift} AS lift
  FROM (
    SELECT ours.category AS because, theirs.category AS next_category, COUNT(*) AS both_buyers,
      MAX(ours.buyers) AS because_buyers, MAX(theirs.buyers) AS next_buyers, MAX(ours.everyone) AS everyone
    FROM common_baskets AS ours
    JOIN common_baskets AS theirs ON theirs.customer_id = ours.customer_id AND theirs.category <> ours.category
    GROUP BY ours.category, theirs.category
  ) AS pairs
) AS measured
WHERE both_buyers >= {model.whole("next_min_both")} AND everyone >= {model.whole("next_min_buyers")}
  AND both_buyers * {support.denominator} >= everyone * {support.numerator}
  AND both_buyers * everyone * {least_lift.denominator} >= because_buyers * next_buyers * {least_lift.numerator}""",
        of=("orders",),
    )


def _next_categories() -> Step:
    return Step(
        "next_categories",
        """-- One row per customer to whom a rule leads: the best rule from a category it buys to one it does not.
SELECT best.customer_id AS customer_id, next_category, because, both_buyers, because_buyers, everyone, lift
FROM (
  SELECT baskets.customer_id AS customer_id, MIN(category_rules.place) AS place
  FROM baskets
  JOIN category_rules ON category_rules.because = baskets.category
  LEFT JOIN baskets AS held
    ON held.customer_id = baskets.customer_id AND held.category = category_rules.next_category
  WHERE held.category IS NULL
  GROUP BY baskets.customer_id
) AS best
JOIN category_rules ON category_rules.place = best.place""",
        of=("orders",),
    )


def next_best(category: str, because: str, both: int, because_buyers: int, everyone: int, lift: int) -> NextBest:
    """From the columns of `next_categories`."""
    return NextBest(category, because, lift / MILLION, both / everyone, both / because_buyers)


def nothing_to_offer(model: Model, buyers: int, *, has_bought: bool) -> NextBest:
    """Why nothing is offered to a customer, where `buyers` customers bought anything with a category."""
    if set(PARAMS) <= model.params.keys() and buyers < model.whole("next_min_buyers"):
        return NextBest(why="few_buyers")
    return NextBest(why="no_rule" if has_bought else "bought_nothing")
