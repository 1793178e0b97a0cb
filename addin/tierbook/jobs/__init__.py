"""The stages put in a row: one function for each verb a user knows."""

from .analyst import Explanation, Summary, explain, score_to_file
from .book import demo, followups, new, refresh, review
from .checks import AuditReport, CheckReport, audit, check
from .listing import ExportReport, export, export_rows
from .models import ExportedModel, ImportReport, LintReport, Listed, export_model, import_model, lint_model, list_models
from .recording import RecordReport, record
from .request import Progress, Request, silent
from .rules import Preview, RuleMove, apply, last_day, preview, versions
from .share import ShareReport, share
from .undo import UndoReport, copies, undo
from .writing import BookReport

__all__ = [
    "AuditReport",
    "BookReport",
    "CheckReport",
    "Explanation",
    "ExportReport",
    "ExportedModel",
    "ImportReport",
    "LintReport",
    "Listed",
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
    "export_model",
    "export_rows",
    "followups",
    "import_model",
    "last_day",
    "lint_model",
    "list_models",
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
