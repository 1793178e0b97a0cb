"""Measures of all customers as blobs: each run's difference from the run before it, packed.

A column holds one whole number per customer, by the customer's number; NOTHING where there is none. Nightly changes
are small and much alike, so their bytes, sorted by place value and deflated, take about two each.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

NOTHING = -(1 << 62)
WIDTH = 8
"""Bytes of a number."""
LEVEL = 6


def column(values: Iterable[tuple[int, int | None]], size: int) -> Numbers:
    """Numbers by place (from 1), NOTHING at places not told."""
    import numpy as np

    made = np.full(size, NOTHING, dtype=np.int64)
    told = [(place - 1, value) for place, value in values if value is not None]
    if told:
        places, numbers = zip(*told, strict=True)
        made[np.array(places)] = np.array(numbers, dtype=np.int64)
    return made


def grown(numbers: Numbers, size: int) -> Numbers:
    """The column with places for customers who came later."""
    import numpy as np

    more = size - len(numbers)
    return np.concatenate([numbers, np.full(more, NOTHING, dtype=np.int64)]) if more > 0 else numbers


def packed(numbers: Numbers) -> bytes:
    import numpy as np

    planes = np.ascontiguousarray(numbers.astype("<i8").view(np.uint8).reshape(-1, WIDTH).T)
    return zlib.compress(planes.tobytes(), LEVEL)


def unpacked(data: bytes) -> Numbers:
    import numpy as np

    planes = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(WIDTH, -1)
    return np.ascontiguousarray(planes.T).view("<i8").reshape(-1).astype(np.int64)


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
