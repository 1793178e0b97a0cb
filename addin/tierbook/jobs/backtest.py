"""The rules of today on a past day, and what came after it: would the tiers have told?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..backtest import (
    Asked,
    Found,
    Settings,
    Suggestion,
    forget_newcomers,
    measure,
    outcome_steps,
    read_then,
    suggest,
    then_steps,
)
from ..engine import Engine
from ..errors import ScoringError, UsageError
from ..labels import DEFAULT, Language
from ..model.settings import with_settings
from ..scoring import score
from .checks import report_of
from .intake import DEFAULT_MODEL, Run, language_for, named_model, rules_for, start_run
from .partial import with_sheets
from .request import Note, Request
from .rules import Before, Preview, compared, tier_names
from .standings import standings
from .writing import BookReport, told, written

if TYPE_CHECKING:
    from ..model.types import Model
    from ..workbook import Book

PARAM = "backtest_"
"""Begins the key of every parameter that says how; a model without one takes that of `general`."""
UNDATED = "customers"
"""The table whose columns bear no date, so that a past day sees them as they are today."""
SILENT = 10
"""Part of the time watched that, without any order at its end, looks as if orders were not recorded yet: a tenth."""


@dataclass(frozen=True)
class BacktestReport(BookReport):
    """What a backtest found; `preview` says who would move today by the suggested weights, None without any.

    `facts_notes` say what the facts cannot tell, and what to know of the rules.
    """

    found: Found | None = None
    suggestion: Suggestion | None = None
    preview: Preview | None = None
    model: Model | None = None
    language: Language = DEFAULT
    facts_notes: Sequence[Note] = field(default_factory=tuple)


def backtest(
    request: Request, *, at: dt.date | None = None, days: int | None = None, dry_run: bool = False
) -> BacktestReport:
    """Score a past day by the rules of today, compare with what happened in the days after, and write 回测.

    Without a book nothing is written. Weights are suggested, never applied.

    Args:
        at: the past day; None: so many `days` before the request's day.
        days: how long is watched after it; None: as the model says.

    Raises:
        UsageError: the days after `at` are not over on the request's day.
        ScoringError: nobody was known on the day, or no order is dated after it.
    """
    book = request.book
    if book is None:
        with Engine(memory_limit=request.memory_limit or None) as engine:
            return _tested(request, engine, at, days)[1]

    def make(before: Book) -> tuple[bytes, BacktestReport]:
        return _made(request, before, at, days)

    return told(book, make) if dry_run else written(book, make, request.progress, whole=False)


def _made(request: Request, before: Book, at: dt.date | None, days: int | None) -> tuple[bytes, BacktestReport]:
    from ..publish.sheet_backtest import add_backtest_sheet

    with Engine(memory_limit=request.memory_limit or None) as engine:
        run, report = _tested(request, engine, at, days)
        request.progress("jobs.publishing", {})
        brought = with_sheets(before, report_of(run), {"backtest": partial(add_backtest_sheet, tested=report)})
        return brought.data, replace(report, sheets=brought.sheets, notes=brought.notes)


def _tested(request: Request, engine: Engine, at: dt.date | None, days: int | None) -> tuple[Run, BacktestReport]:
    """The last run made, which holds the facts as of the request's day, and the report."""
    language = language_for(request)
    request = replace(request, language=language)
    request.progress("jobs.reading_model", {})
    rules = rules_for(request, language)
    model = rules.model
    settings = settings_of(model, days)
    asked = asked_for(request.as_of, at, settings)
    past = scored_then(request, engine, model, asked, settings)
    run = start_run(replace(request, as_of=asked.end), engine, model=model, sources=past.sources, results_only=True)
    engine.run_all(outcome_steps(asked))
    notes = facts_notes(run, asked, settings)
    then, newcomers = read_then(engine, model)
    request.progress("backtest.measuring", {"customers": len(then)})
    found = measure(then, asked, settings, tiers=len(model.scale(model.main_scale).tiers), newcomers=newcomers)
    suggestion = suggest(then, model.main_card, settings)
    if run.as_of != request.as_of:
        run = start_run(request, engine, model=model, sources=past.sources, results_only=True)
    preview = who_would_move(run, request, suggestion) if suggestion and suggestion.settings else None
    report = BacktestReport(
        request.book or Path(),
        changed=False,
        backup=None,
        sheets=(),
        found=found,
        suggestion=suggestion,
        preview=preview,
        model=model,
        language=language,
        facts_notes=[*rules.notes, *notes],
    )
    return run, report


def scored_then(request: Request, engine: Engine, model: Model, asked: Asked, settings: Settings) -> Run:
    """Make `backtest_then` of nothing but facts dated up to the past day.

    Raises:
        ScoringError: nobody was known then.
    """

    def forget(engine: Engine) -> None:
        forget_newcomers(engine, asked.at)
        if not engine.value("SELECT COUNT(*) AS customers FROM customers"):
            raise ScoringError("backtest.nobody", at=asked.at.isoformat())

    then = replace(request, as_of=asked.at)
    try:
        past = start_run(then, engine, model=model, results_only=True, cleaned_first=forget)
    except ScoringError as problem:
        if problem.key != "jobs.only_future":
            raise
        raise ScoringError("backtest.nobody", at=asked.at.isoformat()) from problem
    engine.run_all(then_steps(engine, model, asked, settings))
    return past


def who_would_move(run: Run, request: Request, suggestion: Suggestion) -> Preview:
    """Who would move on the request's day, if the suggested weights were in force; `run` has scored it by today's."""
    held = Before(standings(run), tier_names(run.model, run.language))
    model = with_settings(run.model, suggestion.settings)
    scored = score(run.engine, model, run.as_of, run.language, results_only=True)
    return compared(request.book or Path(), replace(run, model=model, scored=scored), held, same_rules=False)


def facts_notes(run: Run, asked: Asked, settings: Settings) -> list[Note]:
    """What the facts as of the end cannot tell.

    Raises:
        ScoringError: no order is dated after the past day.
    """
    first, last = run.engine.rows("SELECT MIN(date) AS first_date, MAX(date) AS last_date FROM orders")[0]
    if last is None or last <= asked.at:
        raise ScoringError("backtest.nothing_after", at=asked.at.isoformat(), last=last or "-")
    notes: list[Note] = []
    if (asked.end - last).days * SILENT > asked.days:
        notes.append(("backtest.facts_end", {"last": last.isoformat(), "end": asked.end.isoformat()}))
    if (asked.at - first).days < settings.active_days:
        notes.append(("backtest.facts_begin", {"first": first.isoformat(), "days": (asked.at - first).days}))
    measured = [run.model.indicator(line.indicator) for line in run.model.main_card.lines if line.weight]
    if undated := [one.name.of(run.language) for one in measured if one.table == UNDATED]:
        notes.append(("backtest.undated", {"names": "、".join(undated)}))
    return notes


def settings_of(model: Model, days: int | None) -> Settings:
    """The parameters of a backtest; `days` as asked, or as the model says.

    Raises:
        UsageError: fewer than one day is asked for.
    """
    given = {**named_model(DEFAULT_MODEL).params, **model.params}

    def value(key: str) -> float:
        return float(given[f"{PARAM}{key}"].value)

    if days is not None and days < 1:
        raise UsageError("backtest.no_days", days=days)
    return Settings(
        days=int(value("days")) if days is None else days,
        active_days=int(value("active_days")),
        min_events=int(value("min_events")),
        confidence=value("confidence"),
        folds=int(value("folds")),
        per_weight=int(value("per_weight")),
        redraws=int(value("redraws")),
        seed=int(value("seed")),
    )


def asked_for(as_of: dt.date, at: dt.date | None, settings: Settings) -> Asked:
    """The past day and the end of what is watched.

    Raises:
        UsageError: these days are not over on `as_of`.
    """
    at = as_of - dt.timedelta(settings.days) if at is None else at
    asked = Asked(at, at + dt.timedelta(settings.days))
    if asked.end > as_of:
        raise UsageError(
            "backtest.not_over", at=at.isoformat(), days=settings.days, end=asked.end.isoformat(),
            as_of=as_of.isoformat(), over=max((as_of - at).days, 0),
        )  # fmt: skip
    return asked
