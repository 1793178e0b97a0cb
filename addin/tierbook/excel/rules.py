"""The rules a scored book was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ModelError
from ..templates import folder

if TYPE_CHECKING:
    from ..model.types import Model
    from .book import ScoredBook

MEANWHILE = "general"
"""The model whose indicators a book's 模型 sheets are read with, where they name none that is shipped."""


def model_of(book: ScoredBook) -> Model:
    """The model of the book's own 模型 sheets as the refresh used them, else the shipped one its stamp names.

    Raises:
        TierbookError: what the book says is no valid model, or it names one that is not shipped.
    """
    named = book.stamp.get("model", "")
    if not book.rules:
        return _shipped(named)
    from ..model.sheets import Grid, from_grids, model_key

    grids = {key: Grid(book.stamp.get(f"sheet.{key}", key), rows) for key, rows in book.rules.items()}
    base = next((key for key in (model_key(grids), named) if _is_shipped(key)), MEANWHILE)
    return from_grids(grids, _shipped(base), book.language)


def _is_shipped(name: str) -> bool:
    return name in {path.stem for path in (folder() / "models").glob("*.toml")}


def _shipped(name: str) -> Model:
    """A shipped model. Not by `jobs`, which would load the engine and every source for it."""
    from ..model.load import load_toml

    if not _is_shipped(name):
        raise ModelError("excel.no_rules", model=name)
    return load_toml(_text(name), where=f"{name}.toml", read=_text)


def _text(name: str) -> str:
    return (folder() / "models" / f"{name}.toml").read_text(encoding="utf-8")
