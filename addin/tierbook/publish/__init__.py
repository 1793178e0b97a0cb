"""Results -> sheets, charts and reports; knows layout and labels."""

from .macro_sheets import Macros, SheetButton
from .marks import born_with
from .owned import owned_sheets
from .readback import read_kept, read_previous, read_stamp
from .records import AuditRow, Kept, MoveLike, Report, Stamp
from .sheet_audit import needs_new_sample
from .sheet_keys import SHEET_KEYS
from .some_sheets import some_sheets
from .templates import template_book
from .written_tasks import WrittenTask, read_written_tasks

__all__ = [
    "SHEET_KEYS",
    "AuditRow",
    "Kept",
    "Macros",
    "MoveLike",
    "Report",
    "SheetButton",
    "Stamp",
    "WrittenTask",
    "born_with",
    "needs_new_sample",
    "owned_sheets",
    "read_kept",
    "read_previous",
    "read_stamp",
    "read_written_tasks",
    "some_sheets",
    "template_book",
]
