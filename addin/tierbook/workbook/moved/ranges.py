"""Ranges of cells, as sqref lists write them, and where they go."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .row_map import LAST_COLUMN, LAST_ROW, RowMap

_RANGE = re.compile(
    r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?"
    r"|\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})"
    r"|\$?([0-9]{1,7}):\$?([0-9]{1,7})"
)
_MANY = 1000
"""From this many pieces on, only ranges of the very same columns are looked at together: time stays in proportion."""

Span = tuple[int, int]
"""First and last of some rows or columns, both included."""


class Range(NamedTuple):
    """A rectangle of cells: rows from 1, columns from 0, all ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        start, end = f"{letters(self.left)}{self.top}", f"{letters(self.right)}{self.bottom}"
        return start if start == end else f"{start}:{end}"

    def touches(self, other: Range) -> bool:
        """Whether they have a cell in common."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )


def letters(column: int) -> str:
    """The name of a column: 0 is A, 26 is AA."""
    text, column = "", column + 1
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def column_of(name: str) -> int:
    """The column of that name, from 0; case does not matter."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def parse_range(text: str) -> Range | None:
    """The range an address such as B2, $B$2:C9, 5:9 or C:C means; None if it is no address."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    col, row, col2, row2, c1, c2, r1, r2 = match.groups()
    if col:
        ends = (int(row), column_of(col), int(row2 or row), column_of(col2 or col))
    elif c1:
        ends = (1, column_of(c1), LAST_ROW, column_of(c2))
    else:
        ends = (int(r1), 0, int(r2), LAST_COLUMN)
    top, bottom = sorted((ends[0], ends[2]))
    left, right = sorted((ends[1], ends[3]))
    return Range(top, left, bottom, right) if top >= 1 and bottom <= LAST_ROW and right <= LAST_COLUMN else None


def parse_sqref(text: str) -> list[Range] | None:
    """The ranges of a sqref list; None if one of them is no address."""
    found = [parse_range(piece) for piece in text.split()]
    ranges = [piece for piece in found if piece is not None]
    return ranges if len(ranges) == len(found) else None


def print_sqref(ranges: Iterable[Range]) -> str:
    return " ".join(map(str, ranges))


def corner(ranges: Sequence[Range]) -> tuple[int, int]:
    """Row and column of the cell that relative formulas of rules on these ranges are written for."""
    return min(piece.top for piece in ranges), min(piece.left for piece in ranges)


def moved_ranges(ranges: Sequence[Range], moved: RowMap) -> list[Range]:
    """Where ranges go: those over the whole body stretch with it, others are split and follow their rows.

    Ranges that come out where they were keep their order and form. Empty if every row left the sheet.
    """
    if moved.nothing_moves:
        return list(ranges)
    made = [
        Range(top, left, bottom, right)
        for (left, right), spans in _by_columns(ranges, moved)
        for top, bottom in _moved_spans((left, right), spans, moved)
    ]
    made = _joined(made)
    return list(ranges) if made == _joined(ranges) else made


def moved_block(block: Range, moved: RowMap) -> Range | None:
    """Where a range goes that has to stay one range; None if it is gone.

    One row follows that row, the whole body stretches, some of its rows are followed if they stayed together.
    Otherwise the range keeps its address, as far as the body still reaches.
    """
    rows = _block_rows(block, moved)
    return None if rows is None else block._replace(top=rows[0], bottom=rows[1])


def _block_rows(block: Range, moved: RowMap) -> Span | None:
    top, bottom = block.top, block.bottom
    if bottom < moved.first or (bottom <= moved.last and not moved.travels(block.left, block.right)):
        return top, bottom
    if top > moved.last:
        return min(top + moved.shift, LAST_ROW), moved.shifted(bottom)
    if not moved.travels(block.left, block.right):
        return top, max(top, moved.shifted(bottom))
    if top == bottom and (top in moved.new_row or moved.before > 1):
        row = moved.new_row.get(top)
        return None if row is None else (row, row)
    if bottom > moved.last or _covers_body(block, moved):
        return min(top, moved.new_last + 1), moved.shifted(bottom)
    return _some_rows(block, moved)


def _some_rows(block: Range, moved: RowMap) -> Span | None:
    together = image(block, moved) if block.top >= moved.first else None
    if together or block.top > moved.new_last:
        return together
    return block.top, min(block.bottom, moved.new_last)


def image(block: Range, moved: RowMap) -> Span | None:
    """The rows some travelling rows of the body went to, in whatever order; None if they did not stay together."""
    apart = block.bottom - block.top
    low, high = LAST_ROW, 0
    for row in range(block.top, block.bottom + 1):
        new = moved.new_row.get(row)
        if new is None:
            return None
        low, high = min(low, new), max(high, new)
        if high - low > apart:
            return None
    return low, high


def _covers_body(piece: Range, moved: RowMap) -> bool:
    return piece.top <= moved.first and piece.bottom >= moved.last


def _by_columns(ranges: Sequence[Range], moved: RowMap) -> list[tuple[Span, list[Span]]]:
    """The rows the ranges cover in each band of columns; no band is part travelling, part not."""
    cuts = {moved.first_column, moved.last_column + 1}
    if len(ranges) <= _MANY:
        cuts |= {edge for piece in ranges for edge in (piece.left, piece.right + 1)}
    edges = sorted(cuts)
    bands: dict[Span, list[Span]] = defaultdict(list)
    for piece in ranges:
        inner = [edge for edge in edges if piece.left < edge <= piece.right]
        for left, end in zip([piece.left, *inner], [*inner, piece.right + 1], strict=True):
            bands[left, end - 1].append((piece.top, piece.bottom))
    return [(columns, _united(spans)) for columns, spans in bands.items()]


def _moved_spans(columns: Span, spans: Sequence[Span], moved: RowMap) -> list[Span]:
    """Where rows that are covered in one band of columns go."""
    below = [(max(top, moved.last + 1), bottom) for top, bottom in spans if bottom > moved.last]
    shifted = [(top + moved.shift, moved.shifted(bottom)) for top, bottom in below if top + moved.shift <= LAST_ROW]
    if not moved.travels(*columns):
        return _united([*_stay(spans, moved), *shifted])
    above = [(top, min(bottom, moved.first - 1)) for top, bottom in spans if top < moved.first]
    reaching = [span for span in spans if span[0] <= moved.last and span[1] >= moved.first]
    body = [(max(top, moved.first), min(bottom, moved.last)) for top, bottom in reaching]
    if body == [(moved.first, moved.last)]:
        return _united([*above, (moved.first, moved.new_last), *shifted])
    rows = (moved.new_row.get(row) for top, bottom in body for row in range(top, bottom + 1))
    return _united([*above, *((row, row) for row in rows if row is not None), *shifted])


def _stay(spans: Sequence[Span], moved: RowMap) -> list[Span]:
    """Rows of a band that does not travel. One that reaches below the body is not torn where rows come in."""
    return [
        (top, bottom if bottom <= moved.last else max(moved.last, moved.new_last))
        for top, bottom in spans
        if top <= moved.last
    ]


def _united(spans: Iterable[Span]) -> list[Span]:
    """The same rows in as few spans as can be, in order."""
    made: list[Span] = []
    for start, end in sorted(spans):
        if made and start <= made[-1][1] + 1:
            made[-1] = made[-1][0], max(made[-1][1], end)
        else:
            made.append((start, end))
    return made


def _joined(ranges: Iterable[Range]) -> list[Range]:
    """The same cells in fewer ranges: side by side first, then one below the other; by row, then by column."""
    beside: dict[Span, list[Span]] = defaultdict(list)
    for piece in ranges:
        beside[piece.top, piece.bottom].append((piece.left, piece.right))
    under: dict[Span, list[Span]] = defaultdict(list)
    for rows, columns in beside.items():
        for span in _united(columns):
            under[span].append(rows)
    made = [Range(top, left, bottom, right) for (left, right), rows in under.items() for top, bottom in _united(rows)]
    return sorted(made)
