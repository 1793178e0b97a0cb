"""A package that was never a file: the parts of a donor, its long sheets as rows still to be written.

Rows written straight in the formats of the book they go into need no packing, unpacking and renumbering on their way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...errors import WorkbookError
from .deflate import Packed
from .zip_records import Records, key_of, zipped


@dataclass(frozen=True)
class LongPart:
    """A sheet whose lower rows are made whenever they are asked for.

    Attributes:
        head: the part up to those rows, the sheetData tag and the rows above them in it.
        rows: the rows in pieces, with the formats' numbers looked up among these; None: as the donor counts them.
        tail: what stands behind them, from the closing sheetData tag on.
    """

    head: bytes = field(repr=False)
    rows: Callable[[Sequence[int] | None], Iterator[bytes]]
    tail: bytes = field(repr=False)

    def chunks(self) -> Iterator[bytes]:
        """The part as the donor has it, in pieces."""
        yield self.head
        yield from self.rows(None)
        yield self.tail


class MadeParts:
    """The parts of a new book by name, as `Records` are those of a file. `bytes()` of it is the file."""

    def __init__(self, parts: Mapping[str, bytes | LongPart]) -> None:
        self._parts = dict(parts)
        self._names = {key_of(name): name for name in parts}

    def __contains__(self, name: str) -> bool:
        return key_of(name) in self._names

    def __bytes__(self) -> bytes:
        return zipped((name, self.chunks(name)) for name in self._parts)

    def names(self) -> list[str]:
        return list(self._parts)

    def spelling(self, name: str) -> str | None:
        return self._names.get(key_of(name))

    def long(self, name: str) -> LongPart | None:
        """The part of that name, where it is one with rows still to be written."""
        found = self._parts.get(self._names.get(key_of(name), ""))
        return found if isinstance(found, LongPart) else None

    def read(self, name: str) -> bytes:
        """The content of a part.

        Raises:
            WorkbookError: no such part.
        """
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a part in pieces."""
        if name not in self:
            raise WorkbookError("workbook.part_missing", part=name)
        found = self._parts[self._names[key_of(name)]]
        yield from found.chunks() if isinstance(found, LongPart) else (found,)

    def holds(self, name: str, content: bytes | Packed) -> bool:
        """Whether a part has exactly this content."""
        return name in self and self.read(name) == (
            content if isinstance(content, bytes) else b"".join(content.chunks())
        )

    def with_changes(self, changes: Mapping[str, bytes | Packed | None]) -> bytes:
        """The file with some parts replaced, added or left out (None)."""
        return Records(bytes(self)).with_changes(changes)
