"""How wide text is on a sheet: a full-width letter counts two."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

FILTER_BUTTON = 3.2
PADDING = 1.6


def text_width(value: str) -> int:
    """Columns a text takes on one line; of several lines the widest."""
    if value.isascii():
        return max((len(line) for line in value.split("\n")), default=0)
    return max(sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in line)
               for line in value.split("\n"))  # fmt: skip


@lru_cache(maxsize=10_000)
def wrapped_lines(value: str, width: float) -> int:
    """Lines a text needs in a column `width` wide; words of Latin text are not split."""
    room = max(width - 1, 1)
    total = 0
    for line in value.split("\n"):
        used, lines = 0.0, 1
        for word in _pieces(line):
            size = text_width(word)
            if used and used + size > room:
                lines, used = lines + 1, 0
            used += size
        total += lines
    return total


def _pieces(line: str) -> list[str]:
    """Unbreakable pieces: Latin words with their space, single full-width letters."""
    pieces: list[str] = []
    word = ""
    for letter in line:
        if letter.isascii() and letter != " ":
            word += letter
            continue
        if letter == " ":
            pieces.append(word + " ")
            word = ""
            continue
        if word:
            pieces.append(word)
            word = ""
        pieces.append(letter)
    if word:
        pieces.append(word)
    return pieces


def fitting(title: str, values: Iterable[str], *, low: float, high: float, filtered: bool = True) -> float:
    """Width for a column: its widest value or its header (which may break in two), within bounds."""
    head = header_width(title) + (FILTER_BUTTON if filtered else 0)
    widest = max((text_width(value) for value in values), default=0)
    return round(min(max(head, widest) + PADDING, high), 1) if max(head, widest) + PADDING > low else low


def header_width(title: str) -> float:
    """Width of a header that may break into two lines."""
    whole = text_width(title)
    if whole <= 10:
        return whole
    if " " in title:
        return max(text_width(part) for part in _halves(title))
    return whole if title.isascii() else (whole + 1) // 2 + 1


def _halves(title: str) -> tuple[str, str]:
    """A title broken at the space nearest its middle."""
    middle = len(title) / 2
    at = min((place for place, letter in enumerate(title) if letter == " "), key=lambda place: abs(place - middle))
    return title[:at], title[at + 1 :]
