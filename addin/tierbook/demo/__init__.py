"""The demo company: a recipe in, rows out, the same rows every time.

`company` gives the facts as they are, `build` as somebody's workbook holds them: with the mess real data has.
Both return, per table of the schema, rows of column key -> what a cell holds (text, number, date or None).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..labels import DEFAULT, Language
from .contacts import feedback_rows, interaction_rows
from .contracts import make_contracts, referral_rows, renewal_rows
from .customers import customer_rows, make_customers, people_rows
from .mess import spoiled
from .orders import make_sales, order_rows
from .recipe import Cell, Facts, Recipe, Row

__all__ = ["Cell", "Facts", "Row", "build", "company"]


def company(recipe: Mapping[str, Any], language: Language = DEFAULT) -> Facts:
    """The demo company's facts, tidy: one customer one number, one order one row per line, no later than as_of.

    Money is in yuan, to the cent. Choices, products and sentences are in `language`; names of people, companies
    and places stay Chinese.

    Raises:
        ModelError: the recipe lacks a part, or its shares do not add up to 1.
    """
    read = Recipe(recipe, language)
    customers = make_customers(read)
    contracts = make_contracts(read, customers)
    sales = make_sales(read, customers) + [contract.sale for contract in contracts if contract.sale is not None]
    return {
        "customers": customer_rows(read, customers),
        "orders": order_rows(read, sales),
        "interactions": interaction_rows(read, customers),
        "feedback": feedback_rows(read, customers, sales),
        "referrals": referral_rows(read, customers),
        "renewals": renewal_rows(read, contracts),
        "people": people_rows(read),
    }


def build(recipe: Mapping[str, Any], language: Language = DEFAULT) -> Facts:
    """The demo company as its staff's workbook shows it: `company` plus the recipe's `[mess]`.

    Raises:
        ModelError: as `company`.
    """
    return spoiled(Recipe(recipe, language), company(recipe, language))
