"""The verb `history`, and how it is shown."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..labels import Language, text
from .line import CommandLine, date

if TYPE_CHECKING:
    from ..history import Standing
    from ..jobs.history import Exported, Runs, Stood, Story

BOOKS = (".xlsx", ".xlsm")
SHOWN = 40
"""Customers listed on the screen at most."""


def register(line: CommandLine) -> None:
    say = line.speaker("history")
    made = line.verb("history", run_history, room="history")
    made.add_argument("words", nargs="*", metavar="BOOK|ID", help=say("words"))
    line.history(made)
    made.add_argument("--as-of", type=date, default=None, metavar="YYYY-MM-DD", help=say("as_of"))
    made.add_argument("--since", type=date, default=None, metavar="YYYY-MM-DD", help=say("since"))
    made.add_argument("--out", type=Path, default=None, metavar="FILE.csv", help=say("out"))
    made.add_argument("--export", type=Path, default=None, metavar="FOLDER", help=say("export"))


def run_history(options: argparse.Namespace, language: Language) -> int:
    from ..jobs import Request, history

    books = [word for word in options.words if word.lower().endswith(BOOKS)]
    ids = [word for word in options.words if word not in books]
    if len(books) > 1 or len(ids) > 1:
        raise UsageError("history.too_many_words")
    asked = language if options.lang or os.environ.get("TIERBOOK_LANG") or not books else None
    day = options.as_of or dt.date.today()  # noqa: DTZ011 - a business day where the user sits
    book = Path(books[0]) if books else None
    request = Request(as_of=day, book=book, language=asked, ledger=options.ledger, scope=options.scope)
    if ids:
        return show_story(history.story(request, ids[0]), as_json=options.json)
    if options.export:
        return show_exported(history.export(request, options.export), as_json=options.json)
    if options.as_of or options.since or options.out:
        found = history.stood(request, since=options.since)
        saved = history.write_stood(found, options.out) if options.out else None
        return show_stood(found, day, saved, as_json=options.json)
    return show_runs(history.runs(request), as_json=options.json)


def show_story(story: Story, *, as_json: bool) -> int:
    from ..screen import print_json

    if as_json:
        lines = [{"day": one.day.isoformat(), "kind": one.kind, "words": one.words} for one in story.lines]
        return print_json({"scope": story.scope, "customer_id": story.customer_id, "lines": lines})
    print(text("history.story_title", story.language, customer_id=story.customer_id, scope=story.scope))
    for one in story.lines:
        print(f"  {one.day}  {one.words}")
    return 0


def show_stood(found: Stood, day: dt.date, saved: Path | None, *, as_json: bool) -> int:
    from ..screen import print_json, table

    if as_json:
        return print_json({
            "scope": found.scope, "as_of": found.run.as_of.isoformat(), "model_version": found.run.model_version,
            "customers": [asdict(one) for one in found.standings],
            "since": found.since.isoformat() if found.since else None,
            "moves": [{"customer_id": one, "before": was.tier if was else None, "after": now.tier if now else None}
                      for one, was, now in found.moves],
        })  # fmt: skip
    print(text("history.stood_title", found.language, scope=found.scope, day=day, run=found.run.as_of,
               version=found.run.model_version, customers=len(found.standings)))  # fmt: skip
    counts = Counter(one.tier for one in found.standings)
    tiers = sorted(counts, key=lambda key: -found.names.ranks.get(key, -1))
    print(table([[found.names.tier(key), f"{counts[key]:,}"] for key in tiers], right=[1]))
    if found.since:
        print(text("history.moves_title", found.language, since=found.since, count=len(found.moves)))
        if found.moves:
            print(table([_move_row(found, *move) for move in found.moves[:SHOWN]]))
        if len(found.moves) > SHOWN:
            print(text("history.and_more", found.language, count=len(found.moves) - SHOWN))
    if saved:
        print(text("history.saved_list", found.language, path=saved, count=len(found.standings)))
    return 0


def _move_row(found: Stood, customer: str, was: Standing | None, now: Standing | None) -> list[str]:
    def told(one: Standing | None, nothing: str) -> str:
        if one is None:
            return text(f"history.{nothing}", found.language)
        return f"{found.names.tier(one.tier)} {(one.score or 0) / 1_000_000:.1f}"

    return [customer, told(was, "came"), "→", told(now, "left")]


def show_runs(found: Runs, *, as_json: bool) -> int:
    from ..screen import print_json, table

    if as_json:
        rows = [{**asdict(run), "as_of": run.as_of.isoformat()} for run in found.runs]
        return print_json({"scope": found.scope, "place": found.place, "runs": rows, "tasks": found.tasks})
    print(text("history.runs_title", found.language, scope=found.scope, runs=len(found.runs), tasks=found.tasks,
               versions=len(found.models), place=found.place))  # fmt: skip
    head = text("history.runs_columns", found.language).split("|")
    lines = [[run.as_of.isoformat(), run.model_version, f"{run.customers:,}", run.data_fingerprint, run.kept_at]
            for run in found.runs]  # fmt: skip
    print(table([head, *lines], right=[2]))
    return 0


def show_exported(found: Exported, *, as_json: bool) -> int:
    from ..screen import print_json

    if as_json:
        return print_json({"written": [str(path) for path in found.written], "kept": found.kept})
    print(text("history.exported", found.language, written=len(found.written), folder=found.folder, kept=found.kept))
    return 0
