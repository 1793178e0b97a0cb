"""Why there is no answer, in words of the three languages that the extension carries."""

from __future__ import annotations

from collections.abc import Mapping


class Trouble(Exception):
    """The helper process cannot be had.

    Args:
        key: which of the extension's sentences says so.
        values: what fills its places.
    """

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    @property
    def passing(self) -> bool:
        """Whether a new process may answer: not where there is none to start, nor after a long wait."""
        return self.key == "stopped"

    def words(self, sentences: Mapping[str, str]) -> str:
        return sentences[self.key].format(**self.values)
