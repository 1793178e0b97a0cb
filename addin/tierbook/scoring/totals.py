"""What is known of each customer in a few whole numbers, kept so that a later look can say what has come since."""

from __future__ import annotations

import datetime as dt

from ..engine import Engine, Step, date_literal

TOTALS = ("orders", "amount", "returns", "returned", "interactions", "feedback")
"""Orders; cents with returns taken off; lines that are returns and their cents (below zero); what was said."""


def put_totals(engine: Engine, as_of: dt.date) -> None:
    """Make `totals` from the scored relations: one row per customer of `results`, all of TOTALS up to the day."""
    engine.once([totals_step(as_of)])


def totals_step(as_of: dt.date) -> Step:
    day = date_literal(as_of)
    return Step(
        "totals",
        f"""-- One row per customer: what is known of it up to the day.
SELECT results.customer_id AS customer_id, COALESCE(orders_all, 0) AS orders, COALESCE(amount_all, 0) AS amount,
  COALESCE(returns, 0) AS returns, COALESCE(returned, 0) AS returned,
  COALESCE(said.told, 0) AS interactions, COALESCE(answered.told, 0) AS feedback
FROM (SELECT customer_id FROM results) AS results
LEFT JOIN (SELECT customer_id, orders_all, amount_all FROM purchases) AS purchases
  ON purchases.customer_id = results.customer_id
LEFT JOIN (SELECT customer_id, COUNT(*) AS returns, CAST(SUM(amount) AS BIGINT) AS returned FROM orders
  WHERE is_return = 1 AND date <= {day} GROUP BY customer_id) AS backs ON backs.customer_id = results.customer_id
LEFT JOIN (SELECT customer_id, COUNT(*) AS told FROM interactions WHERE date <= {day} GROUP BY customer_id) AS said
  ON said.customer_id = results.customer_id
LEFT JOIN (SELECT customer_id, COUNT(*) AS told FROM feedback WHERE date <= {day} GROUP BY customer_id) AS answered
  ON answered.customer_id = results.customer_id""",
        of=("results", "purchases", "orders", "interactions", "feedback"),
    )


def packed_totals(engine: Engine) -> dict[str, str]:
    """Customer -> its totals as one text, after `put_totals`: `12,1240000,1,-5000,7,2`."""
    told = " || ',' || ".join(f"CAST({key} AS VARCHAR)" for key in TOTALS)
    return dict(engine.rows(f"SELECT customer_id, {told} AS told FROM totals"))


def unpacked(told: str) -> dict[str, int] | None:
    """The totals of such a text; None where it is none."""
    try:
        return dict(zip(TOTALS, map(int, told.split(",")), strict=True))
    except ValueError:
        return None
