"""A company whose facts arrive day by day: late orders, returns, and customers who turn out to be one."""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from pathlib import Path
from random import Random
from typing import Any

from tierbook import schema, templates
from tierbook.demo import company
from tierbook.model.settings import with_settings
from tierbook.publish import template_book

Row = dict[str, Any]
DAY_OF = {
    **{"customers": "since", "orders": "date", "interactions": "date", "feedback": "date", "referrals": "date"},
    "renewals": None,
    "people": None,
}
"""The column with the day on which a row is written down."""
LATE, LATEST = 0.08, 9
"""Part of the rows that arrive late, and by how many days at most."""
RETURNED, RETURN_DAYS = 0.03, (3, 25)
"""Part of the orders that come back some days later, besides those of the demo itself."""
SAME = ("name", "phone", "email")


class Company:
    """The demo company with so many customers, as its systems know it on each day.

    Args:
        merges: so many customers turn out, one after the other, to be another one: their record is put right.
    """

    def __init__(self, customers: int, first: dt.date, seed: int = 7, merges: int = 2) -> None:
        recipe = tomllib.loads((templates.folder() / "recipes" / "demo.toml").read_text(encoding="utf-8"))
        facts = company(recipe | {"customers": customers}, "zh-CN")
        dice = Random(seed)
        facts["orders"] += [back for row in facts["orders"] if (back := returned(row, dice))]
        self.arrivals: dict[str, list[tuple[dt.date, Row]]] = {
            table: [(self.arrives(table, row, dice), row) for row in rows] for table, rows in facts.items()
        }
        known = [row["customer_id"] for day, row in self.arrivals["customers"] if day < first]
        picked = dice.sample(known, 2 * merges)
        self.merges = [
            (first + dt.timedelta(6 + 20 * place), *sorted(picked[2 * place : 2 * place + 2]))
            for place in range(merges)
        ]

    @staticmethod
    def arrives(table: str, row: Row, dice: Random) -> dt.date:
        column = DAY_OF[table]
        day = row.get(column) if column else None
        late = dice.randint(1, LATEST) if table in {"orders", "interactions"} and dice.random() < LATE else 0
        return (day or dt.date(2000, 1, 1)) + dt.timedelta(late)

    def known_on(self, day: dt.date) -> dict[str, list[Row]]:
        """Table -> what its system holds at the end of a day."""
        known = {table: [row for arrived, row in rows if arrived <= day] for table, rows in self.arrivals.items()}
        for since, kept, copy in self.merges:
            if day >= since:
                of = {row["customer_id"]: row for row in known["customers"]}
                right = {key: of[kept].get(key) for key in SAME} | {"credit_code": credit_code(kept)}
                known["customers"] = [
                    row | right if row["customer_id"] in {kept, copy} else row for row in known["customers"]
                ]
        return known

    def deliver(self, day: dt.date, folder: Path) -> None:
        """Put a day's exports into a folder: each table whole, as a CSV with Chinese headers."""
        for table, rows in self.known_on(day).items():
            columns = schema.TABLES[table].columns
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow([column.name.of("zh-CN") for column in columns])
                writer.writerows([["" if (cell := row.get(c.key)) is None else cell for c in columns] for row in rows])


def returned(row: Row, dice: Random) -> Row | None:
    """An order's line that comes back; None for most."""
    done = schema.ORDERS.column("status").choices[0].name.of("zh-CN")
    if row.get("status") not in {None, done} or dice.random() >= RETURNED:
        return None
    back = schema.ORDERS.column("status").choices[2].name.of("zh-CN")
    later = row["date"] + dt.timedelta(dice.randint(*RETURN_DAYS))
    number = f"RT{row['order_id']}-{row.get('line_no') or 1}"
    amount = -abs(float(row["amount"] or 0))
    return row | {"order_id": number, "date": later, "amount": amount, "status": back, "paid_date": None}


def credit_code(customer: str) -> str:
    """A code with a right check letter (GB 32100-2015), made from a customer's number."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91310000{customer:0>9}"[:17]
    total = sum(letters.index(letter) * 3**place % 31 for place, letter in enumerate(body))
    return body + letters[(31 - total % 31) % 31]


def new_book(path: Path, model: Any) -> None:
    """A template book whose rules merge customers that are surely one."""
    path.write_bytes(template_book(with_settings(model, ("duplicates=merge",)), "zh-CN"))
