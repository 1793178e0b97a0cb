"""`tierbook VERB …`: arguments, progress, words on the screen, exit codes. No logic.

One file for each topic; `line.py` holds what all verbs share. Exit codes: 0 done; 1-10 as drawn in errors.py;
130 interrupted.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence

from ..errors import TierbookError, rules_in
from ..labels import DEFAULT, Language, language_of, text
from .line import CommandLine, Run

TOPICS = (
    "books",
    "facts",
    "rules",
    "model",
    "addin",
    "doctor",
    "share",
    "history",
    "nightly",
    "pages",
    "allocate",
    "messages",
    "loyalty",
)
"""Modules here that `register` verbs, in the order of the help page."""
SELDOM = (100_000, 10, 10)
"""How often a process of its own looks for rubbish that hangs together in circles. There is little of it, and Python's
usual 700 means a look at all rows in memory again and again: 5.6 s of a night over 50,000 customers, so 1.2 s."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        gc.set_threshold(*SELDOM)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    language = spoken(words)
    try:
        options = parser(language).parse_args(words)
        run: Run = options.run
        return run(options, language)
    except TierbookError as error:
        print(text("cli.error", language, message=error.words(language)), file=sys.stderr)
        for rule in rules_in(error):
            print(rule.pointed(), file=sys.stderr)
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


def parser(language: Language) -> argparse.ArgumentParser:
    """The whole command line in one language."""
    line = CommandLine(language)
    for topic in TOPICS:
        importlib.import_module(f".{topic}", __name__).register(line)
    return line.parser
