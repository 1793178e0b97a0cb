"""Charts as SVG markup: bars, columns and lines, labelled in full, with no script and no font of their own.

Own drawing, because no light and free library fits: vl-convert draws the same through a JavaScript engine of 84 MB,
pygal is LGPL and links to a script on the network, leather cannot label a bar.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..publish import theme
from ..publish.widths import text_width

WIDE, HALF, THIRD = 1120, 548, 358
"""Pixels of a panel of 12, 6 and 4 twelfths: drawn at that size, letters come out as large as the page's."""
LATIN, LATIN_BOLD = 0.6, 0.7
"""Width of a half-width letter against its size, at most, in the widest font that may stand in for ours."""
ROW = 28
LINE_COLOURS = (theme.NAVY, "#D9A441", "#2F9E8F", "#9C86BF", theme.RUST, theme.GREY)


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its figure as people read it, and how long it is."""

    name: str
    value: float
    label: str
    colour: str = theme.NAVY
    rest: float = 0.0
    """A second, lighter part at its end (tasks not due beside overdue ones)."""
    rest_label: str = ""


def bars(rows: Sequence[Bar], *, width: int = HALF, title: str = "") -> str:
    """Horizontal bars below each other, each with its figure behind it."""
    gutter = min(max((room_of(row.name) for row in rows), default=0.0) + 14, width * 0.45)
    tail = max((room_of(_both(row), bold=True) for row in rows), default=0.0) + 14
    most = max((row.value + row.rest for row in rows), default=0) or 1
    room = max(width - gutter - tail, 40)
    parts = []
    for place, row in enumerate(rows):
        top = place * ROW + 5
        long, more = max(row.value, 0) / most * room, max(row.rest, 0) / most * room
        parts.append(_text(gutter - 8, top + 14, cut(row.name, gutter - 8), anchor="end"))
        parts.append(_box(gutter, top, long, ROW - 10, row.colour))
        if more:
            parts.append(_box(gutter + long, top, more, ROW - 10, theme.SKY))
        parts.append(_text(gutter + long + more + 6, top + 14, _both(row), bold=True))
    return svg(parts, width, max(len(rows), 1) * ROW + 4, title)


def _both(row: Bar) -> str:
    return f"{row.label} + {row.rest_label}" if row.rest else row.label


def shares(rows: Sequence[Bar], *, width: int = HALF, title: str = "") -> str:
    """One bar cut into shares, with a line of names below it; the bars' values are parts of a whole."""
    whole = sum(max(row.value, 0) for row in rows) or 1
    parts, left, under = [], 0.0, 0.0
    line = 66.0
    for row in rows:
        long = max(row.value, 0) / whole * width
        parts.append(_box(left, 0, max(long - 1, 0), 36, row.colour))
        if long > room_of(row.label, bold=True) + 6:
            parts.append(_text(left + long / 2, 22, row.label, anchor="middle", colour=theme.PAPER, bold=True))
        left += long
        told = f"{row.name} {row.label}"
        need = room_of(told) + 34
        if under + need > width and under:
            under, line = 0.0, line + 22
        parts += [_box(under, line - 10, 11, 11, row.colour), _text(under + 16, line, told)]
        under += need
    return svg(parts, width, line + 10, title)


def columns(rows: Sequence[Bar], *, width: int = HALF, height: int = 230, title: str = "") -> str:
    """Upright columns side by side; the figure stands above each one where there is room, else above the largest."""
    if not rows:
        return svg([], width, 20, title)
    most = max(0.0, *(row.value for row in rows)) or 1
    least = min(0.0, *(row.value for row in rows))
    step, high = width / len(rows), height - 54
    base = 18 + most / (most - least) * high
    roomy = max(room_of(row.label, size=11, bold=True) for row in rows) <= step - 2
    top = max(range(len(rows)), key=lambda place: rows[place].value)
    parts = [_line(0, base, width, base, theme.HAIRLINE)]
    for place, row in enumerate(rows):
        tall = abs(row.value) / (most - least) * high
        x = place * step + step * 0.16
        parts.append(_box(x, base - tall if row.value >= 0 else base, step * 0.68, tall, row.colour))
        middle = place * step + step / 2
        if roomy or place in {top, len(rows) - 1}:
            anchor = "middle" if roomy or 0 < place < len(rows) - 1 else "end" if place else "start"
            at = middle if anchor == "middle" else (width if place else 0)
            parts.append(_text(at, min(base - tall if row.value >= 0 else base, base) - 5, row.label, anchor=anchor,
                               size=11, bold=True))  # fmt: skip
        if room_of(row.name, size=10) <= step - 3 or place % _every(rows, step) == (len(rows) - 1) % _every(rows, step):
            last = place == len(rows) - 1 and room_of(row.name, size=10) > step
            x, anchor = (width, "end") if last else (middle, "middle")
            parts.append(_text(x, height - 12, row.name, anchor=anchor, size=10, colour=theme.GREY))
    return svg(parts, width, height, title)


def _every(rows: Sequence[Bar], step: float) -> int:
    """Only every how many columns has room for its name."""
    widest = max(room_of(row.name, size=10) for row in rows) + 6
    return max(int(-(-widest // step)), 1)


@dataclass(frozen=True)
class Series:
    """One line of a chart; a value that nobody knows breaks it. `labels` say the figures as people read them."""

    name: str
    values: Sequence[float | None]
    labels: Sequence[str]
    colour: str = ""
    ink: str = ""
    """Colour of its words, where the line's is too light to read."""


def lines(series: Sequence[Series], times: Sequence[str], *, width: int = HALF, height: int = 220, title: str = "",
          shown: Callable[[float], str] | None = None) -> str:  # fmt: skip
    """Lines over time, each with its name and last figure at its end.

    Args:
        shown: how people read a figure; then there are rulers with their figures.
    """
    known = [value for one in series for value in one.values if value is not None]
    if not known or not times:
        return svg([], width, 20, title)
    low, high = _range(known)
    ends = [_end(one) for one in series]
    tail = max(room_of(told, bold=True) for _, told in ends) + 14
    rulers = _rulers(low, high) if shown else []
    left = max((room_of(shown(one), size=10) for one in rulers), default=0.0) + 8 if shown else 8.0
    right, top, bottom = width - tail, 12.0, height - 26.0
    step = (right - left) / max(len(times) - 1, 1)

    def at(place: int, value: float) -> tuple[float, float]:
        return left + place * step, bottom - (value - low) / (high - low) * (bottom - top)

    parts = [_line(left, bottom, right, bottom, theme.HAIRLINE)]
    for value in rulers if shown else []:
        y = at(0, value)[1]
        parts.append(_line(left, y, right, y, theme.WASH if value else theme.HAIRLINE))
        parts.append(_text(left - 5, y + 4, shown(value) if shown else "", anchor="end", size=10, colour=theme.GREY))
    spots = []
    for place, one in enumerate(series):
        colour = one.colour or LINE_COLOURS[place % len(LINE_COLOURS)]
        for piece in _pieces(one.values):
            at_each = [at(*spot) for spot in piece]
            parts.append(_path(at_each, colour) if len(piece) > 1 else _dot(*at_each[0], colour, 2.2))
        last, told = ends[place]
        if last is not None:
            x, y = at(last, one.values[last] or 0.0)
            parts.append(_dot(x, y, colour))
            spots.append((y, told, one.ink or colour))
    parts += [_text(right + 8, y + 4, told, colour=colour, bold=True) for y, told, colour in _apart(spots, bottom)]
    every = max(int(-(-(room_of(times[-1], size=10) + 14) // max(step, 1))), 1)
    for place, name in enumerate(times):
        if place % every == (len(times) - 1) % every:
            anchor = "start" if place == 0 else "middle"
            parts.append(_text(left + place * step, height - 8, name, anchor=anchor, size=10, colour=theme.GREY))
    return svg(parts, width, height, title)


def _range(known: Sequence[float]) -> tuple[float, float]:
    """From a little below the least to a little above the most; from 0 where that is near."""
    low, high = min(known), max(known)
    if 0 <= low < high * 0.6:
        low = 0.0
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return (low if low == 0 else low - room), high + room


def _rulers(low: float, high: float) -> list[float]:
    """Two to five round figures between the least and the most."""
    step = 10 ** math.floor(math.log10((high - low) / 2))
    step *= next(each for each in (5, 2, 1) if (high - low) / (step * each) >= 2)
    first = math.ceil(round(low / step, 9))
    return [place * step for place in range(first, math.floor(round(high / step, 9)) + 1)]


def _end(one: Series) -> tuple[int | None, str]:
    """Place of the last known value, and what stands beside it."""
    last = next((place for place in range(len(one.values) - 1, -1, -1) if one.values[place] is not None), None)
    return last, one.name if last is None else f"{one.name} {one.labels[last]}"


def _pieces(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """(place, value) of the stretches without a gap."""
    found: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append((place, value))
    return [piece for piece in found if piece]


def _apart(spots: Sequence[tuple[float, str, str]], bottom: float) -> list[tuple[float, str, str]]:
    """The labels with at least a line's height between them, as near to their ends as can be."""
    gap = 15.0
    found: list[tuple[float, str, str]] = []
    for y, told, colour in sorted(spots):
        found.append((max(y, found[-1][0] + gap) if found else y, told, colour))
    over = max((found[-1][0] - bottom) if found else 0, 0)
    for place in range(len(found) - 1, -1, -1):
        below = found[place + 1][0] - gap if place + 1 < len(found) else bottom
        y, told, colour = found[place]
        found[place] = (min(y, below) if over else y, told, colour)
    return found


def svg(parts: Sequence[str], width: float, height: float, title: str) -> str:
    told = f"<title>{escaped(title)}</title>" if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" role="img">'
        f"{told}{''.join(parts)}</svg>"
    )


def room_of(words: str, *, size: int = 12, bold: bool = False) -> float:
    """Pixels the words take at most: a full-width letter is as wide as it is high."""
    wide = text_width(words) - len(words)
    return (wide + (len(words) - wide) * (LATIN_BOLD if bold else LATIN)) * size


def cut(words: str, room: float) -> str:
    """The words, ended by … where they are wider than the room."""
    if room_of(words) <= room:
        return words
    while words and room_of(words + "…") > room:
        words = words[:-1]
    return words + "…"


def escaped(words: str) -> str:
    from markupsafe import escape

    return str(escape("".join(letter if letter >= " " else " " for letter in words)))


def _text(x: float, y: float, words: str, *, anchor: str = "start", colour: str = theme.INK, size: int = 12,
          bold: bool = False) -> str:  # fmt: skip
    heavy = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{heavy}>'
        f"{escaped(words)}</text>"
    )


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{colour}"/>'


def _line(x: float, y: float, to_x: float, to_y: float, colour: str) -> str:
    return f'<line x1="{_n(x)}" y1="{_n(y)}" x2="{_n(to_x)}" y2="{_n(to_y)}" stroke="{colour}"/>'


def _path(spots: Sequence[tuple[float, float]], colour: str) -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in spots)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.2" stroke-linejoin="round"/>'


def _dot(x: float, y: float, colour: str, size: float = 3.4) -> str:
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(size)}" fill="{colour}"/>'


def _n(value: float) -> str:
    """A coordinate: a tenth of a pixel is enough, and the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")
