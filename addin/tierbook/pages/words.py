"""Figures as people read them on a page: 1,234 · 56.7% · 123.4万 · 1.2M."""

from __future__ import annotations

from ..labels import Language
from ..publish.money import amount_text

NOTHING = "–"


def count(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.0f}"


def percent(value: float | None, places: int = 1) -> str:
    return NOTHING if value is None else f"{value:.{places}%}"


def plain(value: float | None, places: int = 1) -> str:
    return NOTHING if value is None else f"{value:,.{places}f}"


def money(value: float | None, language: Language, *, largest: float | None = None) -> str:
    """An amount, short where it (or the largest beside it) is large: 万 in Chinese, k and M in English."""
    return NOTHING if value is None else amount_text(value, language, largest=largest)
