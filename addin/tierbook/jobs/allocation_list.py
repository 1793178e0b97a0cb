"""A proposal of owners as a file for a CRM."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..labels import Language, text
from .listing import Listed, plain, whole, write_csv

if TYPE_CHECKING:
    from ..publish.sheet_allocation import Change

LEFT_OUT = frozenset({"accept", "remark"})


def write_changes(out: Path, changes: Sequence[Change], language: Language, as_of: dt.date) -> None:
    """Write the proposed changes, without those that people refused; a text never becomes a formula.

    Raises:
        UsageError: the place cannot be written.
    """
    from ..publish.listing import customer_list
    from ..publish.sheet_allocation import allocation_columns

    columns = [column for column in allocation_columns(language) if column.key not in LEFT_OUT]
    no = text("allocation.no", language)
    rows = [[plain(getattr(one, column.key), column.kind) for column in columns] for one in changes if one.accept != no]
    if out.suffix.lower() == ".csv":
        whole(out, lambda part: write_csv(part, Listed({}, [], []), columns, rows))
        return
    title = f"{text('allocation.title', language)} · {as_of.isoformat()}"
    hint = text("jobs.list_hint", language, customers=f"{len(rows):,}")
    whole(out, lambda part: part.write_bytes(customer_list(title, hint, columns, rows, language)))
