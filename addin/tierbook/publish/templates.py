"""The template book: every sheet in its place, ready for a company's facts."""

from __future__ import annotations

from collections.abc import Mapping

from .. import schema
from ..labels import Language, text
from ..model.types import Model
from ..workbook import marked
from .blank import add_blank_sheet
from .book import Book
from .macro_sheets import Macros, name_words, place_buttons
from .sheet_data import Rows, add_data_sheet, add_overrides_sheet
from .sheet_guide import add_guide_sheet
from .sheet_keys import OWNED, OWNER, SHEET_KEYS
from .sheet_model import add_model_sheet, model_grids
from .sheet_tasks import add_waiting_tasks_sheet


def template_book(
    model: Model, language: Language, *, facts: Mapping[str, Rows] | None = None, macros: Macros | None = None
) -> bytes:
    """The template with a model written into its 模型 sheets; equal arguments give equal bytes.

    Sheets of ours bear their marks from the start: a sheet renamed before the first refresh is found all the same.

    Args:
        facts: rows per table key for the fact sheets (`overrides` too), as mappings by column key or as sequences
            in the schema's column order; tables that are not named stay empty.
        macros: makes it an .xlsm with buttons on its sheets.
    """
    given = facts or {}
    book = Book(language, title=text("publish.book_title", language))
    if macros:
        book.add_macros(macros.project, macros.workbook)
    grids = model_grids(model, language)
    words_at = ""
    for key in SHEET_KEYS:
        if key == "guide":
            words_at = add_guide_sheet(book, model, macros)
        elif key == "overrides":
            add_overrides_sheet(book, model, given.get(key, ()))
        elif key in schema.TABLES:
            add_data_sheet(book, key, given.get(key, ()))
        elif OWNER[key] == "model":
            add_model_sheet(book, model, key, grids[key])
        elif key == "tasks" and macros:
            add_waiting_tasks_sheet(book)
        else:
            add_blank_sheet(book, key)
        if macros:
            place_buttons(book, key, macros)
    made = marked(book.to_bytes(), {key: book.title_of(key) for key in OWNED})
    return name_words(made, macros, words_at) if macros else made
