"""A model kept in a book as rows nobody sees, and read back by the reader of the 模型 sheets.

A row is the key of a 模型 sheet and then the cells of one of that sheet's rows, the header first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from .. import templates
from ..labels import Language
from .cells import text_of
from .load import load_toml
from .sheets import SHEETS, Grid, from_grids, model_key, to_grids
from .types import Model


def stored_rows(model: Model, language: Language) -> list[list[object]]:
    """The rows of a model, all of one length; dates as ISO text, which every reader of sheets gives back alike."""
    rows = [[sheet, *map(_kept, row)] for sheet, rows in to_grids(model, language).items() for row in rows]
    longest = max(map(len, rows))
    return [[*row, *[None] * (longest - len(row))] for row in rows]


def _kept(cell: object) -> object:
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def model_from_stored(rows: Sequence[Sequence[object]], language: Language) -> Model:
    """The model whose rows these are (`_tierbook_model`), equal to the one that was stored.

    Indicators and names in the other languages are those of the shipped model it was made from; for a model of
    somebody's own making, those of the general one.

    Args:
        rows: as read from the sheet; cells may be missing at the end of a row, "" is a blank one.
        language: that of the refresh (`language` of the stamp).
    Raises:
        ModelError, SeveralErrors: as `sheets.from_grids`.
    """
    grids = {
        sheet: Grid(sheet, [list(row[1:]) for row in rows if row and text_of(row[0]) == sheet]) for sheet in SHEETS
    }
    held = {sheet: grid for sheet, grid in grids.items() if grid.rows}
    key = model_key(held)
    base = load_toml(templates.model_text(key), where=f"{key}.toml", read=templates.model_text)
    return from_grids(held, base, language)
