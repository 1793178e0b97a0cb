"""The verb that examines the machine: doctor."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..labels import Language
from .line import CommandLine


def register(line: CommandLine) -> None:
    made = line.verb("doctor", run_doctor, room="doctor")
    made.add_argument("book", type=str, nargs="?", metavar="BOOK", help=line.speaker("doctor")("book"))


def run_doctor(options: argparse.Namespace, language: Language) -> int:
    """Exit code 0 only where nothing failed; warnings do not count."""
    from .. import screen
    from ..excel import doctor

    book = options.book if options.book is None or doctor.is_url(options.book) else Path(options.book).absolute()
    found = doctor.examine(language, book=book)
    if options.json:
        screen.print_json(doctor.as_json(found, language))
    else:
        print("\n".join(doctor.lines(found, language, all_checks=not options.quiet)))
    return 1 if doctor.failures(found) else 0
