"""Verbs that write a workbook: new, demo, refresh, followups, undo."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import replace
from pathlib import Path

from ..labels import Language
from .line import CommandLine, request

BETWEEN = re.compile("[,，、;；]")
"""What may stand between sheets named in one word."""


def register(line: CommandLine) -> None:
    say = line.say

    made = line.verb("new", run_new)
    made.add_argument("book", type=Path, metavar="BOOK.xlsx|.xlsm", help=say("book"))
    made.add_argument("--model", default="", metavar="NAME|PATH", help=say("model"))
    made.add_argument("--force", action="store_true", help=say("force"))

    made = line.verb("demo", run_demo)
    made.add_argument("folder", type=Path, nargs="?", default=Path(), metavar="FOLDER", help=say("folder"))

    for name, runner in (("refresh", run_refresh), ("followups", run_followups)):
        made = line.verb(name, runner)
        line.book(made)
        line.scoring(made)
        line.history(made)
        line.dry_run(made)
        if name == "refresh":
            made.add_argument("--sheets", nargs="+", default=[], metavar="SHEET", help=line.speaker("chosen")("option"))
        if name == "followups":
            made.add_argument("--ics", type=Path, metavar="FOLDER", help=line.speaker("allocation")("ics"))

    made = line.verb("undo", run_undo)
    line.book(made)
    made.add_argument("--list", action="store_true", help=say("undo_list"))
    made.add_argument("--force", action="store_true", help=say("undo_force"))


def run_new(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen

    macros = None
    if options.book.suffix.lower() == ".xlsm":
        from ..excel.addin import template_macros

        macros = template_macros(language)
    report = jobs.new(options.book, language, model=options.model, force=options.force, macros=macros)
    return screen.show_new(report, language, as_json=options.json)


def run_demo(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen

    tell = screen.progress(language, quiet=options.quiet or options.json)
    return screen.show_book(jobs.demo(options.folder, language, progress=tell), language, as_json=options.json)


def run_refresh(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen

    words = tuple(word for typed in options.sheets for word in BETWEEN.split(typed))
    asked = replace(request(options, language, options.book), sheets=words)
    report = jobs.refresh(asked, dry_run=options.dry_run)
    return screen.show_book(report, language, as_json=options.json, dry_run=options.dry_run)


def run_followups(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen
    from ..jobs import ics

    asked = request(options, language, options.book)
    if options.ics is not None:
        ics.check_folder(options.ics)
    report = jobs.followups(asked, dry_run=options.dry_run)
    code = screen.show_book(report, language, as_json=options.json, dry_run=options.dry_run)
    if options.ics is not None:
        made = ics.calendars(asked, options.ics, dry_run=options.dry_run)
        print(ics.told(made, language, dry_run=options.dry_run), file=sys.stderr if options.json else sys.stdout)
    return code


def run_undo(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen

    if options.list:
        return screen.show_copies(options.book, jobs.copies(options.book), language, as_json=options.json)
    return screen.show_undo(jobs.undo(options.book, force=options.force), language, as_json=options.json)
