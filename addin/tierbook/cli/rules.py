"""Verbs around the rules and the data behind them: preview, apply, check, record, audit, review, export."""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
from dataclasses import replace
from pathlib import Path

from ..errors import UsageError
from ..labels import Language
from .line import CommandLine, date, request


def register(line: CommandLine) -> None:
    say = line.speaker("rules")

    made = line.verb("preview", run_preview, room="rules")
    line.book(made)
    line.scoring(made)

    made = line.verb("apply", run_apply, room="rules")
    line.book(made)
    made.add_argument("--by", default="", metavar="NAME", help=say("by"))
    made.add_argument("--note", default="", metavar="TEXT", help=say("note"))
    line.scoring(made)
    line.history(made)
    line.dry_run(made)

    made = line.verb("versions", run_versions, room="rules")
    line.book(made)

    for verb, run in (("check", run_check), ("record", run_record), ("review", run_review)):
        made = line.verb(verb, run, room="rules")
        line.book(made, optional=verb in {"check", "review"})
        line.scoring(made)
        if verb == "record":
            told = line.speaker("followup")
            made.add_argument("task", nargs="?", default="", metavar="TASK", help=told("record_task"))
            made.add_argument("--status", default="", metavar="WORD", help=told("record_status"))
            made.add_argument("--result", default="", metavar="TEXT", help=told("record_result"))
            made.add_argument("--next-step", default="", metavar="TEXT", help=told("record_next_step"))
        if verb == "review":
            line.history(made)
            made.add_argument("--backtest", action="store_true", help=say("review_backtest"))
            made.add_argument("--at", type=date, default=None, metavar="YYYY-MM-DD", help=say("review_at"))
            made.add_argument("--days", type=int, default=None, metavar="N", help=say("review_days"))
            made.add_argument("--html", type=Path, default=None, metavar="FILE.html",
                              help=line.speaker("pages")("review_html"))  # fmt: skip
        line.dry_run(made)

    made = line.verb("audit", run_audit, room="rules")
    line.book(made)
    line.scoring(made)
    made.add_argument("--force", action="store_true", help=say("audit_force"))
    line.dry_run(made)

    made = line.verb("export", run_export, room="rules")
    line.book(made)
    made.add_argument("out", type=Path, metavar="LIST.csv|.xlsx", help=say("out"))
    for choice in ("tier", "tag", "segment", "stage", "owner"):
        made.add_argument(f"--{choice}", default="", metavar="NAME", help=say(choice))
    line.dry_run(made)


def run_preview(options: argparse.Namespace, language: Language) -> int:
    """As of the day of the last refresh, unless another is asked for: then only the rules differ."""
    from .. import jobs
    from .rules_screen import show_preview

    asked = request(options, language, options.book)
    if options.as_of is None:
        asked = replace(asked, as_of=jobs.last_day(options.book) or asked.as_of)
    return show_preview(jobs.preview(asked), language, as_json=options.json)


def run_apply(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen

    by = options.by or getpass.getuser()
    today = dt.date.today()  # noqa: DTZ011 - a business day where the user sits
    asked = request(options, language, options.book)
    report = jobs.apply(asked, by=by, on=today, note=options.note, dry_run=options.dry_run)
    return screen.show_book(report, language, as_json=options.json, dry_run=options.dry_run)


def run_versions(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs
    from .rules_screen import show_versions

    return show_versions(options.book, jobs.versions(options.book), language, as_json=options.json)


def run_review(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen

    if options.backtest:
        if options.html is not None:
            raise UsageError("pages.html_needs_review")
        return run_backtest(options, language)
    if options.at is not None or options.days is not None:
        raise UsageError("backtest.needs_flag")
    report = jobs.review(request(options, language, options.book), html=options.html, dry_run=options.dry_run)
    if options.json:
        return screen.print_json(screen.outcome_json(report, language, dry_run=options.dry_run))
    return screen.print_outcome(report, language, dry_run=options.dry_run)


def run_backtest(options: argparse.Namespace, language: Language) -> int:
    from ..jobs.backtest import backtest
    from .backtest_screen import show_backtest

    asked = request(options, language, options.book)
    report = backtest(asked, at=options.at, days=options.days, dry_run=options.dry_run)
    return show_backtest(report, language, as_json=options.json, dry_run=options.dry_run)


def run_check(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs
    from .rules_screen import show_check

    report = jobs.check(request(options, language, options.book), dry_run=options.dry_run)
    return show_check(report, language, as_json=options.json, dry_run=options.dry_run)


def run_record(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs
    from .rules_screen import show_record

    said = {"status": options.status, "result": options.result, "next_step": options.next_step}
    if any(said.values()) and not options.task:
        raise UsageError("followup.which_task")
    entry = jobs.Entry(options.task, **said) if options.task else None
    report = jobs.record(request(options, language, options.book), entry=entry, dry_run=options.dry_run)
    return show_record(report, language, as_json=options.json, dry_run=options.dry_run)


def run_audit(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs
    from .rules_screen import show_audit

    report = jobs.audit(request(options, language, options.book), force=options.force, dry_run=options.dry_run)
    return show_audit(report, language, as_json=options.json, dry_run=options.dry_run)


def run_export(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs
    from .rules_screen import show_export

    chosen = {choice: getattr(options, choice) for choice in ("tier", "tag", "segment", "stage", "owner")}
    report = jobs.export(options.book, options.out, **chosen, dry_run=options.dry_run)
    return show_export(report, language, as_json=options.json)
