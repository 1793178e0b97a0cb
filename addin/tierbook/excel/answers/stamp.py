"""One line on the book itself."""

from __future__ import annotations

from ...labels import text
from ..scored.book import ScoredBook

STAMPED = ("as_of", "model", "model_version", "model_fingerprint", "data_fingerprint", "tierbook_version")


def stamped(book: ScoredBook) -> str:
    """As of when, by which rules, from which data; and what is wrong with the book, if anything."""
    lines = [text("excel.stamp", book.language, **{key: book.stamp.get(key, "") for key in STAMPED})]
    if book.is_of_an_older_refresh:
        lines.append(text("excel.refresh_once_more", book.language))
    trouble = [book.trouble.words(book.language)] if book.trouble else []
    return " · ".join((lines if book.stamp else []) + trouble)
