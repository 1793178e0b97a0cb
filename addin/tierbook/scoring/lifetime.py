"""What customers will be worth, and who is about to leave: value of the next months, chance to be gone.

Orders of one day are one purchase; x counts those after the first, t_x and t are days from the first to the last one
and to the day of the run. Money of the days after the first is what a purchase is worth, returns taken off.

    p_alive        chance that the customer has not left: Fader, Hardie & Lee (2005), as in Fader & Hardie (2008), eq. 7
    churn_risk     1 - chance of an order in the next `churn_risk_days`. Never p_alive alone: it is 1 for everybody
                   with one order.
    return_chance  chance of an order in the next `lost_chance_days`
    clv            discounted margin of the orders of the next `clv_months`: expected orders (eq. 10 of 2005) month by
                   month, discounted at each month's end, times the expected value of one (Fader & Hardie 2013, eq. 5)

The parameters of both models stand in the relation `lifetime_model`, expected orders by x and t in `lifetime_orders`;
`lifetime_model.learn` makes both from `lifetime_facts`. All the rest is closed form and is here, as SQL.

The interval around clv holds what is uncertain about the customer: whether it is still there, its own rate and order
value; and, without a fit, how few repeat orders stand behind the rate.
"""

from __future__ import annotations

import datetime as dt
from statistics import NormalDist

from ..engine import Step, date_literal
from ..model.types import Model
from .portable import MILLION, floating, nearest, whole_sum

PARAMS = (
    *("clv_months", "clv_discount", "clv_margin", "clv_min_repeaters", "clv_interval", "clv_prior_r", "clv_prior_a"),
    *("clv_prior_b", "clv_prior_p", "clv_prior_q", "clv_prior_days", "clv_prior_repeats", "churn_risk_days"),
)
"""Parameters of the model that say how; a model without them tells nothing of lifetimes."""
RETURN_DAYS = "lost_chance_days"
"""The parameter behind `return_chance`; older models do without both."""
MODEL = {**dict.fromkeys(("r", "alpha", "a", "b", "p", "q", "v", "doubt"), "DOUBLE"), "basis": "VARCHAR"}
"""Columns of `lifetime_model`, one row where anybody bought: time in days, v in cents, doubt: how much the rate may be
off besides (variance of a relative error), basis: fitted or prior."""
ORDERS = {"x": "BIGINT", "t": "BIGINT", "orders": "BIGINT"}
"""Columns of `lifetime_orders`: discounted orders of a customer who is still there, in millionths."""
PUT = {"lifetime_model": MODEL, "lifetime_orders": ORDERS}
_LEAST_ALIVE = "1e-12"
_ENDLESS = 700
"""Beyond it an exponential leaves the range of numbers."""


def told(model: Model) -> bool:
    """Whether the model says how lifetimes are reckoned."""
    return set(PARAMS) <= model.params.keys()


def first_amounts() -> Step:
    """The money that says nothing of later orders."""
    return Step(
        "first_amounts",
        f"""-- One row per customer with an order: cents up to the day of the first one.
SELECT order_lines.person AS person, {whole_sum("order_lines.amount")} AS first_amount
FROM order_lines
JOIN order_counts ON order_counts.person = order_lines.person
WHERE order_lines.date <= order_counts.first_date
GROUP BY order_lines.person""",
    )


def lifetime_steps(model: Model, as_of: dt.date) -> list[Step]:
    """The steps `lifetime_facts`, from `purchases`, and `lifetimes`, which also needs what `learn` puts (`PUT`)."""
    return [_facts(as_of), _lifetimes(model)] if told(model) else []


def _facts(as_of: dt.date) -> Step:
    return Step(
        "lifetime_facts",
        f"""-- One row per customer with an order: x purchases after the first, t_x days from the first to the last,
-- t days to the run, cents after the first day.
SELECT customer_id, purchase_days - 1 AS x, DATE_DIFF('DAY', first_date, last_date) AS t_x,
  DATE_DIFF('DAY', first_date, {date_literal(as_of)}) AS t,
  amount_all AS cents, amount_all - first_amount AS later_cents
FROM purchases
WHERE orders_all > 0""",
        keep=False,
    )


def _lifetimes(model: Model) -> Step:
    risk_days, return_days = model.whole("churn_risk_days"), model.params.get(RETURN_DAYS)
    later = _order_chance(int(return_days.value)) if return_days else "CAST(NULL AS DOUBLE)"
    margin = _constant(float(model.params["clv_margin"].value))
    reach = _constant(NormalDist().inv_cdf((1 + float(model.params["clv_interval"].value)) / 2))
    millionths = floating(MILLION)
    return Step(
        "lifetimes",
        f"""-- One row per customer with an order: cents of the next {model.param("clv_months")} months, their interval,
-- chances in millionths, and whether parameters were fitted or are prior ones.
-- z: log odds to have left; spread: of the logarithm of what it may be worth, whose mean is clv and so always inside.
SELECT customer_id,
  {nearest("clv")} AS clv,
  {nearest(f"clv * EXP(-spread * spread / 2 - {reach} * spread)")} AS clv_low,
  {nearest(f"CASE WHEN spread < 2 * {reach} THEN clv * EXP({reach} * spread - spread * spread / 2) ELSE clv END")}
    AS clv_high,
  {nearest(f"(1 - alive * order_soon) * {millionths}")} AS churn_risk,
  {nearest(f"alive * {millionths}")} AS p_alive,
  {nearest(f"alive * order_later * {millionths}")} AS return_chance,
  basis
FROM (
  SELECT customer_id, alive, order_soon, order_later, basis, {margin} * alive * orders * worth / {millionths} AS clv,
    SQRT(LN((1 + 1 / (r + x)) * (1 + 1 / CASE WHEN shape > 1 THEN shape ELSE 1 END) * (1 + doubt)
      / CASE WHEN alive > {_LEAST_ALIVE} THEN alive ELSE {_LEAST_ALIVE} END)) AS spread
  FROM (
    SELECT customer_id, basis, orders, r, x, doubt, p * x + q - 2 AS shape,
      CASE WHEN x = 0 THEN 1e0 WHEN z > {_ENDLESS} THEN 0e0 ELSE 1 / (1 + EXP(z)) END AS alive,
      {_order_chance(risk_days)} AS order_soon,
      {later} AS order_later,
      p * (v + CASE WHEN x > 0 AND later_cents > 0 THEN later_cents ELSE 0 END) / (p * x + q - 1) AS worth
    FROM (
      SELECT facts.customer_id AS customer_id, facts.x AS x, facts.t AS t, facts.later_cents AS later_cents,
        known.r AS r, known.alpha AS alpha, known.p AS p, known.q AS q, known.v AS v, known.doubt AS doubt,
        known.basis AS basis, ahead.orders AS orders,
        LN(known.a / CASE WHEN facts.x > 0 THEN known.b + facts.x - 1 ELSE 1 END)
          + (known.r + facts.x) * LN((known.alpha + facts.t) / (known.alpha + facts.t_x)) AS z
      FROM lifetime_facts AS facts
      CROSS JOIN lifetime_model AS known
      JOIN lifetime_orders AS ahead ON ahead.x = facts.x AND ahead.t = facts.t
    ) AS placed
  ) AS judged
) AS valued""",
    )


def _constant(value: float) -> str:
    return f"CAST({value!r} AS DOUBLE)"


def _order_chance(days: int) -> str:
    """The chance of an order within so many days of a customer who is still there."""
    return f"1 - POWER((alpha + t) / (alpha + t + {days}), r + x)"
