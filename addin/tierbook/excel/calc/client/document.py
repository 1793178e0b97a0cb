"""The document that asks, as far as answers depend on it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

STAMP = "_tierbook"


class Document(Protocol):
    """A spreadsheet of LibreOffice; see `component`."""

    @property
    def uid(self) -> str:
        """Its own as long as it is open."""

    @property
    def path(self) -> str:
        """Where it lies; "" before it is first saved."""

    @property
    def days_after_excel(self) -> float:
        """Days from Excel's day 0 (1899-12-30) to the document's own."""

    def sheets(self) -> Sequence[str]: ...

    def cells(self, sheet: str) -> Sequence[Sequence[Any]]: ...


def key_of(document: Document) -> str:
    """Path and stamp of a book that a refresh wrote its tables into; "" for any other document.

    The same file opened anew has another key: its tasks may be newer while its stamp is not.
    """
    if STAMP not in document.sheets():
        return ""
    stamp = hashlib.sha256(repr(document.cells(STAMP)).encode()).hexdigest()[:16]
    return f"{document.path or document.uid}|{stamp} {document.uid}"


def tables_of(document: Document) -> Iterator[tuple[str, list[list[Any]]]]:
    """The hidden tables, the sheet of the stamp last; a blank cell is None."""
    names = [name for name in document.sheets() if name.startswith(STAMP) and name != STAMP]
    for name in [*names, STAMP]:
        yield name, [[None if cell == "" else cell for cell in row] for row in document.cells(name)]
