"""Lines that one run tells and that are much alike, pressed into one blob: a fifth of the room of as many rows."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

LEVEL = 9


def pressed(lines: Sequence[Sequence[object]]) -> bytes:
    return zlib.compress(json.dumps(lines, ensure_ascii=False, separators=(",", ":")).encode(), LEVEL)


def opened(data: bytes) -> list[list[Any]]:
    lines: list[list[Any]] = json.loads(zlib.decompress(data))
    return lines
