"""The rules a scored book was made with. Loaded without `jobs`, which would bring the engine and every source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import templates
from ..errors import ModelError

if TYPE_CHECKING:
    from ..model.types import Model
    from .book import ScoredBook


def model_of(book: ScoredBook) -> Model:
    """The model of the refresh as the book keeps it; of an older book, the shipped one its stamp names.

    Raises:
        TierbookError: what the book keeps is no valid model, or it keeps none and names one that is not shipped.
    """
    if book.rules:
        from ..model.stored import model_from_stored

        return model_from_stored(book.rules, book.language)
    from ..model.load import load_toml

    named = book.stamp.get("model", "")
    if not (templates.folder() / "models" / f"{named}.toml").is_file() or not named.isidentifier():
        raise ModelError("excel.no_rules", model=named)
    return load_toml(templates.model_text(named), where=f"{named}.toml", read=templates.model_text)
