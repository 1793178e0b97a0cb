"""What scoring gives back besides its relations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Notice:
    """Something worth a look, never an error: `key` names its words in `labels`, `values` fill them in."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Scored:
    """A scoring run: how many customers there are, how many of them ever bought, what to look at."""

    customers: int
    buyers: int
    notices: Sequence[Notice]


@dataclass(frozen=True)
class WhyLine:
    """One line of the main scorecard, for one customer.

    Args:
        indicator: its key.
        name, value_text: for people, in the run's language; value_text is "" where there is no data.
        value: in display units (元, 天, ...); None where there is no data.
        share: part of the line's weight earned, 0 to 1; None where the line did not count.
        points: earned; the points of all lines sum to the score exactly. 0 where the line did not count.
        of: most points the line could have earned for this customer; 0 where it did not count.
        weight: as the model says.
        source: where the scorecard comes from.
    """

    indicator: str
    name: str
    value_text: str
    value: Decimal | dt.date | str | None
    share: Decimal | None
    points: Decimal
    of: Decimal
    weight: Decimal
    source: str
