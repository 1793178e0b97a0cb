"""画像: one card per tier and per RFM class: how many, who they are, what they need, where it hurts, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..labels import Name, text
from ..scoring.portrait_texts import title_of, told
from . import theme
from .book import Book
from .grid import panel, span
from .money import short_money
from .numbers import GroupFigures, group_figures, most_frequent
from .playbook import plays_naming
from .records import Report
from .tables import put_heading
from .theme import Shade
from .titled import stamped_title

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from ..scoring.portraits import Portrait

CARD = 12
"""Columns of a card; two stand side by side with one column between."""
COLUMN_PIXELS = 40
ROW_POINTS = 19
PRINT_SCALE = 58
"""Percent at which the page is as wide as A4. Not "fit to width": Excel would then drop the page break."""
MET = ("industry", "region")
"""Columns of `results` whose most frequent values a card tells; the other lines are those of the portrait."""
TOLD = ("needs", "next", "order_channel", "rhythm", "habit", "topics", "complaints", "satisfaction", "contact", "worth")
LINES = len(MET) + len(TOLD)
OPENING = (len(MET), len(MET) + 2, len(MET) + 5, len(MET) + 8)
"""Lines above which a part begins: needs, behaviour, pain points, contact."""
ACTIONS = 3
FIGURES_ROW, LINES_ROW = 1, 5
CARD_ROWS = LINES_ROW + LINES + ACTIONS + 2
CARDS_A_PAGE = 4


@dataclass(frozen=True)
class Card:
    """What a card shows of one group of customers."""

    name: str
    shade: Shade
    figures: GroupFigures
    profile: Sequence[tuple[str, str]]
    actions: Sequence[str]


def add_portraits_sheet(book: Book, report: Report) -> None:
    sheet = book.sheet(book.title_of("portraits"), "ours")
    sheet.set_default_row(ROW_POINTS)
    sheet.set_column_pixels(0, 2 * CARD, COLUMN_PIXELS)
    put_heading(book, sheet, stamped_title("portraits", report), text("publish.portraits_hint", book.language))
    tiers = [tier.name for tier in reversed(report.scale.tiers)]
    row = put_cards(book, sheet, 3, text("publish.by_tier", book.language),
                    cards_of(report, "tier", tiers, theme.shades(len(tiers))))  # fmt: skip
    classes = report.model.rfm.classes
    pages = [row]
    strong, soft = Shade(theme.NAVY_SOFT, theme.NAVY, theme.NAVY), Shade(theme.WASH, theme.GREY, theme.SKY)
    pages.append(row + 1 + CARDS_A_PAGE // 2 * (CARD_ROWS + 1))
    row = put_cards(book, sheet, row, text("publish.by_segment", book.language),
                    cards_of(report, "segment", [one.name for one in classes],
                             [strong if one.m else soft for one in classes]))  # fmt: skip
    sheet.set_portrait()
    sheet.set_print_scale(PRINT_SCALE)
    sheet.set_h_pagebreaks([page for page in pages if page < row])
    sheet.print_area(0, 0, row - 1, 2 * CARD)
    sheet.center_horizontally()


def cards_of(report: Report, column: str, names: Sequence[Name], shades: Sequence[Shade]) -> list[Card]:
    """Cards in the order given; a group without customers still has one, so that the page keeps its shape."""
    figures, portraits = group_figures(report, column), report.group_portraits(column)
    cards = []
    for name, shade in zip(names, shades, strict=True):
        shown = name.of(report.language)
        found = figures.get(shown, GroupFigures())
        profile = [*profile_of(report, column, shown, found), *lines_of(report, portraits.get(shown))]
        cards.append(Card(shown, shade, found, profile, actions_for(report, column, name)))
    return cards


def lines_of(report: Report, portrait: Portrait | None) -> list[tuple[str, str]]:
    """(what, words) of the group's portrait."""
    words = {} if portrait is None else told(portrait, report.model, report.language)
    return [(title_of(line, report.language), words.get(line) or "–") for line in TOLD]


def profile_of(report: Report, column: str, group: str, figures: GroupFigures) -> list[tuple[str, str]]:
    """(what, the two most frequent values with their share) for industry and region."""
    shown = []
    for key in MET:
        found = most_frequent(report, key, column, group) if figures.customers else []
        words = "  ".join(f"{value} {customers / figures.customers:.0%}" for value, customers in found)
        shown.append((text(f"publish.portrait_{key}", report.language), words or "–"))
    return shown


def actions_for(report: Report, column: str, name: Name) -> list[str]:
    """What the playbook says to do with the group: the lines that name it, then the tasks its customers have."""
    named = [play.action.of(report.language) for play in plays_naming(report.model, name)]
    members = {row[0] for row in report.engine.rows(
        f"SELECT customer_id FROM results WHERE {column} = ?", [name.of(report.language)])}  # fmt: skip
    tasks = Counter(task.action for task in report.tasks if task.customer_id in members)
    found = dict.fromkeys([*named, *(action for action, _ in tasks.most_common())])
    return list(found)[:ACTIONS]


def put_cards(book: Book, sheet: Worksheet, row: int, title: str, cards: Sequence[Card]) -> int:
    """A heading and the cards below it, two a row; gives the next free row."""
    panel(book, sheet, row, 0, 2 * CARD, title)
    sheet.set_row(row, 22)
    row += 1
    for place in range(0, len(cards), 2):
        sheet.set_row(row, 8)
        for offset, card in enumerate(cards[place : place + 2]):
            put_card(book, sheet, row + 1, offset * (CARD + 1), card)
        row += CARD_ROWS + 1
    return row + 1


def put_card(book: Book, sheet: Worksheet, top: int, left: int, card: Card) -> None:
    right = left + CARD - 1
    paper: dict[str, object] = {"bg_color": card.shade.paper, "font_color": card.shade.ink, "bold": True}
    sheet.set_row(top, 26)
    head = book.formats.get(**paper, font_size=13, indent=1, left=5, left_color=card.shade.solid)
    span(sheet, top, left, left + 6, card.name, head)
    count = text("publish.card_count", book.language, count=f"{card.figures.customers:,}",
                 share=f"{card.figures.share:.1%}")  # fmt: skip
    span(sheet, top, left + 7, right, count, book.formats.get(**paper, align="right", indent=1))
    put_figures(book, sheet, top + FIGURES_ROW, left, card)
    for offset, (what, words) in enumerate(card.profile):
        line: dict[str, object] = {"top": 1, "top_color": theme.HAIRLINE} if offset in OPENING else {}
        label = book.formats.get(font_color=theme.MUTED, font_size=9, indent=1, **line)
        body = book.formats.get(font_size=9, **line)
        row = top + LINES_ROW + offset
        span(sheet, row, left, left + 2, what, label)
        span(sheet, row, left + 3, right, words, body, book.formats.get(font_size=9, quote_prefix=True, **line))
    todo = [f"• {action}" for action in card.actions] or [text("publish.no_actions", book.language)]
    todo = [text("publish.what_to_do", book.language), *todo, *[""] * ACTIONS]
    for offset, words in enumerate(todo[: ACTIONS + 1]):
        ink = theme.MUTED if offset == 0 else theme.INK
        look = book.formats.get(bg_color=theme.WASH, font_size=9, indent=1, font_color=ink)
        span(sheet, top + LINES_ROW + LINES + offset, left, right, words, look)


def put_figures(book: Book, sheet: Worksheet, top: int, left: int, card: Card) -> None:
    """Two rows of four figures, names above."""
    figures, language = card.figures, book.language
    money = short_money(figures.mean_order or 0, language)
    shown: list[tuple[str, float | None, str]] = [
        ("money_share", figures.money_share, "0.0%"), ("mean_order", figures.mean_order, money),
        ("mean_orders", figures.mean_orders, "0.0"), ("repurchase", figures.repurchase, "0.0%"),
        ("mean_score", figures.mean_score, "0.0"), ("mean_recency", figures.mean_recency, "#,##0"),
        ("complaints", figures.complaints, "#,##0"), ("risk_share", figures.risk_share, "0.0%"),
    ]  # fmt: skip
    for place, (key, value, number) in enumerate(shown):
        row, column = top + 2 * (place // 4), left + 3 * (place % 4)
        label = book.formats.get(font_color=theme.MUTED, font_size=8, align="center")
        body = book.formats.get(bold=True, font_size=12, align="center", num_format=number, font_color=theme.NAVY)
        span(sheet, row, column, column + 2, text(f"publish.{key}", language), label)
        span(sheet, row + 1, column, column + 2, value if value is not None else "–", body)
