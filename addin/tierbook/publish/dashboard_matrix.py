"""The customer value matrix on the dashboard: R by F, darker where more customers stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..labels import text
from . import theme
from .book import Book
from .grid import panel, span
from .money import short_money
from .numbers import value_matrix
from .records import Report

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LAST = 11
"""Last column of the panel; the first two name the rows."""
ROOMY = 5
"""Levels up to which a cell has a second line, the mean amount. A model has at most ten levels."""
DARK = 0.55
"""Share of the fullest cell above which the figures are white."""


def put_matrix(book: Book, sheet: Worksheet, report: Report, top: int) -> None:
    """The panel from row `top` on, 13 rows high: customers per cell and, where there is room, their mean amount."""
    language, levels = book.language, report.model.rfm.levels
    panel(book, sheet, top, 0, LAST, text("publish.matrix_title", language))
    lines, width = (2, 10 // levels) if levels <= ROOMY else (1, 1)
    head = book.formats.get(font_color=theme.MUTED, font_size=9, align="center")
    for level in range(1, levels + 1):
        first = 2 + (level - 1) * width
        span(sheet, top + 1, first, first + width - 1, f"F{level}", head)
    cells = value_matrix(report)
    most = max((customers for customers, _ in cells.values()), default=0)
    money = short_money(max((mean for _, mean in cells.values()), default=0), language)
    name = book.formats.get(bold=True, align="center", font_color=theme.NAVY)
    for place, r in enumerate(range(levels, 0, -1)):
        row = top + 2 + lines * place
        sheet.merge_range(row, 0, row + lines - 1, 1, f"R{r}", name)
        for f in range(1, levels + 1):
            customers, mean = cells.get((r, f), (0, 0.0))
            first = 2 + (f - 1) * width
            shown = [customers, mean if customers else None][:lines]
            _put_cell(book, sheet, row, (first, first + width - 1), shown, customers / most if most else 0.0, money)
    note = "matrix_note" if lines > 1 else "matrix_note_short"
    span(sheet, top + 2 + lines * levels, 0, LAST, text(f"publish.{note}", language), book.formats.hint())


def _put_cell(book: Book, sheet: Worksheet, row: int, columns: tuple[int, int], shown: list[float | None],
              fullness: float, money: str) -> None:  # fmt: skip
    """One cell of the matrix: its lines below each other, in one colour with a white frame."""
    look: dict[str, object] = {
        "bg_color": heat(fullness), "font_color": theme.PAPER if fullness > DARK else theme.INK, "align": "center",
        "left": 1, "right": 1, "left_color": theme.PAPER, "right_color": theme.PAPER,
    }  # fmt: skip
    upper = look | {"top": 1, "top_color": theme.PAPER, "bold": True, "num_format": "#,##0;;–"}
    if len(shown) == 1:
        span(sheet, row, *columns, shown[0], book.formats.get(**upper, bottom=1, bottom_color=theme.PAPER, font_size=8))
        return
    lower = look | {"bottom": 1, "bottom_color": theme.PAPER, "font_size": 8, "valign": "top", "num_format": money}
    span(sheet, row, *columns, shown[0], book.formats.get(**upper, valign="bottom"))
    span(sheet, row + 1, *columns, shown[1], book.formats.get(**lower))


def heat(share: float) -> str:
    """Colour between the page's wash (0) and navy (1)."""
    low, high = (236, 241, 246), (30, 58, 95)
    share = min(max(share, 0.0), 1.0) ** 0.75
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in zip(low, high, strict=True))
