"""Everything that is wrong with a model in one run, and what is allowed but looks like a mistake.

Reading a model for use stops at the first kind of problem; lint tells problems of shape and of meaning together.
What only follows from another problem is not told: a rule that names an indicator whose line is wrong is not wrong
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import groupby

from ..errors import ModelError, SeveralErrors, TierbookError
from ..labels import Language, Name
from .check import check
from .load import read_toml
from .places import Places, TomlPlaces
from .sheets import Grid, places_of, read_grids
from .types import Model, Rule
from .version import plain
from .words import folded

FULL_WEIGHT = 100
_FOLLOWS = {"model.check_stage_rest", "model.check_no_lines", "model.check_no_tiers", "model.check_class_missing"}
"""Problems of a list that lost a line, in which no word of that line stands."""


def lint_toml(
    text: str, *, where: str, read: Callable[[str], str] | None = None
) -> tuple[Model | None, list[TierbookError]]:
    """The model of a TOML text and every problem of it; no model where the text is no TOML or its base is not valid."""
    try:
        model, told = read_toml(text, where=where, read=read)
    except SeveralErrors as several:
        return None, several.errors
    except ModelError as error:
        return None, [error]
    return model, [*told.problems, *own_problems(check(model, TomlPlaces(where)), told.left_out)]


def lint_grids(grids: Mapping[str, Grid], base: Model, language: Language) -> tuple[Model, list[TierbookError], Places]:
    """The model of the 模型 sheets, every problem with sheet and cell, and where its parts stand."""
    model, reading = read_grids(grids, base, language)
    at = places_of(reading)
    return model, [*reading.problems, *own_problems(check(model, at), reading.left_out)], at


def own_problems(problems: Iterable[ModelError], left_out: Collection[str]) -> list[TierbookError]:
    """Problems that are not merely about something that was left out."""
    return [each for each in problems if not left_out or not (each.key in _FOLLOWS or _speaks_of(each, left_out))]


def _speaks_of(problem: TierbookError, left_out: Collection[str]) -> bool:
    for key, value in problem.values.items():
        if key in ("where", "near", "valid", "column"):
            continue
        if isinstance(value, TierbookError) and _speaks_of(value, left_out):
            return True
        words = value.all() if isinstance(value, Name) else (str(value),)
        if any(folded(word) in left_out for word in words):
            return True
    return False


# What looks like a mistake


def hints(model: Model, at: Places) -> list[ModelError]:
    """What a model may say although it seldom is meant: each worded like a problem, with its place."""
    return [*_weights(model, at), *_never_met(model)]


def _weights(model: Model, at: Places) -> Iterator[ModelError]:
    """Weights are shares of their sum, whatever it is; people expect 100."""
    for card in model.scorecards:
        total = sum(line.weight for line in card.lines)
        if total != FULL_WEIGHT:
            yield ModelError("model.hint_weights", where=at.of(f"card.{card.key}"), name=card.name, total=plain(total))


def _never_met(model: Model) -> Iterator[ModelError]:
    """In a group the first rule that holds wins, so a second one with the same condition never does."""
    exclusive = [*model.stages, *sorted((tag for tag in model.tags if tag.group), key=lambda tag: tag.group)]
    for _, rules in groupby((rule for rule in exclusive if rule.enabled), key=lambda rule: rule.group):
        seen: dict[str, Rule] = {}
        for rule in rules:
            if rule.when and seen.setdefault(rule.when, rule) is not rule:
                yield ModelError("model.hint_never", where=rule.where, name=rule.name, first=seen[rule.when].name)
