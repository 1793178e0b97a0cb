"""CUST_PROFILE: one customer on a card of two columns."""

from __future__ import annotations

from typing import Any

from ...labels import text
from ...typed import NO_BOOK, WRONG
from ..scored.book import Cells, Grid, ScoredBook, from_serial
from .words import title_of

RESULTS = ("customer_id", "name", "owner", "kind", "industry", "size", "region", "tier", "score", "coverage", "rfm",
           "segment", "custom_segment", "stage", "tags", "recency_days", "orders_12m", "amount_12m", "amount_all",
           "aov", "repurchase_rate", "top_category", "preferred_channel")  # fmt: skip
ADDED = (("clv", "clv"), ("churn", "churn_risk"))
FIGURES = ("risk",)
"""Lines of a portrait that CUST_PROFILE tells as numbers."""
BY_HAND = ("manual_tier", "manual_tags", "manual_reason", "manual_by", "manual_expires")
"""What people decided on 手工调整; shown where they did."""


def profile(book: ScoredBook, cells: Cells) -> Grid:
    """Title and value, a row each; values are as the other functions give them, blanks stay."""
    if len(cells) != 1 or len(cells[0]) != 1:
        return [[WRONG]]
    if book.is_missing:
        return [[NO_BOOK]]
    place = book.results.place(cells[0][0])
    if isinstance(place, str):
        return [[place]]
    rows: list[list[Any]] = [[title_of(book, key), book.columns[key][place]] for key in RESULTS if key in book.columns]
    rows += by_hand(book, place)
    rows += in_words(book, book.columns["customer_id"][place])
    rows += [[text(f"excel.is_{word}", book.language), book.columns[key][place]]
             for word, key in ADDED if key in book.columns]  # fmt: skip
    customer = book.columns["customer_id"][place]
    if book.gap is not None:
        at = book.gap.places.get(customer)
        rows.append([text("excel.is_gap", book.language), "" if at is None else book.gap.columns["text"][at]])
    if book.tasks is not None:
        rows.append([text("publish.next_step", book.language), book.next_actions.get(customer, "")])
    return rows


def in_words(book: ScoredBook, customer: str) -> list[list[Any]]:
    """What the portrait says of needs, behaviour and pain points; nothing where an older refresh wrote none."""
    from ...scoring.portrait_texts import LINES, title_of

    if book.portraits is None or customer not in book.portraits.places:
        return []
    at, columns = book.portraits.places[customer], book.portraits.columns
    lines = (key for key in LINES if key in columns and key not in FIGURES)
    return [[title_of(key, book.language), columns[key][at]] for key in lines]


def by_hand(book: ScoredBook, place: int) -> list[list[Any]]:
    """Title and value of what people decided for a customer."""
    told = [(key, book.columns[key][place]) for key in BY_HAND if key in book.columns]
    return [
        [text(f"publish.{key}", book.language), from_serial(value) if key == "manual_expires" else value]
        for key, value in told
        if value != ""
    ]
