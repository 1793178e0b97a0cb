"""The 模型 sheets of another model, as a donor book for `workbook.refresh_book`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..labels import Language, text
from ..model.stored import BASE, stored_rows
from ..model.types import Model
from ..workbook import MadeParts, OwnedSheet
from .book import Book
from .macro_sheets import Macros, place_buttons
from .sheet_model import add_model_sheet, model_grids


def model_donor(
    model: Model,
    language: Language,
    keys: Sequence[str],
    titles: Mapping[str, str],
    macros: Macros | None = None,
) -> tuple[MadeParts, list[OwnedSheet]]:
    """A donor with some of the 模型 sheets, and with the hidden one that holds the model whole.

    Args:
        keys: sheet keys, such as "model_tags".
        titles: sheet key -> name the sheet has in the book or will have.
        macros: puts the buttons of a book with macros on the sheets.
    """
    book = Book(language, title=text("publish.book_title", language), titles=titles)
    grids = model_grids(model, language)
    for key in keys:
        add_model_sheet(book, model, key, grids[key])
        if macros:
            place_buttons(book, key, macros)
    rows = stored_rows(model)
    book.long_rows(book.hidden_sheet(BASE), 1, [None] * 2, [None] * 2, rows, blank_row=False)
    visible = [OwnedSheet(key, book.title_of(key), typed=True) for key in keys]
    return book.to_donor(), [*visible, OwnedSheet("base", BASE)]
