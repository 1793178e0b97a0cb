"""The verb `allocate`: propose owners, show the effect, write what was accepted."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import UsageError
from ..labels import Language
from .line import CommandLine, request


def register(line: CommandLine) -> None:
    say = line.speaker("allocation")
    made = line.verb("allocate", run_allocate, room="allocation")
    line.book(made, optional=True)
    made.add_argument("--apply", action="store_true", help=say("apply"))
    made.add_argument("--out", type=Path, metavar="FILE.csv|.xlsx", help=say("out"))
    line.scoring(made)
    line.dry_run(made)


def run_allocate(options: argparse.Namespace, language: Language) -> int:
    from ..jobs.allocate import allocate
    from .allocate_screen import show_allocation

    if options.apply:
        return run_apply(options, language)
    report = allocate(request(options, language, options.book), out=options.out, dry_run=options.dry_run)
    return show_allocation(report, language, as_json=options.json, dry_run=options.dry_run)


def run_apply(options: argparse.Namespace, language: Language) -> int:
    from ..jobs.apply_owners import apply_owners
    from .allocate_screen import show_applied

    if options.out is not None:
        raise UsageError("allocation.apply_or_out")
    report = apply_owners(request(options, language, options.book), dry_run=options.dry_run)
    return show_applied(report, language, as_json=options.json, dry_run=options.dry_run)
