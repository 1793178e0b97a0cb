"""Tags: one column per rule, 1 where the customer has the tag, or the value that is the tag."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from ..engine import Step, quoted
from ..model.nodes import Column
from ..model.types import Model, Rule
from ..model.words import Vocabulary, folded
from .conditions import compile_rules
from .portable import first_case
from .stages import parsed


def tag_steps(model: Model, as_of: dt.date, names: Vocabulary) -> list[Step]:
    """The step `tags` and what it needs.

    In a group the first rule that holds wins. A tag that is a value (`value_of`: 行业, 区域) stands by itself,
    group or not, and is held where its rule holds and there is a value.
    """
    rules = [rule for rule in model.tags if rule.enabled]
    values = {rule.key: names.columns[folded(rule.value_of)] for rule in rules if rule.value_of}
    compiled = compile_rules(
        parsed(rules, names.for_use("tags")), name="tags", model=model, as_of=as_of, reads=tuple(values.values())
    )
    columns = [
        f"{_held(rule, rules, compiled.tests, values, compiled.places)} AS {quoted('tag_' + rule.key)}"
        for rule in rules
    ]
    listed = ",\n  ".join(["customers.customer_id AS customer_id", *columns])
    return [
        *compiled.steps,
        Step(
            "tags",
            f"""-- One row per customer; per tag 1 or 0, or, where the tag is a value, that value.
SELECT {listed}
FROM {compiled.source}""",
        ),
    ]


def _held(
    rule: Rule,
    rules: Sequence[Rule],
    tests: Mapping[str, str],
    values: Mapping[str, Column],
    places: Mapping[Column, str],
) -> str:
    if rule.key in values:
        return f"CASE WHEN {tests[rule.key]} THEN {places[values[rule.key]]} END"
    rivals = []
    for other in rules:
        if other is rule:
            break
        if rule.group and other.group == rule.group and not other.value_of:
            rivals.append((tests[other.key], "0"))
    return first_case([*rivals, (tests[rule.key], "1")], "0")
