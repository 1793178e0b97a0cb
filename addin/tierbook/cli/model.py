"""The verbs `model list|lint|export|import|upgrade`."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ModelError, TierbookError, UsageError, rules_in
from ..labels import Language, text
from .line import CommandLine, date

if TYPE_CHECKING:
    from ..jobs.models import ExportedModel, ImportReport, LintReport, Listed
    from ..jobs.upgrade import UpgradeReport
    from ..model.differences import Difference
    from ..publish import Macros

SHOWN = 30
"""Differences a terminal lists; JSON has all."""
LONGEST = 60
"""Letters of a value a terminal shows."""


def register(line: CommandLine) -> None:
    say = line.speaker("models")
    add = line.group("model", room="models")

    made = add("list", run_list)
    line.book(made, optional=True)
    made.add_argument("--on", type=date, default=None, metavar="YYYY-MM-DD", help=say("on"))

    made = add("lint", run_lint)
    made.add_argument("source", metavar="BOOK|MODEL", help=say("source"))

    made = add("export", run_export)
    made.add_argument("source", metavar="BOOK|MODEL", help=say("source"))
    made.add_argument("out", type=Path, metavar="OUT.toml", help=say("out"))
    made.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=say("set"))
    made.add_argument("--force", action="store_true", help=say("force"))
    line.dry_run(made)

    made = add("import", run_import)
    made.add_argument("source", metavar="MODEL", help=say("model"))
    line.book(made)
    line.dry_run(made)

    made = add("upgrade", run_upgrade)
    line.book(made)
    line.dry_run(made)


def today() -> dt.date:
    return dt.date.today()  # noqa: DTZ011 - a business day where the user sits


def run_list(options: argparse.Namespace, language: Language) -> int:
    from .. import screen
    from ..jobs import models

    found = models.list_models(options.book, options.on or today())
    if options.json:
        return screen.print_json({"models": [listed_json(each, language) for each in found]})
    heads = [
        text(f"models.column_{key}", language) for key in ("key", "version", "start", "name", "main", "file", "now")
    ]
    print(screen.table([heads, *(listed_row(each, language) for each in found)]))
    return 0


def listed_row(each: Listed, language: Language) -> list[str]:
    model = each.model
    return [
        model.key, model.version, model.start.isoformat(), model.name.of(language), model.main_card.name.of(language),
        text(f"models.place_{each.place}", language, file=each.file),
        text("models.in_force", language) if each.in_force else "",
    ]  # fmt: skip


def listed_json(each: Listed, language: Language) -> dict[str, Any]:
    from ..jobs.models import summary_of

    return {
        **summary_of(each.model), "name": each.model.name.of(language), "place": each.place, "file": each.file,
        "in_force": each.in_force,
    }  # fmt: skip


def run_lint(options: argparse.Namespace, language: Language) -> int:
    from .. import screen
    from ..jobs import models

    found = models.lint_model(options.source, on=today())
    code = ModelError.exit_code if found.problems else 0
    if options.json:
        screen.print_json(lint_json(found, language))
        return code
    print_lint(found, language)
    return code


def print_lint(found: LintReport, language: Language) -> None:
    from ..jobs.models import summary_of

    name = Path(found.source).name
    if found.problems:
        print(text("models.lint_bad", language, source=name, count=len(found.problems)))
        print_problems(found.problems, language)
    elif found.model:
        print(text("models.lint_good", language, source=name, **summary_of(found.model)))
    if found.hints:
        print(text("models.lint_hints", language))
        print_problems(found.hints, language)


def print_problems(problems: Sequence[TierbookError], language: Language) -> None:
    """One line each; below a rule that cannot be understood the rule itself, with a caret at the place."""
    for problem in problems:
        print(f"  - {problem.words(language)}")
        for rule in rules_in(problem):
            print("\n".join(f"      {row}" for row in rule.pointed().split("\n")))


def lint_json(found: LintReport, language: Language) -> dict[str, Any]:
    from ..jobs.models import summary_of

    return {
        "source": found.source,
        "model": summary_of(found.model) if found.model and not found.problems else None,
        "problems": [problem_json(each, language) for each in found.problems],
        "hints": [problem_json(each, language) for each in found.hints],
    }


def problem_json(problem: TierbookError, language: Language) -> dict[str, Any]:
    rule = next(iter(rules_in(problem)), None)
    return {
        "where": str(problem.values.get("where", "")),
        "problem": problem.key,
        "words": problem.words(language),
        "rule": rule.rule if rule else None,
        "position": rule.position if rule else None,
        "near": str(rule.values.get("near") or "") if rule else str(problem.values.get("near") or ""),
    }


def run_export(options: argparse.Namespace, language: Language) -> int:
    from .. import screen
    from ..jobs import models

    done = models.export_model(
        options.source, options.out, settings=options.set, force=options.force, dry_run=options.dry_run
    )
    if options.json:
        return screen.print_json(export_json(done))
    key = "export_would" if done.dry_run else "export_done" if done.changed else "export_same"
    print(text(f"models.{key}", language, key=done.model.key, version=done.model.version, out=done.out))
    return 0


def export_json(done: ExportedModel) -> dict[str, Any]:
    from ..jobs.models import summary_of

    return {"out": str(done.out), "changed": done.changed, "dry_run": done.dry_run, "model": summary_of(done.model)}


def run_import(options: argparse.Namespace, language: Language) -> int:
    from .. import screen
    from ..jobs import models

    macros = macros_for(options.book, language)
    tell = screen.progress(language, quiet=options.quiet or options.json)
    report = models.import_model(
        options.source, options.book, macros=macros, dry_run=options.dry_run, day=today(), progress=tell
    )
    if options.json:
        return screen.print_json(import_json(report, language, dry_run=options.dry_run))
    if not report.sheets and not report.differences:
        print(text("models.import_same", language))
        return 0
    if report.differences:
        print(text("models.import_differences", language, count=len(report.differences)))
        print_differences(report.differences, language)
    code = screen.print_outcome(report, language, dry_run=options.dry_run)
    if not options.dry_run:
        print(text("models.import_next", language, book=report.book.name))
    return code


def macros_for(book: Path, language: Language) -> Macros | None:
    """What the buttons of a book with macros need; None for one without.

    Raises:
        UsageError: the file is no workbook.
    """
    if book.suffix.lower() not in (".xlsx", ".xlsm"):
        raise UsageError("models.not_a_book", path=book.name)
    if book.suffix.lower() == ".xlsx":
        return None
    from ..excel.addin import template_macros

    return template_macros(language)


def run_upgrade(options: argparse.Namespace, language: Language) -> int:
    from .. import screen
    from ..jobs.upgrade import upgrade_model

    macros = macros_for(options.book, language)
    tell = screen.progress(language, quiet=options.quiet or options.json)
    report = upgrade_model(options.book, macros=macros, dry_run=options.dry_run, day=today(), progress=tell)
    if options.json:
        told = {"left": list(report.left), "lines": list(report.lines), "waits": report.waits}
        return screen.print_json({**import_json(report, language, dry_run=options.dry_run), **told})
    print_upgrade(report, language)
    code = screen.print_outcome(report, language, dry_run=options.dry_run) if report.sheets else 0
    if report.sheets and not options.dry_run:
        print(text("models.import_next", language, book=report.book.name))
    return code


def print_upgrade(report: UpgradeReport, language: Language) -> None:
    """What comes into the sheets, and what does not and why."""
    between = text("screen.between", language)
    if report.differences:
        print(text("models.upgrade_differences", language, count=len(report.differences)))
        print_differences(report.differences, language)
    else:
        print(text("models.upgrade_same", language))
    for key, parts in (("left", report.left), ("lines", report.lines)):
        if parts:
            print(text(f"models.upgrade_{key}", language, parts=between.join(parts)))
    if report.waits and not report.differences:
        print(text("models.upgrade_waits", language, book=report.book.name))


def print_differences(found: Sequence[Difference], language: Language) -> None:
    for each in found[:SHOWN]:
        sides = " → ".join(short(side) for side in (each.before, each.after) if side)
        print(f"  - {text(f'models.difference_{each.kind}', language)} {each.path}{f'：{sides}' if sides else ''}")
    if len(found) > SHOWN:
        print("  " + text("models.more", language, count=len(found) - SHOWN))


def short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"


def import_json(report: ImportReport, language: Language, *, dry_run: bool) -> dict[str, Any]:
    from ..jobs.models import summary_of
    from ..screen import outcome_json

    return {
        **outcome_json(report, language, dry_run=dry_run),
        "model": summary_of(report.model) if report.model else None,
        "differences": [
            {"kind": each.kind, "path": each.path, "before": each.before, "after": each.after}
            for each in report.differences
        ],
    }
