"""What customers answered, renewed and recommended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set

from ..engine import Step, date_literal
from ..model.types import Model
from .dates import months_back
from .portable import MILLION, count_where, whole_sum

ANSWER = f"CAST(FLOOR(score * {MILLION} + 0.5) AS BIGINT)"
"""A feedback score in millionths: floating answers are made whole before they are summed."""


def loyalty_steps(_: Model, as_of: dt.date, delivered: Set[str]) -> list[Step]:
    """Steps from `feedback`, `renewals` and `referrals` to one row per customer who has any:
    `feedback_counts`, `latest_answers`, `renewal_counts`, `referral_counts`."""
    steps = [_feedback_counts(as_of), _latest_answers(as_of)] if "feedback.kind" in delivered else []
    if "renewals" in delivered:
        steps.append(_renewal_counts(as_of))
    if "referrals" in delivered:
        steps.append(_referral_counts(as_of))
    return steps


def _feedback_counts(as_of: dt.date) -> Step:
    year = f"date > {date_literal(months_back(as_of, 12))}"
    satisfied = f"kind = 'csat' AND score IS NOT NULL AND {year}"
    return Step(
        "feedback_counts",
        f"""-- One row per customer with feedback: complaints and suggestions of 12 months, open complaints,
-- satisfaction answers of 12 months (sum in millionths, count), the days of the latest answers.
SELECT customer_id,
  {count_where(f"kind = 'complaint' AND {year}")} AS complaints,
  {count_where("kind = 'complaint' AND status = 'open'")} AS open_complaints,
  {count_where(f"kind = 'suggestion' AND {year}")} AS suggestions,
  {whole_sum(ANSWER, satisfied)} AS csat_sum,
  {count_where(satisfied)} AS csat_answers,
  MAX(CASE WHEN kind = 'nps' AND score IS NOT NULL THEN date END) AS nps_date,
  MAX(CASE WHEN kind = 'csat' AND score IS NOT NULL THEN date END) AS csat_date
FROM feedback
WHERE date <= {date_literal(as_of)}
GROUP BY customer_id""",
    )


def _latest_answers(as_of: dt.date) -> Step:
    nps = "kind = 'nps' AND date = nps_date AND score IS NOT NULL"
    csat = "kind = 'csat' AND date = csat_date AND score IS NOT NULL"
    return Step(
        "latest_answers",
        f"""-- One row per customer with feedback: sum (millionths) and count of the answers on the latest day.
SELECT feedback.customer_id AS customer_id,
  {whole_sum(ANSWER, nps)} AS nps_sum,
  {count_where(nps)} AS nps_answers,
  {whole_sum(ANSWER, csat)} AS latest_csat_sum,
  {count_where(csat)} AS latest_csat_answers
FROM feedback
JOIN feedback_counts ON feedback_counts.customer_id = feedback.customer_id
WHERE date <= {date_literal(as_of)}
GROUP BY feedback.customer_id""",
    )


def _renewal_counts(as_of: dt.date) -> Step:
    return Step(
        "renewal_counts",
        f"""-- One row per customer with a contract due by the day and decided: how many, how many renewed.
SELECT customer_id, COUNT(*) AS contracts, {count_where("renewed = 'yes'")} AS renewed
FROM renewals
WHERE due_date <= {date_literal(as_of)} AND renewed IN ('yes', 'no')
GROUP BY customer_id""",
    )


def _referral_counts(as_of: dt.date) -> Step:
    return Step(
        "referral_counts",
        f"""-- One row per customer who recommended us: distinct customers referred.
SELECT referrer_id AS customer_id, COUNT(*) AS referrals
FROM (SELECT referrer_id, referred_id FROM referrals WHERE date <= {date_literal(as_of)}
  GROUP BY referrer_id, referred_id) AS pairs
GROUP BY referrer_id""",
    )
