"""What members bought and returned, from the cleaned orders."""

from __future__ import annotations

import datetime as dt

from ..engine import Engine, date_literal
from .records import Purchase


def purchases(engine: Engine, as_of: dt.date) -> list[Purchase]:
    """One for each order and one for each day on which something of it was returned; by customer and day.

    An order is all of its lines that are no return, on the first one's day, as scoring counts it.
    """
    until = f"date <= {date_literal(as_of)}"
    bought = f"""SELECT customer_id, CAST(order_id AS VARCHAR) AS order_id, MIN(date) AS date,
  CAST(SUM(amount) AS BIGINT) AS cents, 0 AS returned
FROM orders WHERE {until} AND is_return = 0 GROUP BY customer_id, order_id"""
    returned = f"""SELECT customer_id, CAST(order_id AS VARCHAR), date, CAST(SUM(amount) AS BIGINT), 1
FROM orders WHERE {until} AND is_return = 1 GROUP BY customer_id, order_id, date"""
    rows = engine.rows(f"{bought} UNION ALL {returned} ORDER BY 1, 3, 5, 2")
    return [Purchase(customer, order, day, cents or 0, bool(back)) for customer, order, day, cents, back in rows]
