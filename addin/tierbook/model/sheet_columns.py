"""Columns of the six 模型 sheets and the closed lists in them: what both writing and reading go by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from ..labels import Language, Name, name
from ..schema import CHANNELS
from .check_scores import GROUPS
from .types import Model, Param

CellKind = Literal["text", "number", "choice", "rule", "date", "key"]


@dataclass(frozen=True)
class SheetColumn:
    """One column: `key` names it in code, `needed` says the header must have it.

    `choices` are the closed list's names (a drop-down); empty where anything may be typed. `read` is False
    where the column only informs.
    """

    key: str
    kind: CellKind
    needed: bool = False
    read: bool = True
    choices: str = ""

    @property
    def title(self) -> Name:
        return name(f"model.column_{self.key}")


_C = SheetColumn
SHEETS: dict[str, tuple[SheetColumn, ...]] = {
    "model_scorecard": (
        _C("card", "text", needed=True), _C("indicator", "choice", needed=True, choices="indicator"),
        _C("weight", "number", needed=True), _C("curve", "choice", needed=True, choices="curve"),
        _C("lo", "number"), _C("hi", "number"), _C("steps", "text"), _C("better", "choice", choices="better"),
        _C("missing", "choice", choices="missing"), _C("group", "choice", choices="group"),
        _C("about", "text", read=False), _C("source", "text"), _C("key", "key"),
    ),
    "model_tiers": (
        _C("scale", "text", needed=True), _C("tier", "text", needed=True), _C("floor", "number", needed=True),
        _C("potential_card", "choice", choices="card"), _C("potential_floor", "number"), _C("key", "key"),
    ),
    "model_tags": (
        _C("tag_group", "text"), _C("tag", "text", needed=True), _C("when", "rule", needed=True),
        _C("value_of", "text"), _C("enabled", "choice", choices="flag"), _C("source", "text"), _C("key", "key"),
    ),
    "model_segments": (
        _C("sort", "choice", needed=True, choices="sort"), _C("name", "text", needed=True),
        _C("when", "rule", needed=True), _C("enabled", "choice", choices="flag"), _C("source", "text"),
        _C("key", "key"),
    ),
    "model_playbook": (
        _C("enabled", "choice", choices="flag"), _C("trigger", "rule", needed=True),
        _C("action", "text", needed=True), _C("reason", "text"), _C("channel", "choice", choices="channel"),
        _C("due_days", "number"), _C("priority", "number"), _C("cool_down_days", "number"), _C("owner", "text"),
        _C("key", "key"),
    ),
    "model_params": (
        _C("param", "key", needed=True), _C("name", "text"), _C("value", "text", needed=True),
        _C("unit", "text"), _C("source", "text"), _C("start", "date"),
    ),
}  # fmt: skip

_LISTS: dict[str, tuple[str, ...]] = {
    "owner": ("owner", "boss", "auto"),
    "curve": ("linear", "steps", "percentile", "yes_no"),
    "better": ("high", "low"),
    "missing": ("skip", "zero", "mean"),
    "group": GROUPS,
    "flag": ("yes", "no"),
    "sort": ("class", "stage", "segment"),
    "rfm_method": ("quantile", "rank", "fixed"),
    "rfm_cut": ("mean", "median", "score"),
    "rfm_closed": ("left", "right"),
}

RFM_SETTINGS = ("method", "levels", "cut", "high_score", "window", "closed", "good_grades",
                "breaks.r", "breaks.f", "breaks.m")  # fmt: skip


@cache
def choices(which: str) -> dict[str, Name]:
    """The values of a closed list: key -> name."""
    if which == "channel":
        return {choice.key: choice.name for choice in CHANNELS}
    return {key: name(f"model.{which}_{key}") for key in _LISTS[which]}


def param_choices(param: Param) -> dict[str, Name]:
    """The values a parameter may have, key -> name; a key we have no words for is its own name."""
    found = {}
    for key in param.choices:
        try:
            found[key] = name(f"model.{param.key}_{key}")
        except KeyError:
            found[key] = Name(key, key, key)
    return found


def drop_down(column: SheetColumn, model: Model, language: Language) -> tuple[str, ...]:
    """What a drop-down in this column offers; nothing where anything may be typed."""
    if column.choices == "indicator":
        return tuple(each.name.of(language) for each in model.indicators if each.kind not in ("text", "date"))
    if column.choices == "card":
        return tuple(card.name.of(language) for card in model.scorecards)
    return tuple(each.of(language) for each in choices(column.choices).values()) if column.choices else ()


def setting_choices(model: Model) -> dict[str, dict[str, Name]]:
    """Closed lists of the value cell, by parameter key: main, main_scale, rfm.method ... and every choice parameter."""
    found = {
        "main": {card.key: card.name for card in model.scorecards},
        "main_scale": {scale.key: scale.name for scale in model.scales},
        **{f"rfm.{each}": choices(f"rfm_{each}") for each in ("method", "cut", "closed")},
    }
    return found | {param.key: param_choices(param) for param in model.params.values() if param.choices}
