"""Facts in: files, book sheets and data frames become raw relations under canonical names.

`raw_<table>` has `source_row` and the canonical columns found, in whatever type the source has
(CSV and Excel: text; Parquet and frames: typed). Nothing is judged here: `cleaning` does that.
"""

from .files import load_book_sheet, load_file
from .frames import load_frame
from .mapping import parse_mapping
from .source import Source

__all__ = ["Source", "load_book_sheet", "load_file", "load_frame", "parse_mapping"]
