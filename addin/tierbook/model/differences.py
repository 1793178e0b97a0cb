"""What differs between two models, part by part, for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .dump import fields_of, value_text
from .types import Model

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class Difference:
    """One part: `path` as in `places` (`card.general.lines.aov`), and the entries that differ as TOML writes them.

    A part that is `moved` says the same as before in another place of its list; where a list's parts merely moved,
    the whole list is told once.
    """

    kind: Kind
    path: str
    before: str = ""
    after: str = ""


def differences(before: Model, after: Model) -> list[Difference]:
    """What changes from one model to the other, in the order of a model's TOML; nothing where they are equal."""
    old, new = fields_of(before), fields_of(after)
    found: list[Difference] = []
    for path in dict.fromkeys((*old, *new)):
        if path not in new:
            found.append(Difference("removed", path, value_text(old[path])))
        elif path not in old:
            found.append(Difference("added", path, "", value_text(new[path])))
        elif value_text(old[path]) != value_text(new[path]):
            found += _entries(path, old[path], new[path])
    return [*found, *_moved(list(old), list(new))]


def _entries(path: str, old: object, new: object) -> Iterator[Difference]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield Difference("changed", path, value_text(old), value_text(new))
        return
    for key in dict.fromkeys((*old, *new)):
        words = [value_text(side[key]) if key in side else "" for side in (old, new)]
        if words[0] != words[1]:
            yield Difference("changed", f"{path}.{key}", *words)


def _moved(old: list[str], new: list[str]) -> Iterator[Difference]:
    """Lists whose parts stand in another order; tags, stages and tiers mean something by it."""
    lists = dict.fromkeys(path.rpartition(".")[0] for path in new)
    for one in lists:
        before, after = ([path for path in side if path.rpartition(".")[0] == one] for side in (old, new))
        both = set(before) & set(after)
        if one and [path for path in before if path in both] != [path for path in after if path in both]:
            yield Difference("moved", one)
