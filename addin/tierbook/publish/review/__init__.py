"""The figures of a quarterly review, for its sheets and its page alike. Nothing here writes anything."""

from .gather import review_of
from .quarter import Quarter, quarter_of, standing_steps
from .records import Review

__all__ = ["Quarter", "Review", "quarter_of", "review_of", "standing_steps"]
