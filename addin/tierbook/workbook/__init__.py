"""The .xlsx/.xlsm package itself: read, own, replace, keep everything else, save safely."""

from .book import Book, digest_of, open_book, read_file
from .cells.read import read_rows, read_sheets, sheet_names
from .ours.foreign import what_hangs_on
from .ours.graft import replace_sheets
from .ours.ownership import is_share_copy, owned_like
from .ours.remembered import marked
from .package.made_parts import LongPart, MadeParts
from .refresh import Keyed, OwnedSheet, Refreshed, find_owned, refresh_book, titles_for
from .saving.backups import Copy, copies_of
from .saving.locks import refuse_in_use
from .saving.pending import leave_pending, pending_of, put_beside, take_pending_away
from .saving.receipt import Part, Receipt, receipt_of
from .saving.save import Saved, save_book
from .saving.turn import alone_with
from .saving.undo import Undone, undo_last

__all__ = [
    "Book",
    "Copy",
    "Keyed",
    "LongPart",
    "MadeParts",
    "OwnedSheet",
    "Part",
    "Receipt",
    "Refreshed",
    "Saved",
    "Undone",
    "alone_with",
    "copies_of",
    "digest_of",
    "find_owned",
    "is_share_copy",
    "leave_pending",
    "marked",
    "open_book",
    "owned_like",
    "pending_of",
    "put_beside",
    "read_file",
    "read_rows",
    "read_sheets",
    "receipt_of",
    "refresh_book",
    "refuse_in_use",
    "replace_sheets",
    "save_book",
    "sheet_names",
    "take_pending_away",
    "titles_for",
    "undo_last",
    "what_hangs_on",
]
