"""Some of the customers of a scored run, as a run of their own: for a team's or a region's book.

Everybody was scored together, so ranks, medians and classes are those of the whole company.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from ...engine import Engine, Step, quoted, text_literal
from ...errors import UsageError
from ...model.rules import parse
from ...model.words import Vocabulary
from ...schema import TABLES
from ...scoring import Scored
from ...scoring.conditions import compile_rules
from ..intake import Run
from .records import Aim

MEMBERS, ROWS = "book_members", "book_rows"
GAPS, SEEN = "gaps", "__seen"
WHOLE = "__whole"
"""Ends the name a relation has while its part is in its place."""


@contextmanager
def part_of(run: Run, aim: Aim, *, history_only: bool = False) -> Iterator[Run]:
    """The run as a book sees it; all of it where the book shows everybody.

    While it lasts, each table that tells of customers is a view of the book's own, and so is what is seen through it;
    what was made of all customers one by one (`Step.of`) holds for these too, in tables of their own, since it is read
    again and again. What is made meanwhile is forgotten at the end: the next book begins with what scoring made.

    Args:
        history_only: nobody will ask for sheets.

    Raises:
        RuleError: the book's condition cannot be understood.
        UsageError: it holds for nobody.
    """
    engine = run.engine
    if aim.is_part:
        prepare_part(run, whole=not (history_only or aim.sheets))
    parted: list[str] = []
    before, ready = relations(engine), engine.standing()
    try:
        if not aim.is_part:
            yield run
            return
        put_members(run, aim)
        if not engine.value(f"SELECT COUNT(*) FROM {MEMBERS}"):
            raise UsageError("night.nobody_fits", book=aim.title)
        put_rows(engine)
        parted = [*tables_of_customers(engine), *facts_at_second_hand(engine)]
        tables = {step.name for step in ready}
        for name in parted:
            engine.rename(name, name + WHOLE)
        for name in parted:
            select = f"SELECT * FROM {quoted(name + WHOLE)} WHERE {kept_of(name)}"
            engine.run(Step(name, select, keep=name in tables))
        engine.vouch(ready)
        yield replace(run, scored=counted(run))
    finally:
        still = engine.standing()
        for name in [name for name in relations(engine) if name.endswith(WHOLE)]:
            engine.rename(name, name.removesuffix(WHOLE))
        for name in set(relations(engine)) - set(before):
            engine.drop(name)
        engine.vouch(step for step in ready if step.name in parted or step in still)


def prepare_part(run: Run, *, whole: bool) -> None:
    """Count and measure everybody once, before the first book that takes its own rows of it."""
    from ...publish.prepared import prepare_books

    prepare_books(run.engine, run.model, run.as_of, run.cleaned.accounts, whole=whole)
    hold_gaps(run.engine)


def hold_gaps(engine: Engine) -> None:
    """Make a table of what everybody lacks to the next tier: seen through, it would be measured against the book's own
    customers alone, and not against all, as scores are."""
    if engine.kind_of(GAPS) == "VIEW":
        engine.rename(GAPS, GAPS + SEEN)
        engine.run(Step(GAPS, f"SELECT * FROM {quoted(GAPS + SEEN)}"))


def members_of(run: Run, aim: Aim) -> frozenset[str]:
    """Ids of the customers a book shows.

    Raises:
        RuleError: the book's condition cannot be understood.
    """
    if not aim.is_part:
        return frozenset(row[0] for row in run.engine.rows("SELECT customer_id FROM customers"))
    put_members(run, aim)
    found = frozenset(row[0] for row in run.engine.rows(f"SELECT customer_id FROM {MEMBERS}"))
    run.engine.drop(MEMBERS)
    return found


def put_members(run: Run, aim: Aim) -> None:
    """Make `book_members`: customer_id of everybody the book shows."""
    engine, tests = run.engine, []
    source = "customers"
    if aim.where:
        tree = parse(aim.where, Vocabulary.of(run.model))
        compiled = compile_rules({"book": tree}, name="book_part", model=run.model, as_of=run.as_of)
        engine.run_all(compiled.steps)
        source = compiled.source
        tests.append(f"({compiled.tests['book']})")
    if aim.owners:
        engine.put("book_owners", {"owner": "VARCHAR"}, [(owner,) for owner in aim.owners])
        tests.append("customers.owner IN (SELECT owner FROM book_owners)")
    engine.run(Step(MEMBERS, f"SELECT customers.customer_id AS customer_id FROM {source} WHERE {' AND '.join(tests)}"))


def put_rows(engine: Engine) -> None:
    """Make `book_rows`: table_key and source_row of every delivered row about one of the book's customers."""
    tables = [
        name.removeprefix("read_")
        for name in relations(engine)
        if name.startswith("read_") and {"customer_id", "source_row"} <= engine.columns(name).keys()
    ]
    merged = f"SELECT customer_id FROM merged_ids WHERE {kept_of('merged_ids')}"
    theirs = f"customer_id IN (SELECT customer_id FROM {MEMBERS} UNION {merged})"
    selects = [
        f"SELECT {text_literal(table)} AS table_key, source_row FROM {quoted(f'read_{table}')} WHERE {theirs}"
        for table in tables
    ]
    none = "SELECT CAST(NULL AS VARCHAR) AS table_key, CAST(NULL AS BIGINT) AS source_row WHERE 1 = 0"
    engine.run(Step(ROWS, "\nUNION ALL ".join([none, *selects])))


def kept_of(relation: str) -> str:
    """Which rows of a relation a book keeps.

    Of the ids that were merged away those of its customers, of pairs that may be one those with one of them, of
    doubts those about a row of theirs or about a whole column.
    """
    members = f"(SELECT customer_id FROM {MEMBERS})"
    special = {
        "merged_ids": f"kept_id IN {members}",
        "contact_pairs": f"left_id IN {members} OR right_id IN {members}",
        "findings": f"source_row IS NULL OR (table_key, source_row) IN (SELECT table_key, source_row FROM {ROWS})",
    }
    return special.get(relation, f"customer_id IN {members}")


def counted(run: Run) -> Scored:
    found = run.engine.rows("SELECT COUNT(*) AS n, COUNT(*) FILTER (WHERE orders_all > 0) AS buyers FROM results")
    return replace(run.scored, customers=found[0][0], buyers=found[0][1])


def tables_of_customers(engine: Engine) -> list[str]:
    """Tables that tell of customers, but those with rows as delivered."""
    return [row[0] for row in engine.rows(
        "SELECT tables.table_name FROM information_schema.tables AS tables JOIN information_schema.columns AS columns "
        "ON columns.table_catalog = tables.table_catalog AND columns.table_name = tables.table_name "
        "WHERE tables.table_catalog = 'temp' AND tables.table_type = 'LOCAL TEMPORARY' "
        "AND ((columns.column_name = 'customer_id' "
        f"AND NOT starts_with(tables.table_name, 'raw_') AND tables.table_name <> '{MEMBERS}') "
        "OR (columns.column_name = 'left_id' AND tables.table_name = 'contact_pairs') "
        "OR (columns.column_name = 'source_row' AND tables.table_name = 'findings')) ORDER BY tables.table_name"
    )]  # fmt: skip


def facts_at_second_hand(engine: Engine) -> list[str]:
    """Facts of customers that are seen through to the rows as delivered, which every book shares."""
    there = dict(engine.rows(
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_catalog = 'temp'"
    ))  # fmt: skip
    seen = [table for table in TABLES if there.get(table) == there.get(f"read_{table}") == "VIEW"]
    return [table for table in seen if "customer_id" in engine.columns(table)]


def relations(engine: Engine) -> list[str]:
    """Names of the tables and views made in this engine."""
    return [row[0] for row in engine.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'temp' ORDER BY table_name"
    )]  # fmt: skip
