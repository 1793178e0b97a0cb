"""The part of 数据检查 about single cells: repaired, filled, and what people should decide on."""

from __future__ import annotations

from collections.abc import Sequence

from .. import schema
from ..cleaning.industry import catalogue
from ..cleaning.quality import Fill, Filled, InDoubt, Quality, Repair, quality
from ..labels import Language, text
from .blocks import Blocks
from .columns import Column
from .records import Report

LISTED = 200
"""Filled values and doubts shown; the counts are complete."""


def add_quality(blocks: Blocks, report: Report) -> None:
    """The tables of what was repaired, filled and left in doubt, where there is any of it."""
    found = quality(report.engine, report.cleaned.accounts, most=LISTED)
    language = report.language
    if found.doubts:
        blocks.heading(text("quality.doubts_heading", language))
        blocks.table("DataDoubts", _columns(language, "doubt_text", "doubt_means", "doubt_column", "customers"),
                     [doubt_row(one, language) for one in found.doubts])  # fmt: skip
    if found.repairs:
        blocks.heading(text("quality.repairs_heading", language))
        blocks.table("DataRepairs", _columns(language, "repair", "repair_example", "column", "cells"),
                     [repair_row(one, language) for one in found.repairs])  # fmt: skip
    if found.fills:
        blocks.heading(text("quality.fills_heading", language))
        blocks.table("DataFills", _columns(language, "fill", "fill_example", "column", "cells"),
                     [fill_row(one, language) for one in found.fills])  # fmt: skip
    if found.filled:
        blocks.heading(text("quality.filled_heading", language, count=LISTED))
        blocks.table("DataFilled", _columns(language, "fill", "evidence", "column", "value", first="customer"),
                     [filled_row(one, language) for one in found.filled])  # fmt: skip


def _columns(language: Language, what: str, how: str, where: str, count: str, *, first: str = "table") -> list[Column]:
    """Five columns that stand under those of the other tables of the sheet."""

    def title(key: str) -> str:
        return text(f"quality.{key}", language)

    return [
        Column(first, title(first), "text", bold=True), Column("what", title(what), "long"),
        Column("how", title(how), "long"), Column("where", title(where), "text"),
        Column("count", title(count), "text" if count == "value" else "count"),
    ]  # fmt: skip


def repair_row(one: Repair, language: Language) -> list[object]:
    """What form was made of how many cells, with the first of them."""
    table = schema.DELIVERABLE[one.table]
    return [table.name.of(language), repair_words(one, language), f"{one.before} → {_shown(one, language)}",
            table.column(one.column).name.of(language), one.cells]  # fmt: skip


def repair_words(one: Repair, language: Language) -> str:
    named = one.column if one.column in ("phone", "email", "credit_code", "province", "city") else one.kind
    return text(f"quality.repaired_{named}", language)


def _shown(one: Repair, language: Language) -> str:
    choices = {choice.key: choice for choice in schema.DELIVERABLE[one.table].column(one.column).choices}
    return choices[one.after].name.of(language) if one.after in choices else one.after


def fill_row(one: Fill, language: Language) -> list[object]:
    return [schema.CUSTOMERS.name.of(language), text(f"quality.by_{one.told_by}", language),
            value_words(one.column, one.example, language), column_words(one.column, language), one.cells]  # fmt: skip


def filled_row(one: Filled, language: Language) -> list[object]:
    return [one.customer_id, text(f"quality.by_{one.told_by}", language), evidence_words(one, language),
            column_words(one.column, language), value_words(one.column, one.value, language)]  # fmt: skip


def evidence_words(one: Filled, language: Language) -> str:
    """Why a value was filled: the note's words, or how many companies alike have it."""
    if one.told_by != "orders":
        return one.evidence
    with_it, alike = one.evidence.split("/")
    return text("quality.alike", language, alike=alike, with_it=with_it,
                value=value_words(one.column, one.value, language))  # fmt: skip


def doubt_row(one: InDoubt, language: Language) -> list[object]:
    return [schema.CUSTOMERS.name.of(language), one.text, means_words(one, language),
            column_words(one.column, language), one.customers]  # fmt: skip


def means_words(one: InDoubt, language: Language) -> str:
    """What a text in doubt most likely means, or that nothing of ours is like it."""
    between = text("quality.or", language)
    trades = [f"{each.code} {each.en if language == 'en' else each.name}" for each in one.industries]
    places = ["".join(dict.fromkeys(each)) for each in one.places]
    return between.join(trades or places) or text("quality.nothing_alike", language)


def column_words(column: str, language: Language) -> str:
    return schema.CUSTOMERS.column(column).name.of(language)


def value_words(column: str, value: str, language: Language) -> str:
    """A value as people read it: choices and industry codes by name."""
    if column == "industry_code":
        entry = catalogue().of[value[:3]]
        return f"{value} {entry.en if language == 'en' else entry.name}"
    choices = {choice.key: choice for choice in schema.CUSTOMERS.column(column).choices}
    return choices[value].name.of(language) if value in choices else value


def quality_json(found: Quality) -> dict[str, list[dict[str, object]]]:
    """The same for programs, by the keys of the schema."""
    return {
        "repaired": [
            {"table": one.table, "column": one.column, "cells": one.cells, "before": one.before, "after": one.after}
            for one in found.repairs
        ],
        "filled": [{"column": one.column, "told_by": one.told_by, "cells": one.cells} for one in found.fills],
        "filled_from_history": [vars(one) for one in found.filled],
        "in_doubt": [
            {"column": one.column, "text": one.text, "customers": one.customers,
             "codes": [each.code for each in one.industries],
             "places": ["".join(dict.fromkeys(each)) for each in one.places]}
            for one in found.doubts
        ],
    }  # fmt: skip


def quality_lines(found: Quality, language: Language) -> list[str]:
    """A line each on cells repaired, filled and left in doubt, where there are any; for the screen."""
    between = text("screen.between_findings", language)
    counts: dict[str, int] = {}
    for each in found.repairs:
        words = repair_words(each, language)
        counts[words] = counts.get(words, 0) + each.cells
    told = {
        "repaired": [f"{words} {cells:,}" for words, cells in counts.items()],
        "filled": [f"{column_words(each.column, language)} {each.cells:,}" for each in _by_column(found.fills)],
        "doubted": [f"{each.text} {each.customers:,}" for each in found.doubts[:5]],
    }
    return [text(f"quality.{key}_line", language, what=between.join(words)) for key, words in told.items() if words]


def _by_column(fills: Sequence[Fill]) -> list[Fill]:
    found: dict[str, Fill] = {}
    for one in fills:
        before = found.get(one.column)
        found[one.column] = Fill(one.column, "", one.cells + (before.cells if before else 0), one.example)
    return list(found.values())
