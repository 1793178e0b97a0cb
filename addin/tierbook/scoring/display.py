"""Names people read instead of keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from ..labels import Language, Name
from ..schema import CHANNELS, CUSTOMERS, LIFETIME_BASES, TOPICS, Choice

CHOICES: Mapping[str, tuple[Choice, ...]] = {
    "preferred_channel": CHANNELS,
    "top_topic": TOPICS,
    "lifetime_basis": LIFETIME_BASES,
}
"""The closed lists behind text indicators."""
CUSTOMER_KEYS = frozenset(column.key for column in CUSTOMERS.columns)


class Named(Protocol):
    """A tier, a class, a rule or a choice."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> Name: ...


def names(things: Iterable[Named], language: Language) -> dict[str, str]:
    """Key -> display name."""
    return {thing.key: thing.name.of(language) for thing in things}


def choice_names(column: str, language: Language) -> dict[str, str]:
    """The display names of a closed list: a column of the customer table or a text indicator; {} for free text."""
    choices = CUSTOMERS.column(column).choices if column in CUSTOMER_KEYS else CHOICES.get(column, ())
    return names(choices, language)
