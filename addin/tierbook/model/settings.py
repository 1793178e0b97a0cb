"""Settings given on a command line: `--set key=value` changes one thing of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ..errors import UsageError
from .cells import number_of
from .check import check
from .types import Model, Param, ParamValue, ScoreLine, Tier
from .words import nearest

_RFM_WHOLE = ("levels", "high_score", "good_grades")
_RFM_CHOICE = {
    "method": ("quantile", "rank", "fixed"),
    "cut": ("mean", "median", "score"),
    "closed": ("left", "right"),
}
_LETTERS = ("r", "f", "m")


def with_settings(model: Model, settings: Sequence[str]) -> Model:
    """The model with each `key=value` applied in turn, checked once at the end.

    Keys: any parameter; `rfm.method`, `rfm.levels`, `rfm.cut`, `rfm.window`, `rfm.closed`, `rfm.high_score`,
    `rfm.good_grades`, `rfm.breaks.r|f|m` (rising edges, by commas); `main`, `main_scale`;
    `weight.CARD.INDICATOR`; `floor.SCALE.TIER`.

    Raises:
        UsageError: not `key=value`, an unknown key (with the nearest valid one) or a value that cannot be.
    """
    for setting in settings:
        key, sign, value = setting.partition("=")
        if not sign or not key.strip():
            raise UsageError("model.set_form", setting=setting)
        model = _set(model, key.strip(), value.strip())
    problems = check(model) if settings else []
    if problems:
        raise UsageError("model.set_breaks", reason=problems[0])
    return model


def valid_keys(model: Model) -> list[str]:
    """Every key a setting of this model may have."""
    rfm = [*_RFM_CHOICE, *_RFM_WHOLE, "window", *(f"breaks.{letter}" for letter in _LETTERS)]
    return [
        *model.params,
        *(f"rfm.{each}" for each in rfm),
        "main",
        "main_scale",
        *(f"weight.{card.key}.{line.indicator}" for card in model.scorecards for line in card.lines),
        *(f"floor.{scale.key}.{tier.key}" for scale in model.scales for tier in scale.tiers),
    ]


def _set(model: Model, key: str, value: str) -> Model:
    if key not in valid_keys(model):
        near = nearest(key, valid_keys(model))
        raise UsageError("model.set_unknown_near" if near else "model.set_unknown", key=key, near=near)
    if key in model.params:
        param = model.params[key]
        return replace(model, params={**model.params, key: replace(param, value=param_value(param, value))})
    if key == "main":
        return replace(model, main=_one_of(key, value, tuple(card.key for card in model.scorecards)))
    if key == "main_scale":
        return replace(model, main_scale=_one_of(key, value, tuple(scale.key for scale in model.scales)))
    area, _, rest = key.partition(".")
    if area == "rfm":
        return _set_rfm(model, key, rest, value)
    owner, _, inner = rest.partition(".")
    change = _set_weight if area == "weight" else _set_floor
    return change(model, owner, inner, _number(key, value))


def _set_rfm(model: Model, key: str, entry: str, value: str) -> Model:
    if entry in _RFM_CHOICE:
        rfm = replace(model.rfm, **{entry: _one_of(key, value, _RFM_CHOICE[entry])})  # type: ignore[arg-type]  # the entry's own kind of value
    elif entry in _RFM_WHOLE:
        rfm = replace(model.rfm, **{entry: _whole(key, value)})  # type: ignore[arg-type]  # the entry's own kind of value
    elif entry == "window":
        rfm = replace(model.rfm, window=value)
    else:
        edges = tuple(_number(key, edge) for edge in value.replace("，", ",").split(","))
        rfm = replace(model.rfm, breaks={**model.rfm.breaks, entry.removeprefix("breaks."): edges})
    return replace(model, rfm=rfm)


def _set_weight(model: Model, card: str, indicator: str, weight: Decimal) -> Model:
    def line(old: ScoreLine) -> ScoreLine:
        return replace(old, weight=weight) if old.indicator == indicator else old

    cards = (
        replace(each, lines=tuple(map(line, each.lines))) if each.key == card else each for each in model.scorecards
    )
    return replace(model, scorecards=tuple(cards))


def _set_floor(model: Model, scale: str, tier: str, floor: Decimal) -> Model:
    def changed(old: Tier) -> Tier:
        return replace(old, floor=floor) if old.key == tier else old

    scales = (
        replace(each, tiers=tuple(map(changed, each.tiers))) if each.key == scale else each for each in model.scales
    )
    return replace(model, scales=tuple(scales))


def param_value(param: Param, text: str) -> ParamValue:
    """A parameter's value from text, in the type it has now; 60% is 0.6.

    Raises:
        UsageError: not a number, not whole where it was, out of range, or not one of its choices.
    """
    if param.choices:
        return str(_one_of(param.key, text, param.choices))
    if isinstance(param.value, str):
        return text
    if isinstance(param.value, bool):
        return _one_of(param.key, text.lower(), ("true", "false")) == "true"
    number = _number(param.key, text)
    if (param.low is not None and number < param.low) or (param.high is not None and number > param.high):
        raise UsageError("model.set_range", key=param.key, value=text, low=param.low, high=param.high)
    return int(number) if number == int(number) else number


def _one_of(key: str, value: str, valid: tuple[str, ...]) -> str:
    if value not in valid:
        raise UsageError("model.set_choice", key=key, value=value, valid=", ".join(valid))
    return value


def _whole(key: str, text: str) -> int:
    number = _number(key, text)
    if number != int(number):
        raise UsageError("model.set_whole", key=key, value=text)
    return int(number)


def _number(key: str, text: str) -> Decimal:
    number = number_of(text)
    if number is None:
        raise UsageError("model.set_number", key=key, value=text)
    return number
