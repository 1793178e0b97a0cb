"""Verbs that write a page: dashboard. (`review --html` stands with the other verbs around the rules.)"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ..labels import Language, text
from .line import CommandLine, request


def register(line: CommandLine) -> None:
    made = line.verb("dashboard", run_dashboard, room="pages")
    line.book(made)
    made.add_argument("--html", type=Path, required=True, metavar="FILE.html", help=line.speaker("pages")("html"))
    line.scoring(made)
    line.history(made)


def run_dashboard(options: argparse.Namespace, language: Language) -> int:
    from ..jobs.pages import dashboard
    from ..screen import note_words

    report = dashboard(request(options, language, options.book), options.html)
    notes = [note_words(note, language) for note in report.notes]
    if options.json:
        told = {"page": str(report.path), "as_of": report.as_of, "bytes": report.size, "notes": notes}
        print(json.dumps(told, ensure_ascii=False))
    else:
        for note in notes:
            print(note, file=sys.stderr)
        print(
            text("pages.saved", language, path=report.path.absolute(), as_of=report.as_of, size=-(-report.size // 1024))
        )
    return 0
