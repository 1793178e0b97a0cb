"""The stages put in a row: one function for each verb a user knows."""

from .analyst import Explanation, Summary, explain, score_to_file
from .book import demo, followups, new, refresh
from .request import Progress, Request, silent
from .undo import UndoReport, copies, undo
from .writing import BookReport

__all__ = [
    "BookReport",
    "Explanation",
    "Progress",
    "Request",
    "Summary",
    "UndoReport",
    "copies",
    "demo",
    "explain",
    "followups",
    "new",
    "refresh",
    "score_to_file",
    "silent",
    "undo",
]
