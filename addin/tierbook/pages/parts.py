"""What a page is made of, said as data: tiles, tables, charts and lines of text in sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tile:
    """A key figure, as people read it; `mood` colours what it is compared to: 1 good, -1 bad."""

    title: str
    value: str
    comparison: str = ""
    mood: int = 0


@dataclass(frozen=True)
class Cell:
    """A cell with a look of its own: a colour behind it, or a mood (1 good, -1 bad, 2 grey)."""

    text: str
    paper: str = ""
    ink: str = ""
    mood: int = 0


@dataclass(frozen=True)
class Table:
    """Rows of text already formatted.

    `heads` are (title, alignment): left, right, center, or name, which is left and stays on one line.
    """

    heads: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[str | Cell]]
    nobody: str = ""
    """What is said in place of no rows."""


@dataclass(frozen=True)
class Chart:
    """A finished drawing: SVG markup, made by `charts`."""

    svg: str
    note: str = ""


@dataclass(frozen=True)
class Lines:
    """Sentences below each other; `marked` puts a dot before each."""

    lines: Sequence[str]
    marked: bool = False


@dataclass(frozen=True)
class Panel:
    """A titled box, so many twelfths of the page wide."""

    title: str
    content: Sequence[Chart | Table | Lines]
    width: int = 12


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading; one without a heading follows on."""

    heading: str
    panels: Sequence[Panel]


@dataclass(frozen=True)
class Page:
    """A whole page. `language` decides its fonts, `foot` stands small at its end."""

    language: str
    title: str
    subtitle: str
    tiles: Sequence[Tile]
    sections: Sequence[Section]
    foot: str = ""
