"""The stages put in a row: one function for each verb a user knows."""

from .analyst import Explanation, Summary, explain, score_to_file
from .book import BookReport, demo, followups, new, refresh
from .request import Progress, Request, silent

__all__ = [
    "BookReport",
    "Explanation",
    "Progress",
    "Request",
    "Summary",
    "demo",
    "explain",
    "followups",
    "new",
    "refresh",
    "score_to_file",
    "silent",
]
