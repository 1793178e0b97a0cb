"""What all verbs share: the parser in the user's language, common options, and the request made of them."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from .. import __version__, schema
from ..errors import UsageError
from ..labels import DEFAULT, LANGUAGES, Language, language_of, text

if TYPE_CHECKING:
    from ..jobs import Request

LEDGER = "TIERBOOK_LEDGER"
"""The environment variable that names a ledger where no option does."""

Run = Callable[[argparse.Namespace, Language], int]
"""What a verb does: options and language in, exit code out."""
Say = Callable[[str], str]


class Parser(argparse.ArgumentParser):
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


class CommandLine:
    """The command line being made: topics register their verbs on it.

    A verb's help is the label `<room>.verb_<name>`; blanks and dashes in the name are underscores there.
    """

    def __init__(self, language: Language) -> None:
        Parser.language = language
        self.language = language
        self.say = self.speaker("cli")
        self.parser = Parser(prog="tierbook", description=self.say("about"), add_help=False, epilog=self.say("epilog"))
        common(self.parser, self.say)
        self.parser.add_argument(
            "--version", action="version", version=f"tierbook {__version__}", help=self.say("version")
        )
        self._verbs = self.parser.add_subparsers(
            title=self.say("verbs"), metavar="VERB", required=True, parser_class=Parser
        )

    def speaker(self, room: str) -> Say:
        """The words of one labels file, by entry."""
        return lambda entry: text(f"{room}.{entry}", self.language)

    def verb(self, name: str, run: Run, *, room: str = "cli") -> argparse.ArgumentParser:
        """Add `tierbook NAME`; returns its parser for the verb's own arguments."""
        return self._added(self._verbs, name, run, self.speaker(room)(f"verb_{name.replace('-', '_')}"))

    def group(self, name: str, *, room: str = "cli") -> Callable[[str, Run], argparse.ArgumentParser]:
        """Add `tierbook NAME VERB`; returns what adds a verb to it, with the help `<room>.verb_<name>_<verb>`."""
        say = self.speaker(room)
        words = say(f"verb_{name}")
        made = self._verbs.add_parser(name, help=words, description=words, add_help=False)
        made.add_argument("-h", "--help", action="help", help=self.say("help"))
        verbs = made.add_subparsers(title=self.say("verbs"), metavar="VERB", required=True, parser_class=Parser)
        return lambda verb, run: self._added(verbs, verb, run, say(f"verb_{name}_{verb.replace('-', '_')}"))

    def _added(self, verbs: Any, name: str, run: Run, words: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = verbs.add_parser(name, help=words, description=words, add_help=False)
        common(made, self.say, default=argparse.SUPPRESS)  # one given before the verb stays
        made.set_defaults(run=run)
        return made

    def book(self, made: argparse.ArgumentParser, *, optional: bool = False) -> None:
        """The argument BOOK."""
        made.add_argument(
            "book", type=Path, nargs="?" if optional else None, metavar="BOOK",
            help=self.say("book_facts" if optional else "book"),
        )  # fmt: skip

    def dry_run(self, made: argparse.ArgumentParser) -> None:
        made.add_argument("--dry-run", action="store_true", help=self.say("dry_run"))

    def history(self, made: argparse.ArgumentParser) -> None:
        """The options of every verb that leaves something in a ledger, or reads one."""
        say = self.speaker("history")
        made.add_argument("--ledger", default=os.environ.get(LEDGER, ""), metavar="PATH|URL", help=say("ledger"))
        made.add_argument("--scope", default="", metavar="NAME", help=say("scope"))

    def scoring(self, made: argparse.ArgumentParser) -> None:
        """The options of every verb that scores."""
        say = self.say
        made.add_argument("--as-of", type=date, default=None, metavar="YYYY-MM-DD", help=say("as_of"))
        made.add_argument("--model", default="", metavar="NAME|PATH", help=say("model"))
        made.add_argument("--model-version", default="", metavar="VERSION", help=say("model_version"))
        made.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=say("set"))
        facts = made.add_argument_group(say("facts"))
        for table in schema.DELIVERABLE:
            facts.add_argument(f"--{table}", metavar="PATH", help=say(f"facts_{table}"))
        facts.add_argument("--sheet", default="", metavar="NAME", help=say("sheet"))
        facts.add_argument("--map", action="append", default=[], metavar="FIELD=HEADER", help=say("map"))
        made.add_argument("--memory", default="", metavar="4GB", help=say("memory"))


def common(made: argparse.ArgumentParser, say: Say, *, default: str | None = None) -> None:
    made.add_argument("-h", "--help", action="help", help=say("help"))
    made.add_argument("--lang", choices=LANGUAGES, type=language_of, metavar="|".join(LANGUAGES), default=default,
                      help=say("lang"))  # fmt: skip
    made.add_argument("--json", action="store_true", default=default or False, help=say("json"))
    made.add_argument("-q", "--quiet", action="store_true", default=default or False, help=say("quiet"))


def date(word: str) -> dt.date:
    """A date typed on the command line."""
    try:
        return dt.date.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError(text("cli.bad_date", Parser.language, word=word)) from None


def places(options: argparse.Namespace) -> dict[str, str]:
    """Table -> where its facts are, as typed: a path here, on Spark any address or a table's name."""
    return {table: place for table in schema.TABLES if (place := getattr(options, table))}


def request(options: argparse.Namespace, language: Language, book: Path | None) -> Request:
    """What was typed, as every job understands it; the verb took its options from `CommandLine.scoring`."""
    from .. import jobs, screen
    from ..engine import size_of

    if options.memory and not size_of(options.memory):
        raise UsageError("warehouse.bad_memory", word=options.memory)
    return jobs.Request(
        as_of=options.as_of or dt.date.today(),  # noqa: DTZ011 - a business day where the user sits
        book=book,
        files={table: Path(place) for table in schema.DELIVERABLE if (place := getattr(options, table))},
        sheet=options.sheet,
        mapping=tuple(options.map),
        model=options.model,
        model_version=options.model_version,
        settings=tuple(options.set),
        language=language if options.lang or os.environ.get("TIERBOOK_LANG") else None,
        memory_limit=options.memory,
        ledger=getattr(options, "ledger", ""),
        scope=getattr(options, "scope", ""),
        progress=screen.progress(language, quiet=options.quiet or options.json),
    )
