"""Compound files: a small file system in one file, in the form (version 3) that VBA projects are kept in.

Source: [MS-CFB]. Sectors of 512 bytes in the order: streams of 4,096 bytes and more, the mini stream (all shorter
ones, in pieces of 64 bytes), the mini FAT, the directory, the FAT. Times and class ids are left zero.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import MacroError

Tree = Mapping[str, "bytes | Tree"]
"""Name -> content of a stream, or the tree of a storage."""

_SECTOR, _PIECE, _CUTOFF = 512, 64, 4096
_PER_SECTOR = _SECTOR // 4
_FREE, _END, _FAT_SECTOR, _NOBODY = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_MOST_FAT_SECTORS = 109
"""Sectors of the FAT that the header itself can name: 109 x 128 sectors, about 6.9 MB."""
_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_LONGEST_NAME = 31


@dataclass
class _Entry:
    """One entry of the directory; `left`, `right` and `child` are numbers of entries."""

    name: str
    kind: int
    content: bytes = b""
    colour: int = _BLACK
    left: int = _NOBODY
    right: int = _NOBODY
    child: int = _NOBODY
    start: int = 0
    size: int = 0

    def to_bytes(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0" if self.kind else b""
        links = (self.left, self.right, self.child)
        return struct.pack(
            "<64sHBB3I16xI16xIQ", name, len(name), self.kind, self.colour, *links, 0, self.start, self.size
        )


def compound_file(tree: Tree) -> bytes:
    """The file that holds a tree of streams; equal trees give equal bytes.

    Raises:
        MacroError: a name is too long, has a letter that is not allowed or stands twice, or all is too long for
            a header without further sectors.
    """
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add(entries, tree)
    sectors: list[bytes] = []
    fat: list[int] = []
    mini, mini_fat = bytearray(), list[int]()
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.content)
            long = entry.size >= _CUTOFF
            entry.start = _store(entry.content, sectors, fat) if long else _store_short(entry.content, mini, mini_fat)
    entries[0].start, entries[0].size = _store(bytes(mini), sectors, fat), len(mini)
    mini_fat_sectors = -(-len(mini_fat) // _PER_SECTOR)
    mini_fat_at = _store(_numbers(mini_fat, mini_fat_sectors), sectors, fat)
    directory_at = _store(_directory(entries), sectors, fat)
    fat_at, fat_sectors = len(sectors), _fat_sectors(len(sectors))
    fat += [_FAT_SECTOR] * fat_sectors
    header = _header(fat_at, fat_sectors, directory_at, mini_fat_at, mini_fat_sectors)
    return header + b"".join(sectors) + _numbers(fat, fat_sectors)


def _add(entries: list[_Entry], tree: Tree) -> int:
    """Append a storage's entries and those below them; gives the number of the one its search tree starts at."""
    ordered = sorted(tree.items(), key=lambda item: _rank(item[0]))
    first = len(entries)
    for (name, content), (before, _) in zip(ordered, [("", b""), *ordered], strict=False):
        if not 0 < len(name) <= _LONGEST_NAME or set(name) & set("/\\:!") or _rank(name) == _rank(before):
            raise MacroError("macros.stream_name", name=name)
        stream = isinstance(content, bytes)
        entries.append(_Entry(name, _STREAM if stream else _STORAGE, content if isinstance(content, bytes) else b""))
    for number, (_, content) in enumerate(ordered, start=first):
        if not isinstance(content, bytes):
            entries[number].child = _add(entries, content)
    last_level = len(ordered).bit_length()
    return _search_tree(entries, first, first + len(ordered), 1, last_level)


def _rank(name: str) -> tuple[int, str]:
    """Order of names: shorter ones first, then by capital letters. Source: [MS-CFB] 2.6.4."""
    return len(name), name.upper()


def _search_tree(entries: list[_Entry], first: int, behind: int, level: int, last_level: int) -> int:
    """Link entries first..behind-1, which stand in order, into a red-black tree; gives its top.

    Halving leaves all levels but the last full. The last is red, so every way down meets equally many black
    entries and no red one stands under a red one. The top of the tree is black.
    """
    if first >= behind:
        return _NOBODY
    middle = (first + behind) // 2
    entry = entries[middle]
    entry.colour = _RED if level == last_level > 1 else _BLACK
    entry.left = _search_tree(entries, first, middle, level + 1, last_level)
    entry.right = _search_tree(entries, middle + 1, behind, level + 1, last_level)
    return middle


def _store(content: bytes, sectors: list[bytes], fat: list[int]) -> int:
    """Append a stream's sectors, chained; gives the first one's number."""
    if not content:
        return _END
    first = len(sectors)
    pieces = [content[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(content), _SECTOR)]
    sectors += pieces
    fat += [*range(first + 1, first + len(pieces)), _END]
    return first


def _store_short(content: bytes, mini: bytearray, mini_fat: list[int]) -> int:
    """Append a short stream's pieces to the mini stream, chained; gives the first one's number."""
    if not content:
        return _END
    first, count = len(mini_fat), -(-len(content) // _PIECE)
    mini += content.ljust(count * _PIECE, b"\0")
    mini_fat += [*range(first + 1, first + count), _END]
    return first


def _numbers(chain: Sequence[int], sectors: int) -> bytes:
    """A table of numbers that fills its sectors."""
    return struct.pack(f"<{len(chain)}I", *chain).ljust(sectors * _SECTOR, b"\xff")


def _directory(entries: list[_Entry]) -> bytes:
    """All entries, filled up with unused ones to whole sectors."""
    unused = _Entry("", 0, colour=_RED).to_bytes()
    written = b"".join(entry.to_bytes() for entry in entries)
    return written + unused * (-len(entries) % (_SECTOR // 128))


def _fat_sectors(others: int) -> int:
    """How many sectors the FAT needs: it has a number for each of its own sectors too.

    Raises:
        MacroError: more than the header can name.
    """
    count = 1
    while count * _PER_SECTOR < others + count:
        count += 1
    if count > _MOST_FAT_SECTORS:
        raise MacroError("macros.too_long", megabytes=f"{_MOST_FAT_SECTORS * _PER_SECTOR * _SECTOR / 1e6:.1f}")
    return count


def _header(fat_at: int, fat_sectors: int, directory_at: int, mini_fat_at: int, mini_fat_sectors: int) -> bytes:
    """The first 512 bytes. Source: [MS-CFB] 2.2."""
    version = struct.pack("<16xHHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    places = (0, fat_sectors, directory_at, 0, _CUTOFF, mini_fat_at, mini_fat_sectors, _END, 0)
    named = [*range(fat_at, fat_at + fat_sectors), *[_FREE] * (_MOST_FAT_SECTORS - fat_sectors)]
    return _SIGNATURE + version + struct.pack("<9I109I", *places, *named)
