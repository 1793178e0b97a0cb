"""Verbs of the analyst, who needs no workbook: score, clean, explain."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import UsageError
from ..labels import Language
from .line import CommandLine, places, request


def register(line: CommandLine) -> None:
    say = line.say

    made = line.verb("score", run_score)
    line.scoring(made)
    made.add_argument("--book", type=Path, metavar="BOOK", help=say("book_facts"))
    made.add_argument("--out", metavar="FILE", help=say("out"))
    made.add_argument("--findings", type=Path, metavar="FILE", help=say("findings"))
    line.dry_run(made)
    warehouse(line, made)

    made = line.verb("clean", run_clean, room="warehouse")
    line.book(made, optional=True)
    line.scoring(made)
    made.add_argument("--out", type=Path, metavar="FOLDER", required=True, help=line.speaker("warehouse")("clean_out"))
    line.dry_run(made)

    made = line.verb("explain", run_explain)
    made.add_argument("customer_id", metavar="ID", help=say("customer_id"))
    line.book(made, optional=True)
    line.scoring(made)


def warehouse(line: CommandLine, made: argparse.ArgumentParser) -> None:
    """The options that say where to score."""
    say = line.speaker("warehouse")
    spark = made.add_argument_group(say("spark"))
    spark.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb", help=say("engine"))
    spark.add_argument("--master", default="", metavar="URL", help=say("master"))
    spark.add_argument("--conf", action="append", default=[], metavar="KEY=VALUE", help=say("conf"))


def run_score(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen

    if options.engine == "spark":
        return run_score_on_spark(options, language)
    for option in ("master", "conf"):
        if getattr(options, option):
            raise UsageError("warehouse.only_spark", option=f"--{option}")
    out = Path(options.out) if options.out and not options.dry_run else None
    findings = None if options.dry_run else options.findings
    summary = jobs.score_to_file(request(options, language, options.book), out, findings=findings)
    return screen.show_summary(summary, language, as_json=options.json, out=out)


def run_score_on_spark(options: argparse.Namespace, language: Language) -> int:
    from .. import screen
    from ..jobs.warehouse import Cluster, score_on_spark

    for option in ("map", "sheet", "findings", "rates"):
        if getattr(options, option):
            raise UsageError("warehouse.not_on_spark", option=f"--{option}")
    wrong = next((word for word in options.conf if "=" not in word), "")
    if wrong:
        raise UsageError("warehouse.bad_conf", word=wrong)
    named = {"master": options.master} if options.master else {}
    cluster = Cluster(places(options), conf=dict(word.split("=", 1) for word in options.conf), **named)
    out = None if options.dry_run else options.out
    summary = score_on_spark(request(options, language, options.book), cluster, out or "")
    return screen.show_summary(summary, language, as_json=options.json, out=Path(out) if out else None)


def run_clean(options: argparse.Namespace, language: Language) -> int:
    from ..jobs.warehouse import clean_to_folder
    from .warehouse_screen import show_cleaned

    report = clean_to_folder(request(options, language, options.book), options.out, dry_run=options.dry_run)
    return show_cleaned(report, language, as_json=options.json, dry_run=options.dry_run)


def run_explain(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen

    found = jobs.explain(request(options, language, options.book), options.customer_id)
    return screen.show_explanation(found, language, as_json=options.json)
