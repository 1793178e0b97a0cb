"""Rows of a query as sheet XML, put together by the engine: no value of them ever becomes an object in Python.

The XML is the same as that of `cell_rows`, in a quarter of the time. What is not written as it stands (letters that XML
or Excel would take otherwise, numbers a workbook cannot hold) is handed over behind a mark and written by `rest_maker`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..engine import Engine, quoted, text_literal
from .cells import EPOCH_DAY, EXACT_WHOLE, LONGEST_TEXT, column_letters, look_of, rest_maker

AT_ONCE = 200
"""Rows handed over at a time."""
_WHOLE = frozenset({"BIGINT", "INTEGER", "SMALLINT", "TINYINT"})
_KNOWN = _WHOLE | {"VARCHAR", "DOUBLE", "DATE"}
_PLAINLY = (1e-4, 1e15)
"""Numbers between them the engine writes digit by digit like Python; those beyond with an exponent."""
_ODD = r"[&<>\x00-\x1f\x7f-\x9f\x{FFFE}\x{FFFF}]|_x|^[\s\pZ=+\-@]|[\s\pZ]$"
"""Texts that may not stand in a cell as they are, or that look like a formula; some that may are among them."""
_MARKED = re.compile("\x01([TN])([0-9]+),([0-9]+),([^\x02]*)\x02")


@dataclass(frozen=True)
class EngineRows:
    """The rows of a query, read when the sheet is written: the relations must be there until then.

    Args:
        source: what stands behind FROM.
        columns: a column's SQL -> its type, each of `_KNOWN`.
        order: what stands behind ORDER BY; it tells every row from every other.
    """

    engine: Engine
    source: str
    columns: Sequence[tuple[str, str]]
    order: str
    count: int

    def __len__(self) -> int:
        return self.count

    def xml(self, first_row: int, styles: Sequence[tuple[str, str]]) -> Iterator[bytes]:
        """The rows as XML, some hundred at a time.

        Args:
            first_row: number of the first row, counted from 1.
            styles: of each column the style index and the one for text that looks like a formula, as in `look_of`.
        """
        named = ", ".join(f"{sql} AS c{place}" for place, (sql, _) in enumerate(self.columns))
        cells = ", ".join(
            _cell(place, kind, *look) for (place, (_, kind)), look in zip(enumerate(self.columns), styles, strict=True)
        )
        makers = [rest_maker(*look) for look in styles]
        number = f"ROW_NUMBER() OVER (ORDER BY {self.order}) + {first_row - 1}"
        numbered = f"SELECT {named}, {number} AS n FROM {self.source}"
        asked = (
            f"""SELECT concat('<row r="', r, '">', {cells}, '</row>') AS line """
            f"FROM (SELECT *, CAST(n AS VARCHAR) AS r FROM ({numbered})) ORDER BY n"
        )
        seen = 0
        for some in self.engine.batches(asked, AT_ONCE):
            seen += len(some)
            lines = "".join([line for (line,) in some])
            yield (_MARKED.sub(_written(makers), lines) if "\x01" in lines else lines).encode("utf-8")
        assert seen == self.count, f"{seen} of {self.count} rows: something else was asked meanwhile"


def engine_rows(
    engine: Engine, source: str, columns: Mapping[str, tuple[str, str]], order: str
) -> EngineRows | Sequence[Sequence[object]]:
    """The rows of a query as the engine writes them, or as they are where it cannot write all their types.

    Args:
        columns: name -> SQL and type.
    """
    if {kind for _, kind in columns.values()} <= _KNOWN:
        return EngineRows(engine, source, list(columns.values()), order, engine.value(f"SELECT count(*) FROM {source}"))
    told = ", ".join(f"{sql} AS {quoted(name)}" for name, (sql, _) in columns.items())
    return engine.rows(f"SELECT {told} FROM {source} ORDER BY {order}")


def _cell(place: int, kind: str, style: str, quote: str) -> str:
    """SQL for the XML of a cell of column `c<place>` in row `r`."""
    value, look, letters = f"c{place}", look_of(style, quote), column_letters(place)
    lead = text_literal(f'<c r="{letters}')
    blank = f"concat({lead}, r, {text_literal(f'{look.blank}/>')})" if style else "NULL"
    if kind == "VARCHAR":
        told = f"concat({lead}, r, {text_literal(f'{look.words}<is><t>')}, {value}, '</t></is></c>')"
        odd = f"regexp_matches({value}, '{_ODD}') OR length({value}) > {LONGEST_TEXT}"
        marked = f"concat(chr(1), 'T{place},', r, ',', hex({value}), chr(2))"
        return f"CASE WHEN {value} IS NULL OR {value} = '' THEN {blank} WHEN {odd} THEN {marked} ELSE {told} END"
    shown = f"date_diff('day', DATE '{EPOCH_DAY}', {value})" if kind == "DATE" else value
    told = f"concat({lead}, r, {text_literal(look.number)}, {shown}, '</v></c>')"
    if kind == "DATE":
        return f"CASE WHEN {value} IS NULL THEN {blank} ELSE {told} END"
    small, large = _PLAINLY
    plain = f"{value} BETWEEN -{EXACT_WHOLE} AND {EXACT_WHOLE}" if kind in _WHOLE else (
        f"{value} = 0 OR abs({value}) BETWEEN {small} AND {large}"
    )  # fmt: skip
    marked = f"concat(chr(1), 'N{place},', r, ',', {value}, chr(2))"
    return f"CASE WHEN {value} IS NULL THEN {blank} WHEN {plain} THEN {told} ELSE {marked} END"


def _written(makers: Sequence[Callable[[object], str]]) -> Callable[[re.Match[str]], str]:
    """A marked cell -> its XML."""

    def cell(found: re.Match[str]) -> str:
        kind, place, row, told = found.groups()
        value: object = bytes.fromhex(told).decode("utf-8") if kind == "T" else _number(told)
        xml = makers[int(place)](value)
        return f'<c r="{column_letters(int(place))}{row}{xml}' if xml else ""

    return cell


def _number(told: str) -> float:
    """A number as the engine wrote it."""
    return int(told) if told.lstrip("-").isdigit() else float(told)
