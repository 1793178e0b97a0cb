"""One TOML table with the path people find it by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, TypeVar

from ..errors import ModelError, TierbookError
from ..labels import Name
from .places import Places
from .words import folded, nearest

T = TypeVar("T")

_WANTED: dict[type, str] = {
    Decimal: "number", int: "whole", str: "text", bool: "flag", list: "list", dt.date: "date",
}  # fmt: skip
_UNSET: Any = object()


def number(value: object) -> Decimal:
    """The number TOML holds.

    Raises:
        TypeError: it is none; nan and inf are none either.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite():
        return value
    raise TypeError(f"not a number: {value!r}")


class Told:
    """The problems of one reading, and the words of whatever was left out because of them."""

    def __init__(self) -> None:
        self.problems: list[TierbookError] = []
        self.left_out: set[str] = set()

    def leave_out(self, error: ModelError, *things: object) -> None:
        self.problems.append(error)
        self.left_out |= {folded(word) for thing in things for word in words_in(thing)}


def words_in(thing: object) -> Iterator[str]:
    """Every text in a value of TOML, however deep."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, list):
        yield from (word for each in thing for word in words_in(each))
    elif isinstance(thing, dict):
        yield from (word for each in thing.values() for word in words_in(each))


class Entry:
    """A table; wrong or missing values become errors that say where.

    Errors inside the items of a collection, and at the top, are told and left out, so that one run tells them all.
    """

    def __init__(self, table: object, path: str, places: Places, told: Told) -> None:
        if not isinstance(table, dict):
            raise ModelError("model.wants_table", where=places.of(path))
        self.table: dict[str, Any] = table
        self.path = path
        self.places = places
        self.told = told
        self.asked: set[str] = set()

    @property
    def where(self) -> str:
        return self.places.of(self.path)

    def place_of(self, key: str) -> str:
        return self.places.of(f"{self.path}.{key}" if self.path else key)

    def wrong(self, key: str, wanted: str) -> ModelError:
        return ModelError(f"model.wants_{wanted}", where=self.place_of(key))

    def inner(self, key: str, table: object) -> Entry:
        """A table inside this one."""
        return Entry(table, f"{self.path}.{key}" if self.path else key, self.places, self.told)

    def raw(self, key: str, default: object = None) -> Any:
        """The value as TOML has it."""
        self.asked.add(key)
        return self.table.get(key, default)

    def get(self, key: str, kind: type[T], default: T = _UNSET) -> T:
        """The value of this kind; without a default it must be there."""
        value = self.raw(key, default)
        if value is _UNSET:
            raise ModelError("model.missing_entry", where=self.where, entry=key)
        if kind is Decimal and isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)  # type: ignore[return-value]  # 40 is as good as 40.0
        endless = isinstance(value, Decimal) and not value.is_finite()
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool) or endless:
            raise self.wrong(key, _WANTED[kind])
        return value

    def edge(self, key: str, default: Decimal | None) -> Decimal | None:
        """A number that may be missing."""
        return self.get(key, Decimal) if key in self.table else default

    def numbers(self, key: str) -> tuple[Decimal, ...]:
        try:
            return tuple(map(number, self.get(key, list)))
        except TypeError:
            raise self.wrong(key, "numbers") from None

    def texts(self, key: str, default: list[str]) -> tuple[str, ...]:
        values = self.get(key, list, default)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(key, "texts")
        return tuple(values)

    def one_of(self, key: str, valid: tuple[str, ...], default: str = _UNSET) -> Any:
        value = self.get(key, str, default)
        if value not in valid:
            raise ModelError("model.not_one_of", where=self.place_of(key), value=value, valid=", ".join(valid))
        return value

    def name(self, key: str = "name", default: Name | None = None) -> Name:
        """Three names, or one text for all languages."""
        value = self.raw(key)
        if value is None:
            if default is None:
                raise ModelError("model.missing_entry", where=self.where, entry=key)
            return default
        if isinstance(value, str):
            return Name(value, value, value)
        if not isinstance(value, list) or len(value) != 3 or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, "names")
        return Name(*value)

    def under(self, key: str) -> Entry:
        """A table inside this one; an absent one is empty."""
        return self.inner(key, self.raw(key, {}))

    def or_told(self, read: Callable[[], T], otherwise: T) -> T:
        """What `read` gives; where it is wrong that is told, and another value taken."""
        try:
            return read()
        except ModelError as error:
            self.told.leave_out(error)
            return otherwise

    def each(self, key: str, build: Callable[[str, Entry], T]) -> Iterator[T]:
        """What `build` makes of every item of a collection; items that are wrong are told and left out."""
        for inner, value in self.under(key).table.items():
            try:
                entry = self.inner(f"{key}.{inner}", value)
                built = build(inner, entry)
                entry.done()
            except ModelError as error:
                self.told.leave_out(error, key, inner, value)
            else:
                yield built

    def done(self) -> None:
        """Refuse entries nobody asked for: a misspelt word must not be silently without effect."""
        for key in self.table.keys() - self.asked:
            near = nearest(key, self.asked)
            label = "model.unknown_entry_near" if near else "model.unknown_entry"
            raise ModelError(label, where=self.where, entry=key, near=near)
