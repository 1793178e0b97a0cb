"""Which sheets of a book call functions of a family: `=CUST_TIER(A2)` in somebody's cell."""

from __future__ import annotations

import re

from .ours.ownership import PREFIX
from .package.opc import Package
from .package.sheet_list import worksheets

KEPT = 4096
"""Bytes of a part looked at again with what follows: a formula may lie across two pieces."""


def sheets_calling(book: bytes, lead: str) -> list[str]:
    """Names of the sheets people see with a formula that calls a function whose name begins so, in their order.

    Raises:
        WorkbookError: the book cannot be opened.
    """
    package = Package(book)
    word = re.compile(re.escape(lead).encode(), re.IGNORECASE)
    formula = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?>[^<]*?" + re.escape(lead).encode(), re.IGNORECASE)
    return [
        sheet.name
        for sheet in worksheets(package)
        if not sheet.name.startswith(PREFIX) and _has(package, sheet.part, word, formula)
    ]


def _has(package: Package, part: str, word: re.Pattern[bytes], formula: re.Pattern[bytes]) -> bool:
    tail = b""
    for chunk in package.chunks(part):
        seen = tail + chunk
        if word.search(seen) and formula.search(seen):
            return True
        tail = seen[-KEPT:]
    return False
