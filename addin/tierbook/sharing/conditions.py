"""CUST_COUNT: how many customers meet conditions, as the add-in counts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..typed import CELL_ERRORS, WRONG, folded, id_text
from .table import Table, Value

if TYPE_CHECKING:
    from ..labels import Language
    from ..model.words import Vocabulary

KINDS = ("tier", "tag", "segment", "owner")
"""What the arguments of CUST_COUNT are, in their order."""
ASKED = ("tier", "segment", "tag", "owner")
"""The order in which a wrong one is told."""
Condition = tuple[str, str]
"""A result column and the value it must show; for tags, one that must be among those it shows."""


def condition_words(
    results: Table, main_scale: str, tags: Mapping[str, str], vocabulary: Vocabulary | None, language: Language
) -> Mapping[tuple[str, str], Condition]:
    """(kind, folded word) -> condition. What stands in the book beats the rules' words, the main scale the others."""
    found: dict[tuple[str, str], Condition] = {}
    scales = [key for key in results.columns if key.startswith("tier_") and key != f"tier_{main_scale}"]
    kinds = {"tier": ["tier", *scales], "segment": ["segment", "custom_segment"], "owner": ["owner"]}
    for kind, columns in kinds.items():
        known = [column for column in columns if column in results.columns]
        for column in known:
            for value in dict.fromkeys(results.columns[column]):
                if isinstance(value, str) and value:
                    found.setdefault((kind, folded(value)), (column, value))
        for column in known if kind != "owner" else ():
            for key, name in (vocabulary.choice_names if vocabulary else {}).get(column, {}).items():
                for word in (name.of(language), key, *name.all()):
                    found.setdefault((kind, folded(word)), (column, name.of(language)))
    return {**found, **{("tag", word): ("tags", tag) for word, tag in tags.items()}}


def conditions_of(known: Mapping[tuple[str, str], Condition], arguments: Sequence[object]) -> list[Condition] | str:
    """The conditions that arguments make, blank ones left out; or the error of one that makes none."""
    given = dict(zip(KINDS, [*arguments, None, None, None, None], strict=False))
    found = []
    for kind in ASKED:
        argument = given[kind]
        if isinstance(argument, str) and argument in CELL_ERRORS:
            return argument
        word = argument if isinstance(argument, str) else id_text(argument)
        if word.strip():
            condition = known.get((kind, folded(word)))
            if condition is None:
                return WRONG
            found.append(condition)
    return found


def counted(results: Table, conditions: Sequence[Condition], between: str) -> float:
    """How many customers meet every condition. `between`: what stands between two tags."""
    columns, every = results.columns, range(len(results.ids))
    return float(sum(all(_meets(columns[column][place], column, value, between) for column, value in conditions)
                     for place in every))  # fmt: skip


def _meets(shown: Value, column: str, value: str, between: str) -> bool:
    return value in str(shown).split(between) if column == "tags" else shown == value
