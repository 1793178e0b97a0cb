"""复盘-旅程: the customers' way step by step, with a column people write in. 复盘-口径: what the words mean."""

from __future__ import annotations

from ..labels import Language, text
from .book import Book
from .columns import Column
from .records import Report
from .review.records import JourneyStep, Review
from .review.words import said
from .titled import long_sheet, titled_sheet

YOURS = frozenset({"measure"})
"""Columns of the journey that people fill."""


def journey_columns(language: Language) -> list[Column]:
    def title(key: str) -> str:
        return text(f"review.{key}", language)

    return [
        Column("stage", title("stage"), "text", bold=True, width=12.0),
        Column("customers", title("customers"), "count"),
        Column("share", title("share"), "percent"),
        Column("came", title("came"), "count", width=12.0),
        Column("went", title("went"), "count", width=12.0),
        Column("went_to", title("went_to"), "long", width=26.0),
        Column("contacted", title("contacted"), "percent", width=11.0),
        Column("csat", title("figure_csat"), "ratio"),
        Column("complaints", title("complaints"), "score", width=11.0),
        Column("topic", title("topic"), "text", width=14.0),
        Column("pains", title("pains"), "long", width=40.0),
        Column("tasks", title("open_tasks"), "count", width=13.0),
        Column("measure", title("measure"), "long", width=40.0, fill="yours"),
    ]


def add_journey_sheet(book: Book, report: Report, *, review: Review) -> None:
    title = f"{text('review.journey_title', book.language)} · {review.quarter.name}"
    sheet = titled_sheet(book, "review_journey", text("review.journey_hint", book.language), title=title)
    rows = [journey_row(report, one) for one in review.journey]
    long_sheet(book, sheet, journey_columns(book.language), rows, table="Journey", frozen=1)


def journey_row(report: Report, one: JourneyStep) -> list[object]:
    pains = "\n".join(said(report, each) for each in one.pains)
    return [one.name, one.customers, one.share, one.came, one.went, one.went_to, one.contacted, one.csat,
            one.complaints, one.topic, pains or text("review.no_pain", report.language), one.tasks, None]  # fmt: skip


def add_words_sheet(book: Book, report: Report, *, review: Review) -> None:
    language = book.language

    def title(key: str) -> str:
        return text(f"review.{key}", language)

    hint = text("review.words_hint", language, model=report.model.name.of(language),
                version=report.stamp.model_version)  # fmt: skip
    sheet = titled_sheet(
        book, "review_words", hint, title=f"{title('words_title')} · {review.quarter.as_of.isoformat()}"
    )
    columns = [
        Column("family", title("family"), "text", width=14.0),
        Column("name", title("name"), "text", bold=True, width=24.0),
        Column("meaning", title("meaning"), "long", width=70.0), Column("value", title("in_force"), "text", width=18.0),
        Column("source", title("source"), "long", width=44.0),
    ]  # fmt: skip
    rows: list[list[object]] = [[one.family, one.name, one.meaning, one.value, one.source]
                                for one in review.definitions]  # fmt: skip
    long_sheet(book, sheet, columns, rows, table="Definitions")
