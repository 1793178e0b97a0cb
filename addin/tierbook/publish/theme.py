"""Colours, fonts and number formats: one place decides how every sheet looks.

Colours say who writes where: navy sheets are refreshed by tierbook, teal sheets hold the facts people
enter, amber sheets hold the rules people may change. Pale yellow cells wait for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..labels import Language

Owner = Literal["ours", "data", "model", "guide"]

FONT: dict[Language, str] = {"zh-CN": "Microsoft YaHei", "zh-TW": "Microsoft JhengHei", "en": "Segoe UI"}
FONT_SIZE = 10
ROW_HEIGHT = 18
HEADER_HEIGHT = 27
WIDE_HEADER_HEIGHT = 36

INK = "#1F2937"
MUTED = "#6B7785"
HAIRLINE = "#DCE2E9"
PAPER = "#FFFFFF"
WASH = "#F4F6F9"
NAVY = "#1E3A5F"
NAVY_SOFT = "#E4EBF3"
TEAL = "#1F7A6D"
TEAL_SOFT = "#DCEFEB"
AMBER = "#B7791F"
AMBER_SOFT = "#FBF0DA"
GREY = "#5B6673"
YOURS = "#FFF9DB"
YOURS_HEAD = "#F2C94C"
GOOD = "#1F8A5B"
BAD = "#C0392B"
SKY = "#5B8DB8"
RUST = "#D08770"

TAB: dict[Owner, str] = {"ours": NAVY, "data": TEAL, "model": AMBER, "guide": GREY}
HEAD: dict[Owner, str] = {"ours": NAVY, "data": TEAL, "model": AMBER, "guide": GREY}
SOFT: dict[Owner, str] = {"ours": NAVY_SOFT, "data": TEAL_SOFT, "model": AMBER_SOFT, "guide": WASH}

NUMBER: dict[str, str] = {
    "id": "@",
    "text": "General",
    "long": "General",
    "choice": "General",
    "date": "yyyy-mm-dd",
    "money": "#,##0.00",
    "whole_money": "#,##0",
    "count": "#,##0",
    "number": "#,##0.##",
    "quantity": "#,##0.###",
    "score": "0.0",
    "percent": "0.0%",
    "ratio": "0.00",
    "flag": "0",
}
"""Number format of each kind of cell."""

LEFT = frozenset({"id", "text", "long"})
CENTRE = frozenset({"choice", "date", "flag"})


@dataclass(frozen=True)
class Shade:
    """Colours of one band of a scale: cell background, text, and the solid colour in charts."""

    paper: str
    ink: str
    solid: str


_TOP = Shade("#FBEBC8", "#7A5200", "#D9A441")
_SECOND = Shade("#D5EDE7", "#12594E", "#2F9E8F")
_THIRD = Shade("#DFE9F4", "#264B73", "#5B8DB8")
_FOURTH = Shade("#EAE4F2", "#4E3B73", "#9C86BF")
_LAST = Shade("#ECEEF1", "#566070", "#A9B2BD")


def shades(count: int) -> list[Shade]:
    """Colours of a scale's bands, highest first: gold on top, grey at the bottom, as many as asked for."""
    if count <= 0:
        return []
    if count == 1:
        return [_TOP]
    middle = [_SECOND, _THIRD, _FOURTH]
    if count == 3:
        middle = [_THIRD]
    between = [middle[place % len(middle)] for place in range(count - 2)]
    return [_TOP, *between, _LAST]
