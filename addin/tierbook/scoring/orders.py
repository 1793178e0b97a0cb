"""What customers bought: orders counted once each, money on its own date, payments, categories.

An order is a distinct order number of a customer with at least one line that is not a return; its date is the
earliest such line's. Returns take money away on their own date and are never a purchase.

Customers get a number first and order lines are copied once in a narrow form, because both are read and grouped
several times; ten million lines take about 300 MB so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set

from ..engine import Step, date_literal
from ..model.types import Model
from ..schema import MONEY_SCALE, QUANTITY_SCALE
from .dates import days_back, months_back, window_start
from .deliveries import MANY_LINES, ONE_LINE_EACH
from .lifetime import first_amounts, told
from .portable import MILLION, count_where, quotient, whole_sum


def opening_steps(model: Model, as_of: dt.date) -> list[Step]:
    """The steps `numbered` and `order_lines`, which every plan begins with."""
    return [_numbered(), _order_lines(model, as_of)]


def order_steps(model: Model, as_of: dt.date, delivered: Set[str]) -> list[Step]:
    """Steps from `order_lines` and `orders` to `purchases`: one row per customer who has an order line."""
    steps = [*_order_counts(model, as_of, delivered), _order_money(model, as_of)]
    parts: dict[str, tuple[str, ...]] = {}
    if "orders.cost" in delivered:
        steps.append(_order_costs(as_of))
        parts["order_costs"] = ("costed_amount", "cost")
    if "orders.due_date" in delivered:
        steps.append(_order_dues(model, as_of))
        parts["order_dues"] = ("due_orders", "on_time_orders", "defaults", "overdue_amount")
    if "orders.category" in delivered:
        steps += [_category_amounts(as_of), _top_categories()]
        parts["top_categories"] = ("categories", "top_category")
    if told(model):
        steps.append(first_amounts())
        parts["first_amounts"] = ("first_amount",)
    return [*steps, _purchases(parts)]


def _after(start: dt.date | None) -> str:
    return "1 = 1" if start is None else f"date > {date_literal(start)}"


def _numbered() -> Step:
    return Step(
        "numbered",
        """-- One row per customer: a number that stands for the id.
SELECT customer_id, CAST(ROW_NUMBER() OVER (ORDER BY customer_id) AS INTEGER) AS person
FROM customers""",
    )


def _order_lines(model: Model, as_of: dt.date) -> Step:
    by_pieces = model.param("count") == "quantity"
    size = f",\n  COALESCE(quantity, {QUANTITY_SCALE}) AS quantity" if by_pieces else ""
    return Step(
        "order_lines",
        f"""-- One row per order line up to the day: who, which order, when, cents, 1 for a return, 1 for a new product,
-- category; cost and due_date: 1 where there is one.
SELECT person, order_id, date, amount, CAST(is_return AS TINYINT) AS is_return,
  CAST(new_product AS TINYINT) AS new_product, category,
  CAST(CASE WHEN cost IS NOT NULL THEN 1 END AS TINYINT) AS cost,
  CAST(CASE WHEN due_date IS NOT NULL THEN 1 END AS TINYINT) AS due_date{size}
FROM orders
JOIN numbered ON numbered.customer_id = orders.customer_id
WHERE date <= {date_literal(as_of)}""",
    )


_COUNTS = (
    *("orders_all", "orders_30d", "orders_90d", "orders_6m", "orders_12m", "repurchase_orders", "new_products"),
    *("rfm_orders", "rfm_size", "purchase_days", "first_date", "last_date", "back_date", "before_date"),
)
_SUMS = ("amount_all", "amount_6m", "amount_12m", "amount_prev_6m", "rfm_amount")


def _order_counts(model: Model, as_of: dt.date, delivered: Set[str]) -> list[Step]:
    """The step `order_counts`; very many lines are gathered in parts, customers with one remainder after another."""
    if MANY_LINES not in delivered or ONE_LINE_EACH in delivered:
        lines = _lines(model) if ONE_LINE_EACH in delivered else _heads(model, "")
        return [_counts("order_counts", model, as_of, lines)]
    parts = [
        _counts(name, model, as_of, _heads(model, f" AND person % {len(PARTS)} = {part}"))
        for part, name in enumerate(PARTS)
    ]
    columns = ", ".join(("person", *_COUNTS))
    together = "\nUNION ALL ".join(f"SELECT {columns} FROM {part.name}" for part in parts)
    whole = Step("order_counts", f"-- One row per customer with an order: the parts together.\n{together}", keep=False)
    return [*parts, whole]


PARTS = tuple(f"order_counts_{part}" for part in range(8))
"""The relations with parts of `order_counts`."""


def _heads(model: Model, among: str) -> str:
    """One row per order: its date, size as counted for F, whether it has a new product."""
    size = {"orders": "1", "lines": "COUNT(*)", "quantity": "SUM(quantity)"}[str(model.param("count"))]
    return f"""SELECT person, order_id, MIN(date) AS date, {size} AS size, MAX(new_product) AS new_product
  FROM order_lines
  WHERE is_return = 0{among}
  GROUP BY person, order_id"""


def _lines(model: Model) -> str:
    """The same where every order has one line."""
    size = "quantity" if model.param("count") == "quantity" else "1"
    return f"SELECT person, date, {size} AS size, new_product FROM order_lines WHERE is_return = 0"


def _counts(name: str, model: Model, as_of: dt.date, orders: str) -> Step:
    year = _after(months_back(as_of, 12))
    recent = _after(days_back(as_of, model.whole("returned_days")))
    window = _after(window_start(as_of, model.rfm.window))
    return Step(
        name,
        f"""-- One row per customer with an order: orders by window, first and last dates.
-- new_products: orders with a new product in 12 months; rfm_orders, rfm_size: orders in the RFM window, and
-- their size as counted for F (orders, lines, or thousandths of a piece; a line without a quantity is one piece);
-- purchase_days: days with an order;
-- back_date: first order of the last {model.whole("returned_days")} days, before_date: the last one before these.
SELECT person, COUNT(*) AS orders_all,
  {count_where(_after(days_back(as_of, 30)))} AS orders_30d,
  {count_where(_after(days_back(as_of, 90)))} AS orders_90d,
  {count_where(_after(months_back(as_of, 6)))} AS orders_6m,
  {count_where(year)} AS orders_12m,
  {count_where(_after(months_back(as_of, model.whole("repurchase_months"))))} AS repurchase_orders,
  {count_where(f"new_product = 1 AND {year}")} AS new_products,
  {count_where(window)} AS rfm_orders,
  {whole_sum("size", window)} AS rfm_size,
  COUNT(DISTINCT date) AS purchase_days,
  MIN(date) AS first_date,
  MAX(date) AS last_date,
  MIN(CASE WHEN {recent} THEN date END) AS back_date,
  MAX(CASE WHEN {recent} THEN NULL ELSE date END) AS before_date
FROM (
  {orders}
) AS order_heads
GROUP BY person""",
    )


def _order_money(model: Model, as_of: dt.date) -> Step:
    half, year = months_back(as_of, 6), months_back(as_of, 12)
    return Step(
        "order_money",
        f"""-- One row per customer with an order line, returns included: cents by window of the line's own date.
SELECT person,
  {whole_sum("amount")} AS amount_all,
  {whole_sum("amount", _after(half))} AS amount_6m,
  {whole_sum("amount", _after(year))} AS amount_12m,
  {whole_sum("amount", f"{_after(year)} AND date <= {date_literal(half)}")} AS amount_prev_6m,
  {whole_sum("amount", _after(window_start(as_of, model.rfm.window)))} AS rfm_amount
FROM order_lines
GROUP BY person""",
    )


_BY_NUMBER = ("top_categories", "first_amounts")
"""Parts of `purchases` whose customers are numbers; the others know their ids."""


def _purchases(parts: Mapping[str, Sequence[str]]) -> Step:
    taken = "".join(f",\n  {', '.join(columns)}" for columns in parts.values())
    joins = "".join(
        f"\nLEFT JOIN {part} ON {part}.{key} = numbered.{key}"
        for part in parts
        for key in ("person" if part in _BY_NUMBER else "customer_id",)
    )
    return Step(
        "purchases",
        f"""-- One row per customer with an order line: what they bought and spent, and the mean order value (aov) in
-- millionths of a currency unit. NULL: no order (only returns), no cost, no due date, no category.
SELECT numbered.customer_id AS customer_id, {", ".join(_SUMS)},
  {", ".join(_COUNTS)}{taken},
  {quotient("amount_all", "orders_all", MILLION // MONEY_SCALE)} AS aov
FROM order_money
JOIN numbered ON numbered.person = order_money.person
LEFT JOIN order_counts ON order_counts.person = order_money.person{joins}""",
    )


def _order_costs(as_of: dt.date) -> Step:
    return Step(
        "order_costs",
        f"""-- One row per customer with a cost on a line of the last 12 months: these lines' cents and cost.
SELECT customer_id, {whole_sum("amount")} AS costed_amount, {whole_sum("cost")} AS cost
FROM orders
WHERE cost IS NOT NULL AND {_after(months_back(as_of, 12))} AND date <= {date_literal(as_of)}
GROUP BY customer_id""",
    )


def _order_dues(model: Model, as_of: dt.date) -> Step:
    day = date_literal(as_of)
    return Step(
        "order_dues",
        f"""-- One row per customer with a due date on an order line (returns aside): orders due before the day,
-- those among them with every due line paid in time, unpaid cents, orders more than the default days late.
SELECT customer_id,
  {count_where("due_lines > 0")} AS due_orders,
  {count_where("due_lines > 0 AND late_lines = 0")} AS on_time_orders,
  {count_where(f"longest > {model.whole('default_days')}")} AS defaults,
  {whole_sum("unpaid")} AS overdue_amount
FROM (
  SELECT customer_id, order_id, MAX(late) AS longest,
    {count_where(f"due_date < {day}")} AS due_lines,
    {count_where(f"due_date < {day} AND late > 0")} AS late_lines,
    {whole_sum("amount", f"due_date < {day} AND (paid_date IS NULL OR paid_date > {day})")} AS unpaid
  FROM (
    SELECT customer_id, order_id, due_date, paid_date, amount,
      DATE_DIFF('DAY', due_date, CASE WHEN paid_date <= {day} THEN paid_date ELSE {day} END) AS late
    FROM orders
    WHERE due_date IS NOT NULL AND is_return = 0 AND date <= {day}
  ) AS due_lines
  GROUP BY customer_id, order_id
) AS due_orders
GROUP BY customer_id""",
    )


def _category_amounts(as_of: dt.date) -> Step:
    return Step(
        "category_amounts",
        f"""-- One row per customer and category bought in the last 12 months: cents, returns taken off.
SELECT person, category, {whole_sum("amount")} AS amount
FROM order_lines
WHERE category IS NOT NULL AND {_after(months_back(as_of, 12))}
GROUP BY person, category
HAVING MIN(is_return) = 0""",
    )


def _top_categories() -> Step:
    return Step(
        "top_categories",
        """-- One row per customer: how many categories, and the one with the most money (tie: the first by name).
SELECT sums.person AS person, COUNT(*) AS categories,
  MIN(CASE WHEN sums.amount = best.amount THEN category END) AS top_category
FROM category_amounts AS sums
JOIN (SELECT person, MAX(amount) AS amount FROM category_amounts GROUP BY person) AS best ON best.person = sums.person
GROUP BY sums.person""",
    )
