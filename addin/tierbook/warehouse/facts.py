"""Cleaned facts in a warehouse: Parquet or tables that hold canonical columns, as `tierbook clean` writes them.

They are in display units: money in currency units of the book, quantities in pieces, choices by their keys, dates as
dates. Rows that cannot count (no customer, no date, no amount, cancelled, after the day) are set aside and counted;
what would make every answer doubtful (a missing column, a word nobody knows, a customer twice) is refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..engine import date_literal, quoted, text_literal
from ..errors import WarehouseError
from ..schema import MONEY_SCALE, QUANTITY_SCALE, SQL_TYPE, TABLES, Column, Table
from .spark import SparkEngine

SCORED = ("customers", "orders", "interactions", "feedback", "referrals", "renewals")
"""Tables the steps read."""
_BESIDES = {"orders": ("order_id",)}
"""Columns needed although a file may lack them: there its row numbers stand in, which a warehouse has none of."""
_DAY = {"orders": "date", "interactions": "date", "feedback": "date", "referrals": "date", "renewals": "due_date"}
_MAY_LIE_AHEAD = ("renewals",)
_SCALE = {"money": MONEY_SCALE, "quantity": QUANTITY_SCALE}
_SHOWN = {"money": "DECIMAL(18, 2)", "quantity": "DECIMAL(18, 3)"}
_EXACT = "DECIMAL(38, 6)"
_SPARK = {"VARCHAR": "STRING"}
_WHOLE = ("bigint", "int", "smallint", "tinyint")
_PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class Opened:
    """One table: rows delivered and kept, reason -> rows set aside, and letters that change with the content."""

    delivered: int
    kept: int
    set_aside: Mapping[str, int]
    fingerprint: str


@dataclass(frozen=True)
class Policy:
    """What the model says of orders. `returns`: net, ignore, exclude_order; `currency`: the book's, such as CNY."""

    returns: str
    currency: str


def shown_columns(table: Table, currency: str) -> str:
    """Select list that brings a cleaned relation of the embedded engine into display units and the book's currency.

    Cleaning has turned all money into that currency, so it is the one the orders name now.
    """
    return ", ".join(
        f"CASE WHEN currency IS NOT NULL THEN {text_literal(currency)} END AS currency"
        if column.key == "currency"
        else f"CAST({quoted(column.key)} / {_SCALE[column.kind]} AS {_SHOWN[column.kind]}) AS {quoted(column.key)}"
        if column.kind in _SCALE
        else quoted(column.key)
        for column in _columns(table)
    )


def open_facts(engine: SparkEngine, places: Mapping[str, str], as_of: dt.date, policy: Policy) -> dict[str, Opened]:
    """Make the canonical relations the steps read; tables nobody delivered are there and empty.

    Args:
        places: table -> a Parquet file or folder (any address Spark reads), or the name of a table in its catalog.
    Raises:
        WarehouseError: a place cannot be read, lacks a column, or holds what no canonical table holds.
    """
    opened: dict[str, Opened] = {}
    ids: list[str] = []
    for key in SCORED[1:]:
        if key not in places:
            _make_empty(engine, TABLES[key], key)
            continue
        opened[key] = _open(engine, TABLES[key], places[key], key, _reasons(key, as_of, policy.returns))
        ids += [f"SELECT `{column}` AS customer_id FROM `{key}`" for column in _ids(TABLES[key])]
    if "orders" in places:
        _refuse_uncleaned(engine, places["orders"], policy)
    if "customers" in places:
        known = _open(engine, TABLES["customers"], places["customers"], "known_customers", _reasons("customers", as_of))
        opened = {"customers": known, **opened}
        _refuse_repeated(engine, places["customers"])
    else:
        _make_empty(engine, TABLES["customers"], "known_customers")
    engine.make("customers", _everybody(ids))
    return opened


def _columns(table: Table) -> list[Column]:
    return [column for column in table.columns if column.key != "unit_price"]


def _ids(table: Table) -> list[str]:
    return [column.key for column in table.columns if column.required and column.kind == "id"]


def _type(column: Column) -> str:
    kind = SQL_TYPE[column.kind]
    return _SPARK.get(kind, kind)


def _make_empty(engine: SparkEngine, table: Table, name: str) -> None:
    nothing = ", ".join(f"CAST(NULL AS {_type(column)}) AS `{column.key}`" for column in _columns(table))
    returned = ", 0 AS is_return" if table.key == "orders" else ""
    engine.make(name, f"SELECT {nothing}{returned} WHERE 1 = 0", kept=False)


# -- one table -----------------------------------------------------------------------------------------------------


def _open(engine: SparkEngine, table: Table, place: str, name: str, reasons: Mapping[str, str]) -> Opened:
    """Make a canonical relation of the rows that count, and tell where the others went."""
    frame = engine.read(_address(place))
    types = {key.lower(): str(kind) for key, kind in frame.dtypes}
    needed = [column.key for column in table.columns if column.required]
    missing = [key for key in (*needed, *_BESIDES.get(table.key, ())) if key not in types]
    if missing:
        raise WarehouseError("warehouse.no_column", where=place, missing="、".join(missing), has="、".join(types)[:300])
    raw, judged = f"raw_{table.key}", f"judged_{table.key}"
    engine.keep(raw, frame, kept=False)
    cases = " ".join(f"WHEN {when} THEN {text_literal(reason)}" for reason, when in reasons.items())
    engine.make(judged, f"SELECT *, CASE {cases} END AS reason FROM ({_typed(table, types, raw)}) AS t", kept=False)
    counted = _counted(engine, table, judged, place)
    listed = ", ".join(f"`{column.key}`" for column in _columns(table))
    engine.make(name, f"SELECT {_signed(table, listed)} FROM {judged} WHERE reason IS NULL", kept=False)
    return counted


def _address(place: str) -> str:
    """What Spark is asked for: a path of this machine in full, any other address as it is.

    Raises:
        WarehouseError: a file of another kind.
    """
    path = Path(place)
    if path.is_file() and path.suffix.lower() not in _PARQUET:
        raise WarehouseError("warehouse.only_parquet", where=place)
    return path.absolute().as_uri() if path.exists() else place


def _typed(table: Table, types: Mapping[str, str], raw: str) -> str:
    """Canonical columns in their types and whole units; a column that is not there holds NULLs."""
    columns = [
        f"{_value(column, types[column.key])} AS `{column.key}`"
        if column.key in types
        else f"CAST(NULL AS {_type(column)}) AS `{column.key}`"
        for column in _columns(table)
    ]
    if table.key == "orders":
        told = " OR ".join(["amount < 0", *(["status = 'returned'"] if "status" in types else [])])
        marked = "CAST(is_return AS BIGINT)" if "is_return" in types else f"CASE WHEN {told} THEN 1 ELSE 0 END"
        columns.append(f"{marked} AS is_return")
    return f"SELECT {', '.join(columns)} FROM {raw}"


def _value(column: Column, kind: str) -> str:
    name = f"`{column.key}`"
    if column.kind in _SCALE:
        return f"CAST(ROUND(CAST({name} AS {_EXACT}) * {_SCALE[column.kind]}) AS BIGINT)"
    if column.key == "order_id" and kind in _WHOLE:
        return name
    if column.kind in ("id", "text", "choice"):
        return f"NULLIF(TRIM(CAST({name} AS STRING)), '')"
    return f"CAST({name} AS {_type(column)})"


def _signed(table: Table, listed: str) -> str:
    """A returned line takes money and pieces away, whatever sign it came with."""
    if table.key != "orders":
        return listed
    for key in ("amount", "quantity", "cost"):
        listed = listed.replace(f"`{key}`", f"CASE WHEN is_return = 1 THEN -ABS(`{key}`) ELSE `{key}` END AS `{key}`")
    return f"{listed}, is_return"


def _reasons(table: str, as_of: dt.date, returns: str = "net") -> dict[str, str]:
    """Why a row is set aside, the first that holds; the keys are cleaning's."""
    found = {"no_customer": " OR ".join(f"`{key}` IS NULL" for key in _ids(TABLES[table]))}
    if table == "orders":
        found["cancelled"] = "status = 'cancelled'"
    if table in _DAY:
        found["no_date"] = f"`{_DAY[table]}` IS NULL"
        if table not in _MAY_LIE_AHEAD:
            found["future"] = f"`{_DAY[table]}` > {date_literal(as_of)}"
    if table == "orders":
        found["no_amount"] = "amount IS NULL"
        if returns == "ignore":
            found["return_ignored"] = "is_return = 1"
    return found


def _counted(engine: SparkEngine, table: Table, judged: str, place: str) -> Opened:
    """One look at all rows: how many by reason, their fingerprint, and words that are no choice's key.

    Raises:
        WarehouseError: a closed list holds a word nobody knows.
    """
    closed = [column for column in _columns(table) if column.choices]
    words = [f"MIN(CASE WHEN `{column.key}` NOT IN ({_keys(column)}) THEN `{column.key}` END)" for column in closed]
    hashed = ", ".join(f"`{column.key}`" for column in _columns(table))
    asked = ", ".join(["reason", "COUNT(*)", f"SUM(CAST(XXHASH64({hashed}) AS DECIMAL(38, 0)))", *words])
    groups = engine.native(f"SELECT {asked} FROM {judged} GROUP BY reason ORDER BY reason NULLS FIRST", place)
    for column, *found in zip(closed, *(group[3:] for group in groups), strict=True):
        if unknown := [word for word in found if word is not None]:
            raise WarehouseError("warehouse.unknown_word", where=place, column=column.key, word=unknown[0])
    aside = {str(reason): rows for reason, rows, *_ in groups if reason is not None}
    delivered = sum(group[1] for group in groups)
    told = ";".join(f"{group[0]}:{group[1]}:{group[2]}" for group in groups)
    letters = hashlib.blake2b(told.encode(), digest_size=16).hexdigest()
    ordered = dict(sorted(aside.items(), key=lambda each: (-each[1], each[0])))
    return Opened(delivered, delivered - sum(aside.values()), ordered, letters)


def _keys(column: Column) -> str:
    return ", ".join(text_literal(choice.key) for choice in column.choices)


def _refuse_uncleaned(engine: SparkEngine, place: str, policy: Policy) -> None:
    """What cleaning by this model would not have left.

    Raises:
        WarehouseError: money in another currency, or returned lines where their orders shall not count at all.
    """
    home = text_literal(policy.currency.upper())
    strange = f"SELECT MIN(CASE WHEN UPPER(currency) <> {home} THEN currency END), MAX(is_return) FROM orders"
    currency, returned = engine.native(strange, place)[0]
    if currency:
        raise WarehouseError("warehouse.foreign_money", where=place, currency=currency, home=policy.currency)
    if returned and policy.returns == "exclude_order":
        raise WarehouseError("warehouse.returns_left")


# -- everybody -----------------------------------------------------------------------------------------------------


def _refuse_repeated(engine: SparkEngine, place: str) -> None:
    """A customer in two rows would have two of everything.

    Raises:
        WarehouseError: there is one; it is named.
    """
    repeated = "SELECT customer_id FROM known_customers GROUP BY customer_id HAVING COUNT(*) > 1"
    if found := engine.native(f"{repeated} ORDER BY customer_id LIMIT 1", place):
        raise WarehouseError("warehouse.customer_twice", where=place, customer_id=found[0][0])


def _everybody(ids: Sequence[str]) -> str:
    """One row per customer: those known, and those met only in facts, of whom nothing but the id is known."""
    columns = _columns(TABLES["customers"])
    known = f"SELECT {', '.join(f'`{column.key}`' for column in columns)} FROM known_customers"
    if not ids:
        return known
    blank = [
        "met.customer_id" if column.key == "customer_id" else f"CAST(NULL AS {_type(column)})" for column in columns
    ]
    return (
        f"{known} UNION ALL SELECT {', '.join(blank)} "
        f"FROM (SELECT DISTINCT customer_id FROM ({' UNION ALL '.join(ids)}) AS every) AS met "
        "LEFT ANTI JOIN known_customers AS known ON known.customer_id = met.customer_id"
    )


def fingerprint_of(opened: Mapping[str, Any]) -> str:
    """12 hex letters that change when any delivered table changes; the order of rows does not matter."""
    told = "".join(f"{table}:{opened[table].fingerprint};" for table in sorted(opened))
    return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()
