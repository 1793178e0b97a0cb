"""Which Python has tierbook: LibreOffice brings its own, which has not."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence

from ....home import home
from .trouble import Trouble

VARIABLE = "TIERBOOK_PYTHON"
SETTINGS = "settings.toml"
_FIRST_TABLE = re.compile(r"(?m)^[ \t]*\[")
_LINE = re.compile(r"""(?m)^[ \t]*python[ \t]*=[ \t]*(?:'([^'\n]*)'|("(?:[^"\\\n]|\\.)*"))""")
_OFFICES_OWN = ("PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__")
"""Set by LibreOffice for its own Python; another one would not start, or import the wrong library."""
NO_WINDOW = 0x08000000
"""CREATE_NO_WINDOW of Windows."""


def interpreter(recorded: str) -> str:
    """TIERBOOK_PYTHON, else `python = "…"` in tierbook's settings.toml, else the one that built the extension.

    Raises:
        Trouble: none of them names one.
    """
    named = os.environ.get(VARIABLE, "").strip() or _in_settings() or recorded
    if not named:
        raise Trouble("no_python", settings=str(home() / SETTINGS))
    return named


def command(python: str) -> Sequence[str]:
    """`-P`: never import from the folder LibreOffice happens to stand in."""
    return (python, "-P", "-X", "utf8", "-m", "tierbook.excel.server")


def environment() -> Mapping[str, str]:
    """This process's environment without what is meant for LibreOffice's own Python."""
    return {key: value for key, value in os.environ.items() if key.upper() not in _OFFICES_OWN}


def creation_flags() -> int:
    return NO_WINDOW if sys.platform == "win32" else 0


def _in_settings() -> str:
    """The top-level `python` of settings.toml; LibreOffice's Python may be too old to have `tomllib`."""
    try:
        text = (home() / SETTINGS).read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return ""
    table = _FIRST_TABLE.search(text)
    found = _LINE.search(text[: table.start()] if table else text)
    if not found:
        return ""
    literal, basic = found.groups()
    try:
        return str(json.loads(basic)).strip() if basic else literal.strip()  # TOML's escapes are JSON's
    except ValueError:
        return ""
