"""The texts a book's cells share."""

from __future__ import annotations

from ..package.opc import Package
from .careful import strings_of
from .scan import NotPlain, scan_strings


def shared_texts(package: Package) -> list[str | None]:
    """The book's shared texts in their order; None for empty ones.

    Raises:
        WorkbookError: the part that holds them is damaged.
    """
    part = package.related(package.main, "sharedStrings")
    if part is None:
        return []
    data = package.read(part)
    try:
        return scan_strings(data)
    except NotPlain:
        return strings_of(data, part)
