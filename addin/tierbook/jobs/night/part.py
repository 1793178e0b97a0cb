"""Some of the customers of a scored run, as a run of their own: for a team's or a region's book.

Everybody was scored together, so ranks, medians and classes are those of the whole company.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

from ...engine import Engine, Step, quoted
from ...errors import UsageError
from ...model.rules import parse
from ...model.words import Vocabulary
from ...scoring import Scored
from ...scoring.conditions import compile_rules
from ..intake import Run
from .records import Aim

MEMBERS = "book_members"
WHOLE = "__whole"
"""Ends the name a relation has while its part is in its place."""


@contextmanager
def part_of(run: Run, aim: Aim, made_anew: Collection[str] = ()) -> Iterator[Run]:
    """The run as a book sees it; all of it where the book shows everybody.

    While it lasts, each table that tells of customers is a view of the book's own, and so is what is seen through it.
    What is made meanwhile is forgotten at the end: the next book begins with what scoring made.

    Args:
        made_anew: relations that publishing may make again; these are tables of their own.

    Raises:
        RuleError: the book's condition cannot be understood.
        UsageError: it holds for nobody.
    """
    engine = run.engine
    before = relations(engine)
    try:
        if not aim.is_part:
            yield run
            return
        put_members(run, aim)
        if not engine.value(f"SELECT COUNT(*) FROM {MEMBERS}"):
            raise UsageError("night.nobody_fits", book=aim.title)
        parted = tables_of_customers(engine)
        for name in parted:
            engine.rename(name, name + WHOLE)
        for name in parted:
            select = f"SELECT * FROM {quoted(name + WHOLE)} WHERE {kept_of(name)}"
            engine.run(Step(name, select, keep=name in made_anew))
        yield replace(run, scored=counted(run))
    finally:
        for name in [name for name in relations(engine) if name.endswith(WHOLE)]:
            engine.rename(name, name.removesuffix(WHOLE))
        for name in set(relations(engine)) - set(before):
            engine.drop(name)


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


def kept_of(relation: str) -> str:
    """Which rows of a relation a book keeps; of the ids that were merged away those of its customers."""
    column = "kept_id" if relation == "merged_ids" else "customer_id"
    return f"{column} IN (SELECT customer_id FROM {MEMBERS})"


def counted(run: Run) -> Scored:
    found = run.engine.rows("SELECT COUNT(*) AS n, COUNT(*) FILTER (WHERE orders_all > 0) AS buyers FROM results")
    return replace(run.scored, customers=found[0][0], buyers=found[0][1])


def tables_of_customers(engine: Engine) -> list[str]:
    """Tables with a customer's id, but those with rows as delivered."""
    return [row[0] for row in engine.rows(
        "SELECT tables.table_name FROM information_schema.tables AS tables JOIN information_schema.columns AS columns "
        "ON columns.table_catalog = tables.table_catalog AND columns.table_name = tables.table_name "
        "WHERE tables.table_catalog = 'temp' AND tables.table_type = 'LOCAL TEMPORARY' "
        f"AND columns.column_name = 'customer_id' AND tables.table_name <> '{MEMBERS}' "
        "AND NOT starts_with(tables.table_name, 'raw_') ORDER BY tables.table_name"
    )]  # fmt: skip


def relations(engine: Engine) -> list[str]:
    """Names of the tables and views made in this engine."""
    return [row[0] for row in engine.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'temp' ORDER BY table_name"
    )]  # fmt: skip
