"""Who the playbook's conditions hold for, with the words their tasks need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ..engine import Engine, Step, quoted, text_literal
from ..labels import Language
from ..model.nodes import Column
from ..model.rules import parse
from ..model.types import Model, Play
from ..model.words import Vocabulary
from ..scoring.conditions import compile_rules
from .records import Task
from .texts import PlayTexts, shows

IN_RESULTS = frozenset({"customer_id", "name", "owner", "kind", "industry", "size", "region"})
"""Customer columns that `results` shows in the run's language."""

MOVES = frozenset({"previous_tier", "tier_move"})


@dataclass(frozen=True)
class Hit:
    """A customer a play's condition holds for; action and reason already speak of the customer."""

    customer_id: str
    name: str
    owner: str
    action: str
    reason: str


def find_hits(engine: Engine, model: Model, as_of: dt.date) -> None:
    """Make `play_hits`: one row per customer and enabled play whose condition holds (customer_id, play_key).

    Reads what scoring left behind, and `moves` (see `movement.find_moves`).

    Raises:
        RuleError: a condition cannot be understood.
    """
    engine.run_all(hit_steps(model, as_of))


def hit_steps(model: Model, as_of: dt.date) -> list[Step]:
    """The steps `play_tests` (one row per customer, one 1 or 0 per play) and `play_hits`."""
    names = Vocabulary.of(model, "playbook")
    trees = {play.key: parse(play.when, names) for play in model.playbook if play.enabled}
    compiled = compile_rules(trees, name="playbook", model=model, as_of=as_of)
    columns = "".join(
        f",\n  CASE WHEN {test} THEN 1 ELSE 0 END AS {quoted(f'play_{key}')}" for key, test in compiled.tests.items()
    )
    tests = f"""-- One row per customer: per play 1 where its condition holds.
SELECT customers.customer_id AS customer_id{columns}
FROM {compiled.source}"""
    held = [
        f"SELECT customer_id, CAST({text_literal(key)} AS VARCHAR) AS play_key FROM play_tests"
        f" WHERE {quoted(f'play_{key}')} = 1"
        for key in compiled.tests
    ]
    none = "SELECT customer_id, CAST(NULL AS VARCHAR) AS play_key FROM play_tests WHERE 1 = 0"
    hits = "\nUNION ALL ".join([none, *held])
    about = "-- One row per customer and play whose condition holds."
    return [*compiled.steps, Step("play_tests", tests), Step("play_hits", f"{about}\n{hits}")]


def hits_of(engine: Engine, play: Play, texts: PlayTexts, model: Model, language: Language) -> list[Hit]:
    """The customers of `play_hits` for one play, by customer id."""
    columns = list({column.key: column for column in texts.columns.values()}.values())
    show = shows(columns, model, language)
    picked = "".join(
        f", {_relation(column)}.{quoted(column.key)} AS {quoted(f'value_{column.key}')}" for column in columns
    )
    asked = {_relation(column) for column in columns} - {"results"}
    joins = "".join(f" LEFT JOIN {each} ON {each}.customer_id = results.customer_id" for each in sorted(asked))
    rows = engine.rows(
        f"SELECT results.customer_id, results.name, results.owner{picked} FROM play_hits"
        f" JOIN results ON results.customer_id = play_hits.customer_id{joins}"
        " WHERE play_hits.play_key = ? ORDER BY results.customer_id",
        [play.key],
    )
    hits = []
    for customer_id, name, owner, *values in rows:
        words = {column.key: show[column.key](value) for column, value in zip(columns, values, strict=True)}
        action, reason = texts.filled(words)
        hits.append(Hit(customer_id, name or "", owner or "", action, reason))
    return hits


def _relation(column: Column) -> str:
    """Where a column's value for people lies."""
    if column.key in MOVES:
        return "moves"
    return "customers" if column.origin == "customer" and column.key not in IN_RESULTS else "results"


def scores_of(engine: Engine, tasks: Iterable[Task]) -> dict[str, float]:
    """Customer id -> score, for those of the tasks' customers who are in the results (0 where without a score)."""
    wanted = sorted({task.customer_id for task in tasks})
    rows = engine.rows(
        "SELECT customer_id, COALESCE(score, 0) AS score FROM results"
        " WHERE customer_id IN (SELECT UNNEST(CAST(? AS VARCHAR[])))",
        [wanted],
    )
    return dict(rows)
