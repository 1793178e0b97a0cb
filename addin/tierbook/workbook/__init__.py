"""The .xlsx/.xlsm package itself: read, own, replace, keep everything else, save safely."""

from .book import Book, open_book
from .graft import replace_sheets
from .locks import refuse_in_use
from .read import read_rows, read_sheets, sheet_names
from .refresh import Keyed, OwnedSheet, Refreshed, find_owned, refresh_book, titles_for
from .save import Saved, save_book

__all__ = [
    "Book",
    "Keyed",
    "OwnedSheet",
    "Refreshed",
    "Saved",
    "find_owned",
    "open_book",
    "read_rows",
    "read_sheets",
    "refresh_book",
    "refuse_in_use",
    "replace_sheets",
    "save_book",
    "sheet_names",
    "titles_for",
]
