"""Which header is which canonical column.

A header matches a column by the column's key or name in any language, else by one of its words
(`schema.Column.words`), else by either once the text in brackets is left out. Letters' case, width,
spaces, underscores and punctuation do not matter. Each column takes one header and each header serves
one column; the better match wins, then the earlier word, then the earlier header.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ..errors import SourceError
from ..labels import Name
from ..schema import DELIVERABLE, Column

HEADER_SEARCH = 30
"""The header is looked for among so many first rows: titles and notes may stand above it."""

INSTEAD = {("orders", "amount"): ("unit_price", "quantity")}
"""A required column that others together can replace."""

MONEY_UNITS = {
    "万元": "万", "万": "万", "萬元": "万", "千元": "千", "亿元": "亿", "億元": "亿",
    "usd": "USD", "us$": "USD", "$": "USD", "美元": "USD", "eur": "EUR", "€": "EUR", "欧元": "EUR", "歐元": "EUR",
    "hkd": "HKD", "港币": "HKD", "港元": "HKD", "港幣": "HKD", "twd": "TWD", "新台币": "TWD", "新臺幣": "TWD",
    "jpy": "JPY", "日元": "JPY", "gbp": "GBP", "£": "GBP", "英镑": "GBP", "英鎊": "GBP",
    "cny": "CNY", "rmb": "CNY", "人民币": "CNY", "人民幣": "CNY",
}  # fmt: skip
"""Units met in brackets of money headers that change what the numbers below mean."""

_BRACKETS = re.compile(r"[(\[{【《〔<].*?[)\]}】》〕>]")


@dataclass(frozen=True)
class Found:
    """Columns recognised in one header row: `places` canonical -> position, `headers` every header by position,
    `units` canonical -> unit that the header puts on its numbers."""

    places: Mapping[str, int]
    headers: tuple[str, ...]
    units: Mapping[str, str]

    @property
    def columns(self) -> dict[str, str]:
        return {key: self.headers[place] for key, place in self.places.items()}

    @property
    def unused(self) -> tuple[str, ...]:
        taken = set(self.places.values())
        return tuple(header for place, header in enumerate(self.headers) if header and place not in taken)


def normal(header: str) -> str:
    """The letters and digits of a header, NFKC and lower case."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", header).lower() if letter.isalnum())


def bare(header: str) -> str:
    """`normal` without what stands in brackets: 金额(元) -> 金额."""
    return normal(_BRACKETS.sub("", unicodedata.normalize("NFKC", header)))


@cache
def _vocabulary(table: str) -> Mapping[str, tuple[tuple[int, int, str], ...]]:
    """Normalised spelling -> (level, rank, canonical column) of everything it can mean."""
    meanings: dict[str, list[tuple[int, int, str]]] = {}
    for column in DELIVERABLE[table].columns:
        spellings = [(0, word) for word in (column.key, *column.name.all())] + [(1, word) for word in column.words]
        for rank, (level, word) in enumerate(spellings):
            meanings.setdefault(normal(word), []).append((level, rank, column.key))
    return {word: tuple(found) for word, found in meanings.items()}


def recognise(table: str, headers: Sequence[str], mapping: Mapping[str, str]) -> Found:
    """Match headers to columns; what `mapping` (canonical -> header) names comes first, missing headers are skipped."""
    vocabulary = _vocabulary(table)
    places: dict[str, int] = {}
    for key, header in mapping.items():
        place = _place_of(header, headers)
        if place is not None:
            places[key] = place
    candidates = sorted(
        (level + 2 * stripped, rank, place, key)
        for place, header in enumerate(headers)
        for stripped, spelling in enumerate((normal(header), bare(header)))
        if spelling
        for level, rank, key in vocabulary.get(spelling, ())
    )
    for _, _, place, key in candidates:
        if key not in places and place not in places.values():
            places[key] = place
    ordered = {c.key: places[c.key] for c in DELIVERABLE[table].columns if c.key in places}
    return Found(ordered, tuple(headers), _units(table, ordered, headers))


def _place_of(header: str, headers: Sequence[str]) -> int | None:
    """Position of a header a person named: as written, else as normalised."""
    stripped = [each.strip() for each in headers]
    if header.strip() in stripped:
        return stripped.index(header.strip())
    normals = [normal(each) for each in headers]
    return normals.index(normal(header)) if normal(header) and normal(header) in normals else None


def _units(table: str, places: Mapping[str, int], headers: Sequence[str]) -> dict[str, str]:
    money = {column.key for column in DELIVERABLE[table].columns if column.kind == "money"} | {"unit_price"}
    units = {}
    for key in money & set(places):
        for inside in _BRACKETS.findall(unicodedata.normalize("NFKC", headers[places[key]])):
            unit = MONEY_UNITS.get(inside[1:-1].strip().lower())
            if unit:
                units[key] = unit
    return units


def header_row(table: str, rows: Sequence[Sequence[str]], mapping: Mapping[str, str]) -> tuple[int, Found] | None:
    """The row with most recognised columns among the first ones, or None where no row has any."""
    found = [(index, recognise(table, row, mapping)) for index, row in enumerate(rows[:HEADER_SEARCH])]
    best = max(found, key=lambda each: (len(each[1].places), -each[0]), default=None)
    return best if best and best[1].places else None


def check_found(table: str, found: Found, mapping: Mapping[str, str], where: str) -> None:
    """Raise where a header named by the user is not there, or a required column is missing.

    Raises:
        SourceError: tells the headers found, the nearest one, and the `--map` that cures it.
    """
    for key, header in mapping.items():
        if _place_of(header, found.headers) is None:
            raise SourceError(
                "sources.no_such_header",
                where=where, header=header, column=key, table=table, nearest=nearest(header, found.headers),
                headers=listed(found.headers),
            )  # fmt: skip
    missing = missing_columns(table, found)
    if missing:
        unused = found.unused or found.headers
        raise SourceError(
            "sources.missing_columns",
            where=where, missing=_named(missing), headers=listed(found.headers),
            cure=" ".join(f"--map {table}.{column.key}={_shell(unused[0])}" for column in missing[:1]),
        )  # fmt: skip


def missing_columns(table: str, found: Found) -> list[Column]:
    return [
        column
        for column in DELIVERABLE[table].columns
        if column.required
        and column.key not in found.places
        and not ((table, column.key) in INSTEAD and all(each in found.places for each in INSTEAD[(table, column.key)]))
    ]


def no_header(table: str, first_row: Iterable[str], where: str) -> SourceError:
    """No row looks like a header of this table: says what was found and which headers would be right."""
    required = [column for column in DELIVERABLE[table].columns if column.required]
    headers = [header for header in first_row if header.strip()]
    return SourceError(
        "sources.no_header",
        where=where, headers=listed(headers), wanted=_named(required), search=HEADER_SEARCH,
        cure=f"--map {table}.{required[0].key}={_shell(headers[0]) if headers else '…'}",
    )  # fmt: skip


def listed(headers: Iterable[str], most: int = 20) -> str:
    shown = [header.strip() for header in headers if header.strip()]
    return "、".join(shown[:most]) + ("…" if len(shown) > most else "")


def nearest(word: str, choices: Iterable[str]) -> str:
    """The choice most like the word, by normalised spelling; the first where none is like it."""
    import difflib

    spelled = {normal(choice): choice.strip() for choice in choices if choice.strip()}
    close = difflib.get_close_matches(normal(word), spelled, n=1, cutoff=0.0)
    return spelled[close[0]] if close else ""


def _named(columns: Sequence[Column]) -> Name:
    def of(index: int) -> list[str]:
        return [f"{column.name.all()[index]} ({column.key})" for column in columns]

    return Name("、".join(of(0)), "、".join(of(1)), ", ".join(of(2)))


def _shell(header: str) -> str:
    header = header.strip()
    return f'"{header}"' if re.search(r"[\s()&;|<>]", header) else header
