"""What was known on the past day, and what came after, as relations: one reads facts up to the day, one those after.

Cleaning is done as of each day by itself: a return, a second copy of a line or a customer that came later is not there
when the past day is scored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine import Engine, Step, date_literal, quoted, text_literal
from ..model.types import Model
from ..scoring.portable import BILLION, whole_sum
from ..scoring.scorecards import weighed_lines
from .records import SCORE, Asked, Settings, Then

if TYPE_CHECKING:
    import datetime as dt

RIVALS = ("amount", "recency", "rf", "churn_risk")
"""What the score is compared with: money so far, the last order, R and F together, and where the model has it the
chance that no order comes."""
_DATED = (
    ("orders", "customer_id", "date"), ("interactions", "customer_id", "date"), ("feedback", "customer_id", "date"),
    ("referrals", "referrer_id", "date"), ("referrals", "referred_id", "date"), ("renewals", "customer_id", "due_date"),
    ("customers", "customer_id", "since"),
)  # fmt: skip


def forget_newcomers(engine: Engine, at: dt.date) -> None:
    """Leave in `customers` only who was known on the day: by a fact dated up to it, or a customer `since` then.

    Somebody on today's list of whom neither is told may have come later; counting them would move everybody's
    percentile.
    """
    known = " UNION ".join(
        f"SELECT {person} AS customer_id FROM {table} WHERE {day} <= {date_literal(at)}"
        for table, person, day in _DATED
    )
    engine.run(
        Step(
            "customers_then",
            f"""-- One row per customer known on the day; columns as `customers`.
SELECT customers.*
FROM customers
JOIN ({known}) AS known ON known.customer_id = customers.customer_id""",
        )
    )
    engine.drop("customers")
    engine.run(Step("customers", "SELECT * FROM customers_then", keep=False))


def then_steps(engine: Engine, model: Model, asked: Asked, settings: Settings) -> list[Step]:
    """The step `backtest_then`, from the scored relations of the past day (whose columns differ between models)."""
    day = date_literal(asked.at)
    main = model.scale(model.main_scale)
    tiers = " ".join(f"WHEN {text_literal(tier.key)} THEN {place}" for place, tier in enumerate(main.tiers))
    shares = ",\n  ".join(
        f"{line.counts} AS {quoted(_share(number))}"
        for number, line in enumerate(weighed_lines(model.main_card, set()))
    )
    risk = "indicators.churn_risk" if "churn_risk" in engine.columns("indicators") else "CAST(NULL AS BIGINT)"
    return [
        Step(
            "bought_before",
            f"""-- One row per customer with an order line up to the day: cents, and the last day something was bought.
SELECT customer_id, {whole_sum("amount")} AS cents, MAX(CASE WHEN is_return = 0 THEN date END) AS last_date
FROM orders
WHERE date <= {day}
GROUP BY customer_id""",
        ),
        Step(
            "backtest_then",
            f"""-- One row per customer known on the day: main score (millionths), place of its tier (0 the lowest);
-- rivals of the score, NULL: nothing to go by; active: 1 for who ordered in the {settings.active_days} days up to
-- the day; shares (billionths).
SELECT scores.customer_id AS customer_id, {quoted(f"score_{model.main}")} AS score,
  CASE {quoted(f"tier_{main.key}")} {tiers} END AS tier,
  bought_before.cents AS amount, -DATE_DIFF('DAY', bought_before.last_date, {day}) AS recency, rfm.r + rfm.f AS rf,
  -{risk} AS churn_risk,
  CASE WHEN DATE_DIFF('DAY', bought_before.last_date, {day}) < {settings.active_days} THEN 1 ELSE 0 END AS active,
  {shares}
FROM scores
JOIN tiers ON tiers.customer_id = scores.customer_id
JOIN shares ON shares.customer_id = scores.customer_id
JOIN indicators ON indicators.customer_id = scores.customer_id
LEFT JOIN rfm ON rfm.customer_id = scores.customer_id
LEFT JOIN bought_before ON bought_before.customer_id = scores.customer_id""",
        ),
    ]


def outcome_steps(asked: Asked) -> list[Step]:
    """The step `outcomes`, from facts cleaned as of the end; only order lines dated after the day are read."""
    return [
        Step(
            "outcomes",
            f"""-- One row per customer with an order line dated after the day, up to the end: cents, returns taken off,
-- and orders with at least one such line that is not a return.
SELECT customer_id, {whole_sum("amount")} AS revenue,
  COUNT(DISTINCT CASE WHEN is_return = 0 THEN order_id END) AS orders
FROM orders
WHERE date > {date_literal(asked.at)} AND date <= {date_literal(asked.end)}
GROUP BY customer_id""",
        )
    ]


def read_then(engine: Engine, model: Model) -> tuple[Then, tuple[int, int]]:
    """`backtest_then` with `outcomes`; and how many others bought, and their cents."""
    import numpy as np

    found = engine.frame(
        "SELECT t.*, COALESCE(revenue, 0) AS revenue, COALESCE(orders, 0) AS orders "
        "FROM backtest_then AS t LEFT JOIN outcomes ON outcomes.customer_id = t.customer_id ORDER BY t.customer_id"
    )
    signals = {key: found[key].to_numpy(dtype=float, na_value=np.nan) for key in RIVALS}
    then = Then(
        ids=[str(one) for one in found["customer_id"]],
        score=found["score"].to_numpy(dtype=np.int64),
        tier=found["tier"].to_numpy(dtype=np.int64),
        signals={
            key: np.where(np.isnan(values), -np.inf, values)
            for key, values in {SCORE: found["score"].to_numpy(dtype=float), **signals}.items()
            if key != "churn_risk" or not np.isnan(values).all()
        },
        active=found["active"].to_numpy(dtype=bool),
        shares={
            line.indicator: found[_share(number)].to_numpy(dtype=float, na_value=np.nan) / BILLION
            for number, line in enumerate(model.main_card.lines)
        },
        revenue=found["revenue"].to_numpy(dtype=np.int64),
        orders=found["orders"].to_numpy(dtype=np.int64),
    )
    others, cents = engine.rows(
        "SELECT COUNT(CASE WHEN orders > 0 THEN 1 END), CAST(COALESCE(SUM(revenue), 0) AS BIGINT) FROM outcomes "
        "WHERE customer_id NOT IN (SELECT customer_id FROM backtest_then)"
    )[0]
    return then, (others, cents)


def _share(number: int) -> str:
    return f"share_{number}"
