"""What customers did between orders: counted by channel and kind, and what they prefer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Set

from ..engine import Step, date_literal, text_literal
from ..model.types import Model
from ..schema import CHANNELS, TOPICS
from .dates import days_back, months_back
from .portable import count_where, first_case

CONSULT_CHANNELS = ("phone", "online", "mail")
"""The channels a customer can prefer to be consulted on."""
COUNTED_KINDS = ("visit", "training", "share", "cart", "abandon")
_FAR = 10_000_000
"""More than the days of any calendar, so that one use outweighs every date."""
_EPOCH = dt.date(1, 1, 1)


def interaction_steps(_: Model, as_of: dt.date, delivered: Set[str]) -> list[Step]:
    """The step `interaction_counts`: one row per customer who has any; nothing where nobody delivered them."""
    return [_interaction_counts(as_of, delivered)] if "interactions" in delivered else []


def _interaction_counts(as_of: dt.date, delivered: Set[str]) -> Step:
    columns = {"interactions_90d": "COUNT(recent)"}
    if "interactions.channel" in delivered:
        for channel in CHANNELS:
            columns[f"{channel.key}_90d"] = count_where(f"recent_channel = {text_literal(channel.key)}")
        columns |= {f"{key}_use": _use("channel", key) for key in CONSULT_CHANNELS}
    if "interactions.kind" in delivered:
        columns |= {f"{kind}_12m": count_where(f"kind = {text_literal(kind)}") for kind in COUNTED_KINDS}
        columns |= {"views": "COUNT(viewed)", "view_days": "COUNT(DISTINCT viewed)"}
    if "interactions.topic" in delivered:
        columns |= {f"{key}_use": _use("topic", key) for key in topics()}
    listed = "".join(f",\n  {expression} AS {name}" for name, expression in columns.items())
    quarter = f"date > {date_literal(days_back(as_of, 90))}"
    return Step(
        "interaction_counts",
        f"""-- One row per customer with an interaction in 12 months: how many by kind, and of 90 days by channel;
-- views, view_days: views and clicks of 90 days, days with at least one. X_use: times used and the last day,
-- in one number, so that the larger one was used more often or, as often, later.
-- day: the date as a number. recent, recent_channel, viewed: date, channel and viewing date of the last 90 days,
-- NULL before.
SELECT customer_id{listed}
FROM (
  SELECT customer_id, channel, kind, topic, DATE_DIFF('DAY', {date_literal(_EPOCH)}, date) AS day,
    CASE WHEN {quarter} THEN date END AS recent,
    CASE WHEN {quarter} THEN channel END AS recent_channel,
    CASE WHEN {quarter} AND kind IN ('view', 'click') THEN date END AS viewed
  FROM interactions
  WHERE date > {date_literal(months_back(as_of, 12))} AND date <= {date_literal(as_of)}
) AS dated
GROUP BY customer_id""",
    )


def topics() -> tuple[str, ...]:
    return tuple(choice.key for choice in TOPICS)


def _use(column: str, key: str) -> str:
    used = f"{column} = {text_literal(key)}"
    last = f"MAX(CASE WHEN {used} THEN day END)"
    return f"{count_where(used)} * {_FAR} + COALESCE({last}, 0)"


def most_used(keys: Sequence[str], prefix: str = "") -> str:
    """The key with the largest `_use`; used as often and last on the same day, the one listed first."""
    arms = []
    for at, key in enumerate(keys):
        rivals = " AND ".join(f"{prefix}{key}_use >= {prefix}{other}_use" for other in keys[at + 1 :])
        arms.append((f"{prefix}{key}_use > 0{' AND ' + rivals if rivals else ''}", text_literal(key)))
    return first_case(arms, "NULL")
