"""How customers went from tier to tier: a matrix with what rose in green and what fell in red."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..labels import Language, text
from . import theme
from .book import Book
from .grid import span
from .sheet_preview import FALLS, RISES, STAYS

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Counts = Mapping[tuple[str, str], int]
"""(tier before, tier now) -> customers; "" before is new, "" now is gone."""


@dataclass(frozen=True)
class Line:
    """One row of a matrix: a tier before, and how many customers are in each tier now."""

    name: str
    counts: Sequence[int]
    is_new: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts)


def matrix_lines(counts: Counts, tiers: Sequence[str], language: Language) -> list[Line]:
    """A row per tier, the highest first, then those who are new, if anybody is."""
    lines = [Line(name, [counts.get((name, now), 0) for now in tiers]) for name in tiers]
    new = Line(text("moves.new", language), [counts.get(("", now), 0) for now in tiers], is_new=True)
    return [*lines, new] if new.total else lines


def steps(counts: Counts, tiers: Sequence[str]) -> tuple[int, int, int]:
    """How many rose, fell and stayed."""
    rank = {name: place for place, name in enumerate(tiers)}
    told = [(rank[was] - rank[now], number) for (was, now), number in counts.items() if was in rank and now in rank]
    rose = sum(number for step, number in told if step > 0)
    fell = sum(number for step, number in told if step < 0)
    return rose, fell, sum(number for step, number in told if step == 0)


def put_matrix(book: Book, sheet: Worksheet, row: int, places: Sequence[tuple[int, int]], lines: Sequence[Line],
               tiers: Sequence[str], *, size: int = 10) -> int:  # fmt: skip
    """Write head, rows and totals from `row` on; gives the first row below.

    Args:
        places: first and last column of the names, of each tier, and of the totals.
    """
    names, *cells, totals = places
    language = book.language
    look: dict[str, object] = {"font_size": size, "bottom": 1, "bottom_color": theme.HAIRLINE}
    head = look | {"font_color": theme.MUTED}
    span(sheet, row, *names, text("moves.from_to", language), book.formats.get(**head, align="left"))
    for place, name, shade in zip(cells, tiers, theme.shades(len(tiers)), strict=True):
        paper = book.formats.get(**look, bg_color=shade.paper, font_color=shade.ink, bold=True, align="center")
        span(sheet, row, *place, name, paper)
    span(sheet, row, *totals, text("moves.total", language), book.formats.get(**head, align="center"))
    for at, line in enumerate(lines):
        row += 1
        span(sheet, row, *names, line.name, book.formats.get(**look, align="left", bold=not line.is_new, indent=1))
        for to, (place, count) in enumerate(zip(cells, line.counts, strict=True)):
            span(sheet, row, *place, count, book.formats.get(**look, **_colours(count, at - to, is_new=line.is_new)))
        span(sheet, row, *totals, line.total, book.formats.get(**look, num_format="#,##0", align="center"))
    return row + 1


def _colours(count: int, step: int, *, is_new: bool) -> dict[str, object]:
    """Grey where customers stay, green where they rise, red where they fall; the new and the empty are plain."""
    shown: dict[str, object] = {"num_format": "#,##0;;–", "align": "center"}
    if not count:
        return shown | {"font_color": theme.MUTED}
    if is_new:
        return shown
    if not step:
        return shown | {"bg_color": STAYS}
    rises = step > 0
    return shown | {"bg_color": RISES if rises else FALLS, "font_color": theme.GOOD if rises else theme.BAD,
                    "bold": True}  # fmt: skip
