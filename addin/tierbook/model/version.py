"""The stamp of a model: equal rules give equal letters, however they were read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal

from ..labels import Name
from .types import Model


def fingerprint(model: Model) -> str:
    """Twelve hex letters of everything that decides a result or its words.

    40, 40.0 and "40" typed in a cell are the same; the model's own title and the place a rule was read from
    do not count.
    """
    untitled = replace(model, name=Name("", "", ""))
    return hashlib.sha256(_written(untitled).encode()).hexdigest()[:12]


def _written(value: object) -> str:
    """One text per value, the same for equal values."""
    if is_dataclass(value):
        inside = (f"{f.name}={_written(getattr(value, f.name))}" for f in fields(value) if f.name != "where")
        return f"{type(value).__name__}({';'.join(inside)})"
    if isinstance(value, Mapping):
        return "{" + ";".join(f"{key!r}:{_written(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, tuple | list):
        return "[" + ";".join(map(_written, value)) + "]"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return plain(value)
    return repr(value)


def plain(value: int | Decimal) -> str:
    """A number as people write it: 40, 0.5; never 4E+1."""
    return f"{Decimal(value).normalize():f}" if value else "0"
