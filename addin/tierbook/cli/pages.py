"""Verbs that write a page: dashboard. (`review --html` stands with the other verbs around the rules.)"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..labels import Language, text
from .line import CommandLine, request


def register(line: CommandLine) -> None:
    made = line.verb("dashboard", run_dashboard, room="pages")
    line.book(made)
    made.add_argument("--html", type=Path, required=True, metavar="FILE.html", help=line.speaker("pages")("html"))
    line.scoring(made)


def run_dashboard(options: argparse.Namespace, language: Language) -> int:
    from ..jobs.pages import dashboard

    report = dashboard(request(options, language, options.book), options.html)
    if options.json:
        print(json.dumps({"page": str(report.path), "as_of": report.as_of, "bytes": report.size}, ensure_ascii=False))
    else:
        print(
            text("pages.saved", language, path=report.path.absolute(), as_of=report.as_of, size=-(-report.size // 1024))
        )
    return 0
