"""Every indicator of the model, one row per customer.

A count or sum is 0 for a customer who has none, and has no value for anybody where nobody delivered what it
counts (the table, or the column that tells the kinds apart). A ratio has no value where what it divides by is 0.
Stored whole number = value x scale of its kind (`model.types.SCALE`); quotients are rounded once, halves up.
"""

from __future__ import annotations

import calendar
import datetime as dt
from difflib import get_close_matches

from ..engine import Step, date_literal, quoted
from ..errors import ModelError
from ..model.types import Model
from ..schema import CHANNELS, MONEY_SCALE, QUANTITY_SCALE
from .interactions import CONSULT_CHANNELS, most_used, topics
from .portable import MILLION, floor_ratio, scaled_ratio, signed

_PARTS = {
    "bought": "order_counts",
    "money": "order_money",
    "dues": "order_dues",
    "kinds": "top_categories",
    "met": "interaction_counts",
    "viewed": "viewing_days",
    "said": "feedback_counts",
    "latest": "latest_answers",
    "contracts": "renewal_counts",
    "recommended": "referral_counts",
}
"""Alias in SQL -> relation with at most one row per customer."""


def indicator_steps(model: Model, as_of: dt.date) -> list[Step]:
    """The steps `overall` and `indicators`.

    Raises:
        ModelError: the model names an indicator nobody can measure.
    """
    return [_overall(), _indicators(model, as_of)]


def _overall() -> Step:
    return Step(
        "overall",
        f"""-- One row: what was delivered (rows that have it), and the mean order value's sum and count.
SELECT COALESCE(lines, 0) AS lines, COALESCE(categories, 0) AS categories, COALESCE(new_products, 0) AS new_products,
  COALESCE(interactions, 0) AS interactions, COALESCE(channels, 0) AS channels,
  COALESCE(interaction_kinds, 0) AS interaction_kinds, COALESCE(feedback_kinds, 0) AS feedback_kinds,
  COALESCE(statuses, 0) AS statuses, referrers, COALESCE(aov_sum, 0) AS aov_sum, buyers
FROM (
  SELECT SUM(lines) AS lines, SUM(categories) AS categories, SUM(new_products) AS new_products FROM order_money
) AS order_lines CROSS JOIN (
  SELECT SUM({_aov()}) AS aov_sum, COUNT(*) AS buyers
  FROM order_counts AS bought JOIN order_money AS money ON money.customer_id = bought.customer_id
) AS order_values CROSS JOIN (
  SELECT SUM(interactions) AS interactions, SUM(channels) AS channels, SUM(kinds) AS interaction_kinds
  FROM interaction_counts
) AS interaction_rows CROSS JOIN (
  SELECT SUM(kinds) AS feedback_kinds, SUM(statuses) AS statuses FROM feedback_counts
) AS feedback_rows CROSS JOIN (
  SELECT COUNT(*) AS referrers FROM referral_counts
) AS referral_rows""",
    )


def _indicators(model: Model, as_of: dt.date) -> Step:
    columns = []
    known = measures(model, as_of)
    for indicator in model.indicators:
        if indicator.key not in known:
            near = get_close_matches(indicator.key, known, 1, 0.0)[0]
            raise ModelError("scoring.unknown_indicator", indicator=indicator.key, near=near)
        columns.append(f"{known[indicator.key]} AS {quoted(indicator.key)}")
    joins = "\n".join(
        f"LEFT JOIN {relation} AS {alias} ON {alias}.customer_id = customers.customer_id"
        for alias, relation in _PARTS.items()
    )
    listed = ",\n  ".join(["customers.customer_id AS customer_id", *columns])
    return Step(
        "indicators",
        f"""-- One row per customer; every indicator of the model as value x scale, NULL where there is no data.
SELECT {listed}
FROM customers
CROSS JOIN overall
{joins}""",
    )


def measures(model: Model, as_of: dt.date) -> dict[str, str]:
    """Every indicator that can be measured: key -> its SQL over the parts, NULL where there is no data."""
    return {
        **_orders(model, as_of),
        **_payments(),
        **_interactions(),
        **_answers(),
        **_profile(as_of),
    }


# -- pieces ------------------------------------------------------------------------------------------------------


def _tally(column: str, delivered: str) -> str:
    """A count or sum: 0 where there is none, no value where nobody delivered it."""
    return f"CASE WHEN overall.{delivered} > 0 THEN COALESCE({column}, 0) END"


def _quotient(part: str, whole: str) -> str:
    """A ratio of non-negative numbers in millionths; no value where `whole` is 0 or missing."""
    return f"CASE WHEN {whole} > 0 THEN {scaled_ratio(part, whole, 6)} END"


def _signed_quotient(part: str, whole: str) -> str:
    """The same where `part` may be negative."""
    below = f"-({scaled_ratio(f'-({part})', whole, 6, halves='down')})"
    return f"CASE WHEN {whole} > 0 THEN {signed(part, scaled_ratio(part, whole, 6), below)} END"


def _mean(total: str, count: str) -> str:
    """`total / count`, halves up, of any sign; no value where there is nothing to average."""
    return f"CASE WHEN {count} > 0 THEN CAST({floor_ratio(f'2 * {total} + {count}', f'2 * {count}')} AS BIGINT) END"


def _whole(number: str) -> str:
    """A floating number in millionths."""
    return f"CAST(FLOOR({number} * {MILLION} + 0.5) AS BIGINT)"


def _aov() -> str:
    """Millionths of a currency unit per order; returns may make it negative."""
    return _mean(f"money.amount_all * {MILLION // MONEY_SCALE}", "bought.orders_all")


# -- by topic ----------------------------------------------------------------------------------------------------


def _orders(model: Model, as_of: dt.date) -> dict[str, str]:
    day = date_literal(as_of)
    recency = f"DATE_DIFF('DAY', bought.last_date, {day})"
    span = "DATE_DIFF('DAY', bought.first_date, bought.last_date)"
    size = MILLION // QUANTITY_SCALE if model.param("count") == "quantity" else MILLION
    fold = f"CAST({_aov()} AS DOUBLE) * overall.buyers / overall.aov_sum"
    windows = ("30d", "90d", "6m", "12m", "all")
    return {
        "recency_days": recency,
        "tenure_days": f"DATE_DIFF('DAY', bought.first_date, {day})",
        **{f"orders_{window}": _tally(f"bought.orders_{window}", "lines") for window in windows},
        "frequency": _tally(f"bought.rfm_size * {size}", "lines"),
        "monetary": _tally("money.rfm_amount", "lines"),
        **{f"amount_{window}": _tally(f"money.amount_{window}", "lines") for window in ("6m", "12m", "all", "prev_6m")},
        "aov": _aov(),
        "aov_ratio": f"CASE WHEN bought.orders_all > 0 AND overall.aov_sum > 0 THEN {_whole(fold)} END",
        "repurchase_rate": _quotient("(bought.repurchase_orders - 1)", "bought.repurchase_orders"),
        "interval_days": f"CASE WHEN {span} > 0 THEN {scaled_ratio(span, 'bought.orders_all - 1', 6)} END",
        "overdue_ratio": _quotient(f"{recency} * (bought.orders_all - 1)", span),
        "categories_12m": _tally("kinds.categories", "categories"),
        "new_product_12m": _tally("bought.new_products", "new_products"),
        "growth": _signed_quotient("money.amount_6m", "money.amount_prev_6m") + f" - {MILLION}",
        "margin": _signed_quotient("(money.costed_amount - money.cost)", "money.costed_amount"),
        "return_gap_days": "DATE_DIFF('DAY', bought.before_date, bought.back_date)",
        "first_order_date": "bought.first_date",
        "last_order_date": "bought.last_date",
        "top_category": "kinds.top_category",
    }


def _payments() -> dict[str, str]:
    return {
        "pay_on_time_rate": _quotient("dues.on_time_orders", "dues.due_orders"),
        "overdue_amount": "dues.overdue_amount",
        "defaults": "dues.defaults",
    }


def _interactions() -> dict[str, str]:
    abandoned = "CASE WHEN met.abandon_12m < met.cart_12m THEN met.abandon_12m ELSE met.cart_12m END"
    return {
        "interactions_90d": _tally("met.interactions_90d", "interactions"),
        **{f"interactions_{channel.key}_90d": _tally(f"met.{channel.key}_90d", "channels") for channel in CHANNELS},
        "visits_12m": _tally("met.visit_12m", "interaction_kinds"),
        "trainings_12m": _tally("met.training_12m", "interaction_kinds"),
        "shares": _tally("met.share_12m", "interaction_kinds"),
        "view_depth": _quotient("viewed.views", "viewed.days"),
        "cart_abandon_rate": _quotient(f"({abandoned})", "met.cart_12m"),
        "preferred_channel": most_used(CONSULT_CHANNELS, "met."),
        "top_topic": most_used(topics(), "met."),
    }


def _answers() -> dict[str, str]:
    return {
        "nps": _mean("latest.nps_sum", "latest.nps_answers"),
        "csat": _mean("latest.csat_sum", "latest.csat_answers"),
        "csat_mean": _mean("said.csat_sum", "said.csat_answers"),
        "complaints_12m": _tally("said.complaints", "feedback_kinds"),
        "complaint_rate": "CASE WHEN overall.feedback_kinds > 0 THEN "
        + _quotient("COALESCE(said.complaints, 0)", "bought.orders_12m")
        + " END",
        "suggestions_12m": _tally("said.suggestions", "feedback_kinds"),
        "open_complaints": _tally("said.open_complaints", "statuses"),
        "renewal_rate": _quotient("contracts.renewed", "contracts.contracts"),
        "referrals": _tally("recommended.referrals", "referrers"),
    }


def _profile(as_of: dt.date) -> dict[str, str]:
    return {
        "followers": "customers.followers",
        "industry_outlook": _whole("customers.industry_outlook"),
        "birthday_in_days": _birthday_in_days(as_of),
    }


def _birthday_in_days(as_of: dt.date) -> str:
    """Days to the next birthday; 29 February is the year's 60th day also where that is 1 March."""

    def day_of(year: int) -> str:
        starts = (dt.date(year, month, 1).timetuple().tm_yday - 1 for month in range(1, 13))
        arms = " ".join(f"WHEN {month} THEN {start}" for month, start in enumerate(starts, start=1))
        return f"CASE EXTRACT(MONTH FROM customers.birthday) {arms} END + EXTRACT(DAY FROM customers.birthday)"

    today = as_of.timetuple().tm_yday
    rest = 365 + calendar.isleap(as_of.year) - today
    this, following = day_of(as_of.year), day_of(as_of.year + 1)
    return f"CAST(CASE WHEN {this} >= {today} THEN {this} - {today} ELSE {rest} + {following} END AS BIGINT)"
