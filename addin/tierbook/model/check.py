"""Checks of a model's meaning."""

from __future__ import annotations

from ..errors import ModelError, SeveralErrors
from .rules import parse
from .types import Model
from .words import Vocabulary


def check(model: Model, where: str = "") -> list[ModelError]:
    """Every problem of the model."""
    problems: list[ModelError] = []
    names = Vocabulary.of(model)
    for use, rules in (
        ("stages", model.stages),
        ("tags", model.tags),
        ("segments", model.segments),
        ("playbook", model.playbook),
    ):
        seen = names.for_use(use)  # type: ignore[arg-type]
        for rule in rules:
            try:
                parse(rule.when, seen)
            except ModelError as error:
                problems.append(ModelError("model.bad_rule", where=rule.where, reason=error))
    return problems


def raise_problems(model: Model, where: str) -> None:
    """Raise what `check` finds: one problem alone, several together."""
    problems = check(model, where)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise SeveralErrors(list(problems))
