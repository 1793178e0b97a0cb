"""What installing did, would do, or found in the way, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ...labels import Language, text

Kind = Literal["done", "same", "kept", "warning"]


@dataclass(frozen=True)
class Step:
    """One thing done (or, in a dry run, to be done), already so, left to people, or to be minded."""

    kind: Kind
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def words(self, language: Language) -> str:
        return text(self.key, language, **self.values)


@dataclass(frozen=True)
class Report:
    """All steps in their order; `next_key` says what a person does now."""

    steps: tuple[Step, ...]
    dry_run: bool
    next_key: str = ""

    @property
    def changed(self) -> bool:
        return not self.dry_run and any(step.kind == "done" for step in self.steps)


def lines(report: Report, language: Language) -> list[str]:
    """One line a step, for the screen."""
    head = [text("install.dry_run", language)] if report.dry_run else []

    def told(step: Step) -> str:
        kind = "would" if report.dry_run and step.kind == "done" else step.kind
        return f"{text(f'install.kind_{kind}', language)}  {step.words(language)}"

    shown = [told(step) for step in report.steps]
    return head + shown + ([text(report.next_key, language)] if report.next_key else [])


def as_json(report: Report, language: Language) -> dict[str, Any]:
    """The same for programs."""
    steps = [{"kind": step.kind, "step": step.key.split(".")[1], "text": step.words(language)} for step in report.steps]
    return {"dry_run": report.dry_run, "changed": report.changed, "steps": steps}
