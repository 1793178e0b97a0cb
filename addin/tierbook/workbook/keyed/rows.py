"""A sheet as its rows in bytes and the frame around them; cells never become a tree.

A sheet that is not in the plain form Excel and its kin write is brought into it first (`plain`), so that one
way of working serves all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from ...errors import WorkbookError
from ..cells.pieces import ROW_END, PassingSheet
from ..cells.scan import NotPlain, column_index
from ..package.opc import Package
from ..package.xml_parts import MAIN, dump, parse
from .plain import plain_rows

_OPEN, _CLOSE, _EMPTY = b"<sheetData>", b"</sheetData>", b"<sheetData/>"
_ENCODING = re.compile(rb"""^[^>]*encoding=["'](?!utf-8["'])""", re.IGNORECASE)
_ODD_CELL = re.compile(rb'<c(?! r="[A-Z]{1,3}[0-9]+")[\s/>]')
_OTHER_QUOTES = re.compile(rb"<(?:c|row)\s[^>]*='")
_OWN_ATTRIBUTE = re.compile(rb'\s(?:r|spans)="[^"]*"')
_TAG = re.compile(rb"<(/?)([A-Za-z]+)(?=[\s/>])")
_PLACE = "tierbook:rows"
_AT_ONCE = 256
"""Rows that are joined before they go on."""


@dataclass(slots=True)
class Row:
    """One row as it stands in the part: `<row …>` and the bytes of its cells. No `opening`: it is not in the part."""

    number: int
    opening: bytes
    body: bytes

    def raw(self) -> bytes:
        return (
            self.opening if not self.opening or self.opening.endswith(b"/>") else self.opening + self.body + b"</row>"
        )

    def attributes(self) -> bytes:
        """What the row says of itself but its number and its reach, such as ` ht="30" hidden="1"`."""
        return _OWN_ATTRIBUTE.sub(b"", self.opening[4:].rstrip(b"/>"))


Cells = dict[bytes, bytes]
"""Column letters -> the rest of the cell after its address, such as ` s="3"><v>5</v></c>`."""


@dataclass
class SheetRows:
    """A sheet taken apart. `frame` is its tree with an empty sheetData, free to be edited."""

    frame: etree._Element
    rows: list[Row]
    _around: tuple[bytes, bytes] | None
    _frame_before: bytes

    def differs(self, rows: Sequence[bytes]) -> bool:
        """Whether these rows, or the frame as it is now, are not what the part holds."""
        if len(rows) != len(self.rows) or any(row != old.raw() for row, old in zip(rows, self.rows, strict=True)):
            return True
        return dump(self.frame) != self._frame_before

    def put_together(self, rows: Sequence[bytes]) -> bytes:
        """The bytes of the part with these rows and the frame as it is now."""
        return b"".join(self.pieces(rows))

    def pieces(self, rows: Sequence[bytes]) -> Iterator[bytes]:
        """These bytes in pieces of many rows."""
        head, tail = self._now_around()
        prefix = _sheet_data(self.frame).prefix
        yield head
        for place in range(0, len(rows), _AT_ONCE):
            piece = b"".join(rows[place : place + _AT_ONCE])
            yield _prefixed(piece, prefix) if prefix else piece
        yield tail

    def _now_around(self) -> tuple[bytes, bytes]:
        """What stands before and behind the rows."""
        if self._around is not None and dump(self.frame) == self._frame_before:
            return self._around[0] + _OPEN, _CLOSE + self._around[1]
        place = _sheet_data(self.frame)
        place.text = _PLACE
        head, _, tail = dump(self.frame).partition(_PLACE.encode())
        place.text = None
        return head, tail


def taken_apart(data: bytes, part: str) -> SheetRows:
    """The rows of a sheet and its frame.

    Raises:
        WorkbookError: not well formed, rows out of order, or a cell that is there twice.
    """
    return _taken(lambda: [data], part)


def taken_from(package: Package, part: str) -> SheetRows:
    """The rows of a package's sheet, which itself never lies about whole; raises what `taken_apart` does."""
    return _taken(lambda: package.chunks(part), part)


def _taken(chunks: Callable[[], Iterable[bytes]], part: str) -> SheetRows:
    try:
        sheet = PassingSheet(chunks())
        _refuse_odd_bytes(sheet.head)
        rows = list(rows_in(sheet))
        _refuse_odd_bytes(sheet.tail)
    except NotPlain:
        return _with_care(b"".join(chunks()), part)
    frame = parse(sheet.head + _EMPTY + sheet.tail, part)
    return SheetRows(frame, rows, (sheet.head, sheet.tail), dump(frame))


def rows_in(pieces: Iterable[bytes]) -> Iterator[Row]:
    """The rows between the sheetData tags, from pieces of whole rows.

    Raises:
        NotPlain: something there is not written in the plain form.
    """
    last = 0
    for piece in pieces:
        if b"<!" in piece or _ODD_CELL.search(piece) or (b"='" in piece and _OTHER_QUOTES.search(piece)):
            raise NotPlain
        for row in _rows_of(piece, last):
            last = row.number
            yield row


def _rows_of(piece: bytes, last: int) -> Iterator[Row]:
    for chunk in piece.split(ROW_END):
        rest = chunk
        while rest:
            end = rest.find(b">") + 1
            opening = rest[:end]
            if not opening.startswith(b'<row r="'):
                raise NotPlain
            told = opening[8 : opening.index(b'"', 8)]
            number = int(told) if told.isdigit() else 0
            if number <= last:
                raise NotPlain
            last = number
            closed = opening.endswith(b"/>")
            body, rest = (b"", rest[end:]) if closed else (rest[end:], b"")
            if body and not body.startswith(b'<c r="'):
                raise NotPlain
            yield Row(number, opening, body)


def cells_of(row: Row) -> Cells:
    """The cells of a row, left to right.

    Raises:
        WorkbookError: a cell is there twice, or belongs to another row.
    """
    number = b'%d"' % row.number
    pieces = row.body.split(b'<c r="')
    cells = {letters: rest for letters, _, rest in [piece.partition(number) for piece in pieces[1:]]}
    if len(cells) != len(pieces) - 1 or not cells.keys() <= _INDEX.keys():
        for letters in cells:
            index_of(letters)
        if len(cells) != len(pieces) - 1:
            raise WorkbookError("workbook.part_damaged", part=f"<row {row.number}>")
    return cells


def one_cell(row: Row, letters: bytes) -> bytes | None:
    """The rest of one cell of a row; None where the row has none in that column."""
    start = row.body.find(b'<c r="%b%d"' % (letters, row.number))
    if start < 0:
        return None
    start = row.body.index(b'"', start + 6) + 1
    end = row.body.find(b'<c r="', start)
    return row.body[start:] if end < 0 else row.body[start:end]


def plain_text_at(row: Row, letters: bytes) -> str | None:
    """The text of a cell that holds its own, written as people see it; None for any other cell."""
    found = _plain_text(letters).search(row.body)
    if found is None or b"_x" in found[2] or found[1] != b"%d" % row.number:
        return None
    return found[2].decode("utf-8")


@lru_cache(maxsize=64)
def _plain_text(letters: bytes) -> re.Pattern[bytes]:
    return re.compile(
        rb'<c r="%b([0-9]+)"(?: s="[0-9]+")? t="inlineStr"><is><t>([^<&\r]*)</t></is></c>' % re.escape(letters)
    )


def row_bytes(number: int, attributes: bytes, cells: Cells) -> bytes:
    """A row as it goes into the part."""
    if not cells:
        return b'<row r="%d"%b/>' % (number, attributes)
    name = b'%d"' % number
    body = b"".join([b'<c r="' + letters + name + rest for letters, rest in cells.items()])
    return b'<row r="%d"%b>%b</row>' % (number, attributes, body)


def in_order(cells: Cells) -> Cells:
    """The cells left to right."""
    return dict(sorted(cells.items(), key=lambda cell: index_of(cell[0])))


_INDEX: dict[bytes, int] = {}


def index_of(letters: bytes) -> int:
    """Column letters -> index from 0, remembered.

    Raises:
        WorkbookError: no column is called so.
    """
    index = _INDEX.get(letters)
    if index is None:
        if not letters.isalpha() or not letters.isupper() or len(letters) > 3:
            raise WorkbookError("workbook.part_damaged", part=letters.decode(errors="replace")[:20])
        index = _INDEX[letters] = column_index(letters.decode())
    return index


def _refuse_odd_bytes(data: bytes) -> None:
    """Comments and other encodings make bytes mean something else, as does a second place for cells."""
    wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if wide or b"<!" in data or b"sheetData" in data or _ENCODING.match(data[:200]):
        raise NotPlain


def _with_care(data: bytes, part: str) -> SheetRows:
    frame = parse(data, part)
    place = _sheet_data(frame)
    try:
        rows = list(rows_in([plain_rows(place, part)]))
    except NotPlain as problem:
        raise WorkbookError("workbook.part_damaged", part=part) from problem
    for child in list(place):
        place.remove(child)
    place.text = None
    return SheetRows(frame, rows, None, dump(frame))


def _sheet_data(frame: etree._Element) -> etree._Element:
    place = frame.find(MAIN + "sheetData")
    if place is None:
        raise WorkbookError("workbook.part_damaged", part="sheetData")
    return place


def _prefixed(rows: bytes, prefix: str) -> bytes:
    """Rows of the plain form in the prefix the sheet uses."""
    return _TAG.sub(rb"<\1" + prefix.encode() + rb":\2", rows)
