"""What people wrote on 手工调整, row by row."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from ..labels import Language
from ..scoring.overrides import Entry
from ..typed import NO_ID, id_text
from .held import Rows, date_of, records, text_of
from .sheet_data import override_columns

if TYPE_CHECKING:
    from ..model.types import Model

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日號号]?")


def written_overrides(rows: Rows, model: Model, language: Language) -> list[Entry]:
    """The rows that hold anything, with their number on the sheet; columns are found by their titles."""
    entries = []
    for number, record in records(rows, override_columns(model, language)):
        told = {key: text_of(value).strip() for key, value in record.items()}
        if not any(told.values()):
            continue
        customer = id_text(record["customer_id"])
        entries.append(
            Entry(
                number,
                told["customer_id"] if customer in NO_ID else customer,
                told["what"],
                told["value"],
                told["owner"],
                told["reason"],
                day_of(record["expires"]),
                told["expires"],
            )
        )
    return entries


def day_of(cell: object) -> dt.date | None:
    """A day as people type it: a date cell, 2026-12-31, 2026/12/31, 2026年12月31日; None for anything else."""
    if isinstance(cell, str):
        found = _DAY.fullmatch(cell.strip())
        if found is None:
            return None
        try:
            return dt.date(*map(int, found.groups()))
        except ValueError:
            return None
    return date_of(cell)
