"""A model from TOML.

Shape of a file (every collection is a table keyed by the thing's own key, in the order people see):

    key, name, version, start, source, main, main_scale, extends
    [indicator]  KEY = { name, kind, unit, table, better, aliases, actionable, about }
    [card.KEY]   name, source;  [card.KEY.lines] INDICATOR = { weight, curve, better, missing, group }
    [scale.KEY]  name, tiers = [[key, floor, [names]], ...], lifted, potential_card, potential_floor
    [rfm]        method, levels, cut, ...; [rfm.classes] KEY = { rfm = "111", name }
    [tag] [segment] [stage]  KEY = { name, when, group, value_of, source, enabled };  [group] KEY = [names]
    [play]       KEY = { when, action, reason, channel, due_days, priority, cool_down_days, owner }
    [param]      KEY = { value, name, unit, source, low, high, choices, start }

`name` is a list of three: zh-CN, zh-TW, en. A curve is written { linear = [lo, hi] }, { steps = [[threshold,
share], ...] }, "percentile" or "yes_no". A file that `extends` another starts from it: things with the same
key are replaced, new ones are added at the end, and a parameter may give its `value` alone.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Protocol, TypeVar, get_args

from ..errors import ModelError
from ..labels import Name
from . import types as t
from .check import raise_problems
from .units import unit_name

Table = Mapping[str, Any]


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=Keyed)
L = TypeVar("L")


def load_toml(
    text: str, *, where: str, base: t.Model | None = None, read: Callable[[str], str] | None = None
) -> t.Model:
    """The model a TOML text describes, checked.

    Args:
        where: what the text is called in messages, such as "general.toml".
        base: the model to start from; else the one named by `extends`, whose text `read(name)` gives.
    Raises:
        ModelError: not TOML, a missing or wrong entry; SeveralErrors: more than one problem of meaning.
    """
    model = _read(text, where, base, read, ())
    raise_problems(model, where)
    return model


def _read(
    text: str, where: str, base: t.Model | None, read: Callable[[str], str] | None, seen: tuple[str, ...]
) -> t.Model:
    try:
        found = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ModelError("model.not_toml", where=where, reason=str(error)) from None
    parent = found.get("extends")
    if base is None and parent is not None:
        if read is None or not isinstance(parent, str) or parent in seen:
            raise ModelError("model.extends", where=where, parent=parent)
        base = _read(read(parent), f"{parent}.toml", None, read, (*seen, parent))
    return _model(_Entry(found, where), base)


class _Entry:
    """A TOML table with the path people find it by; wrong or missing values become errors that say where."""

    def __init__(self, table: object, where: str) -> None:
        if not isinstance(table, dict):
            raise ModelError("model.wants_table", where=where)
        self.table: dict[str, Any] = table
        self.where = where

    def wrong(self, key: str, wanted: str) -> ModelError:
        return ModelError(f"model.wants_{wanted}", where=f"{self.where} {key}")

    def get(self, key: str, kind: type[L], default: L | None = None) -> L:
        value = self.table.get(key, default)
        if value is None:
            raise ModelError("model.missing_entry", where=self.where, entry=key)
        if kind is Decimal and isinstance(value, int) and not isinstance(value, bool):
            value = Decimal(value)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(key, {Decimal: "number", int: "whole", str: "text", bool: "flag"}.get(kind, "list"))
        return value

    def one_of(self, key: str, valid: tuple[str, ...], default: str | None = None) -> Any:
        value = self.get(key, str, default)
        if value not in valid:
            raise ModelError("model.not_one_of", where=f"{self.where} {key}", value=value, valid=", ".join(valid))
        return value

    def name(self, key: str = "name", default: Name | None = None) -> Name:
        value = self.table.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str):
            return Name(value, value, value)
        if not isinstance(value, list) or len(value) != 3 or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, "names")
        return Name(*value)

    def under(self, key: str) -> _Entry:
        return _Entry(self.table.get(key, {}), f"{self.where} [{key}]")

    def each(self, key: str) -> Iterable[tuple[str, _Entry]]:
        """The entries of a collection: (key, entry)."""
        for inner, value in self.under(key).table.items():
            yield inner, _Entry(value, f"{self.where} [{key}.{inner}]")


def _model(entry: _Entry, base: t.Model | None) -> t.Model:
    groups = {key: Name(*names) for key, names in entry.under("group").table.items()}
    start = entry.get("start", dt.date, base.start if base else None)
    old = base or t.Model("", Name("", "", ""), "", start, "", "", "", (), (), (), t.Rfm(), (), (), (), (), {})
    if base:
        groups = {rule.group: rule.group_name for rule in base.tags} | groups
    return t.Model(
        key=entry.get("key", str),
        name=entry.name(),
        version=entry.get("version", str),
        start=start,
        source=entry.get("source", str, old.source),
        main=entry.get("main", str, old.main or None),
        main_scale=entry.get("main_scale", str, old.main_scale or None),
        indicators=_merged(old.indicators, (_indicator(k, e) for k, e in entry.each("indicator"))),
        scorecards=_merged(old.scorecards, (_card(k, e) for k, e in entry.each("card"))),
        scales=_merged(old.scales, (_scale(k, e) for k, e in entry.each("scale"))),
        rfm=_rfm(entry.under("rfm"), old.rfm),
        tags=_merged(old.tags, (_rule(k, e, groups) for k, e in entry.each("tag"))),
        segments=_merged(old.segments, (_rule(k, e, groups) for k, e in entry.each("segment"))),
        stages=_merged(old.stages, (_rule(k, e, groups) for k, e in entry.each("stage"))),
        playbook=_merged(old.playbook, (_play(k, e) for k, e in entry.each("play"))),
        params={**old.params, **{k: _param(k, e, start, old.params.get(k)) for k, e in entry.each("param")}},
    )


def _merged(old: tuple[K, ...], new: Iterable[K]) -> tuple[K, ...]:
    return tuple(({each.key: each for each in old} | {each.key: each for each in new}).values())


def _indicator(key: str, entry: _Entry) -> t.Indicator:
    aliases = entry.get("aliases", list, [])
    return t.Indicator(
        key=key,
        name=entry.name(),
        kind=entry.one_of("kind", tuple(t.SCALE)),
        unit=unit_name(entry.get("unit", str, "")),
        about=entry.name("about"),
        table=entry.get("table", str),
        better=entry.one_of("better", get_args(t.Better), "high"),
        aliases=tuple(aliases),
        actionable=entry.get("actionable", bool, False),
    )


def _card(key: str, entry: _Entry) -> t.Scorecard:
    lines = tuple(_line(indicator, line) for indicator, line in entry.each("lines"))
    return t.Scorecard(key, entry.name(), lines, entry.get("source", str, ""))


def _line(indicator: str, entry: _Entry) -> t.ScoreLine:
    return t.ScoreLine(
        indicator=indicator,
        weight=entry.get("weight", Decimal),
        curve=_curve(entry),
        better=entry.one_of("better", get_args(t.Better), "high"),
        missing=entry.one_of("missing", get_args(t.Missing), "skip"),
        group=entry.get("group", str, ""),
    )


def _curve(entry: _Entry) -> t.Curve:
    value = entry.table.get("curve")
    if value == "percentile":
        return t.Percentile()
    if value == "yes_no":
        return t.YesNo()
    if isinstance(value, dict):
        try:
            if list(value) == ["linear"]:
                lo, hi = map(Decimal, value["linear"])
                return t.Linear(lo, hi)
            if list(value) == ["steps"]:
                return t.Steps(tuple((Decimal(threshold), Decimal(share)) for threshold, share in value["steps"]))
        except (TypeError, ValueError, ArithmeticError):
            pass
    raise entry.wrong("curve", "curve")


def _scale(key: str, entry: _Entry) -> t.Scale:
    tiers = []
    for line in entry.get("tiers", list):
        if not isinstance(line, list) or len(line) != 3 or not isinstance(line[0], str):
            raise entry.wrong("tiers", "tiers")
        tier = _Entry({"floor": line[1], "name": line[2]}, f"{entry.where} {line[0]}")
        tiers.append(t.Tier(line[0], tier.name(), tier.get("floor", Decimal)))
    return t.Scale(
        key=key,
        name=entry.name(),
        tiers=tuple(tiers),
        lifted=entry.get("lifted", str, ""),
        potential_card=entry.get("potential_card", str, ""),
        potential_floor=entry.get("potential_floor", Decimal, Decimal(0)),
    )


def _rfm(entry: _Entry, old: t.Rfm) -> t.Rfm:
    classes = tuple(t.SegmentClass(key, each.name(), *_bits(each)) for key, each in entry.each("classes"))
    breaks = {letter: tuple(Decimal(edge) for edge in edges) for letter, edges in entry.under("breaks").table.items()}
    return replace(
        old,
        method=entry.one_of("method", ("quantile", "rank", "fixed"), old.method),
        levels=entry.get("levels", int, old.levels),
        cut=entry.one_of("cut", ("mean", "median", "score"), old.cut),
        high_score=entry.get("high_score", int, old.high_score),
        window=entry.get("window", str, old.window),
        closed=entry.one_of("closed", ("left", "right"), old.closed),
        good_grades=entry.get("good_grades", int, old.good_grades),
        breaks={**old.breaks, **breaks},
        classes=classes or old.classes,
    )


def _bits(entry: _Entry) -> tuple[int, int, int]:
    code = entry.get("rfm", str)
    if len(code) != 3 or set(code) - {"0", "1"}:
        raise entry.wrong("rfm", "code")
    return int(code[0]), int(code[1]), int(code[2])


def _rule(key: str, entry: _Entry, groups: Mapping[str, Name]) -> t.Rule:
    group = entry.get("group", str, "")
    if group and group not in groups:
        raise ModelError("model.no_group", where=entry.where, group=group)
    return t.Rule(
        key=key,
        name=entry.name(),
        when=entry.get("when", str, ""),
        group=group,
        group_name=groups.get(group, Name("", "", "")),
        value_of=entry.get("value_of", str, ""),
        source=entry.get("source", str, ""),
        enabled=entry.get("enabled", bool, True),
        where=entry.where,
    )


def _play(key: str, entry: _Entry) -> t.Play:
    return t.Play(
        key=key,
        when=entry.get("when", str),
        action=entry.name("action"),
        channel=entry.get("channel", str),
        due_days=entry.get("due_days", int),
        priority=entry.get("priority", int),
        cool_down_days=entry.get("cool_down_days", int),
        reason=entry.name("reason", Name("", "", "")),
        owner=entry.get("owner", str, "owner"),
        enabled=entry.get("enabled", bool, True),
        where=entry.where,
    )


def _param(key: str, entry: _Entry, start: dt.date, old: t.Param | None) -> t.Param:
    value = entry.table.get("value")
    if not isinstance(value, bool | int | Decimal | str):
        raise entry.wrong("value", "number")
    edges = [entry.get(edge, Decimal) if edge in entry.table else None for edge in ("low", "high")]
    return t.Param(
        key=key,
        value=value,
        name=entry.name(default=old.name if old else None),
        unit=entry.get("unit", str, old.unit if old else ""),
        source=entry.get("source", str, old.source if old else None),
        start=entry.get("start", dt.date, start),
        choices=tuple(entry.get("choices", list, list(old.choices) if old else [])),
        low=edges[0] if edges[0] is not None or not old else old.low,
        high=edges[1] if edges[1] is not None or not old else old.high,
    )
