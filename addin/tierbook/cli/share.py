"""The verb `share`: a copy for people without the add-in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..labels import Language, text
from .line import CommandLine

if TYPE_CHECKING:
    from ..jobs import ShareReport

SHOWN = 5
"""Places of formulas that are named; the rest are counted."""


def register(line: CommandLine) -> None:
    say = line.speaker("share")
    made = line.verb("share", run_share, room="share")
    line.book(made)
    made.add_argument("--to", choices=("lambda", "classic"), required=True, help=say("to"))
    made.add_argument("--out", type=Path, default=None, metavar="FILE", help=say("out"))
    line.dry_run(made)


def run_share(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen

    tell = screen.progress(language, quiet=options.quiet or options.json)
    report = jobs.share(options.book, options.to, out=options.out, dry_run=options.dry_run, progress=tell)
    return show(report, language, as_json=options.json)


def show(report: ShareReport, language: Language, *, as_json: bool) -> int:
    """What became of the book, and what its reader should know."""
    from .. import screen

    if as_json:
        return screen.print_json(
            {
                "book": str(report.book), "out": str(report.out), "to": report.to, "customers": report.customers,
                "formulas": report.formulas, "frozen": list(report.frozen), "look_up": report.look_up,
                "macros": report.macros, "dry_run": report.dry_run, "changed": report.changed,
            }
        )  # fmt: skip
    done = "share.would" if report.dry_run else "share.done"
    print(text(done, language, path=report.out, customers=f"{report.customers:,}"))
    for note in notes(report, language):
        print(f"  · {note}")
    return 0


def notes(report: ShareReport, language: Language) -> list[str]:
    sheet = text("share.look_up_sheet", report.language)
    found = [text("share.look_up_made" if report.look_up else "share.look_up_taken", language, sheet=sheet)]
    if report.formulas:
        found.append(text("share.formulas", language, count=f"{report.formulas:,}"))
    if report.to == "lambda":
        found.append(text("share.needs_lambda", language))
    if report.macros != "none":
        found.append(text(f"share.macros_{report.macros}", language))
    if report.frozen:
        cells = "、".join(report.frozen[:SHOWN]) + (" …" if len(report.frozen) > SHOWN else "")
        found.append(text("share.frozen", language, count=f"{len(report.frozen):,}", cells=cells))
    return [*found, text("share.whole_book", language)]
