"""How well the tiers of a past day told what came after: pure numbers, from relations and columns in.

`relations` asks the engine what was known on the day and what happened after it; `measure` turns one row per customer
into rankings, tiers and deciles with intervals; `weights` finds weights that would have ranked better, and proves it on
customers they were not found on.
"""

from .measure import measure
from .records import Asked, Decile, Estimate, Found, Ranking, Settings, Suggestion, Then, Tier, Weight
from .relations import forget_newcomers, outcome_steps, read_then, then_steps
from .weights import suggest

__all__ = [
    "Asked",
    "Decile",
    "Estimate",
    "Found",
    "Ranking",
    "Settings",
    "Suggestion",
    "Then",
    "Tier",
    "Weight",
    "forget_newcomers",
    "measure",
    "outcome_steps",
    "read_then",
    "suggest",
    "then_steps",
]
