"""What an order line is worth: from its amount, or from unit price and quantity, in the book's currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..model.types import Model
from . import money
from .numeric import EXACT
from .reading import Delivered
from .shapes import Shape


@dataclass(frozen=True)
class Policy:
    """What the model decides about orders. `rates`: currency code -> units of `currency` for one."""

    returns: str
    drop_identical: bool
    drop_zero: bool
    currency: str
    rates: Mapping[str, Decimal]
    daily: str = ""
    """Relation of the rates of every day, '' where none were delivered."""


def policy_of(model: Model) -> Policy:
    rates = {
        key.removeprefix("rate.").upper(): Decimal(str(param.value))
        for key, param in model.params.items()
        if key.startswith("rate.")
    }
    return Policy(
        returns=str(model.param("returns")),
        drop_identical=model.param("identical_lines") == "drop",
        drop_zero="zero_lines" in model.params and model.param("zero_lines") == "drop",
        currency=str(model.param("currency")).upper(),
        rates=rates,
    )


@dataclass(frozen=True)
class Amounts:
    """SQL over the parsed relation.

    `number`: the line's amount in its currency, NULL where it cannot be known; `cents` (over `number`): in the
    book's currency, NULL where the currency has no rate; `cost`: the cost in cents; `absent`: nothing was given;
    `told`: the text as delivered; `foreign`: whether a row can name a currency at all.
    """

    number: str
    cents: str
    cost: str
    absent: str
    told: str
    foreign: bool
    rate: str = ""
    """The row's exchange rate over the parsed relation, where it is to be a column `RATE` beside `number`."""


RATE = "rate_of_row"


def amounts_of(delivered: Delivered, policy: Policy) -> Amounts:
    """Amount first; where it is blank or was not delivered, unit price x quantity."""
    number, shape = _number(delivered)
    rate = told_rate = _rate(delivered, policy)
    if rate is not None and policy.daily:
        rate = RATE
    if rate is not None and shape in ("whole", "float"):
        number, shape = f"TRY_CAST({number} AS {EXACT})", "decimal"
    cost = "CAST(NULL AS BIGINT)"
    if delivered.has("cost"):
        as_is = delivered.shapes["cost"] if rate is None else "decimal"
        cost = money.cents("cost" if rate is None else f"TRY_CAST(cost AS {EXACT})", as_is, rate)
    absent_line = "(unit_price__raw IS NULL OR quantity__raw IS NULL)"
    told_line = "CAST(unit_price__raw AS VARCHAR) || ' x ' || CAST(quantity__raw AS VARCHAR)"
    line = delivered.has("unit_price", "quantity")
    absent = ["amount__raw IS NULL"] if delivered.has("amount") else []
    told = ["CAST(amount__raw AS VARCHAR)"] if delivered.has("amount") else []
    return Amounts(
        number=number,
        cents=money.cents("number", shape, rate),
        cost=cost,
        absent=" AND ".join(absent + ([absent_line] if line else [])) or "true",
        told=f"COALESCE({', '.join([*told, *([told_line] if line else [])])})" if told or line else "NULL",
        foreign=rate is not None,
        rate=told_rate if told_rate and policy.daily else "",
    )


def _number(delivered: Delivered) -> tuple[str, Shape]:
    line = delivered.has("unit_price", "quantity")
    product = money.line_amount(_decimal(delivered, "unit_price"), _decimal(delivered, "quantity"))
    if not delivered.has("amount"):
        return (product, "decimal") if line else (f"CAST(NULL AS {EXACT})", "decimal")
    if not line:
        return "amount", delivered.shapes["amount"]
    return f"CASE WHEN amount__raw IS NULL THEN {product} ELSE {_decimal(delivered, 'amount')} END", "decimal"


def _decimal(delivered: Delivered, key: str) -> str:
    """A number as a decimal: typed whole and floating ones are still as delivered."""
    return f"TRY_CAST({key} AS {EXACT})" if delivered.shapes.get(key) in ("whole", "float") else key


def _rate(delivered: Delivered, policy: Policy) -> str | None:
    """SQL for the row's exchange rate, None where nothing delivered can name a currency.

    The currency column decides; where it is blank or not delivered, the mark beside the amount, then beside the
    unit price.
    """
    marks = ["upper(currency)"] if delivered.has("currency") else []
    marks += [f"{key}__mark" for key in ("amount", "unit_price") if delivered.is_odd(key)]
    if not marks:
        return None
    mark = f"COALESCE({', '.join(marks)})" if len(marks) > 1 else marks[0]
    return money.rate_of(mark, policy.currency, policy.rates, policy.daily)


def thousandths(delivered: Delivered) -> str:
    """SQL for a quantity in thousandths of a piece, half away from zero."""
    return f"TRY_CAST(round({_decimal(delivered, 'quantity')}, 3) * 1000 AS BIGINT)"
