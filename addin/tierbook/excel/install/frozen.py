"""The program of a frozen build that stands where xlwings expects a Python (`tierbook-server`).

xlwings' VBA starts `INTERPRETER_WIN -B -c "…"`, and other clients `python -m tierbook.excel.server`. This program
understands those very commands and no others: it is not an interpreter, so a settings file cannot make it run code.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib import import_module

from ...errors import UsageError
from ...labels import language_of

MODULES = ("tierbook.excel.server", "tierbook.excel.com_server")
_PATHS = r'import xlwings\.utils;xlwings\.utils\.prepare_sys_path\(".*"\);'
_SERVE = re.compile(
    rf"import sys, os;{_PATHS}import xlwings; xlwings\.serve\('(\{{[0-9A-Fa-f-]{{36}}\}})'\)", re.DOTALL
)
_PRESS = re.compile(rf"{_PATHS} from tierbook\.excel import buttons; buttons\.press\('([a-z]+)'\)", re.DOTALL)
_BARE_SWITCHES, _SWITCHES_WITH_VALUE = {"-B", "-P", "-I", "-u", "/showconsole"}, {"-X"}


def main(words: Sequence[str]) -> int:
    """Do what a Python would do with these words; returns the exit code."""
    words = _without_switches(words)
    try:
        return _run(words)
    except UsageError as problem:
        if sys.stderr is not None:
            print(problem.words(language_of("en")), file=sys.stderr)
        return problem.exit_code


def _run(words: Sequence[str]) -> int:
    match list(words):
        case ["--ready"]:
            import_module("tierbook.excel.functions")
            return 0
        case ["-m", module, *rest] if module in MODULES:
            sys.argv = [module, *rest]
            found = import_module(module)
            return int(found.main(rest) if module.endswith("com_server") else found.main())
        case ["-c", code, *rest]:
            sys.argv = ["-c", *rest]
            return _run_code(code.strip())
    raise UsageError("install.frozen_unknown", words=" ".join(words))


def _run_code(code: str) -> int:
    """The two commands of xlwings' VBA. The paths they prepare are of no use here: everything is inside."""
    if serve := _SERVE.fullmatch(code):
        import_module("tierbook.excel.functions")
        import_module("xlwings.com_server").serve(serve[1])
        return 0
    if press := _PRESS.fullmatch(code):
        from .. import buttons

        buttons.press(press[1])
        return 0
    raise UsageError("install.frozen_unknown", words=code)


def _without_switches(words: Sequence[str]) -> Sequence[str]:
    place = 0
    while place < len(words) and words[place] in _BARE_SWITCHES | _SWITCHES_WITH_VALUE:
        place += 2 if words[place] in _SWITCHES_WITH_VALUE else 1
    return words[place:]
