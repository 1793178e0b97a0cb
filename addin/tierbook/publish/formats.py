"""Cell formats of one book, made once each and found again by what they look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..labels import Language
from . import theme

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

Look = dict[str, object]


class Formats:
    """Formats by their properties; equal properties give the same format."""

    def __init__(self, workbook: Workbook, language: Language) -> None:
        self._workbook = workbook
        self._base: Look = {
            "font_name": theme.FONT[language],
            "font_size": theme.FONT_SIZE,
            "font_color": theme.INK,
            "valign": "vcenter",
        }
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def get(self, **look: object) -> Format:
        """A format with the book's font and whatever `look` adds."""
        properties = {**self._base, **look}
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]

    def rule(self, **look: object) -> Format:
        """A format for a conditional rule: only what changes, no font of its own."""
        key = (("rule", True), *sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"font_scheme": "none", **look})
        return self._made[key]

    def title(self) -> Format:
        return self.get(bold=True, font_size=16, font_color=theme.NAVY)

    def hint(self) -> Format:
        return self.get(font_color=theme.MUTED, font_size=9)

    def head(self, paper: str, ink: str = theme.PAPER, *, align: str = "center") -> Format:
        """A header cell."""
        return self.get(bold=True, font_color=ink, bg_color=paper, text_wrap=True, align=align, border=1,
                        border_color=theme.HAIRLINE)  # fmt: skip

    def body(self, kind: str, *, wrap: bool = False, **look: object) -> Format:
        """A cell of a table of ours: its number format, its alignment, a hairline below."""
        return self.get(**{**body_look(kind, wrap=wrap), "bottom": 1, "bottom_color": theme.HAIRLINE, **look})


def body_look(kind: str, *, wrap: bool = False) -> Look:
    """Number format and alignment of a kind of cell."""
    look: Look = {}
    number = theme.NUMBER[kind]
    if number != "General":
        look["num_format"] = number
    if kind in theme.LEFT:
        look |= {"align": "left", "indent": 1}
    elif kind in theme.CENTRE:
        look["align"] = "center"
    if wrap or kind == "long":
        look["text_wrap"] = True
    return look
