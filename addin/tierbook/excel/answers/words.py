"""Which key or which shown value a word means, in any language and however it is spelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ...errors import TierbookError
from ...labels import LANGUAGES, text
from ...typed import WRONG, folded
from ..scored.book import Family, ScoredBook
from .arguments import Refused, word

SCALE, CARD = "tier_", "score_"
TITLED = ("tier", "score", "coverage", "rfm", "segment", "custom_segment", "stage", "owner", "tags")
"""Results that the sheets title with a label of their own."""


def column_of(book: ScoredBook, family: Family, argument: Any, *, main: str = "", prefix: str = "") -> str:
    """The result column that a key or a name in any language means; a blank word means the main one.

    Raises:
        Refused: no such word.
    """
    typed = word(argument)
    key = prefix + book.names.get(family, {}).get(folded(typed), "") if typed else main
    if key not in book.columns or key == prefix:
        raise Refused(WRONG)
    return key


def scale_columns(book: ScoredBook) -> list[str]:
    """The tier columns, the main scale first."""
    others = (key for key in book.columns if key.startswith(SCALE) and key != SCALE + book.stamp.get("main_scale", ""))
    return ["tier", *others]


def shown_value(book: ScoredBook, columns: Sequence[str], typed: str) -> tuple[str, str]:
    """The first of the columns that knows the word, and how it shows the value; ("", "") where none does.

    A word that stands in the book is found without its rules; only one in another language, or a value nobody has,
    asks them.
    """
    wanted = folded(typed)
    for column in columns:
        for value in set(book.columns.get(column, ())):
            if isinstance(value, str) and value and folded(value) == wanted:
                return column, value
    for column in columns:
        for names in _choices(book, column):
            if wanted in {folded(each) for each in names}:
                return column, names[0]
    return "", ""


def _choices(book: ScoredBook, column: str) -> Iterable[tuple[str, ...]]:
    """For each value a column may have: as this book shows it, then its other words."""
    try:
        known = book.vocabulary.choice_names.get(column, {})
    except TierbookError:
        return ()
    return [(name.of(book.language), key, *name.all()) for key, name in known.items()]


def shown_tag(book: ScoredBook, typed: str) -> str:
    """How this book shows a tag; "" where its rules have none of that name."""
    wanted = folded(typed)
    if wanted in book.tags:
        return book.tags[wanted]
    try:
        rules = [rule for rule in book.model.tags if rule.enabled]
        vocabulary = book.vocabulary
    except TierbookError:
        return ""
    for rule in rules:
        choices = vocabulary.choice_names.get(rule.value_of, {}).items() if rule.value_of else [(rule.key, rule.name)]
        for key, name in choices:
            if wanted in {folded(each) for each in (key, *name.all())}:
                return name.of(book.language)
    return ""


def tag_separator(book: ScoredBook) -> str:
    return text("excel.between_tags", book.language)


def text_column(book: ScoredBook, typed: str) -> str:
    """The column of words that is meant by its key or its title in any language; "" where there is none."""
    wanted = folded(typed)
    if wanted in book.columns:
        return wanted if _holds_words(book, wanted) else ""
    titles = {folded(text(f"publish.{key}", each)): key for key in TITLED for each in LANGUAGES}
    found = titles.get(wanted, "")
    if not found:
        scale = book.names.get("scale", {}).get(wanted)
        found = SCALE + scale if scale else _by_rules(book, typed)
    return found if found in book.columns and _holds_words(book, found) else ""


def _by_rules(book: ScoredBook, typed: str) -> str:
    from ...model.words import folded as as_rules_fold

    try:
        found = book.vocabulary.columns.get(as_rules_fold(typed))
    except TierbookError:
        return ""
    return found.key if found else ""


def _holds_words(book: ScoredBook, column: str) -> bool:
    return all(isinstance(value, str) for value in book.columns[column])


def title_of(book: ScoredBook, column: str) -> str:
    """What a column is called in the book's language; its key where nothing names it."""
    from ...schema import CUSTOMERS

    if column in TITLED:
        return text(f"publish.{column}", book.language)
    for each in CUSTOMERS.columns:
        if each.key == column:
            return each.name.of(book.language)
    try:
        name = book.vocabulary.names.get(column)
    except TierbookError:
        name = None
    return name.of(book.language) if name else column
