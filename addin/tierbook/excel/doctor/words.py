"""The examination on the screen, or for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...labels import Language, text
from .result import Found

_PLAIN = {"doctor.needs_excel", "doctor.needs_book"}
"""Findings that say nothing new after the line that says there is no Excel, or no book."""


def lines(found: Mapping[str, Found], language: Language, *, all_checks: bool = True) -> list[str]:
    """One line a check, the cure below it where something is wrong, and how many there were of each.

    Args:
        all_checks: also those where nothing is wrong.
    """
    shown = []
    for name, one in found.items():
        if one.key in _PLAIN or (one.state in {"ok", "not_here"} and not all_checks):
            continue
        state, title = text(f"doctor.state_{one.state}", language), text(f"doctor.name_{name}", language)
        shown.append(text("doctor.line", language, state=state, name=title, sentence=one.sentence(language)))
        if cure := one.cure(language):
            shown.append(text("doctor.cure_line", language, cure=cure))
    states = [one.state for one in found.values()]
    shown.append(
        text(
            "doctor.summary", language, ok=states.count("ok"), warning=states.count("warning"),
            failed=states.count("failed"), not_here=states.count("not_here"),
        )
    )  # fmt: skip
    return shown


def as_json(found: Mapping[str, Found], language: Language) -> dict[str, Any]:
    """The same for programs: state, sentence and cure by check."""
    return {
        name: {
            "state": one.state, "finding": one.key.split(".")[1], "sentence": one.sentence(language),
            "cure": one.cure(language),
        }
        for name, one in found.items()
    }  # fmt: skip
