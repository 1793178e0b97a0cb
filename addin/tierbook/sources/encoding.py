"""Delimited text as plain UTF-8 on disk, whatever its encoding and compression.

One pass reads the bytes, fingerprints them and checks the encoding. A file that is UTF-8 already is used
where it lies; others are written to a temporary file.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ..errors import SourceError

CHUNK = 1 << 22
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHINESE_IN_UTF8 = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}|\xef[\xbc-\xbd][\x80-\xbf]")


@dataclass(frozen=True)
class PlainText:
    """A UTF-8 file that the engine can read; `fingerprint` is of the bytes as delivered."""

    path: Path
    fingerprint: str


@contextmanager
def plain_text(path: Path) -> Iterator[PlainText]:
    """The file as UTF-8 text, for as long as the context lasts.

    Raises:
        SourceError: damaged gzip, or bytes that fit no single encoding (the line is named).
    """
    with path.open("rb") as stream:
        fingerprint = hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    if path.suffix.lower() != ".gz" and _is_utf8(path):
        yield PlainText(path, fingerprint)
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="tierbook-") as folder:
        plain = path
        if path.suffix.lower() == ".gz":
            plain = _unpacked(path, Path(folder) / "text.csv")
        with plain.open("rb") as stream:
            lead = stream.read(2)
        if lead in UTF16_MARKS:
            plain = _from_utf16(plain, Path(folder) / "utf8.csv", path.name)
        elif not _is_utf8(plain):
            plain = _from_gb18030(plain, Path(folder) / "utf8.csv", path.name)
        yield PlainText(plain, fingerprint)


def _unpacked(path: Path, target: Path) -> Path:
    import gzip
    import shutil
    import zlib

    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as out:
            shutil.copyfileobj(cast(BinaryIO, packed), out, CHUNK)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceError("sources.bad_gzip", where=path.name, reason=error) from None
    return target


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _from_utf16(path: Path, target: Path, where: str) -> Path:
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        with path.open("rb") as stream, target.open("wb") as out:
            while chunk := stream.read(CHUNK):
                out.write(decoder.decode(chunk).encode())
            out.write(decoder.decode(b"", final=True).encode())
    except UnicodeError:
        raise SourceError("sources.bad_utf16", where=where) from None
    return target


def _from_gb18030(path: Path, target: Path, where: str) -> Path:
    """Transcode line by line; a line break byte is never part of a GB18030 letter.

    A UTF-8 line in a GB18030 file often decodes too, into wrong letters: so a file that has both lines that
    are not UTF-8 and lines with Chinese in valid UTF-8 is refused, not guessed.
    """
    counts = {"utf8": 0, "gb18030": 0}
    first = {"utf8": 0, "gb18030": 0, "neither": 0}
    with path.open("rb") as stream, target.open("wb") as out:
        for number, line in enumerate(stream, start=1):
            if line.isascii():
                out.write(line)
                continue
            kind = _kind_of_line(line)
            if kind:
                counts[kind] += 1
                first[kind] = first[kind] or number
            try:
                out.write(line.decode("gb18030").encode())
            except UnicodeDecodeError:
                first["neither"] = first["neither"] or number
    if first["neither"] or (counts["utf8"] and counts["gb18030"]):
        mostly_utf8 = counts["utf8"] >= counts["gb18030"]
        odd = first["gb18030"] if mostly_utf8 else first["neither"] or first["utf8"]
        raise SourceError("sources.mixed_encodings", where=where, line=odd)
    return target


def _kind_of_line(line: bytes) -> str:
    """gb18030 where the line is not UTF-8; utf8 where it is and has Chinese; else nothing certain."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return "gb18030"
    return "utf8" if _CHINESE_IN_UTF8.search(line) else ""
