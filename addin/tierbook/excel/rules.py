"""The rules a scored book was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ModelError

if TYPE_CHECKING:
    from ..model.types import Model
    from .book import ScoredBook


def model_of(book: ScoredBook) -> Model:
    """The model of the book's own 模型 sheets as the refresh used them, else the shipped one its stamp names.

    Raises:
        TierbookError: what the book says is no valid model, or it names one that is not shipped.
    """
    from ..jobs.intake import DEFAULT_MODEL, named_model, shipped_models
    from ..model.sheets import Grid, from_grids, model_key

    shipped = shipped_models()
    named = book.stamp.get("model", "")
    if not book.rules:
        if named not in shipped:
            raise ModelError("excel.no_rules", model=named)
        return named_model(named)
    grids = {key: Grid(book.stamp.get(f"sheet.{key}", key), rows) for key, rows in book.rules.items()}
    base = next((key for key in (model_key(grids), named) if key in shipped), DEFAULT_MODEL)
    return from_grids(grids, named_model(base), book.language)
