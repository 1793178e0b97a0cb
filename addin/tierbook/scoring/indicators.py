"""Every indicator of the model, one row per customer.

A count or sum is 0 for a customer who has none, and has no value for anybody where nobody delivered what it
counts (the table, or the column that tells the kinds apart). A ratio has no value where what it divides by is 0.
Stored whole number = value x scale of its kind (`model.types.SCALE`); quotients are rounded once, halves up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Set
from dataclasses import dataclass
from difflib import get_close_matches

from ..engine import Step, date_literal, quoted
from ..errors import ModelError
from ..model.types import Model
from ..schema import CHANNELS, QUANTITY_SCALE
from . import lifetime
from .birthdays import LUNAR, days_to_birthday
from .interactions import CONSULT_CHANNELS, most_used, topics
from .portable import MILLION, quotient

MEAN_AOV = "(SELECT SUM(aov) AS total, COUNT(aov) AS buyers FROM purchases) AS mean_aov"
_NOTHING = {"text": "VARCHAR", "date": "DATE"}


@dataclass(frozen=True)
class Measure:
    """How an indicator is measured.

    Args:
        sql: its stored value, over `customers` and `parts`.
        needs: what must have been delivered (`deliveries.EVERYTHING`) for anybody to have a value.
        parts: relations with at most one row per customer.
        besides: one thing more that must have been delivered.
        instead: one thing that will do where `needs` was not delivered.
    """

    sql: str
    needs: str
    parts: tuple[str, ...] = ()
    besides: str = ""
    instead: str = ""

    def known(self, delivered: Set[str]) -> bool:
        told = self.needs in delivered or self.instead in delivered
        return told and (not self.besides or self.besides in delivered)


def unknown_to_all(model: Model, as_of: dt.date, delivered: Set[str]) -> frozenset[str]:
    """The model's indicators that have no value for anybody, because nobody delivered what they need.

    Raises:
        ModelError: the model names an indicator nobody can measure.
    """
    known = measures(model, as_of)
    for indicator in model.indicators:
        if indicator.key not in known:
            near = get_close_matches(indicator.key, known, 1, 0.0)[0]
            raise ModelError("scoring.unknown_indicator", indicator=indicator.key, near=near)
    return frozenset(each.key for each in model.indicators if not known[each.key].known(delivered))


def indicator_steps(model: Model, as_of: dt.date, unknown: Set[str], delivered: Set[str]) -> list[Step]:
    """The step `indicators`; those `unknown` to all are NULL."""
    known = measures(model, as_of, delivered)
    columns, parts = ["customers.customer_id AS customer_id"], dict[str, None]()
    for indicator in model.indicators:
        if indicator.key in unknown:
            sql = f"CAST(NULL AS {_NOTHING.get(indicator.kind, 'BIGINT')})"
        else:
            sql = known[indicator.key].sql
            parts.update(dict.fromkeys(known[indicator.key].parts))
        columns.append(f"{sql} AS {quoted(indicator.key)}")
    listed = ",\n  ".join(columns)
    return [
        Step(
            "indicators",
            f"""-- One row per customer; every indicator of the model as value x scale, NULL where there is no data.
SELECT {listed}
FROM customers{"".join(map(_joined, parts))}""",
        )
    ]


def _joined(part: str) -> str:
    if part == MEAN_AOV:
        return f"\nCROSS JOIN {part}"
    return f"\nLEFT JOIN {part} ON {part}.customer_id = customers.customer_id"


def measures(model: Model, as_of: dt.date, delivered: Set[str] = frozenset()) -> dict[str, Measure]:
    """Every indicator that can be measured, by key; lunar birthdays are asked for only where some were delivered."""
    return {
        **_orders(model, as_of),
        **_order_details(),
        **_interactions(),
        **_loyalty(),
        **_lifetimes(model),
        **_profile(as_of, lunar=LUNAR in delivered),
    }


def _tally(column: str) -> str:
    """A count or sum: 0 for who has none."""
    return f"COALESCE({column}, 0)"


def _orders(model: Model, as_of: dt.date) -> dict[str, Measure]:
    day = date_literal(as_of)
    recency, span = f"DATE_DIFF('DAY', last_date, {day})", "DATE_DIFF('DAY', first_date, last_date)"
    size = MILLION // QUANTITY_SCALE if model.param("count") == "quantity" else MILLION
    counts = ("orders_30d", "orders_90d", "orders_6m", "orders_12m", "orders_all")
    sums = ("amount_6m", "amount_12m", "amount_all", "amount_prev_6m")
    found = {
        "recency_days": recency,
        "tenure_days": f"DATE_DIFF('DAY', first_date, {day})",
        **{column: _tally(column) for column in counts},
        "frequency": f"{_tally('rfm_size')} * {size}",
        "monetary": _tally("rfm_amount"),
        **{column: _tally(column) for column in sums},
        "aov": "aov",
        "repurchase_rate": quotient("(repurchase_orders - 1)", "repurchase_orders"),
        "interval_days": f"NULLIF({quotient(span, '(orders_all - 1)')}, 0)",
        "overdue_ratio": quotient(f"({recency} * (orders_all - 1))", span),
        "growth": f"CASE WHEN amount_prev_6m > 0 THEN {quotient('amount_6m', 'amount_prev_6m')} - {MILLION} END",
        "return_gap_days": "DATE_DIFF('DAY', before_date, back_date)",
        "first_order_date": "first_date",
        "last_order_date": "last_date",
    }
    return {key: Measure(sql, "orders", ("purchases",)) for key, sql in found.items()} | {
        "aov_ratio": Measure(_aov_ratio(), "orders", ("purchases", MEAN_AOV))
    }


def _aov_ratio() -> str:
    """The order value against the mean: aov x buyers / sum of their aov."""
    return f"CASE WHEN mean_aov.total > 0 THEN {quotient('aov * 1e0 * mean_aov.buyers', 'mean_aov.total')} END"


def _order_details() -> dict[str, Measure]:
    purchases = ("purchases",)
    return {
        "new_product_12m": Measure(_tally("new_products"), "orders.new_product", purchases),
        "margin": Measure(
            f"CASE WHEN costed_amount > 0 THEN {quotient('(costed_amount - cost)', 'costed_amount')} END",
            "orders.cost",
            purchases,
        ),
        "pay_on_time_rate": Measure(quotient("on_time_orders", "due_orders"), "orders.due_date", purchases),
        "overdue_amount": Measure("overdue_amount", "orders.due_date", purchases),
        "defaults": Measure("defaults", "orders.due_date", purchases),
        "categories_12m": Measure(_tally("categories"), "orders.category", purchases),
        "top_category": Measure("top_category", "orders.category", purchases),
    }


def _interactions() -> dict[str, Measure]:
    met = ("interaction_counts",)
    abandoned = "(CASE WHEN abandon_12m < cart_12m THEN abandon_12m ELSE cart_12m END)"
    by_channel = {
        f"interactions_{channel.key}_90d": Measure(_tally(f"{channel.key}_90d"), "interactions.channel", met)
        for channel in CHANNELS
    }
    by_kind = {"visits_12m": "visit_12m", "trainings_12m": "training_12m", "shares": "share_12m"}
    return {
        "interactions_90d": Measure(_tally("interactions_90d"), "interactions", met),
        **by_channel,
        **{key: Measure(_tally(column), "interactions.kind", met) for key, column in by_kind.items()},
        "view_depth": Measure(quotient("views", "view_days"), "interactions.kind", met),
        "cart_abandon_rate": Measure(quotient(abandoned, "cart_12m"), "interactions.kind", met),
        "preferred_channel": Measure(most_used(CONSULT_CHANNELS), "interactions.channel", met),
        "top_topic": Measure(most_used(topics()), "interactions.topic", met),
    }


def _loyalty() -> dict[str, Measure]:
    said, latest = ("feedback_counts",), ("latest_answers",)
    rate = quotient("COALESCE(complaints, 0)", "orders_12m")
    return {
        "nps": Measure(quotient("nps_sum", "nps_answers", 1), "feedback.kind", latest),
        "csat": Measure(quotient("latest_csat_sum", "latest_csat_answers", 1), "feedback.kind", latest),
        "csat_mean": Measure(quotient("csat_sum", "csat_answers", 1), "feedback.kind", said),
        "complaints_12m": Measure(_tally("complaints"), "feedback.kind", said),
        "complaint_rate": Measure(rate, "feedback.kind", ("purchases", *said), "orders"),
        "suggestions_12m": Measure(_tally("suggestions"), "feedback.kind", said),
        "open_complaints": Measure(_tally("open_complaints"), "feedback.kind", said, "feedback.status"),
        "renewal_rate": Measure(quotient("renewed", "contracts"), "renewals", ("renewal_counts",)),
        "referrals": Measure(_tally("referrals"), "referrals", ("referral_counts",)),
    }


def _lifetimes(model: Model) -> dict[str, Measure]:
    """What the model does not say how to reckon has no value for anybody."""
    needs = "orders" if lifetime.told(model) else "lifetimes"
    keys = ("clv", "clv_low", "clv_high", "churn_risk", "p_alive", "return_chance")
    found = {key: Measure(f"lifetimes.{key}", needs, ("lifetimes",)) for key in keys}
    return {**found, "lifetime_basis": Measure("lifetimes.basis", needs, ("lifetimes",))}


def _profile(as_of: dt.date, *, lunar: bool) -> dict[str, Measure]:
    outlook = f"CAST(FLOOR(industry_outlook * {MILLION} + 0.5) AS BIGINT)"
    return {
        "followers": Measure("followers", "customers.followers"),
        "industry_outlook": Measure(outlook, "customers.industry_outlook"),
        "birthday_in_days": Measure(days_to_birthday(as_of, lunar=lunar), "customers.birthday", instead=LUNAR),
    }
