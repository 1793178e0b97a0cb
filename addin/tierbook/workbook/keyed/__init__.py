"""Update a table by id: our cells are rewritten, people's cells travel with their row."""

from .keyed import Keyed

__all__ = ["Keyed"]
