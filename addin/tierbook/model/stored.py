"""A model kept in a book as rows nobody sees, and read back whole.

A row is `toml` and then one line of the model's TOML (`more`: the line above goes on). Older books keep the rows of
the six 模型 sheets instead: the key of a sheet and then the cells of one of its rows, the header first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import templates
from ..labels import Language
from .cells import text_of
from .dump import dump_toml
from .load import load_toml
from .sheets import SHEETS, Grid, from_grids, model_key
from .types import Model

BASE = "_tierbook_base"
"""The hidden sheet with the model that was last brought into a book, as `stored_rows`."""
LINE, MORE = "toml", "more"
LONGEST = 32_000
"""Letters of one piece: a cell holds 32,767."""


def stored_rows(model: Model) -> list[list[str]]:
    """The rows of a model, all of two cells of text."""
    return [row for line in dump_toml(model).split("\n") if line for row in _pieces(line)]


def _pieces(line: str) -> Iterator[list[str]]:
    for start in range(0, len(line), LONGEST):
        yield [MORE if start else LINE, line[start : start + LONGEST]]


def model_from_stored(rows: Sequence[Sequence[object]], language: Language) -> Model:
    """The model whose rows these are (`_tierbook_model`), equal to the one that was stored.

    From the rows of an older book, indicators and names in the other languages are those of the shipped model it
    was made from; for a model of somebody's own making, those of the general one.

    Args:
        rows: as read from the sheet; cells may be missing at the end of a row, "" is a blank one.
        language: that of the refresh (`language` of the stamp); only older rows need it.
    Raises:
        ModelError, SeveralErrors: as `load.load_toml` and `sheets.from_grids`.
    """
    text = _toml(rows)
    return load_toml(text, where="_tierbook_model") if text else _from_sheet_rows(rows, language)


def _toml(rows: Sequence[Sequence[object]]) -> str:
    told: list[str] = []
    for row in rows:
        kind = text_of(row[0]) if row else ""
        if kind in (LINE, MORE):
            told += ["\n"] if kind == LINE else []
            told.append(str(row[1]))
    return "".join(told)


def _from_sheet_rows(rows: Sequence[Sequence[object]], language: Language) -> Model:
    grids = {
        sheet: Grid(sheet, [list(row[1:]) for row in rows if row and text_of(row[0]) == sheet]) for sheet in SHEETS
    }
    held = {sheet: grid for sheet, grid in grids.items() if grid.rows}
    key = model_key(held)
    base = load_toml(templates.model_text(key), where=f"{key}.toml", read=templates.model_text)
    return from_grids(held, base, language)
