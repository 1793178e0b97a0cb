"""Tags: one column per rule, 1 where the customer has the tag, or the value that is the tag."""

from __future__ import annotations

import datetime as dt

from ..engine import Step, quoted, text_literal
from ..labels import Language, text
from ..model.types import Model, Rule
from ..model.words import Vocabulary, folded
from .conditions import compile_rules
from .display import choice_names
from .portable import first_case, names_of
from .stages import parsed


def tag_steps(model: Model, as_of: dt.date, language: Language, names: Vocabulary) -> list[Step]:
    """The step `tags` and what it needs.

    In a group the first rule that holds wins. A tag that is a value (`value_of`: 行业, 区域) stands by itself,
    group or not, and is held where its rule holds and there is a value.
    """
    rules = [rule for rule in model.tags if rule.enabled]
    values = {rule.key: names.columns[folded(rule.value_of)] for rule in rules if rule.value_of}
    trees = parsed(rules, names.for_use("tags"))
    compiled = compile_rules(trees, name="tags", model=model, as_of=as_of, reads=tuple(values.values()))
    tested, held = ["customers.customer_id AS customer_id"], ["customer_id"]
    for rule in rules:
        column, test = quoted(f"tag_{rule.key}"), compiled.tests[rule.key]
        if rule.key in values:
            tested.append(f"CASE WHEN {test} THEN {compiled.places[values[rule.key]]} END AS {column}")
            held.append(column)
        else:
            tested.append(f"CASE WHEN {test} THEN 1 ELSE 0 END AS {quoted(f'holds_{rule.key}')}")
            held.append(f"{_first_in_group(rule, rules)} AS {column}")
    return [
        *compiled.steps,
        Step(
            "tags",
            f"""-- One row per customer; per tag 1 or 0, or the value where that is the tag; tags: all names in a text.
-- holds_X: the rule holds; in a group only the first that does gives its tag.
SELECT {_listed([*held, f"{_shown(rules, language)} AS tags"])}
FROM (
  SELECT {_listed(tested)}
  FROM {compiled.source}
) AS tested""",
        ),
    ]


def _first_in_group(rule: Rule, rules: list[Rule]) -> str:
    holds = quoted(f"holds_{rule.key}")
    before = rules[: rules.index(rule)]
    rivals = [
        (f"{quoted(f'holds_{other.key}')} = 1", "0")
        for other in before
        if rule.group and other.group == rule.group and not other.value_of
    ]
    return first_case(rivals, holds)


def _shown(rules: list[Rule], language: Language) -> str:
    """The names of the tags held, joined in the model's order; "" for a customer without any.

    A group gives one name at most, in the place of its first rule.
    """
    parts: dict[str, str] = {}
    for rule in rules:
        if rule.value_of:
            shown = names_of(quoted(f"tag_{rule.key}"), choice_names(rule.value_of, language))
            parts[f"value {rule.key}"] = f"NULLIF({shown}, '')"
        else:
            group = f"group {rule.group}" if rule.group else f"rule {rule.key}"
            arm = f"WHEN {quoted(f'holds_{rule.key}')} = 1 THEN {text_literal(rule.name.of(language))}"
            parts[group] = f"{parts.get(group, 'CASE')} {arm}"
    between = text_literal(text("scoring.between_tags", language))
    listed = ", ".join(part if part.startswith("NULLIF") else f"{part} END" for part in parts.values())
    return f"CONCAT_WS({between}, {listed})" if listed else "''"


def _listed(columns: list[str]) -> str:
    return ",\n  ".join(columns)
