"""The stages put in a row: one function for each verb a user knows."""

from .analyst import Explanation, Summary, explain, score_to_file
from .book import demo, followups, new, refresh
from .checks import AuditReport, CheckReport, audit, check
from .listing import ExportReport, export, export_rows
from .recording import Entry, RecordReport, record
from .request import Progress, Request, silent
from .review import review
from .rules import Preview, RuleMove, apply, last_day, preview, versions
from .share import ShareReport, share
from .undo import UndoReport, copies, undo
from .writing import BookReport

__all__ = [
    "AuditReport",
    "BookReport",
    "CheckReport",
    "Entry",
    "Explanation",
    "ExportReport",
    "Preview",
    "Progress",
    "RecordReport",
    "Request",
    "RuleMove",
    "ShareReport",
    "Summary",
    "UndoReport",
    "apply",
    "audit",
    "check",
    "copies",
    "demo",
    "explain",
    "export",
    "export_rows",
    "followups",
    "last_day",
    "new",
    "preview",
    "record",
    "refresh",
    "review",
    "score_to_file",
    "share",
    "silent",
    "undo",
    "versions",
]
