"""Results -> sheets, charts and reports; knows layout and labels."""

from .marks import born_with
from .owned import owned_sheets
from .readback import read_kept, read_previous, read_stamp
from .records import AuditRow, Kept, MoveLike, Stamp
from .sheet_audit import needs_new_sample
from .templates import template_book

__all__ = [
    "AuditRow",
    "Kept",
    "MoveLike",
    "Stamp",
    "born_with",
    "needs_new_sample",
    "owned_sheets",
    "read_kept",
    "read_previous",
    "read_stamp",
    "template_book",
]
