"""What customers did between orders: counted by channel and kind, and what they prefer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ..engine import Step, date_literal, text_literal
from ..model.types import Model
from ..schema import CHANNELS, TOPICS
from .dates import days_back, months_back
from .portable import count_where, first_case

CONSULT_CHANNELS = ("phone", "online", "mail")
"""The channels a customer can prefer to be consulted on."""
_FAR = 10_000_000
"""More than the days of any calendar, so that one use outweighs every date."""
_EPOCH = dt.date(1, 1, 1)


def interaction_steps(_: Model, as_of: dt.date) -> list[Step]:
    """Steps from `interactions` to one row per customer who has any."""
    return [_interaction_counts(as_of), _viewing_days(as_of)]


def _interaction_counts(as_of: dt.date) -> Step:
    quarter = f"date > {date_literal(days_back(as_of, 90))}"
    year = f"date > {date_literal(months_back(as_of, 12))}"
    by_channel = "".join(
        f",\n  {count_where(f'channel = {text_literal(choice.key)} AND {quarter}')} AS {choice.key}_90d"
        for choice in CHANNELS
    )
    by_kind = "".join(
        f",\n  {count_where(f'kind = {text_literal(kind)} AND {year}')} AS {kind}_12m"
        for kind in ("visit", "training", "share", "cart", "abandon")
    )
    uses = "".join(
        f",\n  {_use(column, key, year)} AS {key}_use"
        for column, keys in (("channel", CONSULT_CHANNELS), ("topic", topics()))
        for key in keys
    )
    return Step(
        "interaction_counts",
        f"""-- One row per customer with an interaction: how many by channel (90 days) and kind (12 months).
-- channels, kinds: how many say theirs. X_use: times used in 12 months and the last day, in one number,
-- so that the larger one was used more often or, as often, later.
SELECT customer_id, COUNT(*) AS interactions, COUNT(channel) AS channels, COUNT(kind) AS kinds,
  {count_where(quarter)} AS interactions_90d{by_channel}{by_kind}{uses}
FROM interactions
WHERE date <= {date_literal(as_of)}
GROUP BY customer_id""",
    )


def topics() -> tuple[str, ...]:
    return tuple(choice.key for choice in TOPICS)


def _use(column: str, key: str, window: str) -> str:
    used = f"{column} = {text_literal(key)} AND {window}"
    last = f"MAX(CASE WHEN {used} THEN DATE_DIFF('DAY', {date_literal(_EPOCH)}, date) END)"
    return f"CAST({count_where(used)} * {_FAR} + COALESCE({last}, 0) AS BIGINT)"


def most_used(keys: Sequence[str], prefix: str = "") -> str:
    """The key with the largest `_use`; used as often and last on the same day, the one listed first."""
    arms = []
    for at, key in enumerate(keys):
        rivals = " AND ".join(f"{prefix}{key}_use >= {prefix}{other}_use" for other in keys[at + 1 :])
        arms.append((f"{prefix}{key}_use > 0{' AND ' + rivals if rivals else ''}", text_literal(key)))
    return first_case(arms, "NULL")


def _viewing_days(as_of: dt.date) -> Step:
    return Step(
        "viewing_days",
        f"""-- One row per customer who viewed or clicked in the last 90 days: how often, on how many days.
SELECT customer_id, CAST(SUM(views) AS BIGINT) AS views, COUNT(*) AS days
FROM (
  SELECT customer_id, date, COUNT(*) AS views
  FROM interactions
  WHERE kind IN ('view', 'click') AND date > {date_literal(days_back(as_of, 90))} AND date <= {date_literal(as_of)}
  GROUP BY customer_id, date
) AS by_day
GROUP BY customer_id""",
    )
