"""Verbs of the analyst, who needs no workbook: score, explain."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..labels import Language
from .line import CommandLine, request


def register(line: CommandLine) -> None:
    say = line.say

    made = line.verb("score", run_score)
    line.scoring(made)
    made.add_argument("--book", type=Path, metavar="BOOK", help=say("book_facts"))
    made.add_argument("--out", type=Path, metavar="FILE", help=say("out"))
    made.add_argument("--findings", type=Path, metavar="FILE", help=say("findings"))
    line.dry_run(made)

    made = line.verb("explain", run_explain)
    made.add_argument("customer_id", metavar="ID", help=say("customer_id"))
    line.book(made, optional=True)
    line.scoring(made)


def run_score(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen

    out, findings = (None, None) if options.dry_run else (options.out, options.findings)
    summary = jobs.score_to_file(request(options, language, options.book), out, findings=findings)
    return screen.show_summary(summary, language, as_json=options.json, out=out)


def run_explain(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen

    found = jobs.explain(request(options, language, options.book), options.customer_id)
    return screen.show_explanation(found, language, as_json=options.json)
