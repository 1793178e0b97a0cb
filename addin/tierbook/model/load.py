"""A model from TOML.

Shape of a file (every collection is a table keyed by the thing's own key, in the order people see):

    key, name, version, start, source, main, main_scale, extends
    [indicator]  KEY = { name, kind, unit, table, better, aliases, actionable, about }
    [card.KEY]   name, source;  [card.KEY.lines] INDICATOR = { weight, curve, better, missing, group }
    [scale.KEY]  name, tiers = [[key, floor, [names]], ...], lifted, potential_card, potential_floor
    [rfm]        method, levels, cut, window, closed, high_score, good_grades, breaks = { r, f, m };
                 [rfm.classes] KEY = { rfm = "111", name }
    [tag] [segment] [stage]  KEY = { name, when, group, group_name, value_of, source, enabled };
                 [group] KEY = [names]
    [play]       KEY = { when, action, reason, channel, due_days, priority, cool_down_days, owner, enabled }
    [param]      KEY = { value, name, unit, source, low, high, choices, start }

`name` is a list of three: zh-CN, zh-TW, en. A curve is { linear = [lo, hi] }, { steps = [[threshold, share],
...] }, "percentile" or "yes_no". A file that `extends` another starts from it: things with the same key are
replaced, new ones are added at the end, and a parameter may give its `value` alone.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Protocol, TypeVar, get_args

from ..errors import ModelError
from ..labels import Name
from . import types as t
from .check import check, raise_problems
from .places import TomlPlaces
from .toml_entry import Entry, Told, number
from .units import unit_name

NO_NAME = Name("", "", "")


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=Keyed)


def load_toml(
    text: str, *, where: str, base: t.Model | None = None, read: Callable[[str], str] | None = None
) -> t.Model:
    """The model a TOML text describes, checked.

    Args:
        where: what the text is called in messages, such as "general.toml".
        base: the model to start from; else the one named by `extends`, whose text `read(name)` gives.
    Raises:
        ModelError: not TOML, or one problem; SeveralErrors: every problem of shape, or else every one of meaning.
    """
    model, told = read_toml(text, where=where, base=base, read=read)
    raise_problems(told.problems)
    raise_problems(check(model, TomlPlaces(where)))
    return model


def read_toml(
    text: str,
    *,
    where: str,
    base: t.Model | None = None,
    read: Callable[[str], str] | None = None,
    seen: tuple[str, ...] = (),
) -> tuple[t.Model, Told]:
    """The model as far as its shape is right, and what is wrong with it; its meaning is not checked.

    Raises:
        ModelError: not TOML, or the model it extends cannot be read; SeveralErrors: that one's problems.
    """
    try:
        found = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ModelError("model.not_toml", where=where, reason=str(error)) from None
    parent = found.get("extends")
    if base is None and parent is not None:
        if read is None or not isinstance(parent, str) or parent in seen:
            raise ModelError("model.extends", where=where, parent=parent)
        base, told = read_toml(read(parent), where=f"{parent}.toml", read=read, seen=(*seen, parent))
        raise_problems(told.problems)
    entry = Entry(found, "", TomlPlaces(where), Told())
    entry.asked.add("extends")
    model = _model(entry, base or _empty(entry))
    if not entry.told.problems:
        entry.or_told(entry.done, None)
    return model, entry.told


def _empty(entry: Entry) -> t.Model:
    """The model to start from where no other is named: it must say when it starts and what is its main card."""
    start = entry.or_told(lambda: entry.get("start", dt.date), dt.date.min)
    main, scale = (entry.or_told(partial(entry.get, key, str), "") for key in ("main", "main_scale"))
    return t.Model("", NO_NAME, "", start, "", main, scale, (), (), (), t.Rfm(), (), (), (), (), {})


def _model(entry: Entry, old: t.Model) -> t.Model:
    start = entry.get("start", dt.date, old.start)
    groups = {rule.group: rule.group_name for rule in old.tags}
    group_names = entry.under("group")
    groups |= {key: group_names.name(key) for key in group_names.table}
    rule = partial(_rule, groups)
    param = partial(_param, start, old.params)
    return t.Model(
        key=entry.or_told(lambda: entry.get("key", str), ""),
        name=entry.or_told(entry.name, NO_NAME),
        version=entry.or_told(lambda: entry.get("version", str), ""),
        start=start,
        source=entry.get("source", str, old.source),
        main=entry.get("main", str, old.main),
        main_scale=entry.get("main_scale", str, old.main_scale),
        indicators=_merged(old.indicators, entry.each("indicator", _indicator)),
        scorecards=_merged(old.scorecards, entry.each("card", _card)),
        scales=_merged(old.scales, entry.each("scale", _scale)),
        rfm=entry.or_told(lambda: _rfm(entry.under("rfm"), old.rfm), old.rfm),
        tags=_merged(old.tags, entry.each("tag", rule)),
        segments=_merged(old.segments, entry.each("segment", rule)),
        stages=_merged(old.stages, entry.each("stage", rule)),
        playbook=_merged(old.playbook, entry.each("play", _play)),
        params={**old.params, **{each.key: each for each in entry.each("param", param)}},
    )


def _merged(old: tuple[K, ...], new: Iterable[K]) -> tuple[K, ...]:
    return tuple(({each.key: each for each in old} | {each.key: each for each in new}).values())


def _indicator(key: str, entry: Entry) -> t.Indicator:
    return t.Indicator(
        key=key,
        name=entry.name(),
        kind=entry.one_of("kind", tuple(t.SCALE)),
        unit=_unit(entry),
        about=entry.name("about"),
        table=entry.get("table", str),
        better=entry.one_of("better", get_args(t.Better), "high"),
        aliases=entry.texts("aliases", []),
        actionable=entry.get("actionable", bool, False),
    )


def _unit(entry: Entry) -> Name:
    """A unit by its word (`yuan`, 吨), or by its names in the three languages."""
    return entry.name("unit") if isinstance(entry.raw("unit"), list) else unit_name(entry.get("unit", str, ""))


def _card(key: str, entry: Entry) -> t.Scorecard:
    lines = tuple(entry.each("lines", _line))
    return t.Scorecard(key, entry.name(), lines, entry.get("source", str, ""))


def _line(indicator: str, entry: Entry) -> t.ScoreLine:
    return t.ScoreLine(
        indicator=indicator,
        weight=entry.get("weight", Decimal),
        curve=_curve(entry),
        better=entry.one_of("better", get_args(t.Better), "high"),
        missing=entry.one_of("missing", get_args(t.Missing), "skip"),
        group=entry.get("group", str, ""),
    )


def _curve(entry: Entry) -> t.Curve:
    value = entry.raw("curve")
    if value == "percentile":
        return t.Percentile()
    if value == "yes_no":
        return t.YesNo()
    try:
        ((form, numbers),) = value.items()
        if form == "linear":
            lo, hi = map(number, numbers)
            return t.Linear(lo, hi)
        if form == "steps":
            return t.Steps(tuple((number(threshold), number(share)) for threshold, share in numbers))
    except (AttributeError, TypeError, ValueError):
        pass  # anything that is not of this shape: one message
    raise entry.wrong("curve", "curve")


def _scale(key: str, entry: Entry) -> t.Scale:
    return t.Scale(
        key=key,
        name=entry.name(),
        tiers=tuple(_tier(line, entry) for line in entry.get("tiers", list)),
        lifted=entry.get("lifted", str, ""),
        potential_card=entry.get("potential_card", str, ""),
        potential_floor=entry.get("potential_floor", Decimal, Decimal(0)),
    )


def _tier(line: object, scale: Entry) -> t.Tier:
    if not isinstance(line, list) or len(line) != 3 or not isinstance(line[0], str):
        raise scale.wrong("tiers", "tiers")
    entry = scale.inner(line[0], {"floor": line[1], "name": line[2]})
    return t.Tier(line[0], entry.name(), entry.get("floor", Decimal))


def _rfm(entry: Entry, old: t.Rfm) -> t.Rfm:
    breaks = entry.under("breaks")
    classes = tuple(entry.each("classes", _class))
    rfm = replace(
        old,
        method=entry.one_of("method", ("quantile", "rank", "fixed"), old.method),
        levels=entry.get("levels", int, old.levels),
        cut=entry.one_of("cut", ("mean", "median", "score"), old.cut),
        high_score=entry.get("high_score", int, old.high_score),
        window=entry.get("window", str, old.window),
        closed=entry.one_of("closed", ("left", "right"), old.closed),
        good_grades=entry.get("good_grades", int, old.good_grades),
        breaks={**old.breaks, **{letter: breaks.numbers(letter) for letter in "rfm" if letter in breaks.table}},
        classes=classes or old.classes,
    )
    breaks.done()
    entry.done()
    return rfm


def _class(key: str, entry: Entry) -> t.SegmentClass:
    code = entry.get("rfm", str)
    if len(code) != 3 or set(code) - {"0", "1"}:
        raise entry.wrong("rfm", "code")
    return t.SegmentClass(key, entry.name(), int(code[0]), int(code[1]), int(code[2]))


def _rule(groups: Mapping[str, Name], key: str, entry: Entry) -> t.Rule:
    group = entry.get("group", str, "")
    if group and group not in groups:
        raise ModelError("model.no_group", where=entry.where, group=group)
    return t.Rule(
        key=key,
        name=entry.name(),
        when=entry.get("when", str, ""),
        group=group,
        group_name=entry.name("group_name", groups.get(group, NO_NAME)),
        value_of=entry.get("value_of", str, ""),
        source=entry.get("source", str, ""),
        enabled=entry.get("enabled", bool, True),
        where=entry.where,
    )


def _play(key: str, entry: Entry) -> t.Play:
    return t.Play(
        key=key,
        when=entry.get("when", str),
        action=entry.name("action"),
        channel=entry.get("channel", str),
        due_days=entry.get("due_days", int),
        priority=entry.get("priority", int),
        cool_down_days=entry.get("cool_down_days", int),
        reason=entry.name("reason", NO_NAME),
        owner=entry.get("owner", str, "owner"),
        enabled=entry.get("enabled", bool, True),
        where=entry.where,
    )


def _param(start: dt.date, params: Mapping[str, t.Param], key: str, entry: Entry) -> t.Param:
    old = params.get(key)
    value = entry.raw("value")
    if not isinstance(value, bool | int | Decimal | str) or (isinstance(value, Decimal) and not value.is_finite()):
        raise entry.wrong("value", "number")
    return t.Param(
        key=key,
        value=value,
        name=entry.name(default=old.name if old else None),
        unit=entry.get("unit", str, old.unit if old else ""),
        source=entry.get("source", str, old.source) if old else entry.get("source", str),
        start=entry.get("start", dt.date, start),
        choices=entry.texts("choices", list(old.choices) if old else []),
        low=entry.edge("low", old.low if old else None),
        high=entry.edge("high", old.high if old else None),
    )
