"""The hand-worked business cases of tests/examples, each file a page an analyst can read."""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tierbook.model.load import load_toml
from tierbook.model.settings import with_settings

EXAMPLES = Path(__file__).parents[1] / "examples"
CASES = [
    (f"{path.stem}: {case['title']}", case)
    for path in sorted(EXAMPLES.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["case"]
]
FRAME = 'key = "example"\nname = "示例"\nversion = "1"\n'
"""What a rules text needs besides its rules."""
TABLES = ("customers", "orders", "interactions", "feedback", "renewals", "referrals")


def as_rows(table: list[list[Any]]) -> list[dict[str, Any]]:
    """A table with its header in the first row; an empty text is no value."""
    header, *rows = table
    return [{key: None if value == "" else value for key, value in zip(header, row, strict=True)} for row in rows]


def shown(value: Any) -> Any:
    """A result as an example writes it: numbers to six decimals."""
    return round(Decimal(repr(value)), 6) if isinstance(value, float) else value


@pytest.mark.parametrize(("title", "case"), CASES, ids=[title for title, _ in CASES])
def test_the_example_holds(title: str, case: dict[str, Any], lab, general) -> None:
    facts = {table: as_rows(case[table]) for table in TABLES if table in case}
    for row in facts.get("feedback", ()):
        row["score"] = None if row.get("score") is None else float(row["score"])
    for row in facts.get("customers", ()):
        if row.get("industry_outlook") is not None:
            row["industry_outlook"] = float(row["industry_outlook"])
    as_of = case["as_of"]
    assert isinstance(as_of, dt.date)
    model = load_toml(FRAME + case["rules"], where=title, base=general) if "rules" in case else general

    lab.score(facts, as_of, with_settings(model, case.get("settings", ())))

    results = lab.rows()
    for expected in as_rows(case["expect"]):
        customer = expected.pop("customer")
        found = results[customer]
        tags = found["tags"].split("、")
        for key, value in expected.items():
            if key == "has_tag":
                assert value is None or value in tags, f"{customer}: {tags}"
            elif key == "no_tag":
                assert value is None or value not in tags, f"{customer}: {tags}"
            else:
                assert shown(found[key]) == value, f"{customer}: {key} is {found[key]}, not {value}"
