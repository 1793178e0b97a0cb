"""What the shipped model knows that an older one does not: parameters, indicators, rules. What is there stays.

A part that an earlier version of the same rules had and these have not was taken out by people: it does not come back.
Scorecards that are there stay as they are: another line would change everybody's score, so that is people's to decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..labels import Name
from .check import check
from .dump import fields_of
from .places import TomlPlaces
from .types import Model

LISTS: Mapping[str, str] = {
    "indicator": "indicators", "card": "scorecards", "scale": "scales", "tag": "tags", "stage": "stages",
    "segment": "segments", "play": "playbook",
}  # fmt: skip
"""What the path of a part begins with -> the list of a model it is in. What rules may ask for comes first."""


@dataclass(frozen=True)
class Upgrade:
    """A model with what it lacked.

    Args:
        left: paths of parts that did not come in, because they do not fit what people made of the rules.
        lines: paths of lines of scorecards that the model has and the shipped one fills further.
    """

    model: Model
    left: Sequence[str] = ()
    lines: Sequence[str] = ()


def upgraded(model: Model, shipped: Model, earlier: Iterable[Model] = ()) -> Upgrade:
    """The model with every part of the shipped one that it lacks and that nobody took out.

    Args:
        earlier: the versions the rules had before.
    """
    taken_out = {path for one in earlier for path in fields_of(one)} - set(fields_of(model))
    left: list[str] = []
    for key, param in shipped.params.items():
        if key not in model.params:
            model = replace(model, params={**model.params, key: param})
    for kind, where in LISTS.items():
        for one in getattr(shipped, where):
            if one.key in _keys(getattr(model, where)) or _was_there(f"{kind}.{one.key}", taken_out):
                continue
            wider = _with(model, where, placed(one, getattr(shipped, where), getattr(model, where)))
            if _is_named_already(one, getattr(model, where)) or _problems(wider) > _problems(model):
                left.append(f"{kind}.{one.key}")
            else:
                model = wider
    return Upgrade(model, tuple(left), tuple(path for path in _lines(model, shipped) if path not in taken_out))


def lacking(model: Model, shipped: Model) -> list[str]:
    """Parameters of the shipped model that a model does not have, in its order."""
    return [key for key in shipped.params if key not in model.params]


def placed(one: Any, wanted: Sequence[Any], there: Sequence[Any]) -> tuple[Any, ...]:
    """A list with one more part, behind the nearest part before it that is there; before all where none is."""
    before = [each.key for each in wanted[: [each.key for each in wanted].index(one.key)]]
    places = [place for place, each in enumerate(there) if each.key in before]
    at = places[-1] + 1 if places else 0
    return (*there[:at], one, *there[at:])


def _with(model: Model, where: str, parts: tuple[Any, ...]) -> Model:
    return replace(model, **{where: parts})  # type: ignore[arg-type]  # the list's own kind of parts


def _keys(parts: Iterable[Any]) -> set[str]:
    return {one.key for one in parts}


def _was_there(path: str, taken_out: Collection[str]) -> bool:
    return any(one == path or one.startswith(f"{path}.") for one in taken_out)


def _is_named_already(one: Any, there: Iterable[Any]) -> bool:
    """Whether people made a part of that name themselves."""
    words = set(_words(one))
    return bool(words) and any(words & set(_words(each)) for each in there)


def _words(one: Any) -> tuple[str, ...]:
    name = getattr(one, "name", None)
    return name.all() if isinstance(name, Name) else ()


def _problems(model: Model) -> int:
    return sum(1 for _ in check(model, TomlPlaces()))


def _lines(model: Model, shipped: Model) -> Iterator[str]:
    """Paths of the lines by which a scorecard of the shipped model is longer than the same card here."""
    cards = {card.key: {line.indicator for line in card.lines} for card in model.scorecards}
    for card in shipped.scorecards:
        for line in card.lines:
            if line.indicator not in cards.get(card.key, {line.indicator}):
                yield f"card.{card.key}.lines.{line.indicator}"
