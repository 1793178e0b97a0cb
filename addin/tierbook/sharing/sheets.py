"""The sheets a copy has more than its original: the hidden ones its formulas look into, and one to ask from."""

from __future__ import annotations

from ..labels import text
from ..publish.book import Book
from ..workbook import MadeParts
from .answers import Answers
from .extra import ANSWERS, WORDS, Extra
from .look_up import LookUp, indicator_names


def donor_of(answers: Answers, extra: Extra, look_up: str, *, explain: bool) -> tuple[MadeParts, list[str]]:
    """A donor with the sheets, and their names.

    Args:
        look_up: name of the sheet to ask from; "" for none.
        explain: show the formulas beside the answers.
    """
    book = Book(answers.language, title=text("publish.book_title", answers.language))
    _add_answers(book, extra)
    _add_words(book, answers, extra)
    names = [ANSWERS, WORDS]
    if look_up:
        LookUp(book, answers, extra, look_up, explain=explain).add()
        names.append(look_up)
    return book.to_donor(), names


def _add_answers(book: Book, extra: Extra) -> None:
    sheet = book.hidden_sheet(ANSWERS)
    sheet.write_string(0, 0, "customer_id")
    sheet.write_string(0, 1, "next")
    book.long_rows(sheet, 2, [None, None], [None, None], extra.rows, blank_row=False)


def _add_words(book: Book, answers: Answers, extra: Extra) -> None:
    sheet = book.hidden_sheet(WORDS)
    for column, head in enumerate(("word", "meaning", "looked_for", "", "stamp", "", "indicators")):
        if head:
            sheet.write_string(0, column, head)
    sheet.write_string(1, 4, answers.stamped)
    for row, name in enumerate(indicator_names(answers), start=1):
        sheet.write_string(row, 6, name)
    for row, (word, meaning, looked_for) in enumerate(extra.words, start=1):
        sheet.write_string(row, 0, word)
        if isinstance(meaning, str):
            sheet.write_string(row, 1, meaning)
        else:
            sheet.write_number(row, 1, meaning)
        if looked_for:
            sheet.write_string(row, 2, looked_for)
