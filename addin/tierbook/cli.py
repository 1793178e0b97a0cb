"""`tierbook VERB …`: arguments, progress, words on the screen, exit codes. No logic.

Exit codes: 0 done; 1-7 as drawn in errors.py; 130 interrupted.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from . import __version__, schema
from .errors import RuleError, TierbookError, UsageError
from .labels import DEFAULT, LANGUAGES, Language, language_of, text

if TYPE_CHECKING:
    from .jobs import Request


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    language = spoken(words)
    try:
        options = parser(language).parse_args(words)
        run: Callable[[argparse.Namespace, Language], int] = options.run
        return run(options, language)
    except TierbookError as error:
        print(text("cli.error", language, message=error.words(language)), file=sys.stderr)
        if isinstance(error, RuleError) and error.rule:
            print(error.pointed(), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(text("cli.interrupted", language), file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def spoken(words: Sequence[str]) -> Language:
    """The language of help and messages: `--lang`, else TIERBOOK_LANG, else Chinese."""
    for place, word in enumerate(words):
        if word == "--lang" and place + 1 < len(words):
            return language_of(words[place + 1])
        if word.startswith("--lang="):
            return language_of(word.removeprefix("--lang="))
    return language_of(os.environ.get("TIERBOOK_LANG", DEFAULT))


class _Parser(argparse.ArgumentParser):
    """argparse with its few own words in the user's language and our exit code."""

    language: Language = DEFAULT

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print(text("cli.usage_error", self.language, message=message, prog=self.prog), file=sys.stderr)
        raise SystemExit(UsageError.exit_code)

    def format_help(self) -> str:
        return self._worded(super().format_help())

    def format_usage(self) -> str:
        return self._worded(super().format_usage())

    def _worded(self, page: str) -> str:
        for key, own in (("usage", "usage:"), ("arguments", "positional arguments:"), ("options", "options:")):
            page = page.replace(own, text(f"cli.{key}", self.language), 1)
        return page


def parser(language: Language) -> argparse.ArgumentParser:
    """The whole command line in one language."""
    _Parser.language = language
    say = _speaker(language)
    top = _Parser(prog="tierbook", description=say("about"), add_help=False, epilog=say("epilog"))
    _common(top, say)
    top.add_argument("--version", action="version", version=f"tierbook {__version__}", help=say("version"))
    verbs = top.add_subparsers(title=say("verbs"), metavar="VERB", required=True, parser_class=_Parser)

    def verb(name: str, run: Callable[[argparse.Namespace, Language], int]) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=say(f"verb_{name}"), description=say(f"verb_{name}"), add_help=False)
        _common(made, say, default=argparse.SUPPRESS)  # one given before the verb stays
        made.set_defaults(run=run)
        return made

    made = verb("new", run_new)
    made.add_argument("book", type=Path, metavar="BOOK.xlsx", help=say("book"))
    made.add_argument("--model", default="", metavar="NAME|PATH", help=say("model"))
    made.add_argument("--force", action="store_true", help=say("force"))

    made = verb("demo", run_demo)
    made.add_argument("folder", type=Path, nargs="?", default=Path(), metavar="FOLDER", help=say("folder"))

    for name, runner in (("refresh", run_refresh), ("followups", run_followups)):
        made = verb(name, runner)
        made.add_argument("book", type=Path, metavar="BOOK", help=say("book"))
        _scoring(made, say)
        made.add_argument("--dry-run", action="store_true", help=say("dry_run"))

    made = verb("undo", run_undo)
    made.add_argument("book", type=Path, metavar="BOOK", help=say("book"))
    made.add_argument("--list", action="store_true", help=say("undo_list"))
    made.add_argument("--force", action="store_true", help=say("undo_force"))

    made = verb("score", run_score)
    _scoring(made, say)
    made.add_argument("--book", type=Path, metavar="BOOK", help=say("book_facts"))
    made.add_argument("--out", type=Path, metavar="FILE", help=say("out"))
    made.add_argument("--findings", type=Path, metavar="FILE", help=say("findings"))
    made.add_argument("--dry-run", action="store_true", help=say("dry_run"))

    made = verb("explain", run_explain)
    made.add_argument("customer_id", metavar="ID", help=say("customer_id"))
    made.add_argument("book", type=Path, nargs="?", metavar="BOOK", help=say("book_facts"))
    _scoring(made, say)
    return top


def _speaker(language: Language) -> Callable[[str], str]:
    return lambda entry: text(f"cli.{entry}", language)


def _common(made: argparse.ArgumentParser, say: Callable[[str], str], *, default: str | None = None) -> None:
    made.add_argument("-h", "--help", action="help", help=say("help"))
    made.add_argument("--lang", choices=LANGUAGES, type=language_of, metavar="|".join(LANGUAGES), default=default,
                      help=say("lang"))  # fmt: skip
    made.add_argument("--json", action="store_true", default=default or False, help=say("json"))
    made.add_argument("-q", "--quiet", action="store_true", default=default or False, help=say("quiet"))


def _scoring(made: argparse.ArgumentParser, say: Callable[[str], str]) -> None:
    made.add_argument("--as-of", type=_date, default=None, metavar="YYYY-MM-DD", help=say("as_of"))
    made.add_argument("--model", default="", metavar="NAME|PATH", help=say("model"))
    made.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=say("set"))
    facts = made.add_argument_group(say("facts"))
    for table in schema.TABLES:
        facts.add_argument(f"--{table}", type=Path, metavar="PATH", help=say(f"facts_{table}"))
    facts.add_argument("--sheet", default="", metavar="NAME", help=say("sheet"))
    facts.add_argument("--map", action="append", default=[], metavar="FIELD=HEADER", help=say("map"))
    made.add_argument("--memory", default="", metavar="4GB", help=say("memory"))


def _date(word: str) -> dt.date:
    try:
        return dt.date.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError(text("cli.bad_date", _Parser.language, word=word)) from None


def _request(options: argparse.Namespace, language: Language, book: Path | None) -> Request:
    from . import jobs, screen

    return jobs.Request(
        as_of=options.as_of or dt.date.today(),  # noqa: DTZ011 - a business day where the user sits
        book=book,
        files={table: path for table in schema.TABLES if (path := getattr(options, table))},
        sheet=options.sheet,
        mapping=tuple(options.map),
        model=options.model,
        settings=tuple(options.set),
        language=language if options.lang or os.environ.get("TIERBOOK_LANG") else None,
        memory_limit=options.memory,
        progress=screen.progress(language, quiet=options.quiet or options.json),
    )


def run_new(options: argparse.Namespace, language: Language) -> int:
    from . import jobs, screen

    report = jobs.new(options.book, language, model=options.model, force=options.force)
    return screen.show_new(report, language, as_json=options.json)


def run_demo(options: argparse.Namespace, language: Language) -> int:
    from . import jobs, screen

    tell = screen.progress(language, quiet=options.quiet or options.json)
    return screen.show_book(jobs.demo(options.folder, language, progress=tell), language, as_json=options.json)


def run_refresh(options: argparse.Namespace, language: Language) -> int:
    from . import jobs, screen

    report = jobs.refresh(_request(options, language, options.book), dry_run=options.dry_run)
    return screen.show_book(report, language, as_json=options.json, dry_run=options.dry_run)


def run_followups(options: argparse.Namespace, language: Language) -> int:
    from . import jobs, screen

    report = jobs.followups(_request(options, language, options.book), dry_run=options.dry_run)
    return screen.show_book(report, language, as_json=options.json, dry_run=options.dry_run)


def run_undo(options: argparse.Namespace, language: Language) -> int:
    from . import jobs, screen

    if options.list:
        return screen.show_copies(options.book, jobs.copies(options.book), language, as_json=options.json)
    return screen.show_undo(jobs.undo(options.book, force=options.force), language, as_json=options.json)


def run_score(options: argparse.Namespace, language: Language) -> int:
    from . import jobs, screen

    out, findings = (None, None) if options.dry_run else (options.out, options.findings)
    summary = jobs.score_to_file(_request(options, language, options.book), out, findings=findings)
    return screen.show_summary(summary, language, as_json=options.json, out=out)


def run_explain(options: argparse.Namespace, language: Language) -> int:
    from . import jobs, screen

    found = jobs.explain(_request(options, language, options.book), options.customer_id)
    return screen.show_explanation(found, language, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
