"""The rules a scored book was made with. Loaded without `jobs`, which would bring the engine and every source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ... import templates
from ...errors import ModelError

if TYPE_CHECKING:
    from ...labels import Language
    from ...model.types import Model


def model_of(rules: Sequence[Sequence[Any]] | None, language: Language, named: str) -> Model:
    """The model of the refresh as the book keeps it; of an older book, the shipped one its stamp names.

    Args:
        rules: rows of `_tierbook_model`; none in an older book.
        named: the model's key in the stamp.

    Raises:
        TierbookError: what the book keeps is no valid model, or it keeps none and names one that is not shipped.
    """
    if rules:
        from ...model.stored import model_from_stored

        return model_from_stored(rules, language)
    from ...model.load import load_toml

    if not (templates.folder() / "models" / f"{named}.toml").is_file() or not named.isidentifier():
        raise ModelError("excel.no_rules", model=named)
    return load_toml(templates.model_text(named), where=f"{named}.toml", read=templates.model_text)
