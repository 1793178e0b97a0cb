"""Checks of what a model means. Each check is a function that gives the problems it finds.

A new check is a function and its name in `CHECKS`. Checks never raise; all problems of a model come
out of one run, each with the place it was read from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from ..errors import ModelError, RuleError, SeveralErrors, TierbookError
from ..labels import Name
from ..schema import CHANNELS, CUSTOMERS
from .check_scores import check_cards, check_rfm, check_scales
from .days import named_days
from .places import Places, TomlPlaces
from .rules import parse
from .types import Model, Play, Rule
from .words import Use, Vocabulary, folded, nearest

Check = Callable[[Model, Places], Iterable[ModelError]]

NEEDED_PARAMS = ("returns", "count", "identical_lines", "currency", "returned_days", "default_days",
                 "repurchase_months", "big_share")  # fmt: skip
NEEDED_INDICATORS = ("recency_days", "frequency", "monetary")
KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
PLACE_IN_TEXT = re.compile(r"\{([^{}]*)\}")


def check(model: Model, places: Places | None = None) -> list[ModelError]:
    """Every problem of the model, in the order of `CHECKS`."""
    at = places or TomlPlaces()
    return [problem for one in CHECKS for problem in one(model, at)]


def raise_problems(problems: Sequence[TierbookError]) -> None:
    """Raise one problem alone, several together, none not at all."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise SeveralErrors(list(problems))


def check_keys(model: Model, at: Places) -> Iterator[ModelError]:
    """Keys name columns of what is scored: plain letters, whoever wrote the model."""
    lists: list[tuple[str, list[str]]] = [
        ("indicator", [each.key for each in model.indicators]),
        ("card", [each.key for each in model.scorecards]),
        ("scale", [each.key for each in model.scales]),
        ("tag", [each.key for each in model.tags]),
        ("segment", [each.key for each in model.segments]),
        ("stage", [each.key for each in model.stages]),
        ("play", [each.key for each in model.playbook]),
        ("rfm.classes", [each.key for each in model.rfm.classes]),
        *((f"scale.{scale.key}", [tier.key for tier in scale.tiers]) for scale in model.scales),
    ]
    for path, keys in lists:
        for place, key in enumerate(keys):
            if not KEY.fullmatch(key):
                yield ModelError("model.check_key", where=at.of(f"{path}.{key}"), value=key)
            elif key in keys[:place]:
                yield ModelError("model.check_twice", where=at.of(f"{path}.{key}"), name=key)


def check_indicators(model: Model, at: Places) -> Iterator[ModelError]:
    known = {indicator.key for indicator in model.indicators}
    for key in NEEDED_INDICATORS:
        if key not in known:
            yield ModelError("model.check_no_indicator", where=at.of("indicator"), key=key)
    names = [(f"indicator.{each.key}.name", each.name) for each in model.indicators]
    yield from _twice(names, at)


DAY_PARAMS = ("days_off", "days_worked")
"""Parameters that name days of the company's own calendar."""


def check_params(model: Model, at: Places) -> Iterator[ModelError]:
    for key in NEEDED_PARAMS:
        if key not in model.params:
            yield ModelError("model.check_no_param", where=at.of("param"), key=key)
    for key, param in model.params.items():
        where = at.of(f"param.{key}.value")
        value = param.value
        if param.choices:
            if value not in param.choices:
                yield ModelError("model.not_one_of", where=where, value=value, valid=", ".join(param.choices))
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            low, high = param.low, param.high
            if low is not None and value < low:
                yield ModelError("model.check_below", where=where, value=value, low=low)
            if high is not None and value > high:
                yield ModelError("model.check_above", where=where, value=value, high=high)
        if key in DAY_PARAMS:
            try:
                named_days(str(value), where=where)
            except ModelError as problem:
                yield problem
        if not param.source:
            yield ModelError("model.check_no_source", where=at.of(f"param.{key}"))
    yield from _twice([(f"param.{each.key}.name", each.name) for each in model.params.values()], at)


def check_main(model: Model, at: Places) -> Iterator[ModelError]:
    choices = (
        ("main", model.main, [card.key for card in model.scorecards]),
        ("main_scale", model.main_scale, [scale.key for scale in model.scales]),
    )
    for path, value, valid in choices:
        if value not in valid:
            yield ModelError("model.not_one_of", where=at.of(path), value=value, valid=", ".join(valid))


def check_rules(model: Model, at: Places) -> Iterator[ModelError]:
    """Every condition is understood, by the words known at its turn; names do not repeat."""
    names = Vocabulary.of(model)
    lists: tuple[tuple[str, Use, tuple[Rule, ...]], ...] = (
        ("stage", "stages", model.stages),
        ("tag", "tags", model.tags),
        ("segment", "segments", model.segments),
    )
    for kind, use, rules in lists:
        words = names.for_use(use)
        for rule in rules:
            yield from _rule_problems(rule, at, kind, words)
        yield from _twice([(f"{kind}.{rule.key}.name", rule.name) for rule in rules], at)
    yield from _unreachable(model, at)


def _rule_problems(rule: Rule, at: Places, kind: str, words: Vocabulary) -> Iterator[ModelError]:
    where = rule.where or at.of(f"{kind}.{rule.key}.when")
    try:
        parse(rule.when, words)
    except RuleError as error:
        yield ModelError("model.bad_rule", where=where, reason=error)
    if rule.value_of:
        column = words.columns.get(folded(rule.value_of))
        if column is None or column.key != rule.value_of:
            valid = [*(c.key for c in CUSTOMERS.columns), *(c.key for c in words.columns.values())]
            near = nearest(rule.value_of, valid)
            label = "model.check_value_of_near" if near else "model.check_value_of"
            yield ModelError(label, where=where, key=rule.value_of, near=near)
    elif not rule.when.strip() and kind != "stage" and not rule.group:
        yield ModelError("model.check_no_condition", where=where)


def _unreachable(model: Model, at: Places) -> Iterator[ModelError]:
    """In an exclusive list a rule without a condition is the rest: nothing may follow it, and stages need it."""
    groups = dict.fromkeys(rule.group for rule in model.tags if rule.group)
    exclusive = [("stage", [rule for rule in model.stages if rule.enabled])]
    exclusive += [("tag", [rule for rule in model.tags if rule.enabled and rule.group == group]) for group in groups]
    for kind, rules in exclusive:
        for rule, after in pairwise(rules):
            if not rule.when.strip():
                where = after.where or at.of(f"{kind}.{after.key}.when")
                yield ModelError("model.check_after_rest", where=where, name=after.name, rest=rule.name)
    stages = exclusive[0][1]
    if not stages or stages[-1].when.strip():
        yield ModelError("model.check_stage_rest", where=at.of("stage"))


def check_playbook(model: Model, at: Places) -> Iterator[ModelError]:
    names = Vocabulary.of(model, "playbook")
    for play in model.playbook:
        yield from _play_problems(play, at, names)


def _play_problems(play: Play, at: Places, names: Vocabulary) -> Iterator[ModelError]:
    path = f"play.{play.key}"
    where = play.where or at.of(f"{path}.when")
    if not play.when.strip():
        yield ModelError("model.check_no_condition", where=where)
    try:
        parse(play.when, names)
    except RuleError as error:
        yield ModelError("model.bad_rule", where=where, reason=error)
    if play.channel not in {choice.key for choice in CHANNELS}:
        valid = ", ".join(choice.key for choice in CHANNELS)
        yield ModelError("model.not_one_of", where=at.of(f"{path}.channel"), value=play.channel, valid=valid)
    for attribute, lowest in (("due_days", 0), ("priority", 1), ("cool_down_days", 0)):
        value = getattr(play, attribute)
        if value < lowest:
            yield ModelError("model.check_below", where=at.of(f"{path}.{attribute}"), value=value, low=lowest)
    for attribute in ("action", "reason"):
        words = {word for text in getattr(play, attribute).all() for word in PLACE_IN_TEXT.findall(text)}
        for word in sorted(words):
            if folded(word) not in names.columns:
                near = nearest(word, names.shown)
                key = "model.check_place_near" if near else "model.check_place"
                yield ModelError(key, where=at.of(f"{path}.{attribute}"), word=word, near=near)


def _twice(names: Iterable[tuple[str, Name]], at: Places) -> Iterator[ModelError]:
    """A name that two things of one list share, in any language."""
    seen: dict[str, int] = {}
    for place, (path, name) in enumerate(names):
        if not all(word.strip() for word in name.all()):
            yield ModelError("model.check_no_name", where=at.of(path))
            continue
        for word in dict.fromkeys(name.all()):
            if seen.setdefault(folded(word), place) != place:
                yield ModelError("model.check_twice", where=at.of(path), name=word)
                break


CHECKS: tuple[Check, ...] = (
    check_keys,
    check_indicators,
    check_params,
    check_main,
    check_cards,
    check_scales,
    check_rfm,
    check_rules,
    check_playbook,
)
