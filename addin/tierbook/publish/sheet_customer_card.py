"""客户画像: one customer on a page. Type an id or a name; formulas look the rest up in the hidden sheets."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import schema
from ..labels import text
from ..scoring.portrait_texts import told
from . import theme
from .book import Book
from .cells import Formula, day_number
from .customer_card_cells import (
    FOUND,
    INPUT,
    INPUT_COLUMN,
    INPUT_ROW,
    MEMO_COLUMN,
    MEMO_ROW,
    Field,
    Source,
    found_row,
    looked_up,
    said_of_search,
    sections,
    stamped,
)
from .grid import panel, span
from .records import Report
from .sheet_hidden import RESULTS
from .sheet_tasks import in_order
from .tables import TITLE_ROW, put_heading, put_value

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

WIDTHS = (15.0, 27.0, 15.0, 27.0)
NAME_ROW, FIRST_ROW = 5, 7
LINE_POINTS, ROW_POINTS = 15, 20
TITLED = ("tier", "score", "coverage", "rfm", "segment", "stage", "owner", "tags")
"""Results that the sheets title with a label of their own."""
Shown = Mapping[Source, Mapping[str, object]]
"""What a customer's row in each hidden sheet holds: what formulas come to, until somebody calculates."""


def needs_new_card(report: Report) -> bool:
    """Whether the page is written: not where a person looks at a customer on a page that is laid out as it would be.

    Such a page calculates itself from the new hidden sheets.
    """
    held = report.kept.card
    return held is None or held.holds == held.wrote or held.layout != layout_of(report)


def first_customer(report: Report) -> str:
    """Who stands on a new page: what a person typed on the old one, else the customer with the highest score."""
    held = report.kept.card
    if held is not None and held.holds not in ("", held.wrote):
        return held.holds
    return str(report.engine.value("SELECT customer_id FROM results ORDER BY score DESC NULLS LAST, customer_id") or "")


def layout_of(report: Report) -> str:
    """A digest of everything on the page but the customer."""
    words = [text("customer_card.title", report.language), *report.tier_names, found_row("results")]
    for heading, fields in sections(report.language, titles(report)):
        words += [heading, *(f"{one.title}{looked_up(one, '').text}{one.number}{one.lines}" for one in fields)]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def titles(report: Report) -> dict[str, str]:
    """Key of a result -> what the sheets call it, for those this run has."""
    language = report.language
    found = {column.key: column.name.of(language) for column in schema.CUSTOMERS.columns}
    found |= {one.key: one.name.of(language) for one in report.model.indicators}
    found |= {key: text(f"publish.{key}", language) for key in (*TITLED, *_by_hand(report))}
    found["tenure_days"] = text("customer_card.tenure", language)
    return {key: title for key, title in found.items() if key in report.columns}


def _by_hand(report: Report) -> list[str]:
    return [key for key in ("manual_tier", "manual_tags") if key in report.columns]


def add_customer_card_sheet(book: Book, report: Report) -> None:
    sheet = book.sheet(book.title_of("customer_card"), "ours")
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    put_heading(book, sheet, "", text("customer_card.hint", book.language))
    customer = first_customer(report)
    shown = shown_of(report, customer)
    title = stamped(text("customer_card.title", book.language), report.stamp.as_of.isoformat())
    put_value(sheet, TITLE_ROW, 0, title, book.formats.title(), book.formats.title())
    put_search(book, sheet, report, customer)
    put_name(book, sheet, report, shown)
    row = FIRST_ROW
    for heading, fields in sections(report.language, titles(report)):
        row = put_section(book, sheet, row, heading, fields, shown)
    sheet.set_portrait()
    sheet.print_area(0, 0, row - 1, len(WIDTHS) - 1)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.set_selection(INPUT_ROW, INPUT_COLUMN, INPUT_ROW, INPUT_COLUMN)


def put_search(book: Book, sheet: Worksheet, report: Report, customer: str) -> None:
    """The yellow cell, what comes of it, and in the narrow row above the rows where the customer stands."""
    sheet.set_row(MEMO_ROW, 8)
    unseen = book.formats.get(num_format=";;;")
    for place, source in enumerate(FOUND):
        put_value(sheet, MEMO_ROW, place, Formula(found_row(source), 1 if customer else 0), unseen, unseen)
    sheet.write_string(MEMO_ROW, MEMO_COLUMN, f"{layout_of(report)} {customer}", unseen)
    sheet.set_row(INPUT_ROW, 24)
    label = book.formats.get(bold=True, font_color=theme.NAVY)
    sheet.write_string(INPUT_ROW, 0, text("customer_card.input", book.language), label)
    look = book.formats.get(bg_color=theme.YOURS, border=1, border_color=theme.YOURS_HEAD, num_format="@", bold=True,
                            font_size=12, indent=1)  # fmt: skip
    put_value(sheet, INPUT_ROW, INPUT_COLUMN, customer, look, look)
    sheet.ignore_errors({"number_stored_as_text": INPUT.replace("$", "")})
    sheet.data_validation(
        INPUT_ROW, INPUT_COLUMN, INPUT_ROW, INPUT_COLUMN,
        {"validate": "list", "source": f"={RESULTS}!$A$2:$A${report.scored.customers + 1}", "show_error": False,
         "input_title": text("customer_card.title", book.language)[:32],
         "input_message": text("customer_card.ask", book.language)},
    )  # fmt: skip
    said = book.formats.get(font_color=theme.BAD, bold=True, indent=1)
    span(sheet, INPUT_ROW, 2, 3, said_of_search(book.language), said)


def put_name(book: Book, sheet: Worksheet, report: Report, shown: Shown) -> None:
    """The customer's name large, the tier beside it in its colour."""
    sheet.set_row(NAME_ROW - 1, 6)
    sheet.set_row(NAME_ROW, 34)
    sheet.set_row(NAME_ROW + 1, 6)
    name = book.formats.get(bold=True, font_size=18, font_color=theme.NAVY, bg_color=theme.WASH, indent=1)
    span(sheet, NAME_ROW, 0, 2, looked_up(Field("results", "name", ""), shown["results"].get("name")), name)
    tier = book.formats.get(bold=True, font_size=14, font_color=theme.NAVY, bg_color=theme.WASH, align="center")
    put_value(sheet, NAME_ROW, 3, looked_up(Field("results", "tier", ""), shown["results"].get("tier")), tier, tier)
    for one, shade in zip(report.tier_names, theme.shades(len(report.tier_names)), strict=True):
        sheet.conditional_format(
            NAME_ROW, 3, NAME_ROW, 3,
            {"type": "cell", "criteria": "==", "value": '"' + one.replace('"', '""') + '"',
             "format": book.formats.rule(bg_color=shade.paper, font_color=shade.ink)},
        )  # fmt: skip


def put_section(book: Book, sheet: Worksheet, row: int, heading: str, fields: Sequence[Field], shown: Shown) -> int:
    """A heading and its fields, two a row where they are short; gives the next free row."""
    panel(book, sheet, row, 0, 3, heading)
    sheet.set_row(row, 22)
    row, place = row + 1, 0
    for field in fields:
        if field.wide and place:
            row, place = row + 1, 0
        sheet.set_row(row, max(ROW_POINTS, LINE_POINTS * field.lines + 4))
        put_field(book, sheet, row, place, field, shown)
        if field.wide or place:
            row, place = row + 1, 0
        else:
            place = 2
    sheet.set_row(row + bool(place), 8)
    return row + bool(place) + 1


def put_field(book: Book, sheet: Worksheet, row: int, place: int, field: Field, shown: Shown) -> None:
    line = {"bottom": 1, "bottom_color": theme.HAIRLINE}
    label = book.formats.get(font_color=theme.MUTED, font_size=9, indent=1, **line)
    body = book.formats.get(num_format=field.number, align="left", text_wrap=field.wide, **line)
    sheet.write_string(row, place, field.title, label)
    value = looked_up(field, shown[field.source].get(field.key))
    span(sheet, row, place + 1, 3 if field.wide else place + 1, value, body)


def shown_of(report: Report, customer: str) -> Shown:
    """What the formulas come to for a customer whose id this is; nothing for a name, until somebody calculates."""
    names, rows = report.engine.table("SELECT * FROM results WHERE customer_id = ?", [customer])
    found = dict(zip(names, rows[0], strict=True)) if rows else {}
    portrait = dict(report.portraits(customer)).get(customer) if customer else None
    tasks = [task for task in in_order(report.tasks) if task.customer_id == customer]
    return {
        "results": {key: _plain(value) for key, value in found.items()},
        "portraits": {} if portrait is None else told(portrait, report.model, report.language),
        "gap": _gap_of(report, customer),
        "tasks": {key: _plain(getattr(tasks[0], key)) for key in ("action", "owner", "due")} if tasks else {},
    }


def _gap_of(report: Report, customer: str) -> Mapping[str, object]:
    from ..scoring.gap_texts import gaps

    found = next(gaps(report.engine, report.model, report.language, customer), None) if customer else None
    return {} if found is None else {"text": found.text}


def _plain(value: object) -> object:
    """As a cell holds it: dates by their number."""
    if isinstance(value, dt.date):
        return float(day_number(value))
    return float(value) if isinstance(value, Decimal) else value
