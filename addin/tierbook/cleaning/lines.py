"""Order lines seen together: cancelling orders, returned orders, repeated lines, orders of two customers."""

from __future__ import annotations

from ..engine import Engine, quoted
from .findings import cell_of, record_aside, record_notices
from .reading import Delivered
from .repeats import repeat_rows, repeated_hashes, surely_unique

CANCELLATION = "^[Cc][0-9]+$"
"""Order ids of cancelling invoices: C and the number of the order they cancel."""


OWN = "<row "


def own_order(row: str) -> str:
    """SQL for the key of an order that has no id: no id of people's own begins like this."""
    return f"'{OWN}' || {row} || '>'"


def cancelling_orders(engine: Engine, delivered: Delivered) -> bool:
    """Make `cancelling_orders` (order_id, cancelled): ids C123 where 123 is an order too. Whether there are any.

    A C alone says nothing: many companies begin every order number with it.
    """
    if not delivered.is_text("order_id"):
        return False
    tidied = quoted(delivered.tidy)
    begins = "((order_id >= 'C' AND order_id < 'D') OR (order_id >= 'c' AND order_id < 'd'))"
    looks = f"{begins} AND regexp_matches(order_id, '{CANCELLATION}')"
    if not engine.value(f"SELECT bool_or({begins}) FROM {tidied}"):
        return False
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE cancelling_orders AS SELECT order_id, substr(order_id, 2) AS cancelled FROM "
        f"(SELECT DISTINCT order_id FROM {tidied} WHERE {looks}) "
        f"WHERE cancelled IN (SELECT order_id FROM {tidied} WHERE order_id IS NOT NULL)"
    )
    return bool(engine.value("SELECT count(*) FROM cancelling_orders"))


def returned_orders(engine: Engine, delivered: Delivered, *, linked: bool) -> str:
    """Set aside the other lines of every order with a returned line (returns = exclude_order).

    Args:
        linked: `cancelling_orders` is there; the orders they cancel are returned too.
    Returns:
        the relation of the rows set aside, '' where orders have no ids.
    """
    if not delivered.has("order_id"):
        return ""
    read = quoted(delivered.read)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE returned_ids AS "
        f"SELECT DISTINCT CAST(order_id AS VARCHAR) AS order_id FROM {read} WHERE reason = 'return_ignored'"
    )
    if linked:
        engine.execute(
            "INSERT INTO returned_ids SELECT cancelled FROM cancelling_orders "
            "WHERE order_id IN (SELECT order_id FROM returned_ids)"
        )
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE aside_returned AS SELECT source_row, order_id FROM {read} "
        "WHERE reason IS NULL AND CAST(order_id AS VARCHAR) IN (SELECT order_id FROM returned_ids)"
    )
    record_aside(engine, "orders", "aside_returned", "order_returned", "order_id", "order_id")
    return "aside_returned"


def repeated_lines(engine: Engine, delivered: Delivered, *, drop_identical: bool) -> tuple[list[str], bool]:
    """Set repeated line numbers aside; report (or set aside) lines identical in everything that is read.

    Returns:
        relations of rows set aside, and whether every order surely has one line.
    """
    if delivered.has("order_id") and _one_line_each(engine, delivered):
        return [], True
    asides = []
    numbered = delivered.has("order_id", "line_no")
    if numbered:
        fit = f"reason IS NULL AND line_no IS NOT NULL AND NOT starts_with(CAST(order_id AS VARCHAR), '{OWN}')"
        if _repeats(engine, delivered, ("order_id", "line_no"), fit, "aside_duplicates"):
            asides.append("aside_duplicates")
            value = cell_of(delivered.read, "aside_duplicates", "line_no")
            record_aside(engine, "orders", "aside_duplicates", "duplicate_line", "line_no", value)
    keys = [
        column.key
        for column in delivered.table.columns
        if column.key == "amount" or (delivered.has(column.key) and column.key != "unit_price")
    ]
    fit = "reason IS NULL" + (" AND line_no IS NULL" if numbered else "")
    if _repeats(engine, delivered, keys, fit, "aside_identical"):
        record = record_aside if drop_identical else record_notices
        place = "order_id" if delivered.has("order_id") else "date"
        value = cell_of(delivered.read, "aside_identical", place)
        record(engine, "orders", "aside_identical", "identical_line", place, value)
        asides += ["aside_identical"] if drop_identical else []
    return asides, not delivered.has("order_id")


def _one_line_each(engine: Engine, delivered: Delivered) -> bool:
    """Whether no order id repeats; where some do, report those that two customers share."""
    if delivered.shapes["order_id"] == "whole" and surely_unique(engine, delivered.tidy, "order_id"):
        return True
    fit = f"FROM {quoted(delivered.read)} WHERE reason IS NULL"
    repeated_hashes(engine, f"SELECT hash(order_id) AS h {fit}", delivered.rows, "repeated_orders")
    if not engine.value("SELECT count(*) FROM repeated_orders"):
        return True
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE shared_orders AS SELECT h FROM "
        f"(SELECT hash(order_id) AS h, hash(customer_key) AS c {fit} "
        "AND hash(order_id) IN (SELECT h FROM repeated_orders)) GROUP BY h HAVING min(c) <> max(c)"
    )
    if engine.value("SELECT count(*) FROM shared_orders"):
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE orders_of_two AS SELECT min(source_row) AS source_row, order_id {fit} "
            "AND hash(order_id) IN (SELECT h FROM shared_orders) "
            "GROUP BY order_id HAVING min(customer_id) <> max(customer_id)"
        )
        record_notices(engine, "orders", "orders_of_two", "order_two_customers", "order_id", "order_id")
    return False


def _repeats(engine: Engine, delivered: Delivered, keys: list[str] | tuple[str, ...], fit: str, target: str) -> int:
    return repeat_rows(engine, delivered.read, keys, fit, delivered.rows, target)
