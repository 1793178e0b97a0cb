"""Orders: which lines count, and for how much.

The first reason of this order sets a row aside: no_customer, id_unreadable, cancelled, no_date, bad_date,
future, no_amount, bad_amount, unknown_currency, zero_amount (where the model drops lines worth nothing: a gift is a
purchase otherwise, with a notice), return_ignored; then among the rows left
order_returned, duplicate_line, identical_line.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ..engine import Engine, date_literal, quoted
from ..model.types import Model
from .amounts import RATE, Amounts, Policy, amounts_of, policy_of, thousandths
from .facts import canonical, make_view, record_guessed_dates
from .findings import Doubt, judged, record_noticed, record_reasons
from .lines import cancelling_orders, own_order, repeated_lines, returned_orders
from .money import LARGEST
from .rates import DAILY, make_daily
from .reading import Delivered, SourceLike, can_be_unreadable, date_doubts, id_doubts, optional_doubts, parse


def clean_orders(engine: Engine, source: SourceLike, model: Model, as_of: dt.date) -> None:
    """Make `orders` and record its findings.

    `orders`: one row per line that counts; schema columns without unit_price, and is_return (1 or 0). Order ids
    keep a whole-number type; a row without an order id is an order of its own. A returned line has a negative
    amount. `orders_ids` has the same rows with source_row and customer_id alone, in its raw type where that is
    cheaper. `orders_shape` has one row: one_line_each, 1 where every order surely has one line, else 0.
    """
    policy = policy_of(model)
    if make_daily(engine, policy.currency, as_of):
        policy = replace(policy, daily=DAILY)
    delivered = parse(engine, "orders", source)
    linked = cancelling_orders(engine, delivered)
    amounts = amounts_of(delivered, policy)
    doubts = _doubts(delivered, policy, amounts, date_literal(as_of))
    blank_orders = _has_blank_orders(engine, delivered)
    notices = _notices(delivered, amounts, policy, blank_orders=blank_orders)
    _make_read(engine, delivered, amounts, doubts, notices, linked=linked, blank_orders=blank_orders)
    record_reasons(engine, "orders", delivered.read, doubts)
    returned = returned_orders(engine, delivered, linked=linked) if policy.returns == "exclude_order" else ""
    repeats, one_line_each = repeated_lines(engine, delivered, drop_identical=policy.drop_identical, returned=returned)
    asides = [returned, *repeats] if returned else repeats
    record_noticed(engine, "orders", delivered.parsed, delivered.read, notices, asides)
    record_guessed_dates(engine, delivered)
    make_view(engine, "orders", canonical(delivered, _final(delivered)) + ", is_return", delivered.read, asides)
    make_view(engine, "orders_ids", "customer_key AS customer_id", delivered.read, asides)
    record_shape(engine, one_line_each=one_line_each)


def record_shape(engine: Engine, *, one_line_each: bool) -> None:
    engine.execute(f"CREATE OR REPLACE TEMP TABLE orders_shape AS SELECT {int(one_line_each)} AS one_line_each")


def _doubts(delivered: Delivered, policy: Policy, amounts: Amounts, as_of: str) -> list[Doubt]:
    """Every first-level reason; `number`, `cents` and `is_return` are columns that `_make_read` adds."""
    found = id_doubts(delivered, "customer_id")
    if delivered.has("status"):
        found.append(Doubt("cancelled", "status", "status = 'cancelled'", "CAST(status__raw AS VARCHAR)"))
    found += date_doubts(delivered, "date", as_of)
    found.append(Doubt("no_amount", "amount", amounts.absent, "CAST(NULL AS VARCHAR)"))
    found.append(Doubt("bad_amount", "amount", f"number IS NULL OR abs(number) >= {LARGEST}", amounts.told))
    if amounts.foreign:
        named = "currency__raw, " if delivered.has("currency") else ""
        found.append(Doubt("unknown_currency", "currency", "cents IS NULL", f"COALESCE({named}{amounts.told})"))
    if policy.drop_zero:
        found.append(_worth_nothing(amounts))
    if policy.returns != "net":
        found.append(Doubt("return_ignored", "amount", "is_return = 1", amounts.told))
    return found


def _worth_nothing(amounts: Amounts) -> Doubt:
    return Doubt("zero_amount", "amount", "number = 0", amounts.told)


def _make_read(
    engine: Engine,
    delivered: Delivered,
    amounts: Amounts,
    doubts: list[Doubt],
    notices: list[Doubt],
    *,
    linked: bool,
    blank_orders: bool,
) -> None:
    """Make `read_orders`: values, is_return, and the first reason to set the row aside.

    Text is parsed once into a table; typed columns stay a view, so that ten million Parquet rows need no memory.
    """
    rate = f", {amounts.rate} AS {RATE}" if amounts.rate else ""
    layers = (
        f"SELECT *, {_is_return(delivered, linked=linked)} AS is_return FROM (SELECT *, {amounts.cents} AS cents FROM "
        f"(SELECT *, {amounts.number} AS number{rate} FROM {delivered.parsed}))"
    )
    computed = {"order_id": _order_key(delivered, blank_orders=blank_orders), "amount": "cents", "cost": amounts.cost}
    keys = [c.key for c in delivered.table.columns if c.key == "amount" or delivered.has(c.key)]
    values = [f"{computed.get(key, quoted(key))} AS {quoted(key)}" for key in keys if key != "unit_price"]
    if not delivered.has("order_id"):
        values.append("source_row AS order_id")
    values.append("is_return")
    heavy = delivered.is_text("date", "amount", "unit_price", "quantity")
    whole = delivered.shapes.get("customer_id") == "whole"
    if delivered.has("customer_id"):
        values.append(f"{'customer_id__raw' if whole and not heavy else quoted('customer_id')} AS customer_key")
    else:
        values += ["CAST(NULL AS VARCHAR) AS customer_id", "CAST(NULL AS VARCHAR) AS customer_key"]
    engine.drop(delivered.read)
    engine.execute(
        f"CREATE TEMP {'TABLE' if heavy else 'VIEW'} {quoted(delivered.read)} AS "
        f"SELECT source_row, {', '.join(values)}, {judged(doubts, notices)} FROM ({layers})"
    )


def _is_return(delivered: Delivered, *, linked: bool) -> str:
    tests = ["number < 0"]
    if delivered.has("quantity"):
        tests.append("(number = 0 AND quantity < 0)")
    if delivered.has("status"):
        tests.append("status = 'returned'")
    if linked:
        tests.append("order_id IN (SELECT order_id FROM cancelling_orders)")
    return f"CASE WHEN {' OR '.join(tests)} THEN 1 ELSE 0 END"


def _has_blank_orders(engine: Engine, delivered: Delivered) -> bool:
    name = quoted("order_id")
    return delivered.has("order_id") and bool(
        engine.value(f"SELECT count(*) - count({name}) FROM {quoted(delivered.tidy)}")
    )


def _order_key(delivered: Delivered, *, blank_orders: bool) -> str:
    """SQL for the order's key: as delivered where whole numbers, else text; a row without one is its own order."""
    if not delivered.has("order_id"):
        return "source_row"
    if blank_orders or can_be_unreadable(delivered, "order_id"):
        return f"COALESCE(CAST(order_id AS VARCHAR), {own_order('source_row')})"
    return "order_id__raw" if delivered.shapes["order_id"] == "whole" else "order_id"


def _final(delivered: Delivered) -> dict[str, str]:
    """How the canonical columns are made of `read_orders`; returned lines count negative."""

    def minus(value: str) -> str:
        return f"CASE WHEN is_return = 1 THEN -abs({value}) ELSE {value} END"

    found = {
        "order_id": "order_id",
        "customer_id": "customer_id",
        "amount": minus("amount"),
        "status": "CASE WHEN is_return = 1 THEN 'returned' ELSE 'done' END",
    }
    if delivered.has("quantity"):
        found["quantity"] = minus(thousandths(delivered))
    if delivered.has("cost"):
        found["cost"] = minus("cost")
    return found


def _notices(delivered: Delivered, amounts: Amounts, policy: Policy, *, blank_orders: bool) -> list[Doubt]:
    judged_columns = ("customer_id", "date", "amount", "unit_price", "status", "order_id")
    found = optional_doubts(delivered, judged_columns)
    if not policy.drop_zero:
        found.append(_worth_nothing(amounts))
    if blank_orders:
        found.append(Doubt("no_order_id", "order_id", "order_id__raw IS NULL", "NULL"))
    if delivered.has("order_id") and can_be_unreadable(delivered, "order_id"):
        unreadable = "order_id__raw IS NOT NULL AND order_id IS NULL"
        found.append(Doubt("unreadable_id", "order_id", unreadable, "order_id__raw"))
    if delivered.has("status"):
        unknown = "status__raw IS NOT NULL AND status IS NULL"
        found.append(Doubt("unknown_status", "status", unknown, "status__raw"))
    return found
