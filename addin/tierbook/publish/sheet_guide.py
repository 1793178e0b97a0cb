"""使用说明: the page people read first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..labels import text
from ..model.types import Model
from . import theme
from .book import Book
from .grid import span
from .guide_words import curve_words, number, tier_ranges
from .macro_sheets import BUTTON_ROW, Macros, put_button, quoted_sheet
from .playbook import plays_naming
from .sheet_keys import OWNER, SHEET_KEYS
from .widths import wrapped_lines

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LAST = 23
"""Last of the page's equal columns."""
COLUMN_PIXELS = 40
BUTTON_COLUMNS = 6
"""Columns of the page a button stands over."""
REFRESH_STEP = 3
CHARACTERS = 5.5
"""Characters a column of the page holds."""
PRINT_SCALE = 60
"""Percent at which the page is as wide as A4, in fonts wider than ours too. Not "fit to width": Excel would then drop
the page breaks."""
FUNCTIONS = (
    ("cust_tier", "=CUST_TIER(A2)"), ("cust_score", "=CUST_SCORE(A2)"), ("cust_rfm", "=CUST_RFM(A2)"),
    ("cust_segment", "=CUST_SEGMENT(A2)"), ("cust_stage", "=CUST_STAGE(A2)"), ("cust_tags", "=CUST_TAGS(A2)"),
    ("cust_metric", '=CUST_METRIC(A2,"recency_days")'), ("cust_why", "=CUST_WHY(A2)"), ("cust_stamp", "=CUST_STAMP()"),
)  # fmt: skip


def add_guide_sheet(book: Book, model: Model, macros: Macros | None = None) -> str:
    """Write the page.

    Args:
        macros: gives it a part with every button.

    Returns:
        Address of the cell that says what the buttons need, empty without buttons.
    """
    sheet = book.sheet(text("sheets.guide", book.language), "guide")
    sheet.set_column_pixels(0, LAST, COLUMN_PIXELS)
    page = _Page(book, sheet, model, macros)
    for part in (page.banner, page.steps, page.buttons, page.sheets, page.tiers, page.score, page.colours,
                 page.functions, page.night, page.questions):  # fmt: skip
        part()
    sheet.set_portrait()
    sheet.set_print_scale(PRINT_SCALE)
    sheet.print_area(0, 0, page.row - 1, LAST)
    sheet.set_h_pagebreaks(page.breaks)
    sheet.center_horizontally()
    sheet.activate()
    return page.words_at


class _Page:
    """Writes the page from top to bottom; `row` is the next free row."""

    def __init__(self, book: Book, sheet: Worksheet, model: Model, macros: Macros | None) -> None:
        self.book = book
        self.sheet = sheet
        self.model = model
        self.macros = macros
        self.words_at = ""
        self.row = 0
        self.breaks: list[int] = []

    def say(self, key: str, **values: object) -> str:
        return text(f"publish_guide.{key}", self.book.language, **values)

    def names(self) -> dict[str, str]:
        """Visible names of all sheets, to fill into sentences."""
        return {key: text(f"sheets.{key}", self.book.language) for key in SHEET_KEYS}

    def look(self, **more: object) -> Format:
        return self.book.formats.get(**more)

    def line(self, *cells: tuple[int, int, object, Format], height: float = theme.ROW_HEIGHT) -> None:
        """One row of (first column, last column, value, format); it grows for text that wraps."""
        for first, last, value, look in cells:
            span(self.sheet, self.row, first, last, value, look)
            if isinstance(value, str):
                lines = wrapped_lines(value, (last - first + 1) * CHARACTERS)
                height = max(height, 15 * lines + 4 if lines > 1 else 0)
        self.sheet.set_row(self.row, height)
        self.row += 1

    def gap(self, height: float = 10) -> None:
        self.sheet.set_row(self.row, height)
        self.row += 1

    def heading(self, words: str) -> None:
        self.gap(14)
        look = self.look(bold=True, font_size=13, font_color=theme.NAVY, bottom=2, bottom_color=theme.NAVY)
        self.line((0, LAST, words, look), height=24)
        self.gap(4)

    def head(self, *cells: tuple[int, int, str]) -> None:
        look = self.look(font_color=theme.MUTED, font_size=9, bottom=1, bottom_color=theme.HAIRLINE, indent=1)
        self.line(*((first, last, words, look) for first, last, words in cells))

    def banner(self) -> None:
        paper: dict[str, object] = {"bg_color": theme.NAVY, "font_color": theme.PAPER, "indent": 1}
        self.line((0, LAST, "", self.look(**paper)), height=8)
        self.line((0, LAST, self.say("title"), self.look(**paper, bold=True, font_size=22)), height=36)
        self.line((0, LAST, self.say("subtitle"), self.look(**paper, font_size=11)), height=22)
        self.line((0, LAST, "", self.look(**paper)), height=8)
        self.gap(8)
        body = self.look(text_wrap=True, indent=1)
        self.line((0, LAST, self.say("what_1"), body))
        self.line((0, LAST, self.say("what_2"), body))
        about = self.say("model_line", model=self.model.name.of(self.book.language), version=self.model.version,
                         start=self.model.start.isoformat())  # fmt: skip
        self.line((0, LAST, about, self.look(font_color=theme.MUTED, font_size=9, indent=1)))

    def steps(self) -> None:
        self.heading(self.say("steps"))
        names = self.names()
        badge = self.look(bold=True, align="center", bg_color=theme.TEAL, font_color=theme.PAPER, font_size=12,
                          bottom=5, bottom_color=theme.PAPER)  # fmt: skip
        title = self.look(bold=True, font_size=11, font_color=theme.NAVY, indent=1)
        body = self.look(text_wrap=True)
        for step in range(1, 6):
            how = self.say(f"step_{step}_how", **names)
            if self.macros and step == REFRESH_STEP:
                how = self.macros.refreshing
            self.line(
                (0, 0, str(step), badge), (1, 5, self.say(f"step_{step}"), title), (6, LAST, how, body), height=24
            )

    def buttons(self) -> None:
        """A button on the left of each row, what it does on the right; then what all of them need."""
        if self.macros is None:
            return
        self.heading(self.macros.heading)
        body = self.look(text_wrap=True, indent=1)
        for button in self.macros.buttons["guide"]:
            row = self.row
            self.line((BUTTON_COLUMNS, LAST, button.tip, body), height=BUTTON_ROW)
            put_button(self.sheet, row, 0, button, width=BUTTON_COLUMNS * COLUMN_PIXELS)
        self.gap(4)
        self.words_at = f"{quoted_sheet(self.sheet.get_name())}!$A${self.row + 1}"
        small = self.look(font_color=theme.MUTED, font_size=9, indent=1, text_wrap=True)
        self.line((0, LAST, self.macros.words, small))
        self.breaks.append(self.row)

    def sheets(self) -> None:
        self.heading(self.say("sheets"))
        self.head((0, 5, self.say("sheet")), (6, 9, self.say("whose")), (10, LAST, self.say("purpose")))
        edge: dict[str, object] = {"bottom": 1, "bottom_color": theme.HAIRLINE}
        body = self.look(**edge, text_wrap=True, indent=1)
        for key, name in self.names().items():
            owner = OWNER[key]
            link = self.look(**edge, bold=True, font_color=theme.TAB[owner], indent=1)
            badge = self.look(
                **edge, font_size=9, align="center", bg_color=theme.SOFT[owner], font_color=theme.TAB[owner]
            )
            row = self.row
            self.line((0, 5, name, link), (6, 9, self.say(f"owner_{owner}"), badge),
                      (10, LAST, self.say(f"for_{key}"), body))  # fmt: skip
            self.sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)

    def tiers(self) -> None:
        self.heading(self.say("tiers"))
        self.head((0, 3, self.say("tier")), (4, 9, self.say("range")), (10, LAST, self.say("treatment")))
        scale = self.model.scale(self.model.main_scale)
        tiers = list(reversed(scale.tiers))
        language = self.book.language
        edge: dict[str, object] = {"bottom": 1, "bottom_color": theme.HAIRLINE}
        for tier, words, shade in zip(tiers, tier_ranges(self.model, language), theme.shades(len(tiers)), strict=True):
            badge = self.look(**edge, bold=True, align="center", bg_color=shade.paper, font_color=shade.ink)
            plays = plays_naming(self.model, tier.name)
            between = "；" if language != "en" else "; "
            told = between.join(play.action.of(language) for play in plays) or "–"
            self.line((0, 3, tier.name.of(language), badge), (4, 9, words, self.look(**edge, indent=1)),
                      (10, LAST, told, self.look(**edge, text_wrap=True, indent=1)), height=22)  # fmt: skip
        if scale.lifted:
            lifted = next(tier for tier in scale.tiers if tier.key == scale.lifted)
            words = self.say("lifted", card=self.model.scorecard(scale.potential_card).name.of(language),
                             floor=number(scale.potential_floor), tier=lifted.name.of(language))  # fmt: skip
            self.line((0, LAST, words, self.look(font_color=theme.MUTED, font_size=9, indent=1, text_wrap=True)))

    def score(self) -> None:
        language, card = self.book.language, self.model.main_card
        self.breaks.append(self.row)
        self.heading(self.say("score", card=card.name.of(language)))
        self.line((0, LAST, self.say("score_how"), self.look(text_wrap=True, indent=1)))
        self.head((0, 6, self.say("indicator")), (7, 10, self.say("group")), (11, 13, self.say("weight")),
                  (14, LAST, self.say("curve")))  # fmt: skip
        edge: dict[str, object] = {"bottom": 1, "bottom_color": theme.HAIRLINE}
        first = self.row
        for line in card.lines:
            group = self.say(f"group_{line.group}") if line.group else ""
            self.line(
                (0, 6, self.model.indicator(line.indicator).name.of(language), self.look(**edge, bold=True, indent=1)),
                (7, 10, group, self.look(**edge, font_color=theme.MUTED, indent=1)),
                (11, 13, line.weight, self.look(**edge, num_format="0.##", align="right", indent=1)),
                (14, LAST, curve_words(self.model, line, language), self.look(**edge, indent=1, text_wrap=True,
                                                                             font_size=9)),
            )  # fmt: skip
        self.sheet.conditional_format(
            first, 11, self.row - 1, 13,
            {"type": "data_bar", "bar_solid": True, "bar_color": "#BFD2E6", "min_type": "num", "min_value": 0,
             "bar_border_color": "#BFD2E6", "data_bar_2010": True},
        )  # fmt: skip

    def colours(self) -> None:
        self.heading(self.say("colours"))
        body = self.look(indent=1)
        swatches = (("ours", theme.NAVY), ("data", theme.TEAL), ("model", theme.AMBER), ("yours", theme.YOURS_HEAD))
        for pair in (swatches[:2], swatches[2:]):
            cells: list[tuple[int, int, object, Format]] = []
            for (key, colour), first in zip(pair, (0, 12), strict=True):
                swatch = self.look(bg_color=colour, bottom=5, bottom_color=theme.PAPER)
                cells += [(first, first, "", swatch), (first + 1, first + 11, self.say(f"colour_{key}"), body)]
            self.line(*cells, height=20)

    def functions(self) -> None:
        self.heading(self.say("functions"))
        self.head((0, 9, self.say("function")), (10, LAST, self.say("gives")))
        edge: dict[str, object] = {"bottom": 1, "bottom_color": theme.HAIRLINE}
        code = self.look(**edge, font_name="Consolas", font_color=theme.NAVY, indent=1, quote_prefix=True)
        for key, example in FUNCTIONS:
            self.line((0, 9, example, code), (10, LAST, self.say(key), self.look(**edge, indent=1, text_wrap=True)))

    def night(self) -> None:
        self.heading(self.say("night"))
        code = self.look(font_name="Consolas", font_color=theme.NAVY, bg_color=theme.WASH, indent=1)
        self.line((0, LAST, self.say("night_1"), code), height=22)
        self.line((0, LAST, self.say("night_2"), self.look(text_wrap=True, indent=1)))

    def questions(self) -> None:
        self.heading(self.say("faq"))
        names = self.names()
        for place in range(1, 6):
            self.line((0, LAST, self.say(f"q_{place}"), self.look(bold=True, indent=1)))
            self.line((0, LAST, self.say(f"a_{place}", **names), self.look(text_wrap=True, indent=1)))
            self.gap(4)
