"""Where a part of a model was read from, so that a message can name it.

A part has a path, such as `scale.four.vip.floor` or `card.general.lines.aov.weight`. A TOML says
`general.toml [scale.four] vip.floor`; a book says `模型-分层!D9`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Places(Protocol):
    def of(self, path: str) -> str:
        """Where the part with this path stands, in words for people."""


TABLES = frozenset(("indicator", "card", "scale", "rfm", "tag", "segment", "stage", "play", "param", "group"))


class TomlPlaces:
    """Places in a TOML file; without a file's name only the path is shown."""

    def __init__(self, where: str = "") -> None:
        self.where = where

    def of(self, path: str) -> str:
        parts = path.split(".") if path else []
        table = 0 if not parts or parts[0] not in TABLES else 1 if parts[0] == "rfm" else 2
        bracket = f"[{'.'.join(parts[:table])}]" if table else ""
        return " ".join(filter(None, (self.where, bracket, ".".join(parts[table:]))))


class CellPlaces:
    """Places in a book: cells by path; a part without its own cell has that of what it belongs to."""

    def __init__(self, cells: Mapping[str, str], otherwise: Places) -> None:
        self.cells = cells
        self.otherwise = otherwise

    def of(self, path: str) -> str:
        shorter = path
        while shorter:
            if shorter in self.cells:
                return self.cells[shorter]
            shorter = shorter.rpartition(".")[0]
        return self.otherwise.of(path)
