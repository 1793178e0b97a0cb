"""The list of text messages a provider takes: one row each, as .csv or .xlsx."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from ..labels import Language, text
from ..publish.book import Book
from ..publish.columns import Column
from ..publish.tables import HEADER_ROW, put_heading
from ..publish.titled import long_sheet
from .records import SmsText

ONE, OF_SEVERAL = 70, 67
"""Characters of a message on its own, and of each part of a longer one. Source: 3GPP TS 23.038 and 23.040, UCS-2."""
FORMULA_LEADS = "=+-@\t\r"


def parts_of(words: str) -> int:
    """How many messages a provider counts; a character beyond the basic plane counts twice."""
    length = len(words.encode("utf-16-le")) // 2
    return 1 if length <= ONE else -(-length // OF_SEVERAL)


def columns(language: Language) -> list[Column]:
    def title(key: str) -> str:
        return text(f"messages.sms_{key}", language)

    return [
        Column("phone", title("phone"), "id", width=18.0),
        Column("text", title("text"), "long", width=70.0),
        Column("name", title("name"), "text"),
        Column("customer_id", title("customer_id"), "id"),
        Column("topic", title("topic"), "text"),
        Column("parts", title("parts"), "count"),
        Column("day", title("day"), "date"),
        Column("task_id", title("task_id"), "id", width=17.0),
    ]


def rows_of(texts: Sequence[SmsText], names: Mapping[str, str]) -> list[list[object]]:
    return [
        [one.phone, one.text, one.name, one.customer_id, names.get(one.topic, one.topic), parts_of(one.text), one.day,
         one.task_id]
        for one in texts
    ]  # fmt: skip


def as_csv(texts: Sequence[SmsText], names: Mapping[str, str], language: Language) -> bytes:
    """With a byte order mark, without which Excel misreads Chinese; text that would run as a formula is disarmed.

    A number with its country's + is left as it is: it is checked and nothing but digits.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([column.title for column in columns(language)])
    for phone, *others in rows_of(texts, names):
        writer.writerow([phone, *("" if cell is None else _harmless(cell) for cell in others)])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(tuple(FORMULA_LEADS)) else cell


def as_xlsx(texts: Sequence[SmsText], names: Mapping[str, str], language: Language) -> bytes:
    """A book with one sheet, phones and ids as text."""
    title = text("messages.sms_title", language)
    book = Book(language, title=title)
    sheet = book.sheet(title, "ours")
    parts = sum(parts_of(one.text) for one in texts)
    put_heading(book, sheet, title, text("messages.sms_hint", language, count=f"{len(texts):,}", parts=f"{parts:,}"))
    sheet.set_row(HEADER_ROW - 1, 8)
    long_sheet(book, sheet, columns(language), rows_of(texts, names), table="Messages")
    return book.to_bytes()
