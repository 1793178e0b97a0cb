"""Order lines seen together: cancelling orders, returned orders, repeated lines, orders of two customers."""

from __future__ import annotations

from ..engine import Engine, quoted
from .findings import cell_of, record_aside, record_notices
from .reading import Delivered
from .repeats import later_rows, repeat_rows, repeated_hashes, surely_unique

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


def repeated_lines(
    engine: Engine, delivered: Delivered, *, drop_identical: bool, returned: str = ""
) -> tuple[list[str], bool]:
    """Set repeated line numbers aside; report (or set aside) lines identical in everything that is read.

    Args:
        returned: relation of rows set aside already, '' for none.
    Returns:
        relations of rows set aside, and whether every order surely has one line.
    """
    identified = delivered.has("order_id")
    left = "reason IS NULL"
    if returned:
        left += f" AND source_row NOT IN (SELECT source_row FROM {quoted(returned)})"
    if identified and _one_line_each(engine, delivered, left):
        return [], True
    asides = []
    numbered = delivered.has("order_id", "line_no")
    if numbered:
        fit = f"{left} AND line_no IS NOT NULL AND NOT starts_with(CAST(order_id AS VARCHAR), '{OWN}')"
        keys = ("order_id", "line_no")
        if repeat_rows(engine, delivered.read, keys, fit, delivered.rows, "aside_duplicates"):
            asides.append("aside_duplicates")
            value = cell_of(delivered.read, "aside_duplicates", "line_no")
            record_aside(engine, "orders", "aside_duplicates", "duplicate_line", "line_no", value)
    if _identical_lines(engine, delivered, left, numbered=numbered):
        record = record_aside if drop_identical else record_notices
        record(engine, "orders", "aside_identical", "identical_line", "order_id" if identified else "date", "place")
        asides += ["aside_identical"] if drop_identical else []
    return asides, not identified


def _one_line_each(engine: Engine, delivered: Delivered, left: str) -> bool:
    """Whether no order id repeats. Where some do, report those that two customers share, and make `lines_together`:
    one row per line of such an order; source_row, hashes of the order, the customer and everything that is read."""
    if delivered.shapes["order_id"] == "whole" and surely_unique(engine, delivered.tidy, "order_id"):
        return True
    fit = f"FROM {quoted(delivered.read)} WHERE {left}"
    if not repeated_hashes(engine, f"SELECT hash(order_id) AS h {fit}", delivered.rows, "repeated_orders"):
        return True
    keys = ", ".join(map(quoted, _read_keys(delivered)))
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE lines_together AS SELECT source_row, hash(order_id) AS of_order, "
        f"hash(customer_key) AS of_customer, hash({keys}) AS of_line {fit} "
        "AND hash(order_id) IN (SELECT h FROM repeated_orders)"
    )
    engine.execute("DROP TABLE repeated_orders")
    shared = engine.execute(
        "CREATE OR REPLACE TEMP TABLE shared_orders AS SELECT of_order FROM lines_together "
        "GROUP BY of_order HAVING min(of_customer) <> max(of_customer)"
    )
    if shared:
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE orders_of_two AS SELECT min(source_row) AS source_row, order_id {fit} "
            "AND hash(order_id) IN (SELECT of_order FROM shared_orders) "
            "GROUP BY order_id HAVING min(customer_id) <> max(customer_id)"
        )
        record_notices(engine, "orders", "orders_of_two", "order_two_customers", "order_id", "order_id")
    return False


def _identical_lines(engine: Engine, delivered: Delivered, left: str, *, numbered: bool) -> int:
    """Make `aside_identical` (source_row, place: the value that says where to look) of lines that say again what an
    earlier one says; how many."""
    keys, fit = _read_keys(delivered), left + (" AND line_no IS NULL" if numbered else "")
    if delivered.has("order_id"):
        place = "order_id"
        lines = (
            "SELECT source_row FROM lines_together WHERE of_line IN "
            "(SELECT of_line FROM lines_together GROUP BY of_line HAVING count(*) > 1)"
        )
        if not engine.execute(f"CREATE OR REPLACE TEMP TABLE lines_alike AS {lines}"):
            return 0
        fit += " AND source_row IN (SELECT source_row FROM lines_alike)"
    else:
        place, columns = "date", ", ".join(map(quoted, keys))
        hashes = f"SELECT hash({columns}) AS h FROM {quoted(delivered.read)} WHERE {fit}"
        if not repeated_hashes(engine, hashes, delivered.rows, "lines_alike"):
            return 0
        fit += f" AND hash({columns}) IN (SELECT h FROM lines_alike)"
    besides = f"source_row, CAST({quoted(place)} AS VARCHAR) AS place"
    return later_rows(engine, delivered.read, keys, fit, "aside_identical", besides=besides)


def _read_keys(delivered: Delivered) -> list[str]:
    """The columns in which identical lines agree: everything that is read of a line."""
    return [
        column.key
        for column in delivered.table.columns
        if column.key == "amount" or (delivered.has(column.key) and column.key != "unit_price")
    ]
