"""What people wrote on 分配建议, row by row; --apply and the next proposal go by it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..labels import LANGUAGES, Language, text
from ..typed import NO_ID, folded, id_text
from ..workbook import read_rows
from .cells import column_letters
from .held import Rows, records, text_of
from .readback import our_names
from .sheet_allocation import allocation_columns

AGREED, REFUSED = (
    ("1", "y", "ok", "√", "✓", "✔", "接受", "同意"),
    ("0", "n", "x", "×", "✗", "✘", "不", "不接受", "不动"),
)
"""What else people type for yes and no."""


@dataclass(frozen=True)
class WrittenChange:
    """A row as people left it: `word` is yes, no, blank, or what else they typed; `cell` is where it stands."""

    customer_id: str
    owner: str
    to: str
    word: str
    cell: str


def read_allocation(path: Path, language: Language) -> tuple[str, list[WrittenChange]]:
    """The name of the book's 分配建议, and its rows; an empty name where there is none."""
    sheet = our_names(path, language).get("allocation", "")
    return sheet, written_changes(read_rows(path, sheet), language) if sheet else []


def written_changes(rows: Rows, language: Language) -> list[WrittenChange]:
    columns = allocation_columns(language)
    title = next(column.title for column in columns if column.key == "accept")
    found = []
    for number, record in records(rows, columns):
        customer = id_text(record["customer_id"])
        if customer in NO_ID:
            continue
        owner, to, word = (text_of(record[key]).strip() for key in ("owner", "to", "accept"))
        found.append(WrittenChange(customer, _name(owner), to, meant(word), _cell(rows, title, number)))
    return found


def _name(owner: str) -> str:
    """An owner as written, "" where the cell says that there is none."""
    return "" if owner in {text("allocation.nobody", language) for language in LANGUAGES} else owner


def _cell(rows: Rows, title: str, number: int) -> str:
    places = [row.index(title) for row in rows[: number - 1] if title in row]
    return f"{column_letters(places[0]) if places else 'A'}{number}"


def meant(word: str) -> str:
    """yes or no for every way to say it in any language; "" for a blank cell; else the word."""
    said = folded(word)
    for key, others in (("yes", AGREED), ("no", REFUSED)):
        if said in {*others, key, *(folded(text(f"allocation.{key}", language)) for language in LANGUAGES)}:
            return key
    return word.strip()
