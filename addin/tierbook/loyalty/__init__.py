"""Points of members: earned by amount and by order, lost by time and returns, spent on gifts; grades and benefits."""

from .corrections import corrections, entry_of, line_of
from .points import statement
from .program import Grade, Program, program_of
from .purchases import purchases
from .records import Entry, Line, Member, Purchase, Redemption, Refusal, Statement

__all__ = [
    "Entry",
    "Grade",
    "Line",
    "Member",
    "Program",
    "Purchase",
    "Redemption",
    "Refusal",
    "Statement",
    "corrections",
    "entry_of",
    "line_of",
    "program_of",
    "purchases",
    "statement",
]
