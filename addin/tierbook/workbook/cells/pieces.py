"""A sheet as it passes by: its cells in pieces of whole rows, never all of them at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .scan import NotPlain

ROW_END = b"</row>"
_DATA = re.compile(rb"<sheetData(/?)>")
_CLOSE = b"</sheetData>"


class PassingSheet:
    """A sheet read from first to last: iterating gives its cells in pieces of whole rows, once.

    Attributes:
        head: what stands before the sheetData tag.
        tail: what stands behind it; known when the rows have passed.

    Raises:
        NotPlain: there are no such tags in the plain form; said when the place is reached.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.tail = b""
        rest, found = b"", None
        while found is None:
            rest += self._chunk()
            found = _DATA.search(rest)
        self.head = rest[: found.start()]
        self._rest = rest[found.end() :]
        self._empty = bool(found[1])

    def __iter__(self) -> Iterator[bytes]:
        rest, end = self._rest, 0
        if not self._empty:
            while (end := rest.find(_CLOSE)) < 0:
                rows, row_end, rest = rest.rpartition(ROW_END)
                if rows:
                    yield rows + row_end
                rest += self._chunk()
            if end:
                yield rest[:end]
            end += len(_CLOSE)
        self.tail = rest[end:] + b"".join(self._chunks)

    def _chunk(self) -> bytes:
        chunk = next(self._chunks, None)
        if chunk is None:
            raise NotPlain
        return chunk
