"""Measures of all customers as blobs: each run's difference from the run before it, packed.

A column holds one whole number per customer, by the customer's number; NOTHING where there is none. Nightly changes
are small and much alike, so their bytes, sorted by place value and deflated, take one or two each.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

NOTHING = -(1 << 62)
WIDTH = 8
"""Bytes of a number."""
LEVEL = 6


def column(places: Sequence[int], values: Sequence[int | None], size: int) -> Numbers:
    """Numbers by place (from 1), NOTHING at places not told of."""
    import numpy as np

    made = np.full(size, NOTHING, dtype=np.int64)
    if len(places):
        told = [NOTHING if value is None else value for value in values] if None in values else values
        made[np.asarray(places, dtype=np.int64) - 1] = np.array(told, dtype=np.int64)
    return made


def grown(numbers: Numbers, size: int) -> Numbers:
    """The column with places for customers who came later."""
    import numpy as np

    more = size - len(numbers)
    return np.concatenate([numbers, np.full(more, NOTHING, dtype=np.int64)]) if more > 0 else numbers


def packed(numbers: Numbers) -> bytes:
    """A column's bytes: how many numbers, a bit for each that is not 0, then these by place value of their bytes.

    Small numbers of either sign are small here (zigzag), so that their high bytes are all alike.
    """
    import numpy as np

    there = numbers != 0
    some = numbers[there]
    folded = ((some << 1) ^ (some >> 63)).astype("<i8")
    planes = np.ascontiguousarray(folded.view(np.uint8).reshape(-1, WIDTH).T)
    return zlib.compress(len(numbers).to_bytes(4, "little") + np.packbits(there).tobytes() + planes.tobytes(), LEVEL)


def unpacked(data: bytes) -> Numbers:
    import numpy as np

    told = zlib.decompress(data)
    size = int.from_bytes(told[:4], "little")
    bits = np.frombuffer(told, dtype=np.uint8, count=(size + 7) // 8, offset=4)
    there = np.unpackbits(bits, count=size).astype(bool)
    planes = np.frombuffer(told, dtype=np.uint8, offset=4 + len(bits)).reshape(WIDTH, -1)
    folded = np.ascontiguousarray(planes.T).view("<u8").reshape(-1)
    numbers = np.zeros(size, dtype=np.int64)
    numbers[there] = (folded >> np.uint64(1)).astype(np.int64) ^ -(folded & np.uint64(1)).astype(np.int64)
    return numbers


def difference(before: Numbers, now: Numbers) -> bytes:
    """What turns one column into the other, which has at least as many places; no bytes where they are equal."""
    change = now - grown(before, len(now))
    return packed(change) if change.any() else b""


def summed(pieces: Sequence[bytes], size: int) -> Numbers:
    """The column, with so many places, that a whole one and the differences after it make."""
    numbers = unpacked(pieces[0])
    for piece in pieces[1:]:
        if piece:
            change = unpacked(piece)
            numbers = grown(numbers, len(change))
            numbers[: len(change)] += change  # customers that came by a run of an earlier day stand behind
    return grown(numbers, size)
