"""Verbs of the Excel add-in: build it, put it on this machine, take it away."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ..labels import Language, text
from .line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..excel.addin import Built
    from ..excel.install import Report


def register(line: CommandLine) -> None:
    say = line.speaker("addin")
    add = line.group("addin", room="addin")

    made = add("build", run_build)
    made.add_argument("--out", type=Path, default=Path("dist"), metavar="FOLDER", help=say("out"))
    made.add_argument("--libreoffice", action="store_true", help=say("libreoffice"))
    made.add_argument("--dry-run", action="store_true", help=say("dry_run"))

    made = add("install", run_install)
    made.add_argument("--com-server", action="store_true", help=say("com_server"))
    made.add_argument("--folder", type=Path, metavar="FOLDER", help=say("install_folder"))
    made.add_argument("--dry-run", action="store_true", help=say("dry_run"))

    made = add("uninstall", run_uninstall)
    made.add_argument("--dry-run", action="store_true", help=say("dry_run"))


def run_build(options: argparse.Namespace, language: Language) -> int:
    from .. import screen
    from ..excel import addin

    tell = screen.progress(language, quiet=options.quiet or options.json)
    built = addin.build(options.out, tell, libreoffice=options.libreoffice, dry_run=options.dry_run)
    for line in built_lines(built, options, language):
        print(line)
    return 0


def built_lines(built: Sequence[Built], options: argparse.Namespace, language: Language) -> list[str]:
    """What a build wrote, for people or for programs."""
    if options.json:
        files = [{"path": str(one.path), "bytes": one.size, "state": one.state} for one in built]
        return [json.dumps({"dry_run": options.dry_run, "files": files}, ensure_ascii=False)]
    if options.quiet:
        return []
    head = "addin.would_build" if options.dry_run else "addin.built"
    lines = [
        text("addin.file_line", language, name=f"{one.path.name:<22}", size=one.size,
             state=text(f"addin.state_{one.state}", language))
        for one in built
    ]  # fmt: skip
    then = [] if options.dry_run else ["addin.next_install"] + ["addin.next_libreoffice"] * options.libreoffice
    return [text(head, language, folder=options.out), *lines, *(text(key, language) for key in then)]


def run_install(options: argparse.Namespace, language: Language) -> int:
    from ..excel.install import install

    report = install(language, dry_run=options.dry_run, com_server=options.com_server, folder=options.folder)
    return _show(report, options, language)


def run_uninstall(options: argparse.Namespace, language: Language) -> int:
    from ..excel.install import uninstall

    return _show(uninstall(language, dry_run=options.dry_run), options, language)


def _show(report: Report, options: argparse.Namespace, language: Language) -> int:
    from ..excel.install import as_json, lines

    if options.json:
        print(json.dumps(as_json(report, language), ensure_ascii=False))
    elif not options.quiet:
        print("\n".join(lines(report, language)))
    return 0
