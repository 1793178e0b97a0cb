"""Where a customer stands in its life with us, and the segments a team defines itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ..engine import Step, text_literal
from ..model.nodes import Node
from ..model.rules import parse
from ..model.types import Model, Rule
from ..model.words import Vocabulary
from .conditions import compile_rules
from .portable import first_case


def stage_steps(model: Model, as_of: dt.date, names: Vocabulary) -> list[Step]:
    """The step `stages` and what it needs: of the model's stages, in their order, the first that holds."""
    rules = [rule for rule in model.stages if rule.enabled]
    return _first_that_holds("stages", "stage", parsed(rules, names.for_use("stages")), model, as_of)


def segment_steps(model: Model, as_of: dt.date, names: Vocabulary) -> list[Step]:
    """The step `segments` and what it needs: of the model's own segments, in their order, the first that holds."""
    rules = [rule for rule in model.segments if rule.enabled]
    return _first_that_holds("segments", "custom_segment", parsed(rules, names.for_use("segments")), model, as_of)


def parsed(rules: Iterable[Rule], names: Vocabulary) -> dict[str, Node]:
    """Rule key -> checked tree.

    Raises:
        RuleError: a condition cannot be understood.
    """
    return {rule.key: parse(rule.when, names) for rule in rules}


def _first_that_holds(name: str, column: str, trees: dict[str, Node], model: Model, as_of: dt.date) -> list[Step]:
    compiled = compile_rules(trees, name=name, model=model, as_of=as_of)
    cases = [(test, text_literal(key)) for key, test in compiled.tests.items()]
    return [
        *compiled.steps,
        Step(
            name,
            f"""-- One row per customer: the key of the first of the {name} whose rule holds, in the model's order.
SELECT customers.customer_id AS customer_id, CAST({first_case(cases, "NULL")} AS VARCHAR) AS {column}
FROM {compiled.source}""",
        ),
    ]
