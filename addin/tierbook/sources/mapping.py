"""`--map amount=成交额`: the headers a person names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import UsageError
from ..schema import DELIVERABLE
from .headers import nearest, normal


def parse_mapping(settings: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """Read `[table.]column=header` settings.

    A column is named by its key or by its name in any language; a later setting wins.

    Returns:
        table key, or "*" where none was named, -> canonical column -> header.
    Raises:
        UsageError: not of that form, or no such table or column (the nearest is named).
    """
    found: dict[str, dict[str, str]] = {}
    for setting in settings:
        left, equals, header = setting.partition("=")
        if not equals or not left.strip() or not header.strip():
            raise UsageError("sources.bad_mapping", setting=setting)
        table, dot, column = left.strip().rpartition(".")
        table = _table_key(table, setting) if dot else "*"
        found.setdefault(table, {})[_column_key(column, table, setting)] = header.strip()
    return found


def _table_key(word: str, setting: str) -> str:
    for table in DELIVERABLE.values():
        if normal(word) in {normal(spelling) for spelling in (table.key, *table.name.all())}:
            return table.key
    raise UsageError("sources.unknown_table", setting=setting, table=word, nearest=nearest(word, DELIVERABLE))


def _column_key(word: str, table: str, setting: str) -> str:
    columns = [column for each in DELIVERABLE.values() if table in ("*", each.key) for column in each.columns]
    for column in columns:
        if normal(word) in {normal(spelling) for spelling in (column.key, *column.name.all())}:
            return column.key
    raise UsageError(
        "sources.unknown_column",
        setting=setting,
        column=word,
        nearest=nearest(word, [column.key for column in columns]),
    )
