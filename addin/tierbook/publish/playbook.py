"""Which lines of the playbook speak of a group."""

from __future__ import annotations

from ..labels import Name
from ..model.types import Model, Play


def plays_naming(model: Model, group: Name) -> list[Play]:
    """The enabled lines whose condition names the group in quotes, in any language."""
    quoted = {f"{mark}{word}{mark}" for word in group.all() for mark in ("'", '"')}
    return [play for play in model.playbook if play.enabled and any(word in play.when for word in quoted)]
