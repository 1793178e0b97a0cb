"""The compression of VBA source and of the `dir` stream, both ways.

Source: [MS-OVBA] 2.4.1. A container is a signature byte and chunks; each chunk stands for 4,096 bytes, the last for
what is left. A chunk is a row of groups: a flag byte, then eight tokens, each a byte as it is or a reference
(two bytes) to what came before in the same chunk.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import MacroError

CHUNK = 4096
_SIGNATURE = 0x01
_PACKED, _RAW = 0xB000, 0x3000
"""Upper half byte of a chunk's header: the fixed 0b011 and whether tokens or plain bytes follow."""
_SHORTEST = 3
_CANDIDATES = 64
"""Earlier places that are tried for a reference; more finds little."""


def compress(data: bytes) -> bytes:
    """The container that stands for some bytes; equal bytes give equal containers.

    Raises:
        MacroError: the last chunk is noise that cannot be packed (never so for text of a program).
    """
    chunks = (_chunk(data[start : start + CHUNK]) for start in range(0, len(data), CHUNK))
    return bytes([_SIGNATURE]) + b"".join(chunks)


def decompress(container: bytes) -> bytes:
    """The bytes a container stands for.

    Raises:
        MacroError: it is not a container, or it is damaged.
    """
    if container[:1] != bytes([_SIGNATURE]):
        raise MacroError("macros.not_packed")
    out, at = bytearray(), 1
    while at + 2 <= len(container):
        header = int.from_bytes(container[at : at + 2], "little")
        body = container[at + 2 : at + 3 + (header & 0x0FFF)]
        if header & 0x7000 != _RAW:
            raise MacroError("macros.not_packed")
        out += _unpacked(body) if header & 0x8000 else body
        at += 3 + (header & 0x0FFF)
    return bytes(out)


def _chunk(plain: bytes) -> bytes:
    body = _packed(plain)
    if len(body) <= CHUNK:
        return (_PACKED | (len(body) - 1)).to_bytes(2, "little") + body
    if len(plain) < CHUNK:
        raise MacroError("macros.noise")
    return (_RAW | (CHUNK - 1)).to_bytes(2, "little") + plain


def _packed(plain: bytes) -> bytes:
    """The groups of tokens of one chunk."""
    out = bytearray()
    tokens = _tokens(plain)
    while group := [token for _, token in zip(range(8), tokens, strict=False)]:
        out.append(sum(1 << place for place, token in enumerate(group) if len(token) == 2))
        for token in group:
            out += token
    return bytes(out)


def _tokens(plain: bytes) -> Iterator[bytes]:
    """Single bytes and references, in order."""
    seen: dict[bytes, list[int]] = {}
    at = 0
    while at < len(plain):
        length, back = _longest(plain, at, seen.get(plain[at : at + _SHORTEST], []))
        if length:
            yield (((back - 1) << (16 - _offset_bits(at))) | (length - _SHORTEST)).to_bytes(2, "little")
        else:
            length = 1
            yield plain[at : at + 1]
        for place in range(at, at + length):
            seen.setdefault(plain[place : place + _SHORTEST], []).append(place)
        at += length


def _longest(plain: bytes, at: int, places: list[int]) -> tuple[int, int]:
    """Length of the longest repetition that starts here and how far back it stands; (0, 0) where there is none."""
    if at + _SHORTEST > len(plain):
        return 0, 0
    most = min((0xFFFF >> _offset_bits(at)) + _SHORTEST, len(plain) - at)
    best, back = 0, 0
    for place in reversed(places[-_CANDIDATES:]):
        length = _SHORTEST
        while length < most and plain[place + length] == plain[at + length]:
            length += 1
        if length > best:
            best, back = length, at - place
    return best, back


def _offset_bits(at: int) -> int:
    """Bits of a reference that tell how far back it reaches: enough for the place in the chunk, at least 4.

    Source: [MS-OVBA] 2.4.1.3.19.1.
    """
    return max((at - 1).bit_length(), 4)


def _unpacked(body: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(body):
        flags = body[at]
        at += 1
        for bit in range(8):
            if at >= len(body):
                break
            if not flags >> bit & 1:
                out.append(body[at])
                at += 1
                continue
            token = int.from_bytes(body[at : at + 2], "little")
            at += 2
            bits = 16 - _offset_bits(len(out))
            back, length = (token >> bits) + 1, (token & ((1 << bits) - 1)) + _SHORTEST
            if back > len(out):
                raise MacroError("macros.not_packed")
            for _ in range(length):  # a reference may reach into what it is writing
                out.append(out[-back])
    return bytes(out)
