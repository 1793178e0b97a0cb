"""A model as TOML, in the shape `model.load` reads: nothing is left to another file, no number loses a digit.

    load_toml(dump_toml(model), where=...) == model

Things stand in their order; what has its default is left out. A name that is the same in all languages is written
once. Comments of the file a model came from are not part of the model.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Protocol, TypeVar

from ..labels import Name
from . import types as t
from .units import UNITS, unit_name

Fields = dict[str, object]
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_TO_ESCAPE = re.compile(r'["\\\x00-\x1f\x7f]')
_PLAIN_DIGITS = 30
"""A number with more digits before or behind the point is written with an exponent."""


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=Keyed)


def dump_toml(model: t.Model) -> str:
    """The TOML text of a model; equal models give equal texts."""
    blocks = [
        _pairs(_head(model)),
        _block("indicator", model.indicators, _indicator),
        *(block for card in model.scorecards for block in _card(card)),
        *(_section(f"scale.{key_text(scale.key)}", _scale(scale)) for scale in model.scales),
        _section("rfm", _rfm(model.rfm)),
        _block("rfm.classes", model.rfm.classes, _class),
        _groups(model),
        _block("tag", model.tags, _rule(model)),
        _block("segment", model.segments, _rule(model)),
        _block("stage", model.stages, _rule(model)),
        _block("play", model.playbook, _play),
        _block("param", model.params.values(), _param(model.start)),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def fields_of(model: t.Model) -> dict[str, object]:
    """Every part of a model by its path, as TOML would hold it: what two models are compared by."""
    rule, param = _rule(model), _param(model.start)
    found: dict[str, object] = dict(_head(model))
    found |= {f"indicator.{one.key}": _indicator(one) for one in model.indicators}
    for card in model.scorecards:
        found[f"card.{card.key}"] = {"name": card.name, "source": card.source}
        found |= {f"card.{card.key}.lines.{line.indicator}": _line(line) for line in card.lines}
    found |= {f"scale.{scale.key}": _scale(scale) for scale in model.scales}
    found |= {f"rfm.{key}": value for key, value in _rfm(model.rfm).items()}
    found |= {f"rfm.classes.{one.key}": _class(one) for one in model.rfm.classes}
    found |= {f"group.{key}": name for key, name in _group_names(model).items()}
    for kind, rules in (("tag", model.tags), ("segment", model.segments), ("stage", model.stages)):
        found |= {f"{kind}.{each.key}": rule(each) for each in rules}
    found |= {f"play.{play.key}": _play(play) for play in model.playbook}
    return found | {f"param.{key}": param(each) for key, each in model.params.items()}


def _head(model: t.Model) -> Fields:
    return {
        "key": model.key, "name": model.name, "version": model.version, "start": model.start, "source": model.source,
        "main": model.main, "main_scale": model.main_scale,
    }  # fmt: skip


def _indicator(one: t.Indicator) -> Fields:
    return {
        "name": one.name, "kind": one.kind, "unit": _unit(one.unit), "table": one.table,
        **_unless("better", one.better, "high"), **_unless("aliases", list(one.aliases), []),
        **_unless("actionable", one.actionable, False), "about": one.about,
    }  # fmt: skip


def _unit(unit: Name) -> object:
    """The word `load` makes this unit of; the unit's own names where there is none."""
    key = next((key for key, name in UNITS.items() if name == unit), unit.zh)
    return key if unit_name(key) == unit else _three(unit)


def _card(card: t.Scorecard) -> Iterator[str]:
    head = f"card.{key_text(card.key)}"
    yield _section(head, {"name": card.name, **_unless("source", card.source, "")})
    lines = [f"{key_text(line.indicator)} = {value_text(_line(line))}" for line in card.lines]
    if lines:
        yield "\n".join([f"[{head}.lines]", *lines])


def _line(line: t.ScoreLine) -> Fields:
    return {
        "weight": line.weight, "curve": _curve(line.curve), **_unless("better", line.better, "high"),
        **_unless("missing", line.missing, "skip"), **_unless("group", line.group, ""),
    }  # fmt: skip


def _curve(curve: t.Curve) -> object:
    if isinstance(curve, t.Linear):
        return {"linear": [curve.lo, curve.hi]}
    if isinstance(curve, t.Steps):
        return {"steps": [list(step) for step in curve.steps]}
    return "percentile" if isinstance(curve, t.Percentile) else "yes_no"


def _scale(scale: t.Scale) -> Fields:
    return {
        "name": scale.name, "tiers": [[tier.key, tier.floor, _three(tier.name)] for tier in scale.tiers],
        **_unless("lifted", scale.lifted, ""), **_unless("potential_card", scale.potential_card, ""),
        **_unless("potential_floor", scale.potential_floor, 0),
    }  # fmt: skip


def _rfm(rfm: t.Rfm) -> Fields:
    return {
        "method": rfm.method, "levels": rfm.levels, "cut": rfm.cut, "high_score": rfm.high_score,
        "window": rfm.window, "closed": rfm.closed, "good_grades": rfm.good_grades,
        **_unless("breaks", {letter: list(edges) for letter, edges in rfm.breaks.items()}, {}),
    }  # fmt: skip


def _class(one: t.SegmentClass) -> Fields:
    return {"rfm": f"{one.r}{one.f}{one.m}", "name": one.name}


def _group_names(model: t.Model) -> dict[str, Name]:
    """Each group's name: that of the first rule in it."""
    found: dict[str, Name] = {}
    for rule in (*model.tags, *model.segments, *model.stages):
        if rule.group:
            found.setdefault(rule.group, rule.group_name)
    return found


def _groups(model: t.Model) -> str:
    names = _group_names(model)
    return _section("group", {key: _three(name) for key, name in names.items()}) if names else ""


def _rule(model: t.Model) -> Callable[[t.Rule], Fields]:
    groups = _group_names(model)

    def fields(rule: t.Rule) -> Fields:
        return {
            **_unless("group", rule.group, ""),
            **_unless("group_name", _three(rule.group_name), _three(groups.get(rule.group, Name("", "", "")))),
            "name": rule.name, **_unless("when", rule.when, ""), **_unless("value_of", rule.value_of, ""),
            **_unless("source", rule.source, ""), **_unless("enabled", rule.enabled, True),
        }  # fmt: skip

    return fields


def _play(play: t.Play) -> Fields:
    return {
        "when": play.when, "action": play.action, **_unless("reason", _three(play.reason), ["", "", ""]),
        "channel": play.channel, "due_days": play.due_days, "priority": play.priority,
        "cool_down_days": play.cool_down_days, **_unless("owner", play.owner, "owner"),
        **_unless("enabled", play.enabled, True),
    }  # fmt: skip


def _param(start: dt.date) -> Callable[[t.Param], Fields]:
    def fields(param: t.Param) -> Fields:
        edges = {key: edge for key, edge in (("low", param.low), ("high", param.high)) if edge is not None}
        return {
            "value": param.value, **_unless("choices", list(param.choices), []), **_unless("unit", param.unit, ""),
            **edges, "name": param.name, "source": param.source, **_unless("start", param.start, start),
        }  # fmt: skip

    return fields


# How TOML writes it


def _unless(key: str, value: object, default: object) -> Fields:
    return {} if value == default else {key: value}


def _pairs(fields: Mapping[str, object]) -> str:
    return "\n".join(f"{key_text(key)} = {value_text(value)}" for key, value in fields.items())


def _section(head: str, fields: Mapping[str, object]) -> str:
    return f"[{head}]\n{_pairs(fields)}"


def _block(head: str, things: Iterable[K], fields: Callable[[K], Fields]) -> str:
    """A collection: one line for each thing; nothing where there is none."""
    lines = [f"{key_text(each.key)} = {value_text(fields(each))}" for each in things]
    return "\n".join([f"[{head}]", *lines]) if lines else ""


def _three(name: Name) -> list[str]:
    return [*name.all()]


def key_text(key: str) -> str:
    """A key, in quotes where it needs them (rate.USD)."""
    return key if _BARE.fullmatch(key) else string_text(key)


def string_text(text: str) -> str:
    """A text in one line: quotes, backslashes and control characters are escaped."""
    return f'"{_TO_ESCAPE.sub(_escaped, text)}"'


def _escaped(match: re.Match[str]) -> str:
    letter = match.group()
    return _ESCAPES.get(letter) or f"\\u{ord(letter):04X}"


def number_text(number: int | Decimal) -> str:
    """A number with every digit it has: 40, 0.5, 1E+40."""
    if isinstance(number, Decimal) and abs(number.adjusted()) > _PLAIN_DIGITS:
        return str(number)
    text = f"{number:f}" if isinstance(number, Decimal) else str(number)
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def value_text(value: object) -> str:
    """Any value of a model: text, number, date, yes or no, a name, a list or a table in one line."""
    if isinstance(value, Name):
        words = _three(value)
        return string_text(value.zh) if len({*words}) == 1 else value_text(words)
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, dict):
        inside = ", ".join(f"{key_text(key)} = {value_text(each)}" for key, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return _single_text(value)


def _single_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return number_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    assert isinstance(value, str), f"a model holds no {type(value).__name__}"
    return string_text(value)
