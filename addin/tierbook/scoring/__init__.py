"""Facts x model -> results, as small SQL steps."""

from .pipeline import plan, score
from .records import Notice, Scored, WhyLine
from .score_table import score_table
from .why import why

__all__ = ["Notice", "Scored", "WhyLine", "plan", "score", "score_table", "why"]
