"""What each worksheet function answers: from the scored book to the cells.

Pure: a book and what stands in the arguments go in, a grid of cells comes out. What cannot be answered is the text of
an Excel error (see `typed`); CUST_WHY says it in words.
"""

from __future__ import annotations

from .customers import added_column, column, gaps, has_tag, metrics, next_steps, scores, tags, tiers
from .followups import moves, tasks
from .lists import counted, listed, summary
from .profile import profile
from .score_table import score_table
from .stamp import stamped
from .why import why

__all__ = [
    "added_column",
    "column",
    "counted",
    "gaps",
    "has_tag",
    "listed",
    "metrics",
    "moves",
    "next_steps",
    "profile",
    "score_table",
    "scores",
    "stamped",
    "summary",
    "tags",
    "tasks",
    "tiers",
    "why",
]
