"""The rules a book has been scored by, one after the other: which were in force on a day, and what they were.

A version is made when somebody puts rules into force. It holds their whole text, so that any past day can be scored
anew by what held then. Its label is that of the model, from the second on with its number: 2026.1, 2026.1+2.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ..errors import ModelError
from .dump import dump_toml
from .load import load_toml
from .types import Model
from .version import fingerprint

HEAD = ("number", "label", "since", "applied_on", "applied_by", "note", "fingerprint", "sheets", "toml")
"""Columns of the rows a book keeps them in."""
LONGEST = 32_000
"""Letters of one piece of a text: a cell holds 32,767."""


@dataclass(frozen=True)
class Version:
    """Rules put into force.

    `since` is the first day scored by them; who put them into force and when is blank for a book's first ones.
    `sheets` tells the cells of the 模型 sheets at that moment from any others, `toml` is the model.
    """

    number: int
    label: str
    since: dt.date
    fingerprint: str
    toml: str
    sheets: str = ""
    applied_by: str = ""
    applied_on: dt.date | None = None
    note: str = ""

    def model(self) -> Model:
        """The rules, equal to those put into force.

        Raises:
            ModelError, SeveralErrors: this version of tierbook cannot read them.
        """
        return _read(self.toml, self.label)


@lru_cache(maxsize=8)  # a night scores many books by the same rules
def _read(toml: str, label: str) -> Model:
    return load_toml(toml, where=label)


def in_force(versions: Sequence[Version], day: dt.date) -> Version | None:
    """The version by which a day is scored: the latest decision that reaches back to it.

    Days before the first version are scored by it: nothing older is known. None where there is none at all.
    """
    reaching = [one for one in versions if one.since <= day]
    return reaching[-1] if reaching else versions[0] if versions else None


def version_named(versions: Sequence[Version], word: str) -> Version:
    """The version meant by a label (2026.1+2) or a number (2, +2).

    Raises:
        ModelError: there is none; those there are are named.
    """
    wanted = word.strip()
    for one in versions:
        if wanted == one.label:
            return one
    for one in versions:
        if wanted.lstrip("+") == str(one.number):
            return one
    known = [one.label for one in versions]
    raise ModelError("model.no_such_version", version=word, known="、".join(known) or "-")


def with_version(
    versions: Sequence[Version], model: Model, since: dt.date, *,
    sheets: str = "", by: str = "", on: dt.date | None = None, note: str = "",
) -> list[Version]:  # fmt: skip
    """The versions with these rules in force from a day on.

    Rules that are in force already make no new version; where nobody stood for them yet, this one now does.
    """
    mark = fingerprint(model)
    last = versions[-1] if versions else None
    if last is not None and last.fingerprint == mark and last.since <= since:
        if last.applied_by or not by:
            return list(versions)
        return [*versions[:-1], replace(last, applied_by=by, applied_on=on, note=note, sheets=sheets)]
    number = last.number + 1 if last else 1
    label = f"{model.version}+{number}" if number > 1 else model.version
    return [*versions, Version(number, label, since, mark, dump_toml(model), sheets, by, on, note)]


def version_rows(versions: Sequence[Version]) -> list[list[object]]:
    """The rows that keep them: a head, then a row per piece of text.

    The text stands there as a JSON string, so on one line: LibreOffice now and then mixes up the lines of a long cell.
    """
    return [list(HEAD), *(row for one in versions for row in _rows(one))]


def _rows(one: Version) -> Iterator[list[object]]:
    applied_on = one.applied_on.isoformat() if one.applied_on else ""
    told = [f"v{one.number}", one.label, one.since.isoformat(), applied_on, one.applied_by, one.note,
            one.fingerprint, one.sheets]  # fmt: skip
    kept = json.dumps(one.toml, ensure_ascii=False)
    for start in range(0, len(kept), LONGEST):
        yield [*(word or None for word in told), kept[start : start + LONGEST]]


def versions_of(rows: Sequence[Sequence[object]]) -> list[Version]:
    """The versions that rows keep; rows that are damaged are left out.

    A blank at the end of a row may be missing.
    """
    pieces: dict[str, list[Sequence[object]]] = {}
    for row in rows[1:]:
        if row and row[0]:
            pieces.setdefault(str(row[0]), []).append(row)
    found = []
    for number, held in pieces.items():
        _, label, since, on, by, note, mark, sheets, _ = (*(str(cell or "") for cell in held[0]), *[""] * 9)[:9]
        kept = "".join(str(row[8] or "") for row in held if len(row) > 8)
        try:
            toml = json.loads(kept) if kept.startswith('"') else kept
            found.append(
                Version(int(number[1:]), label, dt.date.fromisoformat(since), mark, toml, sheets, by,
                        dt.date.fromisoformat(on) if on else None, note)
            )  # fmt: skip
        except ValueError:
            continue
    return found
