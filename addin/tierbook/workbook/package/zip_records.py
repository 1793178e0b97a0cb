"""A zip file as a row of raw records, so that what nobody changed is copied byte for byte.

Only the plain zip that every office program writes is understood. What a person could not have made by
saving a workbook (overlapping records, names that climb out of the folder, contents that swell a
thousandfold) is refused before anything is inflated.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ...errors import WorkbookError
from .deflate import Damaged, Packed, crc32, inflated, packed

MOST_RECORDS = 20_000
LARGEST_PART = 2 << 30
"""Bytes a part may inflate to; a sheet filled to the last row and 100 columns stays below."""
SWELLING = 200
"""Times a part may grow when inflated. Workbooks people made stay below 130."""
HARMLESS = 16 << 20
"""Bytes below which swelling is not looked at."""

_END, _CENTRAL, _LOCAL = b"PK\5\6", b"PK\1\2", b"PK\3\4"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED_FLAG, _UTF8_FLAG = 0x1, 0x800
_IN_ZIP64 = 0xFFFFFFFF
_OLD_DATE = 0x21  # 1980-01-01: the date of every record written here, so that equal content gives equal bytes


@dataclass(frozen=True)
class Record:
    """One file in the zip: where its bytes lie and what its directory entry says."""

    name: str
    entry: bytes
    method: int
    crc: int
    packed: int
    size: int
    start: int
    data: int
    end: int


@dataclass(frozen=True)
class _End:
    """Size and start of the directory, and the comment of the whole zip."""

    size: int
    start: int
    comment: bytes


@lru_cache(maxsize=4096)  # the same few hundred names are asked for many thousand times
def key_of(name: str) -> str:
    """What makes two part names the same: no leading slash, forward slashes, any case."""
    return name.replace("\\", "/").lstrip("/").lower()


class Records:
    """The records of a zip, in their order.

    Raises:
        WorkbookError: not a zip, cut short, damaged, of a kind no office program writes, or hostile.
    """

    def __init__(self, data: bytes) -> None:
        self._bytes = data
        end = self._end_record()
        self._comment = end.comment
        self._records = self._read_directory(end)
        self._by_key: dict[str, Record] = {}
        for record in self._records:
            self._admit(record)

    def __contains__(self, name: str) -> bool:
        return key_of(name) in self._by_key

    def names(self) -> list[str]:
        """Names of the files as they are spelled in the zip."""
        return [record.name for record in self._by_key.values()]

    def spelling(self, name: str) -> str | None:
        """How the zip spells a name, or None where it has no such file."""
        record = self._by_key.get(key_of(name))
        return None if record is None else record.name

    def read(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            WorkbookError: no such file, or its bytes are damaged.
        """
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a file in pieces of about a megabyte; length and checksum are checked at the end."""
        record = self._by_key.get(key_of(name))
        if record is None:
            raise WorkbookError("workbook.part_missing", part=name)
        crc = size = 0
        for chunk in self._inflated(record):
            crc = crc32(chunk, crc)
            size += len(chunk)
            if size > record.size:
                break
            yield chunk
        if size != record.size or crc != record.crc:
            raise WorkbookError("workbook.part_damaged", part=record.name)

    def holds(self, name: str, content: bytes | Packed) -> bool:
        """Whether a file has exactly this content."""
        record = self._by_key.get(key_of(name))
        if record is None or (record.size, record.crc) != _size_and_checksum(content):
            return False
        pieces = content.chunks() if isinstance(content, Packed) else [content]
        return _digest(self.chunks(name)) == _digest(pieces)

    def with_changes(self, changes: Mapping[str, bytes | Packed | None]) -> bytes:
        """The zip with some files replaced, added (at the end) or left out (None); all others keep their raw bytes."""
        wanted = {key_of(name): (name, content) for name, content in changes.items()}
        pieces = _Pieces()
        for record in self._records:
            if record.name.endswith("/") or key_of(record.name) not in wanted:
                pieces.copy(record, self._bytes)
                continue
            _, content = wanted.pop(key_of(record.name))
            if content is not None:
                pieces.add(record.name, content)
        for name, content in wanted.values():
            if content is not None:
                pieces.add(name, content)
        return pieces.joined(self._comment)

    def _read_directory(self, end: _End) -> list[Record]:
        entries: list[bytes] = []
        place = end.start
        while place < end.start + end.size:
            if self._bytes[place : place + 4] != _CENTRAL or place + 46 > end.start + end.size:
                raise WorkbookError("workbook.cut_short")
            length = 46 + sum(struct.unpack_from("<HHH", self._bytes, place + 28))
            entries.append(self._bytes[place : place + length])
            place += length
            if len(entries) > MOST_RECORDS:
                raise WorkbookError("workbook.too_many_parts", most=MOST_RECORDS)
        starts = [struct.unpack_from("<L", entry, 42)[0] for entry in entries]
        ends = _ends(starts, end.start)
        return [self._record(entry, ends[start]) for entry, start in zip(entries, starts, strict=True)]

    def _end_record(self) -> _End:
        """The record at the zip's end."""
        if not self._bytes.startswith(_LOCAL):
            raise WorkbookError("workbook.not_a_workbook")
        place = self._bytes.rfind(_END, max(0, len(self._bytes) - 65_557))
        if place < 0 or place + 22 > len(self._bytes):
            raise WorkbookError("workbook.cut_short")
        disk, first_disk, here, total, size, start, comment = struct.unpack_from("<4H2LH", self._bytes, place + 4)
        if disk or first_disk or here != total or total == 0xFFFF or _IN_ZIP64 in {size, start}:
            raise WorkbookError("workbook.unusual_zip")
        if start + size > place:
            raise WorkbookError("workbook.cut_short")
        return _End(size, start, self._bytes[place + 22 : place + 22 + comment])

    def _record(self, entry: bytes, end: int) -> Record:
        flags, method, crc, packed, size, length = struct.unpack_from("<HH4xLLLH", entry, 8)
        start = struct.unpack_from("<L", entry, 42)[0]
        raw_name = entry[46 : 46 + length]
        name = raw_name.decode("utf-8" if flags & _UTF8_FLAG else "cp437", "replace")
        if flags & _ENCRYPTED_FLAG:
            raise WorkbookError("workbook.encrypted")
        if method not in {_STORED, _DEFLATED} or _IN_ZIP64 in {packed, size, start}:
            raise WorkbookError("workbook.unusual_zip")
        local = self._bytes[start : start + 30]
        if len(local) < 30 or local[:4] != _LOCAL:
            raise WorkbookError("workbook.cut_short")
        name_length, extra_length = struct.unpack_from("<HH", local, 26)
        data = start + 30 + name_length + extra_length
        if data + packed > end or self._bytes[start + 30 : start + 30 + name_length] != raw_name:
            raise WorkbookError("workbook.part_damaged", part=name)
        return Record(name, entry, method, crc, packed, size, start, data, end)

    def _admit(self, record: Record) -> None:
        if record.size > LARGEST_PART or record.size > max(HARMLESS, SWELLING * record.packed):
            raise WorkbookError("workbook.bomb", part=record.name, megabytes=record.size >> 20)
        key = key_of(record.name)
        if ".." in key.split("/"):
            raise WorkbookError("workbook.bad_name", part=record.name)
        if record.name.endswith("/"):
            return
        if key in self._by_key:
            raise WorkbookError("workbook.twice", part=record.name)
        self._by_key[key] = record

    def _inflated(self, record: Record) -> Iterator[bytes]:
        raw = memoryview(self._bytes)[record.data : record.data + record.packed]
        if record.method == _STORED:
            yield bytes(raw)
            return
        try:
            yield from inflated(raw)
        except Damaged as problem:
            raise WorkbookError("workbook.part_damaged", part=record.name) from problem


def zipped(parts: Iterable[tuple[str, Iterable[bytes]]]) -> bytes:
    """A new zip of files that come in pieces; equal content gives equal bytes.

    Raises:
        WorkbookError: too large for the plain zip.
    """
    pieces = _Pieces()
    for name, content in parts:
        pieces.add(name, packed(content))
    return pieces.joined(b"")


def _size_and_checksum(content: bytes | Packed) -> tuple[int, int]:
    return (content.size, content.crc) if isinstance(content, Packed) else (len(content), crc32(content))


def _digest(pieces: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def _ends(starts: list[int], directory: int) -> dict[int, int]:
    """Where each record ends: where the next one starts. Descriptors and padding thus belong to the record before."""
    ordered = sorted(starts)
    if len(set(ordered)) != len(ordered):
        raise WorkbookError("workbook.overlap")
    return dict(zip(ordered, [*ordered[1:], directory], strict=True))


class _Pieces:
    """A zip being put together."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._directory: list[bytes] = []
        self._length = 0

    def copy(self, record: Record, source: bytes) -> None:
        """A record as it is; only its place in the directory entry is new."""
        self._directory.append(record.entry[:42] + struct.pack("<L", self._length) + record.entry[46:])
        self._write(source[record.start : record.end])

    def add(self, name: str, content: bytes | Packed) -> None:
        if not isinstance(content, Packed):
            content = packed([content])
        if content.size > LARGEST_PART:
            raise WorkbookError("workbook.too_large")
        raw_name = name.encode()
        flags = 0 if raw_name.isascii() else _UTF8_FLAG
        common = struct.pack("<HHHHHLLLHH", 20, flags, _DEFLATED, 0, _OLD_DATE, content.crc, len(content.data),
                             content.size, len(raw_name), 0)  # fmt: skip
        tail = struct.pack("<HHHLL", 0, 0, 0, 0, self._length)
        self._directory.append(_CENTRAL + struct.pack("<H", 20) + common + tail + raw_name)
        self._write(_LOCAL + common + raw_name)
        self._write(content.data)

    def joined(self, comment: bytes) -> bytes:
        directory = b"".join(self._directory)
        count = len(self._directory)
        if self._length + len(directory) >= _IN_ZIP64 or count > MOST_RECORDS:
            raise WorkbookError("workbook.too_large")
        end = struct.pack("<4s4H2LH", _END, 0, 0, count, count, len(directory), self._length, len(comment))
        return b"".join([*self._pieces, directory, end, comment])

    def _write(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._length += len(piece)
