"""The 参数 sheet: parameters, and the settings of the model itself (main card, RFM, version)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from ..errors import ModelError, TierbookError
from ..labels import Name
from . import types as t
from .cells import number_of, text_of
from .sheet_columns import RFM_SETTINGS, choices, param_choices, setting_choices
from .sheet_rows import Row
from .units import UNITS
from .words import folded, nearest

_WHOLE = ("levels", "high_score", "good_grades")


class Settings:
    """A model under change, row by row; `cells` learns where each setting stands."""

    def __init__(self, model: t.Model, cells: dict[str, str]) -> None:
        self.base = model
        self.model = model
        self.cells = cells
        self.seen: set[str] = set()

    def read(self, rows: Iterable[Row], problems: list[TierbookError], left_out: set[str]) -> t.Model:
        """The model with what the rows say; rows that are wrong are told and left out, with their words."""
        found = list(rows)
        written = {folded(row.text("param")) for row in found}
        self.absent = [key for key in self.known() if folded(key) not in written]
        for row in found:
            try:
                self.take(row)
            except ModelError as error:
                problems.append(error)
                left_out |= row.words()
        return self.model

    def known(self) -> list[str]:
        rfm = (f"rfm.{entry}" for entry in RFM_SETTINGS)
        return [*self.base.params, "model", "version", "main", "main_scale", *rfm]

    def take(self, row: Row) -> None:
        key = {folded(each): each for each in self.known()}.get(folded(row.needed("param")), row.text("param"))
        if key in self.seen:
            raise row.error("model.check_twice", "param", name=key)
        self.seen.add(key)
        path = f"param.{key}.value" if key in self.base.params else key
        self.cells[path] = row.where("value")
        if key in self.base.params:
            self.put_param(self.changed(row, self.base.params[key]))
        elif key == "model":
            self.take_model(row)
        elif key == "version":
            self.model = replace(self.model, version=row.needed("value"))
        elif key in ("main", "main_scale"):
            value = row.choice("value", setting_choices(self.model)[key])
            self.model = replace(self.model, main=value) if key == "main" else replace(self.model, main_scale=value)
        elif key.startswith("rfm.") and key in self.known():
            self.model = replace(self.model, rfm=rfm_with(self.model.rfm, key.removeprefix("rfm."), row))
        else:
            self.put_param(self.new(row, key))

    def put_param(self, param: t.Param) -> None:
        self.model = replace(self.model, params={**self.model.params, param.key: param})

    def take_model(self, row: Row) -> None:
        key = row.needed("value")
        word = row.text("name") or key
        name = self.base.name if key == self.base.key and word in self.base.name.all() else Name(word, word, word)
        source = row.text("source") if row.has("source") else self.base.source
        self.model = replace(self.model, key=key, name=name, source=source, start=row.date_or("start", self.base.start))

    def changed(self, row: Row, param: t.Param) -> t.Param:
        source = row.text("source") or param.source
        return replace(param, value=param_value(row, param), source=source, start=row.date_or("start", param.start))

    def new(self, row: Row, key: str) -> t.Param:
        """A parameter the base does not know: a manager's own, unless it looks like a misspelt one."""
        near = nearest(key, self.absent)
        if near:
            raise row.error("model.sheet_param_near", "param", value=key, near=near)
        word = row.text("name") or key
        number = number_of(row.cell("value")) if row.needed("value") else None
        value: t.ParamValue = row.text("value") if number is None else whole_or_decimal(number)
        unit = row.text("unit")
        known = next((each for each, name in UNITS.items() if each and unit in name.all()), unit)
        start = row.date_or("start", self.base.start)
        return t.Param(key, value, Name(word, word, word), known, row.text("source"), start)


def param_value(row: Row, param: t.Param) -> t.ParamValue:
    """The value cell in the kind the parameter has."""
    if param.choices:
        return row.choice("value", param_choices(param))
    if isinstance(param.value, bool):
        return row.flag("value", param.value)
    if isinstance(param.value, str):
        return row.needed("value")
    return whole_or_decimal(row.number_needed("value"))


def rfm_with(rfm: t.Rfm, entry: str, row: Row) -> t.Rfm:
    """The RFM settings with one of them read from the row."""
    if entry.startswith("breaks."):
        letter = entry.removeprefix("breaks.")
        words = [word for word in text_of(row.cell("value")).replace("，", ",").replace("、", ",").split(",") if word]
        numbers = [number_of(word) for word in words]
        if None in numbers:
            raise row.error("model.sheet_number", "value", value=row.text("value"))
        edges = tuple(number for number in numbers if number is not None)
        return replace(rfm, breaks={**rfm.breaks, letter: edges})
    if entry in _WHOLE:
        return replace(rfm, **{entry: row.whole_needed("value")})  # type: ignore[arg-type]  # the entry's own kind of value
    if entry == "window":
        return replace(rfm, window=row.needed("value"))
    return replace(rfm, **{entry: row.choice("value", choices(f"rfm_{entry}"))})  # type: ignore[arg-type]  # the entry's own kind of value


def whole_or_decimal(number: Decimal) -> int | Decimal:
    return int(number) if number == int(number) else number
