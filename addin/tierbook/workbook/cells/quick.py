"""The quick reader: long tables, a row at a match and a column at a time, without ever holding the sheet whole.

What `scan` reads in a second takes a quarter of it here. The first row that is written otherwise than programs write
tables ends the matter: the sheet is left to `scan`, and the values are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice, repeat

from .pieces import ROW_END, PassingSheet
from .scan import LAST_ROW, AsDate, NotPlain, Rows, column_index, number_in, refuse_odd_bytes, text_of, value_in

LEAST = 1 << 17
"""Bytes of cells below which looking for the form of the rows takes longer than reading them."""
WIDEST = 256
"""Columns of the tables read here."""
_SAMPLE = 40
"""Rows at the beginning from which the width is told."""

_CELL = (
    rb'(?:<c r="%b\1"(?: s="([0-9]+)")?(?:'
    rb' t="inlineStr"><is><t(?: xml:space="preserve")?>([^<]*)</t></is></c>|([^<>/]*)><v>([^<]*)</v></c>|/>)|)'
)
_GROUPS = 4
_KIND = re.compile(rb'(?: t="([a-zA-Z]+)")?(?: (?:cm|vm|ph)="[0-9]+")*')
_CELL_START = b'<c r="'
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Texts = Sequence[str | None]


def quick_rows(chunks: Iterable[bytes], strings: Texts, as_date: AsDate, leading: int = 0) -> Rows | None:
    """The values of a sheet, each row as wide as the widest; None where it must be read by `scan`.

    Args:
        chunks: the bytes of the sheet's part in pieces.
        strings: the book's shared texts.
        leading: how many columns are needed (at most 25); 0: all.
    """
    try:
        sheet = PassingSheet(chunks)
        refuse_odd_bytes(sheet.head)
        pieces = iter(sheet)
        first = next(pieces, b"")
        width = leading or _width(first)
        if len(first) < LEAST or not 0 < width <= WIDEST:
            return None
        table = _Table(width, strings, as_date, only=bool(leading))
        table.read(first)
        for piece in pieces:
            table.read(piece)
        if b"sheetData" in sheet.tail:
            return None
    except (NotPlain, ValueError, IndexError):
        return None
    return table.rows


def _width(rows: bytes) -> int:
    """How many columns the first rows have."""
    widest = 0
    for row in islice(rows.split(ROW_END, _SAMPLE), _SAMPLE):
        last = row.rfind(_CELL_START) + len(_CELL_START)
        letters = row[last : row.find(b'"', last)].rstrip(b"0123456789")
        if last >= len(_CELL_START) and letters.isalpha() and letters.isupper() and len(letters) <= 2:
            widest = max(widest, column_index(letters.decode()) + 1)
    return widest


@lru_cache(maxsize=64)
def _row_pattern(width: int, *, only: bool) -> re.Pattern[bytes]:
    """A row of so many columns, each cell of which may be missing; or the beginning of a row, up to cells beyond."""
    cells = b"".join(_CELL % _letters(index) for index in range(width))
    end = b'(?=</row>|<c r="(?:[%b-Z]|[A-Z]{2,3})[0-9])' % _letters(width) if only else ROW_END
    return re.compile(rb'<row r="([0-9]{1,7})"(?:[^<>/]*>' + cells + end + rb"|[^<>]*/>)")


def _letters(index: int) -> bytes:
    high, low = divmod(index, len(_LETTERS))
    return ((_LETTERS[high - 1] if high else "") + _LETTERS[low]).encode()


class _Table:
    """The rows read so far. A value that comes again in its column is made once."""

    def __init__(self, width: int, strings: Texts, as_date: AsDate, *, only: bool) -> None:
        self.rows: Rows = []
        self._pattern = _row_pattern(width, only=only)
        self._only = only
        self._width = width
        self._strings = strings
        self._as_date = as_date
        self._plain = {b"": True}
        self._texts: list[dict[bytes, object]] = [{b"": None} for _ in range(width)]
        self._numbers: list[dict[bytes, object]] = [{b"": None} for _ in range(width)]
        self._others: list[dict[tuple[bytes, bytes, bytes], object]] = [{} for _ in range(width)]

    def read(self, piece: bytes) -> None:
        """Add the rows of a piece.

        Raises:
            NotPlain: something stands there that is not such a row.
        """
        found = self._matched(piece)
        if not found:
            return
        numbers, *groups = zip(*found, strict=True)
        columns = [
            self._column(place, *groups[_GROUPS * place : _GROUPS * (place + 1)]) for place in range(self._width)
        ]
        self._place([int(number) for number in numbers], list(map(list, zip(*columns, strict=True))))

    def _matched(self, piece: bytes) -> list[tuple[bytes, ...]]:
        """The number of each row, and of each cell: format, own text, kind, value."""
        found: list[tuple[bytes, ...]] = []
        match, place, end = self._pattern.match, 0, len(piece)
        while place < end:
            row = match(piece, place)
            if row is None:
                raise NotPlain
            found.append(row.groups(b""))
            place = row.end()
            if self._only and place < end and not piece.startswith(b"<row", place):
                place = piece.index(ROW_END, place) + len(ROW_END)
        return found

    def _place(self, numbers: Sequence[int], rows: Rows) -> None:
        if max(numbers) > LAST_ROW:
            raise NotPlain
        first = len(self.rows) + 1
        if numbers == list(range(first, first + len(rows))):
            self.rows += rows
            return
        for number, row in zip(numbers, rows, strict=True):
            if number <= len(self.rows):
                raise NotPlain
            self.rows.extend([] for _ in repeat(None, number - len(self.rows) - 1))
            self.rows.append(row)

    def _column(self, place: int, styles: Sequence[bytes], texts: Sequence[bytes], kinds: Sequence[bytes],
                values: Sequence[bytes]) -> Sequence[object]:  # fmt: skip
        worded = self._worded(self._texts[place], texts) if any(texts) else None
        if not any(values):
            return worded or [None] * len(texts)
        counted = self._counted(place, styles, kinds, values)
        if worded is None:
            return counted
        return [number if text is None else text for text, number in zip(worded, counted, strict=True)]

    @staticmethod
    def _worded(known: dict[bytes, object], texts: Sequence[bytes]) -> Sequence[object]:
        if not _comes_again(texts):
            joined = b"\0".join(texts)
            plain = not (b"&" in joined or b"_x" in joined or b"\r" in joined)
            if plain and joined.count(b"\0") == len(texts) - 1:
                return [text or None for text in joined.decode("utf-8").split("\0")]
        known.update([(raw, text_of(raw)) for raw in set(texts) - known.keys()])
        return [known[raw] for raw in texts]

    def _counted(self, place: int, styles: Sequence[bytes], kinds: Sequence[bytes],
                 values: Sequence[bytes]) -> Sequence[object]:  # fmt: skip
        if any(kinds) or not all(map(self._is_plain, set(styles))):
            told, keys = self._others[place], list(zip(styles, kinds, values, strict=True))
            told.update([(key, self._value(*key)) for key in set(keys) - told.keys()])
            return [told[key] for key in keys]
        if not _comes_again(values):
            return [float(raw) if b"." in raw else number_in(raw, None, self._as_date) for raw in values]
        known = self._numbers[place]
        known.update([(raw, number_in(raw, None, self._as_date)) for raw in set(values) - known.keys()])
        return [known[raw] for raw in values]

    def _is_plain(self, style: bytes) -> bool:
        """Whether a format shows numbers as numbers."""
        known = self._plain.get(style)
        if known is None:
            known = self._plain[style] = isinstance(self._as_date(1.0, int(style)), float)
        return known

    def _value(self, style: bytes, kind: bytes, value: bytes) -> object:
        found = _KIND.fullmatch(kind)
        if found is None or found[1] == b"inlineStr":
            raise NotPlain
        if found[1] in {None, b"n"}:
            return number_in(value, style or None, self._as_date)
        return value_in(found[1], value, self._strings)


def _comes_again(values: Sequence[bytes]) -> bool:
    """Whether many values of a column seem to stand in it more than once."""
    some = values[:_SAMPLE]
    return 2 * len(set(some)) <= len(some)
