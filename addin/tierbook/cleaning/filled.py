"""Customers completed: places, industry codes, and what history says of sizes and titles.

Every value that nobody wrote into its cell stands in `filled` (customer_id, column_key, value, told_by, evidence):
told_by is the column or table that told it, evidence its words where that helps (a note, 23/25 alike).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..engine import Engine, quoted, text_literal
from .industry import Coded, coded
from .places import places_in
from .reading import Delivered
from .regions import Standing, Written, standing
from .survey import FEW, different_texts

ADDRESS_HEAD = 9
"""Letters of an address that are read (江苏省苏州市工业园), so that a million addresses are few different texts."""
FROM, FROM_FIELD = "__from", "_from"
"""End the name of the column, of the field, that says from where another was filled."""
SAYS = dict.fromkeys(("customer_id", "column_key", "value", "told_by", "evidence"), "VARCHAR")


def begin(engine: Engine) -> None:
    """Nothing is filled yet."""
    engine.drop("filled")
    engine.put("filled_singly", SAYS, ())
    engine.execute("CREATE TEMP VIEW filled AS SELECT * FROM filled_singly")


@dataclass(frozen=True)
class Lookup:
    """A table of what distinct texts mean: `on` joins it to k, `values` are columns made of it, by name."""

    table: str
    on: str
    values: Mapping[str, str]


def complete(engine: Engine, delivered: Delivered, relation: str, keys: Sequence[str]) -> list[str]:
    """Put region, province, city, industry and industry_code into the delivered customers of `relation`.

    The relation (source_row and the columns `keys`) is made anew; distinct texts are read once and joined back.

    Returns:
        `keys` and the schema columns that were added.
    """
    _note_merged(engine, delivered, relation, keys)
    lookups = [made for made in (_places(engine, delivered, relation), _industry(engine, delivered, relation)) if made]
    if not lookups:
        return list(keys)
    values = {key: sql for lookup in lookups for key, sql in lookup.values.items()}
    listed = [*keys, *(key for key in values if key not in keys)]
    columns = ", ".join(f"{values.get(key, 'k.' + quoted(key))} AS {quoted(key)}" for key in listed)
    joins = " ".join(f"LEFT JOIN {lookup.table} ON {lookup.on}" for lookup in lookups)
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {quoted(relation)} AS SELECT k.source_row, {columns} "
        f"FROM {quoted(relation)} AS k {joins}"
    )
    filled = [key for key in values if not key.endswith(FROM)]
    union = " UNION ALL ".join(
        f"SELECT customer_id, {text_literal(key)}, {quoted(key)}, {quoted(key + FROM)}, NULL FROM {quoted(relation)} "
        f"WHERE {quoted(key + FROM)} <> ''"
        for key in filled
    )
    engine.drop("filled")
    engine.execute(f"CREATE TEMP VIEW filled AS SELECT * FROM filled_singly UNION ALL {union}")
    return [key for key in listed if not key.endswith(FROM)]


def _note_merged(engine: Engine, delivered: Delivered, relation: str, keys: Sequence[str]) -> None:
    """What a merge put into the blanks of the row that stays."""
    if not engine.value("SELECT count(*) FROM findings WHERE severity = 'merged' AND table_key = 'customers'"):
        return
    for key in keys:
        name = quoted(key)
        engine.execute(
            f"INSERT INTO filled_singly SELECT k.customer_id, {text_literal(key)}, CAST(k.{name} AS VARCHAR), "
            f"'merged', NULL FROM {quoted(relation)} AS k JOIN {quoted(delivered.read)} AS r "
            f"ON r.source_row = k.source_row WHERE k.{name} IS NOT NULL AND r.{name} IS NULL"
        )


def _places(engine: Engine, delivered: Delivered, relation: str) -> Lookup | None:
    """What each combination of region, province, city and the beginning of the address means."""
    given = [key for key in ("province", "city", "address") if delivered.has(key)]
    texts = _place_texts(engine, delivered)
    if not given and not texts:
        return None
    cells = {key: f"k.{key}" if key != "address" else f"left(k.address, {ADDRESS_HEAD})" for key in given}
    if delivered.has("region"):
        cells["region"] = "k.region"
    if texts:
        listed = ", ".join(map(text_literal, texts))
        cells["region_text"] = (
            f"(SELECT r.region FROM {quoted(delivered.tidy)} AS r WHERE r.source_row = k.source_row "
            f"AND r.region IN ({listed}))"
        )
    return _looked_up(engine, relation, "place_words", cells, _standing, Standing._fields)


def _standing(cells: Mapping[str, str | None]) -> Standing:
    return standing(Written(**cells))


def _place_texts(engine: Engine, delivered: Delivered) -> list[str]:
    """Texts of the region column that name a province or city rather than a region."""
    if not delivered.is_text("region"):
        return []
    found = engine.rows(different_texts("region", delivered.tidy, FEW + 1))
    texts = [text for (text,) in found] if len(found) <= FEW else []
    return sorted(text for text in texts if places_in(text, alone=True))


def _industry(engine: Engine, delivered: Delivered, relation: str) -> Lookup | None:
    """What each combination of industry and industry code means."""
    cells = {key: f"k.{key}" for key in ("industry", "industry_code") if delivered.has(key)}
    return _looked_up(engine, relation, "industry_words", cells, _coded, Coded._fields) if cells else None


def _coded(cells: Mapping[str, str | None]) -> Coded:
    return coded(cells.get("industry"), cells.get("industry_code"))


def _looked_up(
    engine: Engine,
    relation: str,
    table: str,
    cells: Mapping[str, str],
    read: Callable[[Mapping[str, str | None]], tuple[str | None, ...]],
    fields: Sequence[str],
) -> Lookup:
    """Read every distinct combination of `cells` (name -> SQL over k) once into `table`, and report doubts."""
    found = engine.rows(f"SELECT DISTINCT {', '.join(cells.values())} FROM {quoted(relation)} AS k")
    rows = [(*row, *read(dict(zip(cells, row, strict=True)))) for row in sorted(found, key=_sortable)]
    engine.put(table, dict.fromkeys([*(f"in_{key}" for key in cells), *fields], "VARCHAR"), rows)
    on = " AND ".join(f"{table}.in_{key} IS NOT DISTINCT FROM {sql}" for key, sql in cells.items())
    for column in sorted({row[-1] for row in rows} - {""}):
        told = cells.get("region_text" if column == "region" else column, "NULL")
        engine.execute(
            f"INSERT INTO findings SELECT check_key, 'notice', 'customers', k.source_row, column_key, {told} "
            f"FROM {quoted(relation)} AS k JOIN {table} ON {on} WHERE column_key = {text_literal(column)}"
        )
        if column == "region":  # which of several places is the one thing to ask about the cell
            engine.execute(
                "DELETE FROM findings WHERE check_key = 'unknown_choice' AND column_key = 'region' AND source_row IN "
                "(SELECT source_row FROM findings WHERE check_key = 'place_ambiguous' AND column_key = 'region')"
            )
    values = [field for field in fields if field + FROM_FIELD in fields]
    return Lookup(table, on, {key: f"{table}.{key}" for key in values}
                  | {key + FROM: f"{table}.{key}{FROM_FIELD}" for key in values})  # fmt: skip


def _sortable(row: Sequence[str | None]) -> list[str]:
    return [cell or "" for cell in row]
