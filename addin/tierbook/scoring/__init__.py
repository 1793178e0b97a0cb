"""Facts x model -> results, as small SQL steps."""

from .pipeline import plan, run, score
from .records import Notice, Scored, WhyLine
from .score_table import score_table
from .why import why

__all__ = ["Notice", "Scored", "WhyLine", "plan", "run", "score", "score_table", "why"]
