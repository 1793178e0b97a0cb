"""Interactions, feedback, referrals, renewals and people: one rule book each, one way through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from ..engine import Engine, date_literal, quoted
from ..schema import DELIVERABLE, SQL_TYPE, Column
from .findings import Doubt, cell_of, judged, record_aside, record_noticed, record_reasons
from .money import LARGEST_RATE
from .reading import Delivered, SourceLike, date_doubts, id_doubts, optional_doubts, parse
from .repeats import repeat_rows, surely_unique


@dataclass(frozen=True)
class Rules:
    """How a table is judged.

    `ids`: customers a row needs; `date`: the date it needs, not after the run's date where `past`;
    `key`: columns that together name a row once (a later row with the same is a duplicate).
    """

    ids: tuple[str, ...]
    date: str
    past: bool
    key: tuple[str, ...]


RULES: Mapping[str, Rules] = {
    "interactions": Rules(("customer_id",), "date", True, ("interaction_id",)),
    "feedback": Rules(("customer_id",), "date", True, ("feedback_id",)),
    "referrals": Rules(("referrer_id", "referred_id"), "date", True, ("referrer_id", "referred_id")),
    "renewals": Rules(("customer_id",), "due_date", False, ("contract_id", "due_date")),
    "people": Rules((), "", False, ("name",)),
    "rates": Rules((), "date", False, ("currency", "date")),
}

SCORE_RANGES = {"nps": (0, 10), "csat": (1, 5)}
"""Scales on which answers are given; an answer outside is kept and reported."""


def clean_facts(engine: Engine, table: str, source: SourceLike, as_of: dt.date) -> None:
    """Make the canonical relation of a table other than customers and orders, and record its findings."""
    rules = RULES[table]
    delivered = parse(engine, table, source)
    doubts = _doubts(delivered, rules, date_literal(as_of))
    notices = _notices(delivered, rules)
    values = ", ".join(quoted(column.key) for column in delivered.table.columns if delivered.has(column.key))
    heavy = delivered.tidy != source.relation or any(delivered.is_odd(key) for key in delivered.shapes)
    kind = "TABLE" if heavy else "VIEW"
    engine.drop(delivered.read)
    engine.execute(
        f"CREATE TEMP {kind} {quoted(delivered.read)} AS SELECT source_row, {values}, {judged(doubts, notices)} "
        f"FROM {delivered.parsed}"
    )
    record_reasons(engine, table, delivered.read, doubts)
    aside = _set_duplicates_aside(engine, delivered, rules)
    record_noticed(engine, table, delivered.parsed, delivered.read, notices, [aside] if aside else [])
    record_guessed_dates(engine, delivered)
    make_view(engine, table, canonical(delivered), delivered.read, [aside] if aside else [])


def _doubts(delivered: Delivered, rules: Rules, as_of: str) -> list[Doubt]:
    found = [doubt for key in rules.ids for doubt in id_doubts(delivered, key)]
    if rules.date:
        found += date_doubts(delivered, rules.date, as_of if rules.past else None)
    if delivered.table.key == "people":
        found.append(Doubt("no_name", "name", "name__raw IS NULL", "NULL"))
    if delivered.table.key == "rates":
        found.append(Doubt("no_currency", "currency", "currency__raw IS NULL", "NULL"))
        no_rate = f"rate IS NULL OR NOT rate > 0 OR rate >= {LARGEST_RATE}"
        found.append(Doubt("bad_rate", "rate", no_rate, "CAST(rate__raw AS VARCHAR)"))
    if delivered.table.key == "referrals":
        found.append(Doubt("self_referral", "referred_id", "referrer_id = referred_id", "referred_id"))
    return found


def _set_duplicates_aside(engine: Engine, delivered: Delivered, rules: Rules) -> str:
    """Record rows that repeat a key; the relation with their source_row, or '' where there are none."""
    if not delivered.has(*rules.key):
        return ""
    whole = len(rules.key) == 1 and delivered.shapes[rules.key[0]] == "whole"
    if whole and surely_unique(engine, delivered.tidy, rules.key[0]):
        return ""
    aside, table = f"aside_{delivered.table.key}", delivered.table.key
    fit = " AND ".join(["reason IS NULL", *(f"{quoted(key)} IS NOT NULL" for key in rules.key)])
    if not repeat_rows(engine, delivered.read, rules.key, fit, delivered.rows, aside):
        return ""
    record_aside(engine, table, aside, "duplicate_row", rules.key[0], cell_of(delivered.read, aside, rules.key[0]))
    return aside


def _notices(delivered: Delivered, rules: Rules) -> list[Doubt]:
    found = optional_doubts(delivered, (*rules.ids, rules.date, "rate"))
    if delivered.table.key == "feedback" and delivered.has("kind", "score"):
        outside = " OR ".join(
            f"(kind = '{kind}' AND score NOT BETWEEN {low} AND {high})" for kind, (low, high) in SCORE_RANGES.items()
        )
        found.append(Doubt("score_range", "score", outside, "score__raw"))
    return found


def record_guessed_dates(engine: Engine, delivered: Delivered) -> None:
    """One notice for each column whose dates could be read with the day or the month first."""
    for guess in delivered.guessed:
        engine.execute(
            "INSERT INTO findings VALUES ('date_order', 'notice', ?, ?, ?, ?)",
            [delivered.table.key, guess.row, guess.column, guess.sample],
        )


def canonical(delivered: Delivered | None, given: Mapping[str, str] | None = None, table: str = "") -> str:
    """Select list of a table's schema columns in order: `given` SQL, else the column as read, else a typed NULL."""
    columns = (delivered.table if delivered else DELIVERABLE[table]).columns

    def one(column: Column) -> str:
        if given and column.key in given:
            return f"{given[column.key]} AS {quoted(column.key)}"
        if delivered and delivered.has(column.key):
            return quoted(column.key)
        return f"CAST(NULL AS {SQL_TYPE[column.kind]}) AS {quoted(column.key)}"

    return ", ".join(one(column) for column in columns if column.key != "unit_price")


def make_view(engine: Engine, table: str, columns: str, read: str, asides: list[str]) -> None:
    """The canonical relation: rows of `read` without a reason and not in any of the `asides` (source_row)."""
    fit = ["reason IS NULL", *(f"source_row NOT IN (SELECT source_row FROM {quoted(aside)})" for aside in asides)]
    select = f"SELECT source_row, {columns} FROM {quoted(read)} WHERE {' AND '.join(fit)}"
    engine.drop(table)
    engine.execute(f"CREATE TEMP VIEW {quoted(table)} AS {select}")


def make_empty(engine: Engine, table: str, extra: str = "") -> None:
    """The canonical relation of a table nobody delivered: all columns, no rows."""
    columns = ", ".join(
        f"{quoted(column.key)} {SQL_TYPE[column.kind]}"
        for column in DELIVERABLE[table].columns
        if column.key != "unit_price"
    )
    engine.drop(table)
    engine.execute(f"CREATE TEMP TABLE {quoted(table)} (source_row BIGINT, {columns}{extra})")
