"""Who the playbook's conditions hold for, with the words their tasks need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..engine import Engine, Step, quoted, text_literal
from ..labels import Language
from ..model.nodes import Column
from ..model.rules import parse
from ..model.types import Model, Play
from ..model.words import CARE, Vocabulary, folded
from ..scoring.association import association_steps
from ..scoring.conditions import compile_rules
from .people import People
from .records import Pair, Queued, Task
from .texts import OFFER, PlayTexts, places, shows

IN_RESULTS = frozenset({"customer_id", "name", "owner", "kind", "industry", "size", "region"})
"""Customer columns that `results` shows in the run's language."""

MOVES = frozenset({"previous_tier", "tier_move"})
OFFERS = "next_categories"


@dataclass(frozen=True)
class Hit:
    """A customer a play's condition holds for; action and reason already speak of the customer."""

    customer_id: str
    name: str
    action: str
    reason: str


def find_hits(engine: Engine, model: Model, as_of: dt.date) -> None:
    """Make `play_hits`: one row per customer and enabled play whose condition holds (customer_id, play_key).

    Reads what scoring left behind, `moves` (see `movement.find_moves`) and `care` (see `care.find_care`).

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


def wanted_of(
    engine: Engine, plays: Mapping[str, Play], people: People, waiting: Mapping[Pair, dt.date], as_of: dt.date
) -> list[Queued]:
    """What the plays ask for now, each with who would do it and since when it waits; by customer and play."""
    rows = engine.rows(
        "SELECT results.customer_id, play_key, results.owner, results.score FROM play_hits"
        " JOIN results ON results.customer_id = play_hits.customer_id ORDER BY results.customer_id, play_key"
    )
    return [
        Queued(
            customer_id=customer_id,
            play=key,
            owner=people.doer(plays[key].owner, owner or ""),
            priority=plays[key].priority,
            since=min(waiting.get((customer_id, key), as_of), as_of),
            score=float(score or 0),
        )
        for customer_id, key, owner, score in rows
        if key in plays
    ]


def hits_of(
    engine: Engine, play: Play, texts: PlayTexts, model: Model, language: Language, customers: Sequence[str]
) -> list[Hit]:
    """What a play's task says to each of these customers, by customer id."""
    if not customers:
        return []
    columns = list({column.key: column for column in texts.columns.values()}.values())
    show = shows(columns, model, language)
    picked = "".join(
        f", {_relation(column)}.{quoted(column.key)} AS {quoted(f'value_{column.key}')}" for column in columns
    )
    asked = {_relation(column) for column in columns} - {"results"}
    joins = "".join(f" LEFT JOIN {each} ON {each}.customer_id = results.customer_id" for each in sorted(asked))
    rows = engine.rows(
        f"SELECT results.customer_id, results.name{picked} FROM results{joins}"
        " WHERE results.customer_id IN (SELECT UNNEST(CAST(? AS VARCHAR[]))) ORDER BY results.customer_id",
        [list(customers)],
    )
    hits = []
    for customer_id, name, *values in rows:
        words = {column.key: show[column.key](value) for column, value in zip(columns, values, strict=True)}
        action, reason = texts.filled(words)
        hits.append(Hit(customer_id, name or "", action, reason))
    return hits


def put_offers(engine: Engine, model: Model, as_of: dt.date) -> None:
    """Make `next_categories` where a task's text names the category to offer; empty where the model cannot say."""
    names = Vocabulary.of(model)
    texts = [words for play in model.playbook if play.enabled for words in (*play.action.all(), *play.reason.all())]
    named = {
        names.columns[folded(word)].key for each in texts for word in places(each) if folded(word) in names.columns
    }
    if OFFER not in named:
        return
    engine.once(association_steps(model, as_of))
    if not engine.has(OFFERS):
        engine.put(OFFERS, {"customer_id": "VARCHAR", OFFER: "VARCHAR"}, ())


def _relation(column: Column) -> str:
    """Where a column's value for people lies."""
    if column.key in MOVES:
        return "moves"
    if column.key in CARE:
        return "care"
    if column.key == OFFER:
        return OFFERS
    return "customers" if column.origin == "customer" and column.key not in IN_RESULTS else "results"


def scores_of(engine: Engine, tasks: Iterable[Task], merged: Mapping[str, str]) -> dict[str, float]:
    """Customer id -> score, for those of the tasks' customers who are in the results (0 where without a score).

    Args:
        merged: ids that belong to another customer now; they have that one's score.
    """
    asked = {task.customer_id: merged.get(task.customer_id, task.customer_id) for task in tasks}
    rows = engine.rows(
        "SELECT customer_id, COALESCE(score, 0) AS score FROM results"
        " WHERE customer_id IN (SELECT UNNEST(CAST(? AS VARCHAR[])))",
        [sorted(set(asked.values()))],
    )
    found = dict(rows)
    return {customer: found[now] for customer, now in asked.items() if now in found}
