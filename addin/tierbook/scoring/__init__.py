"""Facts x model -> results, as small SQL steps."""

from .pipeline import plan, score
from .records import Notice, Scored, WhyLine
from .why import why

__all__ = ["Notice", "Scored", "WhyLine", "plan", "score", "why"]
