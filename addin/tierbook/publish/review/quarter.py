"""The quarter a review looks at, and where customers stood when it and the one before it began."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ...engine import Step, quoted
from ...model.types import Model
from ...scoring.periods import Period, periods_to

NOW, BEFORE = "review_then", "review_then_before"
"""Where customers stood the day before the quarter, and the day before the quarter before it, by the rules of today:
customer_id, tier, segment, stage, and the points of each indicator of the main scorecard."""

GIFTS = "review_gifts"
"""What members redeemed, where a book tells it: customer_id, day, points."""


@dataclass(frozen=True)
class Quarter:
    """The last calendar quarter that is over, the one before it, and the day the review is made as of."""

    span: Period
    before: Period
    as_of: dt.date

    @property
    def name(self) -> str:
        return name_of(self.span)

    @property
    def eve(self) -> dt.date:
        """The last day before the quarter."""
        return self.before.end

    @property
    def eve_before(self) -> dt.date:
        return self.before.start - dt.timedelta(days=1)


def name_of(span: Period) -> str:
    """`2026 Q3`."""
    return f"{span.start.year} Q{(span.start.month + 2) // 3}"


def quarter_of(as_of: dt.date) -> Quarter:
    """The quarter that ends on the day or ended last before it."""
    spans = [span for span in periods_to(as_of, "quarter", 3) if span.end <= as_of]
    return Quarter(spans[-1], spans[-2], as_of)


def standing_steps(model: Model, name: str) -> Sequence[Step]:
    """What is kept of a past day that was just scored."""
    points = "".join(f", why_points.{quoted(line.indicator)}" for line in model.main_card.lines)
    return [
        Step(
            name,
            f"""-- One row per customer known on the past day: tier, class and stage by today's rules, and points.
SELECT results.customer_id AS customer_id, tier, segment, stage{points}
FROM results
JOIN why_points ON why_points.customer_id = results.customer_id""",
        )
    ]
