"""Where a book's customers stood before a day, for models that hold tiers steady."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from ..scoring.steady import Stood

if TYPE_CHECKING:
    from ..model.types import Model


def stood_before(book: Path, model: Model, day: dt.date) -> list[Stood]:
    """Customer, key of the tier and first day in it, as the book knows them; nobody for a day before its last refresh.

    A book whose earlier rules did not hold tiers knows the tiers of its last refresh, and no first days.
    """
    from ..publish import read_previous, read_stamp
    from ..publish.sheet_standing import SHEET, standing_of
    from ..workbook import read_sheets, sheet_names

    if SHEET in sheet_names(book):
        found = standing_of(read_sheets(book, [SHEET])[SHEET], day)
        if found is not None:
            return found
    stamp = read_stamp(book)
    if stamp is None or stamp.as_of > day:
        return []
    keys = {name: tier.key for tier in model.scale(model.main_scale).tiers for name in tier.name.all()}
    return [(customer, keys[tier], None) for customer, (tier, _) in read_previous(book).items() if tier in keys]
