"""预览: what the rules in a book would change, as ranges of cells to be written into a workbook that is open.

This sheet is written by the program that has the book open, not into its file: so it is values and a few looks, no
table and no rule. Text columns are formatted as text before their values come, so that an id keeps its zeros and a
name that begins with = stays a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ..labels import text
from . import theme
from .preview_groups import cell_names, shift_rows
from .preview_shown import MoveShown, PreviewShown
from .sheet_tiers import ARROWS

LONGEST = 5000
"""Customers listed; the figures above the list count everyone."""
WIDTHS = (12.0, 30.0, 11.0, 11.0, 11.0, 11.0, 11.0, 11.0, 11.0, 16.0)
LIST = ("customer_id", "name", "owner", "before", "after", "rank", "score_before", "score_after", "change", "revenue")
"""Columns of the list; `preview.<key>` is the title."""
SHIFTS = ("family", "group", "was", "is", "joined", "left", "share")
"""Columns of the groups that change."""
REGROUPED = ("customer_id", "name", "owner", "family", "group_before", "group_after", "revenue")
"""Columns of the customers who change class, segment or stage."""
TEXT = "@"
SIGNED = "+0.00;-0.00;0.00"
NUMBERS = (TEXT, TEXT, TEXT, TEXT, TEXT, ARROWS, "0.00", "0.00", SIGNED, "#,##0")
STAYS, RISES, FALLS = "#ECEEF1", "#DDF1E6", "#FBE3DF"


@dataclass(frozen=True)
class Look:
    """How cells look; None leaves a thing as it is."""

    number: str | None = None
    bold: bool = False
    size: int = theme.FONT_SIZE
    ink: str = theme.INK
    paper: str | None = None
    align: str | None = None
    height: float | None = None


@dataclass(frozen=True)
class Patch:
    """Cells written in one go. `row` and `column` count from 1."""

    row: int
    column: int
    cells: Sequence[Sequence[object]]
    look: Look


@dataclass(frozen=True)
class Page:
    """A whole sheet: its name where it is free, what tells it from a sheet of somebody else's, its patches."""

    name: str
    sign: str
    font: str
    height: float
    widths: Sequence[float]
    patches: Sequence[Patch]


def preview_page(found: PreviewShown) -> Page:
    """The sheet: figures on top, then the matrix of tiers, large groups, and the customers who would move."""
    page = _Page(found)
    page.heading()
    if not found.same_rules:
        page.figures()
        page.matrix()
        page.cells()
        page.large()
        page.shifts()
        page.names()
        page.regrouped()
    language = found.language
    return Page(
        text("preview.sheet", language),
        text("preview.sign", language),
        theme.FONT[language],
        theme.ROW_HEIGHT,
        WIDTHS,
        page.patches,
    )


class _Page:
    """Patches from the top down; `row` is the next free one."""

    def __init__(self, found: PreviewShown) -> None:
        self.found = found
        self.patches: list[Patch] = []
        self.row = 1

    def say(self, key: str, **values: object) -> str:
        return text(f"preview.{key}", self.found.language, **values)

    def put(self, column: int, cells: Sequence[Sequence[object]], look: Look) -> None:
        self.patches.append(Patch(self.row, column, cells, look))

    def heading(self) -> None:
        found = self.found
        self.put(
            1,
            [[f"{self.say('sign')} · {found.as_of.isoformat()}"]],
            Look(bold=True, size=16, ink=theme.NAVY, height=27),
        )
        self.row += 1
        key = "same" if found.same_rules else f"against_{found.against}"
        self.put(1, [[self.say(key, version=found.version or "-")]], Look(size=9, ink=theme.MUTED))
        self.row += 2

    def figures(self) -> None:
        """Five figures side by side: label above, value below."""
        found = self.found
        share = len(found.moves) / max(found.customers, 1)
        money = float(found.revenue_moved / found.revenue) if found.revenue else 0.0
        figures = (
            (1, 1, "compared", f"{found.customers:,}", theme.NAVY),
            (2, 2, "moved", f"{len(found.moves):,}（{share:.1%}）", theme.NAVY),
            (3, 4, "rose", f"▲ {found.rose:,}", theme.GOOD),
            (5, 6, "fell", f"▼ {found.fell:,}", theme.BAD),
            (7, 10, "money", self.say("money_value", moved=f"{found.revenue_moved:,.0f}", share=f"{money:.1%}"),
             theme.NAVY),
        )  # fmt: skip
        blank = ["" for _ in WIDTHS]
        self.put(1, [blank], Look(paper=theme.WASH, height=20))
        for first, _last, key, _value, _ink in figures:
            self.put(first, [[self.say(key)]], Look(size=9, ink=theme.MUTED, paper=theme.WASH))
        self.row += 1
        self.put(1, [blank], Look(paper=theme.WASH, height=30))
        for first, _last, _key, value, ink in figures:
            self.put(first, [[value]], Look(number=TEXT, bold=True, size=15, ink=ink, paper=theme.WASH, align="left"))
        self.row += 2

    def matrix(self) -> None:
        found = self.found
        self.title(self.say("matrix"))
        shades = dict(zip(found.after, theme.shades(len(found.after)), strict=True))
        self.put(2, [[self.say("from_to")]], _head(align="left"))
        for place, name in enumerate(found.after):
            shade = shades[name]
            self.put(
                3 + place, [[name]], Look(number=TEXT, bold=True, ink=shade.ink, paper=shade.paper, align="center")
            )
        self.put(3 + len(found.after), [[self.say("total")]], _head())
        self.row += 1
        for name in found.before:
            counts = [found.matrix.get((name, to), 0) for to in found.after]
            own = shades.get(name)
            ink, paper = (own.ink, own.paper) if own else (theme.INK, None)
            self.put(2, [[name]], Look(number=TEXT, bold=True, ink=ink, paper=paper, align="left"))
            self.put(3, [[*counts, sum(counts)]], Look(number="#,##0;-#,##0;–", align="center"))
            for place, to in enumerate(found.after):
                self.shade(place, name, to, counts[place])
            self.row += 1
        totals = [sum(found.matrix.get((name, to), 0) for name in found.before) for to in found.after]
        self.put(2, [[self.say("total")]], Look(bold=True, align="left", paper=theme.WASH))
        self.put(3, [[*totals, sum(totals)]], Look(number="#,##0", bold=True, align="center", paper=theme.WASH))
        self.row += 2

    def shade(self, place: int, name: str, to: str, count: int) -> None:
        """Grey where customers stay, green where they rise, red where they fall."""
        after = list(self.found.after)
        if not count or name not in after:
            return
        step = after.index(name) - place
        paper = STAYS if step == 0 else RISES if step > 0 else FALLS
        ink = theme.INK if step == 0 else theme.GOOD if step > 0 else theme.BAD
        look = Look(number="#,##0", bold=step != 0, ink=ink, paper=paper, align="center")
        self.put(3 + place, [[count]], look)

    def cells(self) -> None:
        """Who is behind each number of the matrix that moves."""
        found = self.found
        rows = cell_names(found.moves, [*found.before, *found.after], text("screen.between", found.language))
        if not rows:
            return
        self.title(self.say("cells"))
        self.put(2, [[row[0]] for row in rows], Look(number=TEXT, bold=True, align="left"))
        self.put(3, [[row[1]] for row in rows], Look(number="#,##0", align="center"))
        self.put(4, [[row[2]] for row in rows], Look(number=TEXT, size=9, align="left"))
        self.row += len(rows) + 1

    def shifts(self) -> None:
        """Classes, segments, stages and tags with somebody who joins or leaves."""
        found = self.found
        if not found.shifts:
            return
        self.title(self.say("shifts"))
        self.put(2, [[self.say(key) for key in SHIFTS]], _head())
        self.row += 1
        families = {one.family: text(f"publish.{one.family}", found.language) for one in found.shifts}
        rows = shift_rows(found.shifts, families)
        self.put(2, [row[:2] for row in rows], Look(number=TEXT, align="left"))
        self.put(4, [row[2:6] for row in rows], Look(number="#,##0;-#,##0;–", align="center"))
        self.put(8, [row[6:] for row in rows], Look(number="0.0%", align="center"))
        self.row += len(rows) + 1

    def regrouped(self) -> None:
        """Who would change class, segment or stage."""
        found = self.found
        if not found.regrouped:
            return
        self.row += 1
        self.title(self.say("regrouped", count=f"{len(found.regrouped):,}"))
        self.put(1, [[self.say(key) for key in REGROUPED]], _head(height=27))
        self.row += 1
        families = {one.family: text(f"publish.{one.family}", found.language) for one in found.regrouped}
        rows = [
            [one.customer_id, one.name, one.owner, families[one.family], one.before, one.after]
            for one in found.regrouped[:LONGEST]
        ]
        self.put(1, rows, Look(number=TEXT, align="left"))
        self.put(7, [[float(one.revenue)] for one in found.regrouped[:LONGEST]], Look(number="#,##0", align="right"))
        self.row += len(rows)
        if len(found.regrouped) > LONGEST:
            rest = f"{len(found.regrouped) - LONGEST:,}"
            self.put(1, [[self.say("more", count=rest)]], Look(ink=theme.MUTED))

    def large(self) -> None:
        found = self.found
        if not found.large:
            return
        self.title(self.say("large", line=f"{found.large_line:.0%}"))
        rows = [[name, text(f"publish.{family}", found.language), share] for family, name, share in found.large]
        self.put(2, [row[:2] for row in rows], Look(number=TEXT, align="left"))
        self.put(4, [row[2:] for row in rows], Look(number="0.0%", bold=True, ink=theme.AMBER, align="center"))
        self.row += len(rows) + 1

    def names(self) -> None:
        found = self.found
        self.title(self.say("names", count=f"{len(found.moves):,}"))
        if not found.moves:
            self.put(1, [[self.say("nobody")]], Look(ink=theme.MUTED))
            return
        self.put(1, [[self.say(key) for key in LIST]], _head(height=27))
        self.row += 1
        rows = [_row(move) for move in found.moves[:LONGEST]]
        for first, last in _runs(NUMBERS):
            align = "left" if last < 3 else "right" if NUMBERS[first] == "#,##0" else "center"
            self.put(first + 1, [row[first : last + 1] for row in rows], Look(number=NUMBERS[first], align=align))
        self.arrows(rows)
        self.row += len(rows)
        if len(found.moves) > LONGEST:
            self.put(1, [[self.say("more", count=f"{len(found.moves) - LONGEST:,}")]], Look(ink=theme.MUTED))

    def arrows(self, rows: Sequence[Sequence[object]]) -> None:
        """Rises green, falls red; a list in the order of the moves has few stretches of each."""
        place, top = LIST.index("rank"), self.row
        for sign, run in groupby(rows, key=lambda row: _sign(row[place])):
            held = [[row[place]] for row in run]
            ink = theme.GOOD if sign > 0 else theme.BAD if sign < 0 else theme.MUTED
            self.put(place + 1, held, Look(number=ARROWS, bold=True, ink=ink, align="center"))
            self.row += len(held)
        self.row = top

    def title(self, words: str) -> None:
        self.put(1, [[words]], Look(bold=True, size=12, ink=theme.NAVY, height=24))
        self.row += 1


def _row(move: MoveShown) -> list[object]:
    before, after = round(move.score_before, 2), round(move.score_after, 2)
    return [
        move.customer_id, move.name, move.owner, move.before, move.after, move.rank_change, before, after,
        round(after - before, 2), float(move.revenue),
    ]  # fmt: skip


def _runs(formats: Sequence[str]) -> list[tuple[int, int]]:
    """Neighbouring columns of one number format and alignment, as (first, last), without the column of arrows."""
    return [(0, 2), (3, 4), *((place, place) for place in range(6, len(formats)))]


def _sign(step: object) -> int:
    return 0 if not isinstance(step, int) else (step > 0) - (step < 0)


def _head(*, align: str = "center", height: float | None = None) -> Look:
    return Look(number=TEXT, bold=True, ink=theme.PAPER, paper=theme.NAVY, align=align, height=height)
